import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { attempt } from '../attempt.js';
import { page, type Outcome } from '../outcome.js';
import { conflictOf, fieldsView, problemsView, type FieldSpec, type Typed } from './form-fields.js';

export interface Form {
  /** `auditHead`, or null for a page that belongs to no audit. */
  head: object | null;
  /** Above the heading of a page without `head`. */
  crumbs?: readonly { href: string; label: string }[];
  title: string;
  /** What is changed, by its name: both sides of a stale save are headed with it. */
  subject?: string;
  lead: string;
  specs: readonly FieldSpec[];
  action: string;
  back: string;
  submit: string;
  /** What the page showed; '' for a new thing. */
  version: string;
  /** Sent along and not shown. */
  hidden?: readonly { name: string; value: string }[];
  /** Taken away, or ended, by another form below. */
  remove?: { action: string; label: string; why: string };
  /** Above the form, for whoever writes it. */
  note?: string;
}

/** A form on a page of its own, with what was typed. */
export function formPage(form: Form, typed: Typed, problems: readonly Problem[] = []): Outcome {
  const { head, crumbs = [], title, lead, specs, action, back, submit, version, hidden = [], remove, note = '' } = form;
  return page('pages/audits/form', {
    head, crumbs, title, lead, action, back, submit, version, hidden, note, remove: remove ?? null, fields: fieldsView(specs, typed, problems), problems: problemsView(specs, problems),
  }, problems.length === 0 ? 200 : 422);
}

/**
 * Takes what a form sent: where it does not fit, the same form comes back with everything that was typed; where somebody else was
 * faster, both sides are shown.
 * @param again the form as it comes back
 * @param now what is stored now, as the form would send it, with its version
 */
export async function taken(ctx: Ctx, work: () => Promise<Outcome>, again: (problems: readonly Problem[]) => Promise<Outcome>, now?: () => Promise<{ form: Form; mine: Typed; theirs: Typed; version: number }>): Promise<Outcome> {
  try {
    return await attempt(ctx, work);
  } catch (error) {
    if (error instanceof Invalid) return again(error.problems.length > 0 ? error.problems : [{ code: error.code, path: '', message: error.message }]);
    if (!(error instanceof Conflict) || now === undefined) throw error;
    const { form, mine, theirs, version } = await now();
    return conflictPage(error, { title: form.subject ?? form.title, action: form.action, back: form.back }, version, conflictOf(form.specs, mine, theirs), [...(form.hidden ?? [])]);
  }
}
