/** What keeps a document from being ready: every missing or invalid item instance, with its place and link. */
import type { Problem } from '../kernel/errors.js';
import { checkAnswer } from './answers.js';
import type { CompiledForm, CompiledItem } from './form-index.js';
import type { Address, AnswerSet, AnswerValue, ChecksAnswer, ChoiceAnswer, Code, GroupItem } from './form.js';
import { placeName } from './places.js';
import { read, type Instance, type PlacedRow, type Reading, type Stray } from './reading.js';

export type Href = (address: Address) => string | undefined;

/** `{code, path: address, message, href}` in printed order; problems of what has no place in the form come first. */
export function readiness(form: CompiledForm, answers: AnswerSet | Reading, href: Href = () => undefined): Problem[] {
  const reading = read(form, answers);
  const linked = (problem: Problem): Problem => {
    const link = problem.path === '' ? undefined : href(problem.path);
    return link === undefined ? problem : { ...problem, href: link };
  };
  return [...reading.strays.map(strayProblem), ...reading.instances.flatMap((instance) => instanceProblems(reading, instance).map(linked))];
}

/** Problems of one instance; hidden ones have none (an answer left in them is a matter of consistency). */
export function instanceProblems(reading: Reading, instance: Instance): Problem[] {
  const { item, row, address } = instance;
  const kind = item.item.kind;
  if (kind === 'fixed' || kind === 'computed') return [];
  const visible = reading.visible(item, row);
  if (visible === 'no') return [];
  if (kind === 'group') return visible === 'yes' ? groupProblems(reading, instance, item.item as GroupItem) : [];
  const raw = reading.raw(address);
  const checked = raw === undefined ? null : checkAnswer(item.item, raw, reading.form.definition, address, () => placeName(reading, instance));
  if (checked && checked.problems.length > 0) return checked.problems;
  if (item.item.need !== 'required' || visible !== 'yes') return [];
  const value = reading.answer(address);
  if (value === undefined) return [missing('missing', instance, `「${placeName(reading, instance)}」が未記入です。${howTo(item)}`)];
  return incomplete(item, value).map(({ code, what }) => missing(code, instance, `「${placeName(reading, instance)}」の${what}`));
}

function missing(code: string, { address }: Instance, message: string): Problem {
  return { code, path: address, message };
}

function howTo(item: CompiledItem): string {
  switch (item.item.kind) {
    case 'choice': return '選択肢から1つ選んでください。';
    case 'checks': return '当てはまる選択肢にチェックを入れてください。';
    case 'date': case 'date-range': return '日付を入力してください。';
    case 'record-list': return '記録項目の一覧を貼り付けてください。';
    case 'figures': return '図を登録してください。';
    case 'table': case 'text-list': return '1件以上入力してください。';
    default: return '記入してください。';
  }
}

interface Lack { code: string; what: string }

/** What an answer begins but does not finish: the count or the text in brackets, one end of a period. */
function incomplete(item: CompiledItem, value: AnswerValue): Lack[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [];
  if ('choice' in value) return incompleteChoice(item, value);
  if ('checked' in value) return incompleteChecks(item, value);
  if ('from' in value && blank(value.text) && (value.from === null) !== (value.to === null)) {
    return [{ code: 'range-incomplete', what: `${value.from === null ? '開始日' : '終了日'}が未記入です。日付を入力してください。` }];
  }
  return [];
}

function incompleteChoice(item: CompiledItem, value: ChoiceAnswer): Lack[] {
  if (item.item.kind !== 'choice') return [];
  if (value.choice === '') return [{ code: 'missing', what: '選択肢が選ばれていません。選択肢から1つ選んでください。' }];
  const { count, text } = item.item;
  const lacks: Lack[] = [];
  if (count?.whenChoice === value.choice && value.count === undefined) lacks.push({ code: 'count-missing', what: `件数が未記入です。${count.unit}数を入力してください。` });
  const option = item.options?.get(value.choice);
  if ((option?.text === true || text?.whenChoice === value.choice) && blank(value.text)) {
    lacks.push({ code: 'bracket-missing', what: `「${text?.label ?? option?.label ?? ''}」の（　）内が未記入です。内容を書いてください。` });
  }
  return lacks;
}

function incompleteChecks(item: CompiledItem, value: ChecksAnswer): Lack[] {
  return value.checked.flatMap((code: Code) => {
    const option = item.options?.get(code);
    if (option?.text === true && blank(value.texts?.[code])) return [{ code: 'bracket-missing', what: `「${option.label}」の（　）内が未記入です。内容を書くか、チェックを外してください。` }];
    if (option?.counts !== undefined && value.counts?.[code] === undefined) return [{ code: 'count-missing', what: `「${option.label}」の件数が未記入です。件数を入力してください。` }];
    return [];
  });
}

function blank(text: string | undefined): boolean {
  return (text ?? '').trim() === '';
}

/** Rows that a group needs at least: as said, or one when it is required; none before its step of the procedure. */
export function rowsNeeded(group: GroupItem): number {
  return group.need === 'procedure' ? 0 : (group.atLeast ?? (group.need === 'required' ? 1 : 0));
}

/** Rows of the group that belong to the instance. */
export function rowsOfGroup(reading: Reading, { item, row }: Instance): readonly PlacedRow[] {
  return reading.rowsOf(item.code, row?.id ?? null);
}

function groupProblems(reading: Reading, instance: Instance, group: GroupItem): Problem[] {
  const rows = rowsOfGroup(reading, instance).length;
  const needed = rowsNeeded(group);
  const place = placeName(reading, instance);
  if (rows < needed) return [missing('group-without-rows', instance, `「${place}」に${group.unit}が${rows === 0 ? 'ありません' : `${rows}件しかありません`}。${needed}件以上追加してください。`)];
  const most = group.sheets && group.sheets.over === undefined ? group.sheets.max : Infinity;
  return rows > most ? [missing('too-many-rows', instance, `「${place}」に${group.unit}が${rows}件あります。様式に書けるのは${most}件までです。`)] : [];
}

function strayProblem({ code, address, what }: Stray): Problem {
  const name = what.slice(0, 60);
  const message = {
    'unknown-item': `「${name}」という項目はこの様式にありません。様式の版を確かめてください。`,
    'unknown-row': `「${address.slice(0, 80)}」の行「${name}」が見つかりません。行を追加するか、この記載を取り除いてください。`,
    'wrong-row': `行「${name}」は、この様式のその場所に置けません。行の親と集まりの名前を確かめてください。`,
    malformed: what === 'rows' ? '行（rows）の書き方に誤りがあります。id・group・parent・position を確かめてください。' : '記載（answers）は項目と値の組で書いてください。',
  }[code];
  return { code, path: address, message };
}
