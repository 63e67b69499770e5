/** The check of each item kind: types, lengths, options, dates, numbers. */
import { checkText, LIMITS, recordOf, type Checking, type Report } from './answer-texts.js';
import { isIsoDate, parseJapaneseDate } from './dates.js';
import { checkFigures, checkRecordList } from './record-lists.js';
import { checkTable } from './answer-tables.js';
import type { AnswerValue, ChecksItem, ChoiceItem, Code, ItemKind, NumberItem, TextItem } from './form.js';

type Check = (value: unknown, checking: Checking) => AnswerValue | null;

export const KIND_CHECKS: Readonly<Record<ItemKind, Check>> = {
  text: (value, c) => checkText(value, (c.item as TextItem).maxLength ?? LIMITS.text, c.problem),
  'long-text': (value, c) => checkText(value, (c.item as TextItem).maxLength ?? LIMITS.longText, c.problem),
  number: checkNumber,
  date: (value, c) => checkDate(value, c.problem, ''),
  'date-text': (value, c) => checkText(value, LIMITS.text, c.problem),
  'date-range': checkDateRange,
  choice: checkChoice,
  checks: checkChecks,
  table: checkTable,
  'text-list': checkTextList,
  'record-list': checkRecordList,
  figures: checkFigures,
  group: notAnswerable,
  fixed: notAnswerable,
  computed: notAnswerable,
};

function notAnswerable(_value: unknown, { problem }: Checking): null {
  problem('not-answerable', 'この項目には直接記入できません。');
  return null;
}

function checkNumber(value: unknown, { item, problem }: Checking): number | null {
  const { min, max, unit = '' } = item as NumberItem;
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    problem('wrong-type', '数字で入力してください。');
    return null;
  }
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
    const range = `${min === undefined ? '' : `${min.toLocaleString('ja-JP')}${unit}以上`}${max === undefined ? '' : `${max.toLocaleString('ja-JP')}${unit}以下`}`;
    problem('number-out-of-range', `${value.toLocaleString('ja-JP')}${unit}は入力できません。${range}で入力してください。`);
    return null;
  }
  return Object.is(value, -0) ? 0 : value;
}

function checkDate(value: unknown, problem: Report, what: string): string | null {
  if (typeof value !== 'string') {
    problem('wrong-type', `${what}日付の型が違います。例：令和8年11月21日`);
    return null;
  }
  if (value.trim() === '') return '';
  const iso = isIsoDate(value) ? value : parseJapaneseDate(value);
  if (iso === null) problem('date-invalid', `${what}「${value.slice(0, 40)}」は暦にない日付か、日付として読めません。例：令和8年11月21日、2026/11/21`);
  return iso;
}

function checkDateRange(value: unknown, { problem }: Checking): AnswerValue | null {
  const range = recordOf(value, ['from', 'to', 'text'], problem);
  if (!range) return null;
  const end = (given: unknown, what: string): string | null => (given === null || given === undefined || given === '' ? null : checkDate(given, problem, what));
  const from = end(range.from, '開始日：');
  const to = end(range.to, '終了日：');
  if (range.text === undefined || range.text === '') return { from, to };
  const text = checkText(range.text, LIMITS.text, problem, '期間');
  return text === null ? null : { from, to, text };
}

/** A bracketed text; undefined when blank, null after a report. */
function bracket(value: unknown, problem: Report, what: string): string | undefined | null {
  if (value === undefined || value === '') return undefined;
  return checkText(value, LIMITS.bracket, problem, what);
}

function count(value: unknown, problem: Report, what: string): number | null {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LIMITS.count) return value;
  problem('count-invalid', `${what}の件数は0から${LIMITS.count.toLocaleString('ja-JP')}までの整数で入力してください。`);
  return null;
}

