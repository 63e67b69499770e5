import type { Recognised } from '../identity/session.service.js';

/** What a controller returns; the door renders and sends it after the transaction has been committed. */
export type Outcome =
  | { kind: 'page'; view: string; model: object; status: number; headers: Record<string, string>; entered?: { token: string; session: Recognised } }
  | { kind: 'redirect'; to: string; session?: string | null }
  | { kind: 'data'; data: unknown; status: number }
  | { kind: 'html'; text: string; styles: string[] }
  | { kind: 'file'; bytes: Buffer; mediaType: string; fileName: string; inline: boolean };

/** A whole page inside the layout, or a fragment (`fragments/…`) without it. */
export const page = (view: string, model: object, status = 200, headers: Record<string, string> = {}): Outcome => ({ kind: 'page', view, model, status, headers });

/** A page that is the answer to a sign-in: the cookie and the CSRF token are those of the new session. */
export const pageInSession = (view: string, model: object, entered: { token: string; session: Recognised }): Outcome => ({ kind: 'page', view, model, status: 200, headers: {}, entered });

/** See another page next. `session`: a new token for the cookie, or null to take it away. */
export const redirect = (to: string, session?: string | null): Outcome => ({ kind: 'redirect', to, session });

export const data = (value: unknown, status = 200): Outcome => ({ kind: 'data', data: value, status });

/** A whole document with its own stylesheet, named by its hashes (`'sha256-…'`). */
export const html = (text: string, styles: string[]): Outcome => ({ kind: 'html', text, styles });

export const file = (bytes: Buffer, mediaType: string, fileName: string, inline = false): Outcome => ({ kind: 'file', bytes, mediaType, fileName, inline });

export function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
