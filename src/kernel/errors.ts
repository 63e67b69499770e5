/**
 * The four kinds of error of the whole product, each with a list of problems.
 * A problem says what is wrong (`message`, Japanese, with how to mend it), where (`path`) and,
 * where there is a page for it, a link (`href`).
 */
export interface Problem {
  /** Stable code, kebab-case, e.g. `answer-too-long`. */
  readonly code: string;
  /** Where: item instance (`item` or `item@row`), field name, or file and line. Empty for the whole. */
  readonly path: string;
  /** What, where and how to mend it, in Japanese, for a person. */
  readonly message: string;
  /** Page and anchor where it can be mended, if there is one. */
  readonly href?: string;
}

export abstract class TenkenError extends Error {
  abstract readonly kind: 'invalid' | 'not-found' | 'refused' | 'conflict';
  constructor(
    readonly code: string,
    message: string,
    readonly problems: readonly Problem[] = [],
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The input does not fit: the person can mend it and send it again. */
export class Invalid extends TenkenError {
  readonly kind = 'invalid';
}

/** There is no such thing, or it belongs to somebody else; both look the same from outside. */
export class NotFound extends TenkenError {
  readonly kind = 'not-found';
  constructor(code = 'not-found', message = 'お探しのものは見つかりませんでした。', problems: readonly Problem[] = []) {
    super(code, message, problems);
  }
}

/** The thing is there, but this person or this state does not allow the action. */
export class Refused extends TenkenError {
  readonly kind = 'refused';
}

/**
 * Somebody else was faster. `seen` is what this person based the edit on or sent,
 * `current` is what is stored now; both texts are shown side by side.
 */
export class Conflict extends TenkenError {
  readonly kind = 'conflict';
  constructor(
    code: string,
    message: string,
    problems: readonly Problem[] = [],
    readonly sides?: { readonly sent: unknown; readonly current: unknown; readonly currentVersion: number; readonly by?: string; readonly at?: string },
  ) {
    super(code, message, problems);
  }
}
