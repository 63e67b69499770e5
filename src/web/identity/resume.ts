/** What was typed when the session had ended: it travels through the sign-in and is posted again to its action. */
export interface Resume {
  /** Local path of the form. */
  action: string;
  fields: { name: string; value: string }[];
}

/** A path on this site, or '/'. A sign-in never leads to another site. */
export function localPath(text: string | undefined): string {
  if (text === undefined || !/^\/(?![/\\])[^\\\u0000-\u001f]*$/.test(text)) return '/';
  const url = URL.canParse(text, 'http://local') ? new URL(text, 'http://local') : null;
  return url !== null && url.host === 'local' && !/^\/(sign-in|sign-out|demo|set-up)(\/|$)/.test(url.pathname) ? text : '/';
}

/** Reads the hidden field; null when there is none or it is no such thing. */
export function readResume(text: string | undefined): Resume | null {
  if (text === undefined || text === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { action, fields } = (value ?? {}) as { action?: unknown; fields?: unknown };
  if (typeof action !== 'string' || localPath(action) !== action || action === '/' || !Array.isArray(fields)) return null;
  const plain = fields.filter((one: unknown): one is Resume['fields'][number] => {
    const field = (one ?? {}) as { name?: unknown; value?: unknown };
    return typeof field.name === 'string' && typeof field.value === 'string' && field.name !== '_csrf';
  });
  return { action, fields: plain.map(({ name, value: typed }) => ({ name, value: typed })) };
}

export const writeResume = (resume: Resume | null): string => (resume === null ? '' : JSON.stringify(resume));
