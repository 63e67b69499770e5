import { Invalid, type TenkenError } from '../kernel/errors.js';

const MESSAGES: Record<string, string> = {
  organisation_name_given: '自治体の名前を1～100字で入れてください。',
  implementing_body_name_once: '同じ名前の評価実施機関がもうあります。別の名前にしてください。',
  department_name_once: '同じ部局に同じ名前の課がもうあります。別の名前にするか、前の課を終了にしてください。',
  system_number_once: '同じ区分に同じ番号のシステムがもうあります。別の番号にしてください。',
  system_class_label_once: '同じ名前の区分がもうあります。別の名前にしてください。',
  account_sign_in_name_once: 'この利用者IDはもう使われています。別の利用者IDにしてください。',
};

/** The problem behind the name of a database constraint, or null when the error is not about one that we know. */
export function constraintProblem(thrown: unknown): TenkenError | null {
  const constraint = (thrown as { driverError?: { constraint?: string } } | null)?.driverError?.constraint;
  const message = constraint === undefined ? undefined : MESSAGES[constraint];
  return message === undefined ? null : new Invalid(constraint!.replaceAll('_', '-'), message, [{ code: constraint!.replaceAll('_', '-'), path: '', message }]);
}