function checkChoice(value: unknown, { item, options, problem }: Checking): AnswerValue | null {
  const choice = item as ChoiceItem;
  const given = recordOf(value, ['choice', 'count', 'text'], problem);
  if (!given) return null;
  if (typeof given.choice !== 'string') {
    problem('wrong-type', '選択肢の型が違います。選択肢から1つ選んでください。');
    return null;
  }
  const option = options(choice.options).find((one) => one.code === given.choice);
  if (!option && given.choice !== '') {
    problem('unknown-option', `「${given.choice.slice(0, 60)}」という選択肢はありません。選択肢から1つ選んでください。`);
    return null;
  }
  const result: { choice: Code; count?: number; text?: string } = { choice: given.choice };
  if (given.count !== undefined && given.count !== null) {
    const number = count(given.count, problem, '（　）内');
    if (number === null) return null;
    if (!choice.count || choice.count.whenChoice !== given.choice) problem('count-not-asked', '件数は、件数を書く選択肢を選んだときだけ入力できます。件数を消すか、選択肢を選び直してください。');
    result.count = number;
  }
  const text = bracket(given.text, problem, '（　）内');
  if (text === null) return null;
  if (text !== undefined) {
    const beside = choice.text !== undefined && (choice.text.whenChoice === undefined || choice.text.whenChoice === given.choice);
    if (!beside && option?.text !== true) problem('text-not-asked', '選んだ選択肢には書き添える欄がありません。書き添えた文を消すか、選択肢を選び直してください。');
    result.text = text;
  }
  return result;
}

function checkChecks(value: unknown, { item, options, problem }: Checking): AnswerValue | null {
  const checks = item as ChecksItem;
  const given = recordOf(value, ['checked', 'texts', 'counts'], problem);
  if (!given) return null;
  if (!Array.isArray(given.checked) || given.checked.some((one) => typeof one !== 'string')) {
    problem('wrong-type', '値の型が違います。選択肢にチェックを入れてください。');
    return null;
  }
  const known = options(checks.options);
  const checked = new Set(given.checked as string[]);
  const byCode = new Map(known.map((option) => [option.code, option]));
  for (const code of checked) if (!byCode.has(code)) problem('unknown-option', `「${code.slice(0, 60)}」という選択肢はありません。選択肢から選んでください。`);
  const alone = (checks.exclusive ?? []).find((code) => checked.has(code));
  if (alone !== undefined && checked.size > 1) problem('exclusive-option', `「${byCode.get(alone)?.label ?? alone}」は、ほかの選択肢と同時に選べません。どちらかのチェックを外してください。`);
  const texts = entries(given.texts, problem, (code, text) => {
    const option = byCode.get(code);
    if (text === '') return undefined;
    if (option?.text !== true) problem(option ? 'text-not-asked' : 'unknown-option', `「${(option?.label ?? code).slice(0, 60)}」には書き添える欄がありません。`);
    return bracket(text, problem, `「${(option?.label ?? code).slice(0, 60)}」のかっこ内`) ?? undefined;
  });
  const counts = entries(given.counts, problem, (code, number) => {
    const option = byCode.get(code);
    if (option?.counts === undefined) problem(option ? 'count-not-asked' : 'unknown-option', `「${(option?.label ?? code).slice(0, 60)}」には件数の欄がありません。`);
    return count(number, problem, `「${(option?.label ?? code).slice(0, 60)}」`) ?? undefined;
  });
  return {
    checked: known.filter((option) => checked.has(option.code)).map((option) => option.code),
    ...(Object.keys(texts).length > 0 ? { texts } : {}),
    ...(Object.keys(counts).length > 0 ? { counts } : {}),
  };
}

function entries<T>(value: unknown, problem: Report, read: (code: string, value: unknown) => T | undefined): Record<Code, T> {
  const result: Record<Code, T> = {};
  if (value === undefined || value === null) return result;
  if (typeof value !== 'object' || Array.isArray(value)) {
    problem('wrong-type', '選択肢ごとの値の型が違います。画面から入力し直してください。');
    return result;
  }
  for (const [code, one] of Object.entries(value)) {
    const kept = read(code, one);
    if (kept !== undefined && code !== '__proto__') result[code] = kept;
  }
  return result;
}

function checkTextList(value: unknown, { problem }: Checking): AnswerValue | null {
  if (!Array.isArray(value)) {
    problem('wrong-type', '値の型が違います。1件ずつ入力してください。');
    return null;
  }
  if (value.length > LIMITS.entries) problem('too-many', `${value.length}件あります。${LIMITS.entries}件以内にしてください。`);
  return value.slice(0, LIMITS.entries).map((one, n) => checkText(one, LIMITS.text, problem, `${n + 1}件目`) ?? '');
}
