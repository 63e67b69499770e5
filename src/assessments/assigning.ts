import { checkAnswer, parseNumberText, parsePastedRecords } from '../engine/answers.js';
import { parseJapaneseDate } from '../engine/dates.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { splitAddress, type Address, type AnswerSet, type AnswerValue } from '../engine/form.js';
import { Invalid } from '../kernel/errors.js';

/** A run of the source that nobody placed, given to an item by hand. */
export interface Assignment {
  /** Index among the unplaced runs. */
  unplaced: number;
  address: Address;
}

/** The answers with the runs that were assigned by hand, in the order of the source. Throws `Invalid` for one that does not fit its item. */
export function withAssignments(form: CompiledForm, answers: AnswerSet, unplaced: readonly { text: string }[], assignments: readonly Assignment[]): AnswerSet {
  const values = { ...answers.answers };
  const inOrder = [...assignments].sort((a, b) => a.unplaced - b.unplaced);
  for (const { unplaced: index, address } of inOrder) {
    const item = itemAt(form, answers, address);
    const run = unplaced[index];
    if (run === undefined) throw refuse(address, '割り当てる文が見つかりません。画面を読み込み直してください。');
    const value = joined(item, Object.hasOwn(values, address) ? values[address] : undefined, run.text);
    if (value === null) throw refuse(address, `この文は「${item.item.label}」の形（${KINDS[item.item.kind] ?? '選択肢など'}）に合いません。文を書く項目を選ぶか、取り込んだ後で入力してください。`);
    const checked = checkAnswer(item.item, value, form.definition, address);
    if (checked.problems.length > 0) throw new Invalid('assignment-invalid', 'この項目には割り当てられません。', checked.problems);
    values[address] = checked.value!;
  }
  return { rows: answers.rows, answers: values };
}

const KINDS: Partial<Record<CompiledItem['item']['kind'], string>> = { date: '日付', number: '数', choice: '選択肢', checks: '選択肢', table: '表', figures: '図', 'date-range': '期間', 'record-list': '記録項目の一覧' };

function itemAt(form: CompiledForm, { rows }: AnswerSet, address: Address): CompiledItem {
  const { item: code, row } = splitAddress(address);
  const item = form.byCode.get(code);
  const group = row === null ? undefined : rows.find((one) => one.id === row)?.group;
  if (item === undefined || item.groups.at(-1) !== group || (row !== null && group === undefined)) throw refuse(address, '割り当て先の項目が見つかりません。一覧から選び直してください。');
  return item;
}

function joined({ item, options }: CompiledItem, before: AnswerValue | undefined, text: string): unknown {
  const said = text.trim();
  switch (item.kind) {
    case 'text': case 'date-text': return typeof before === 'string' && before !== '' ? `${before} ${said}` : said;
    case 'long-text': return typeof before === 'string' && before !== '' ? `${before}\n${said}` : said;
    case 'text-list': return [...(Array.isArray(before) ? before : []), ...said.split('\n').map((line) => line.trim()).filter((line) => line !== '')];
    case 'number': return parseNumberText(said);
    case 'date': return parseJapaneseDate(said);
    case 'record-list': {
      const more = parsePastedRecords(said);
      const lists = typeof before === 'object' && 'lists' in before ? before.lists : [];
      return { lists: [...lists, ...more.lists] };
    }
    case 'choice': case 'checks': {
      const code = [...(options?.values() ?? [])].find((one) => fold(one.label) === fold(said))?.code;
      if (code === undefined) return null;
      if (item.kind === 'choice') return { choice: code };
      return typeof before === 'object' && 'checked' in before ? { ...before, checked: [...before.checked, code] } : { checked: [code] };
    }
    default: return null;
  }
}

/** Width, spaces and the marks of a chosen option do not tell options apart. */
function fold(text: string): string {
  return text.normalize('NFKC').replace(/[[\]○☑■\s]/gu, '');
}

function refuse(address: Address, message: string): Invalid {
  return new Invalid('assignment-invalid', message, [{ code: 'assignment-invalid', path: address, message }]);
}
