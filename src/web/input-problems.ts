import type { ValidationError } from 'class-validator';
import { Invalid, type Problem } from '../kernel/errors.js';

/** Problems of an input class as one `Invalid`. Input classes carry their own Japanese messages. */
export function describeProblems(errors: ValidationError[]): Invalid {
  const problems = errors.flatMap((error) => problemsOf(error, ''));
  return new Invalid('input-invalid', '入力に誤りがあります。次のところを直してください。', problems);
}

function problemsOf(error: ValidationError, before: string): Problem[] {
  const path = before === '' ? error.property : `${before}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    code: rule === 'whitelistValidation' ? 'field-unknown' : 'field-invalid',
    path,
    message: rule === 'whitelistValidation' ? `「${error.property}」という入力欄はありません。` : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, path))];
}
