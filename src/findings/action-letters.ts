/** Letters to departments about their corrective actions. Pure. */
import { formatEra, formatFiscalYear } from '../engine/dates.js';

export interface ActionInLetter {
  number: number;
  title: string;
  /** ISO day. */
  dueOn: string;
}

const END = '\n内容の確認と経過の記入は、点検 Tenken の「措置」の画面で行います。\nこのメールは自動でお送りしています。\n';
const line = ({ number, title, dueOn }: ActionInLetter): string => `・措置${number}　${title}（期限：${formatEra(dueOn)}）`;

/** What came near or passed since the last letter. */
export function dueLetter(department: string, over: readonly ActionInLetter[], soon: readonly ActionInLetter[]): { subject: string; text: string } {
  const parts = [
    ...(over.length === 0 ? [] : ['期限を過ぎた措置', ...over.map(line), '']),
    ...(soon.length === 0 ? [] : ['まもなく期限を迎える措置', ...soon.map(line), '']),
  ];
  const subject = over.length > 0 ? `【点検】期限を過ぎた措置があります（${over.length}件）` : `【点検】まもなく期限を迎える措置があります（${soon.length}件）`;
  return { subject, text: `${department}　御中\n\n監査の結果に対する措置のお知らせです。\n\n${parts.join('\n')}${END}` };
}

export interface ActionOfDepartment extends ActionInLetter {
  departmentId: string;
  department: string;
  step: 'over' | 'soon';
}

/** What the audit office learns of the same: all departments, and which of them got no letter. @param reached somebody of the department gets mail */
export function officeLetter(actions: readonly ActionOfDepartment[], reached: (departmentId: string) => boolean): { subject: string; text: string } {
  const [over, soon] = [actions.filter((one) => one.step === 'over'), actions.filter((one) => one.step === 'soon')];
  const told = (one: ActionOfDepartment): string => `${line(one)}　${one.department}${reached(one.departmentId) ? '' : '（この課にはメールが届いていません）'}`;
  const parts = [
    ...(over.length === 0 ? [] : ['期限を過ぎた措置', ...over.map(told), '']),
    ...(soon.length === 0 ? [] : ['まもなく期限を迎える措置', ...soon.map(told), '']),
  ];
  return {
    subject: `【点検】期限を過ぎた措置${over.length}件、まもなく期限を迎える措置${soon.length}件（新しくお知らせするもの）`,
    text: `監査事務局　御中\n\n措置の期限について、所管課に次のとおり知らせました。\n\n${parts.join('\n')}${END}`,
  };
}

/** The yearly question. */
export function askingLetter(department: string, fiscalYear: number, dueOn: string, actions: readonly Pick<ActionInLetter, 'number' | 'title'>[]): { subject: string; text: string } {
  const list = actions.map(({ number, title }) => `・措置${number}　${title}`).join('\n');
  return {
    subject: `【点検】${formatFiscalYear(fiscalYear)}の措置の状況をお知らせください（${actions.length}件）`,
    text: `${department}　御中\n\n監査の結果に対する措置のうち、まだ終わっていないものと継続しているものについて、いまの状況を${formatEra(dueOn)}までに記入してください。\n\n${list}\n${END}`,
  };
}
