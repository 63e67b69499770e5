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

/** Reads the hidden fields; null when there are none, or when they lead elsewhere. */
export function readResume({ resumeAction, resumeName = [], resumeValue = [] }: { resumeAction?: string; resumeName?: string[]; resumeValue?: string[] }): Resume | null {
  if (resumeAction === undefined || resumeAction === '/' || localPath(resumeAction) !== resumeAction || resumeName.length !== resumeValue.length) return null;
  return { action: resumeAction, fields: resumeName.map((name, index) => ({ name, value: resumeValue[index]! })).filter((one) => one.name !== '_csrf') };
}

/** What a person wrote, for reading: without blanks, ids and the numbers by which the form knows its version. */
export function textsOf({ fields }: Resume): Resume['fields'] {
  return fields.filter(({ name, value }) => value.trim() !== '' && !/^(version|seen|address|act)$/u.test(name) && !/^[0-9a-f-]{36}$/u.test(value));
}
