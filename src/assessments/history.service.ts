import { Injectable } from '@nestjs/common';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { splitAddress, type Address, type AnswerValue } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound } from '../kernel/errors.js';
import { entryOf, history, type JournalEntry } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { objectOf, readAssessment } from './access.js';
import { Answer } from './answer.entity.js';
import { AnswerSaving, type Saved } from './answer-saving.service.js';
import { Forms } from './forms.js';

/** What an entry of the journal is called on a page. */
const WHAT: Readonly<Record<string, string>> = {
  'assessment-created': '作成',
  'answer-saved': '記入',
  'answer-cleared': '非表示になったため消去',
  'answer-restored': '以前の内容に戻した',
  'row-added': '行を追加',
  'row-removed': '行を削除',
  'row-moved': '行を移動',
  'row-restored': '削除した行を戻した',
  'assessment-submit': '課長へ回した',
  'assessment-approve': '承認',
  'assessment-confirm': '確認',
  'assessment-return': '差戻し',
  'assessment-withdraw': '取下げ',
  'assessment-reopen': '作成中に戻した',
  'system-linked': '台帳のシステムと結び付けた',
  'system-unlinked': '台帳のシステムとの結び付きを外した',
  'risk-linked': 'リスクと結び付けた',
  'risk-unlinked': 'リスクとの結び付きを外した',
};

export interface Change {
  /** Number in the journal. */
  number: number;
  /** ISO instant. */
  at: string;
  by: string;
  /** Verb of the journal, e.g. `answer-saved`. */
  action: string;
  /** The same in Japanese. */
  what: string;
  /** Item instance, or `group@row` for rows; null for the whole document. */
  address: Address | null;
  /** Section, number and label; the group's unit for rows; null for the whole document. */
  itemName: string | null;
  /** Only of answers; null: blank. */
  before: AnswerValue | null;
  after: AnswerValue | null;
  comment: string | null;
  /** `answer`: either side can be brought back by `restore`; `row`: by `Rows.restoreRow(number)`. */
  restorable: 'answer' | 'row' | null;
}

/** Who changed what and when, and the way back. */
@Injectable()
export class AssessmentHistory {
  constructor(private readonly forms: Forms, private readonly saving: AnswerSaving) {}

  /** Changes of one item instance, newest first. Throws `NotFound`, `Refused`. */
  async ofItem(ctx: Ctx, assessmentId: string, address: Address): Promise<{ item: CompiledItem; current: { value: AnswerValue | null; version: number }; changes: Change[] }> {
    const assessment = await readAssessment(ctx, assessmentId);
    const form = this.forms.get(assessment.form, assessment.formVersion);
    const item = form.byCode.get(splitAddress(address).item);
    if (item === undefined) throw new NotFound('item-not-found', 'この項目は様式にありません。');
    const stored = await scoped(ctx, Answer).findOne({ assessmentId, address });
    const entries = await history(ctx, objectOf(assessmentId), { path: address });
    return { item, current: { value: stored?.value ?? null, version: stored?.version ?? 0 }, changes: entries.map((one) => changeOf(form, one)) };
  }

  /** Everything that happened to a document, newest first. Throws `NotFound`, `Refused`. */
  async ofAssessment(ctx: Ctx, assessmentId: string, limit = 200): Promise<Change[]> {
    const assessment = await readAssessment(ctx, assessmentId);
    const form = this.forms.get(assessment.form, assessment.formVersion);
    return (await history(ctx, objectOf(assessmentId), { limit })).map((one) => changeOf(form, one));
  }

  /**
   * Gives an item the content that it had before or after a change of the journal. A save like any other: the same checks,
   * the same conflict when `seen` is not the version that is stored.
   */
  async restore(ctx: Ctx, assessmentId: string, address: Address, number: number, side: 'before' | 'after', seen: number): Promise<Saved> {
    await readAssessment(ctx, assessmentId);
    if (side !== 'before' && side !== 'after') throw new Invalid('malformed', '戻す側（変更前か変更後）を選んでください。');
    const entry = Number.isSafeInteger(number) && number > 0 ? await entryOf(ctx, objectOf(assessmentId), number) : null;
    if (entry === null || entry.path !== address || !entry.action.startsWith('answer-')) throw new NotFound('change-not-found', '戻す先の記録が見つかりません。');
    return this.saving.write(ctx, assessmentId, { address, value: entry[side] ?? null, seen, action: 'answer-restored', comment: `#${number}` });
  }
}

function changeOf(form: CompiledForm, entry: JournalEntry): Change {
  const address = entry.path ?? null;
  const item = address === null ? undefined : form.byCode.get(splitAddress(address).item);
  const answer = entry.action.startsWith('answer-');
  return {
    number: entry.number, at: entry.at, by: entry.actor.name, action: entry.action, what: WHAT[entry.action] ?? entry.action,
    address, itemName: item === undefined ? address : item.item.kind === 'group' ? item.item.unit : item.name,
    before: answer ? ((entry.before as AnswerValue | undefined) ?? null) : null,
    after: answer ? ((entry.after as AnswerValue | undefined) ?? null) : null,
    comment: entry.comment ?? null,
    restorable: answer ? 'answer' : entry.action === 'row-removed' ? 'row' : null,
  };
}
