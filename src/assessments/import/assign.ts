import { checkAnswer, parsePastedRecords } from '../../engine/answers.js';
import { splitAddress, type Address, type AnswerSet, type AnswerValue, type ChecksAnswer, type ChecksItem, type ChoiceItem, type Code, type FormDefinition, type Item, type Option, type RecordListAnswer } from '../../engine/form.js';
import { indexForm } from '../../engine/form-index.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { fold } from './folding.js';
import type { ImportResult } from './import-text.js';
import { optionAt, optionLike, optionOf } from './options.js';
import { fromText } from './values.js';

/** An unplaced run of an import (by its index in `unplaced`), given to an item by hand. */
export interface Assignment { unplaced: number; address: Address }

/**
 * The answers of an import with what was assigned by hand: texts and lists grow by the run, choices and check boxes take
 * the option that it names, dates and numbers are read from it. The result given is not changed.
 * @throws Invalid with all problems; `path` is the address
 */
export function assign(result: Pick<ImportResult, 'answerSet' | 'unplaced'>, assignments: readonly Assignment[], form: FormDefinition): AnswerSet {
  const index = indexForm(form);
  const rows = new Map(result.answerSet.rows.map((row) => [row.id, row]));
  const answers = { ...result.answerSet.answers };
  const problems: Problem[] = [];
  const used = new Set<number>();
  for (const { unplaced, address } of assignments) {
    const problem = (code: string, message: string): void => void problems.push({ code, path: address, message });
    const run = result.unplaced[unplaced];
    if (!run) {
      problem('run-unknown', `${unplaced + 1}番目の未配置の文字はありません。画面を読み込み直してください。`);
      continue;
    }
    if (used.has(unplaced)) {
      problem('run-assigned-twice', `「${run.text.slice(0, 30)}」が2つの欄に割り当てられています。どちらかを外してください。`);
      continue;
    }
    used.add(unplaced);
    const { item: code, row } = splitAddress(address);
    const compiled = index.byCode.get(code);
    const group = row === null ? null : rows.get(row)?.group;
    if (!compiled || group === undefined || group !== (compiled.groups.at(-1) ?? null)) {
      problem('address-unknown', '割り当てる欄が見つかりません。欄を選び直してください。');
      continue;
    }
    const value = grown(compiled.item, answers[address], run.text.trim(), form);
    if (value === null) {
      problem('value-unreadable', `「${run.text.slice(0, 30)}」は「${compiled.item.label}」の内容として読めません。別の欄に割り当てるか、取り込んだ後に手で入力してください。`);
      continue;
    }
    const checked = checkAnswer(compiled.item, value, form, address);
    problems.push(...checked.problems);
    if (checked.value !== null) answers[address] = checked.value;
  }
  if (problems.length > 0) throw new Invalid('assignment-invalid', '割り当てられないものがあります。', problems);
  return { rows: result.answerSet.rows, answers };
}

function grown(item: Item, before: AnswerValue | undefined, text: string, form: FormDefinition): AnswerValue | null {
  switch (item.kind) {
    case 'text': case 'long-text': case 'date-text': return longer(before, text, item.kind === 'long-text' ? '\n' : ' ');
    case 'text-list': return Array.isArray(before) ? [...(before as string[]), text] : [text];
    case 'record-list': return { lists: [...((before as RecordListAnswer | undefined)?.lists ?? []), ...parsePastedRecords(text).lists] };
    case 'choice': return choose(item, before, text, form);
    case 'checks': return check(item, before as ChecksAnswer | undefined, text, form);
    case 'number': case 'date': case 'date-range': return fromText(item, text).value ?? null;
    default: return null;
  }
}

function longer(before: AnswerValue | undefined, text: string, glue: string): string {
  return typeof before === 'string' && before !== '' ? `${before}${glue}${text}` : text;
}

function choose(item: ChoiceItem, before: AnswerValue | undefined, text: string, form: FormDefinition): AnswerValue | null {
  const options = form.optionSets[item.options] ?? [];
  const words = bare(text);
  const option = optionOf(options, words) ?? optionLike(options, words);
  return option === undefined ? null : { ...(before as object | undefined), choice: option };
}

/** An option by its label, `その他（…）`, or more text for the option with brackets that is already checked. */
function check(item: ChecksItem, before: ChecksAnswer | undefined, text: string, form: FormDefinition): ChecksAnswer | null {
  const options = form.optionSets[item.options] ?? [];
  const words = bare(text);
  const tick = (code: Code): Code[] => options.map((option) => option.code).filter((known) => known === code || before?.checked.includes(known));
  const exact = optionOf(options, words);
  if (exact !== undefined) return { ...before, checked: tick(exact) };
  const head = optionAt(options, words, 0);
  const named = head?.option.text === true;
  const code = named ? head.code : withBrackets(options, before);
  if (code === undefined) return null;
  const inner = named ? (/^[^（(]*[（(]([\s\S]*?)[)）]?$/u.exec(text)?.[1] ?? text) : text;
  return { ...before, checked: tick(code), texts: { ...before?.texts, [code]: longer(before?.texts?.[code], inner, ' ') } };
}

/** The option that takes a text: the only one of its kind, else the first that is checked. */
function withBrackets(options: readonly Option[], before: ChecksAnswer | undefined): Code | undefined {
  const taking = options.filter((option) => option.text);
  return (taking.length === 1 ? taking[0] : taking.find((option) => before?.checked.includes(option.code)))?.code;
}

function bare(text: string): string {
  return fold(text).replace(/^[[\]☐☑○レ✓・\s]+|[\]]+$/gu, '');
}
