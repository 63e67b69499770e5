import { Conflict, Invalid, type TenkenError } from '../kernel/errors.js';

const MESSAGES: Record<string, string> = {
  organisation_name_given: '自治体の名前を1～100字で入れてください。',
  implementing_body_name_once: '同じ名前の評価実施機関がもうあります。別の名前にしてください。',
  department_name_once: '同じ部局に同じ名前の課がもうあります。別の名前にするか、前の課を終了にしてください。',
  system_number_once: '同じ区分に同じ番号のシステムがもうあります。別の番号にしてください。',
  system_class_label_once: '同じ名前の区分がもうあります。別の名前にしてください。',
  check_overrule_once: 'この規則の結果は、ほかの人が先に改めました。画面を読み込み直して、いまの結果を確かめてください。',
  rule_setting_once: 'この規則の設定は、ほかの人が先に保存しました。画面を読み込み直して、いまの設定を確かめてください。',
  rule_set_adoption_once: 'この規則集を使うかどうかは、ほかの人が先に決めました。画面を読み込み直してください。',
  own_rule_set_once: '同じ符号と版の規則集が、先につくられました。画面を読み込み直してください。',
  audit_report_number_once: 'この番号の監査公表が、先に公表されました。画面を読み込み直して、次の番号を確かめてください。',
  audit_report_once: 'この監査の報告は、ほかの人が先に作りました。画面を読み込み直してください。',
  deliberation_once: '同じ事項の合議が、先に記録されました。画面を読み込み直してください。',
  audit_kind_once: '監査の種類が、同時に加えられました。もう一度加えてください。',
  finding_viewpoint_id_fkey: 'この着眼点は、検出事項が使い始めたため消せません。画面を読み込み直してください。',
  field_record_viewpoint_id_fkey: 'この着眼点は、記録が使い始めたため消せません。画面を読み込み直してください。',
  finding_case_id_fkey: 'この事案は、検出事項が使い始めたため消せません。画面を読み込み直してください。',
  improvement_case_id_fkey: 'この事案は、改善を求める事項が使い始めたため消せません。画面を読み込み直してください。',
  deliberation_voice_person_id_fkey: 'この監査委員は、合議に加わったため外せません。画面を読み込み直してください。',
  account_sign_in_name_once: 'この利用者IDはもう使われています。別の利用者IDにしてください。',
};

/** SQLSTATE of what no table can take: a null character, half a character, a number beyond the column, a text that is no id or day. */
const UNSTORABLE = new Set(['22003', '22007', '22008', '22021', '22P02', '22P05']);
/** Two changes that waited for each other; the database let one of them go. */
const IN_EACH_OTHERS_WAY = new Set(['40001', '40P01']);

/** The problem behind an error of the database, or null when the error is not one that we know. */
export function constraintProblem(thrown: unknown): TenkenError | null {
  const { constraint, code = '' } = (thrown as { driverError?: { constraint?: string; code?: string } } | null)?.driverError ?? {};
  if (UNSTORABLE.has(code)) return new Invalid('request-invalid', '保存できない文字や値が入っています。何も保存していません。文字化けした文字や、桁の大きすぎる数字を直して、もう一度試してください。');
  if (IN_EACH_OTHERS_WAY.has(code)) return new Conflict('busy', 'ほかの人の操作と同時になり、保存できませんでした。何も保存していません。もう一度試してください。');
  const message = constraint === undefined ? undefined : MESSAGES[constraint];
  return message === undefined ? null : new Invalid(constraint!.replaceAll('_', '-'), message, [{ code: constraint!.replaceAll('_', '-'), path: '', message }]);
}
