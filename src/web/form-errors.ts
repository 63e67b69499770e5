import type { Problem } from '../kernel/errors.js';

export interface FormErrors {
  /** For the list above the form. */
  problems: { message: string; href: string }[];
  /** First message of each field, '' where all is well. */
  errors: Record<string, string>;
}

/** Problems of a form as its page shows them: listed above with links, and below each field. */
export function errorsByField(problems: readonly Problem[], fields: readonly string[]): FormErrors {
  return {
    problems: problems.map((one) => ({ message: one.message, href: one.href ?? (fields.includes(one.path) ? `#${one.path}` : '#main') })),
    errors: Object.fromEntries(fields.map((field) => [field, problems.find((one) => one.path === field)?.message ?? ''])),
  };
}
