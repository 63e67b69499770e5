/** The conditions of a rule as rows of its form, and in words. Pure. */
import { COMPARISONS, type ConditionRow, type ConditionRows, type TypedRow } from '../../checks/condition-rows.js';
import { isReadable, type RuleFields } from '../../checks/rule-drafting.js';
import type { Code } from '../../engine/form.js';
import { conditionSentence, type Wording } from '../../engine/rule-sentences.js';
import type { FactCatalogue, FactItem, Parameter, RuleCondition } from '../../engine/rule-set.js';
import type { Problem } from '../../kernel/errors.js';
import { CONDITIONS, type ConditionName } from './own-rule-input.js';

const TEXTS: Readonly<Record<ConditionName, { title: string; support: string }>> = {
  applies: { title: '当てはまるシステム', support: 'どのシステムにこの規則を当てはめるか。当てはまらないシステムは「対象外」になります。' },
  expects: { title: '求めること', support: '当てはまるシステムに求める申告や台帳の内容。満たさなければ「不適合」、申告がなければ「未確認」になります。' },
};
const JOINS = [{ value: 'all', label: 'すべてを満たす' }, { value: 'any', label: 'いずれかを満たす' }] as const;
const SOURCES: Readonly<Record<FactItem['source'], string>> = { register: '台帳', control: '申告', claim: '評価書' };

export interface AboutConditions {
  facts: FactCatalogue;
  /** The set looks at assessments: what they say may be compared. */
  claims: boolean;
  /** Controls retired by this day are not offered. ISO. */
  today: string;
  parameters: Readonly<Record<Code, Parameter>>;
}

/** Both conditions; there is always a blank row to fill in. @param problems at `applies/rows/<n>/item` … */
export function conditionBlocks(fields: Pick<RuleFields, ConditionName>, about: AboutConditions, problems: readonly Problem[]): object {
  return {
    groups: groupsOf(about),
    blocks: CONDITIONS.map((name) => {
      const { join, rows } = withBlankRow(fields[name]);
      const error = (n: number, field: string): string => problems.find((one) => one.path === `${name}/rows/${n}/${field}`)?.message ?? '';
      return {
        name, ...TEXTS[name], joins: JOINS.map((one) => ({ ...one, chosen: one.value === join })),
        rows: rows.map((row, n) => ({ id: `${name}-${n}`, number: n + 1, blank: !('kept' in row) && row.item === '', ...rowView(row, about), errors: { item: error(n, 'item'), test: error(n, 'test'), value: error(n, 'value') } })),
      };
    }),
  };
}

function withBlankRow({ join, rows }: ConditionRows): ConditionRows {
  const filled = rows.filter((row) => 'kept' in row || row.item !== '');
  return { join, rows: [...filled, { item: '', test: '', values: [] }] };
}

/** Facts that may be chosen, under the headings of their forms. */
function groupsOf({ facts, claims, today }: AboutConditions): { label: string; facts: { code: Code; label: string }[] }[] {
  const groups = new Map<string, { code: Code; label: string }[]>();
  for (const { code, label, group, source, retired } of facts.values()) {
    if ((source === 'claim' && !claims) || (retired !== undefined && retired <= today)) continue;
    const heading = `${SOURCES[source]}：${group}`;
    groups.set(heading, [...(groups.get(heading) ?? []), { code, label }]);
  }
  return [...groups].map(([label, members]) => ({ label, facts: members }));
}

/** How the value of a row is given. */
type Control = '' | 'options' | 'number' | 'range' | 'date' | 'text';

function rowView(row: ConditionRow, about: AboutConditions): object {
  const none = { item: '', label: '', comparisons: [], control: '' as Control, options: [], value: '', high: '', unit: '', note: '', kept: null };
  if ('kept' in row) return { ...none, kept: { json: JSON.stringify(row.kept), words: wordsOf(row.kept, about) } };
  const fact = about.facts.get(row.item);
  if (fact === undefined) return { ...none, item: row.item };
  return {
    ...none, item: row.item, label: fact.label, unit: fact.unit, note: fact.zero === undefined ? '' : `0は「${fact.zero}」を表します。`, control: controlOf(row, fact), value: row.values[0] ?? '', high: row.values[1] ?? '',
    comparisons: COMPARISONS[fact.kind].map(({ test, words }) => ({ value: test, words, chosen: test === row.test })),
    options: [...fact.options].map(([value, label]) => ({ value, label, chosen: row.values.includes(value) })),
  };
}

function controlOf({ test }: TypedRow, fact: FactItem): Control {
  if (fact.kind === 'choice' || fact.kind === 'checks') return 'options';
  if (fact.kind !== 'number') return fact.kind;
  return COMPARISONS.number.find((one) => one.test === test)?.takes === 'range' ? 'range' : 'number';
}

/** 「マイナンバー」が「保有する」である。 */
export function wordsOf(condition: RuleCondition, { facts, parameters }: Pick<AboutConditions, 'facts' | 'parameters'>): string {
  if (!isReadable(condition)) return '読み取れない条件（ファイルの書き方に誤りがあります）';
  const wording: Wording = { catalogue: facts, parameters, limits: {} };
  return conditionSentence(condition, '', wording);
}

/** A whole condition with its join, as both sides of a conflict show it. */
export function rowsInWords({ join, rows }: ConditionRows, about: AboutConditions): string {
  const lines = rows.flatMap((row): string[] => {
    if ('kept' in row) return [wordsOf(row.kept, about)];
    const fact = about.facts.get(row.item);
    if (fact === undefined) return [];
    const words = COMPARISONS[fact.kind].find((one) => one.test === row.test)?.words ?? '';
    return [`${fact.label}　${words}：${row.values.map((one) => fact.options.get(one) ?? `${one}${fact.unit}`).join('、')}`];
  });
  return lines.length === 0 ? '' : [JOINS.find((one) => one.value === join)!.label, ...lines.map((one) => `・${one}`)].join('\n');
}
