/** Own rule sets, a draft, and one rule of it, as their pages show them. Pure. */
import type { OwnRuleSet } from '../../checks/check.entity.js';
import { draftOf, plainPath, type HeadFields, type RuleFields } from '../../checks/rule-drafting.js';
import { usedOn } from '../../checks/rule-content.js';
import { momentOf } from '../../checks/run-words.js';
import type { Code } from '../../engine/form.js';
import { SEVERITIES, type FactCatalogue, type RuleSetDefinition, type Severity } from '../../engine/rule-set.js';
import type { Problem } from '../../kernel/errors.js';
import type { ConflictField, Hidden } from '../administration/conflict-page.js';
import { conditionBlocks, rowsInWords, wordsOf, type AboutConditions } from './condition-view.js';
import type { Body } from './own-rule-input.js';
import { SEVERITY_TONES } from './sheet-view.js';

const STATES = { draft: { label: '下書き', tone: 'amber' }, published: { label: '公開済み', tone: 'green' } } as const;

export const hrefOf = (id: string): string => `/checks/own-rules/${id}`;

export function ownSetsView(sets: readonly OwnRuleSet[]): object[] {
  return sets.map((one) => ({
    href: hrefOf(one.id), title: titleOf(one), code: one.code, setVersion: one.setVersion, state: STATES[one.state], rules: draftOf(one.definition).rules.length, changedAt: momentOf(one.changedAt), changedBy: one.changedByName,
  }));
}

export function titleOf({ code, definition }: Pick<OwnRuleSet, 'code' | 'definition'>): string {
  const { title } = draftOf(definition);
  return title.trim() === '' ? code : title;
}

/** Where a problem of the draft can be mended: `/rules/3/expects/all/0` → the fourth rule, 求めること. */
export function placeOf(path: string, id: string): string {
  const [, first, second, third] = plainPath(path).split('/');
  if (first === 'rules' && second !== undefined) return `${hrefOf(id)}/rules/${Number(second) + 1}${third === undefined ? '' : `#${third === 'parameters' ? 'expects' : third}`}`;
  if (first === 'rules') return `${hrefOf(id)}#rules`;
  if (first === 'viewpoints') return `${hrefOf(id)}#viewpoints`;
  const field = first === 'validity' ? (second ?? 'from') : first === 'per' ? 'perAssessment' : first;
  return field !== undefined && HEAD_FIELDS.includes(field) ? `${hrefOf(id)}#${field}` : `${hrefOf(id)}#main`;
}

const HEAD_FIELDS = ['title', 'shortTitle', 'source', 'description', 'from', 'until', 'perAssessment'];

/** One line of the list of what is to be mended. @param definition names the rule that is meant, where the problem does not */
export function problemLines(problems: readonly Problem[], id: string, { rules }: RuleSetDefinition): { message: string; href: string }[] {
  return problems.map((one) => {
    const n = /^\/rules\/(\d+)\//u.exec(one.path)?.[1];
    const rule = n === undefined ? undefined : rules[Number(n)];
    const named = rule === undefined || one.code === 'rule-set-blank' ? '' : `規則${Number(n) + 1}「${rule.title === '' ? rule.code : rule.title}」：`;
    return { message: `${named}${one.message}`, href: placeOf(one.path, id) };
  });
}

/** @param seen what its form holds, and the version on which that rests */
export function draftView(own: OwnRuleSet, { fields: typed, version }: { fields: HeadFields; version: number }, problems: readonly Problem[]): object {
  const definition = draftOf(own.definition);
  const broken = (n: number): number => problems.filter((one) => one.path.startsWith(`/rules/${n}/`)).length;
  const blank = { code: '', number: '', title: '', shortTitle: '', group: '' };
  return {
    ...ownHead(own), seen: String(version), typed: { ...typed, viewpoints: [] }, open: problemLines(problems, own.id, definition),
    viewpoints: [...typed.viewpoints.filter((one) => one.code !== '' || one.title !== '' || one.number !== '' || one.shortTitle !== ''), blank].map((one, n) => ({ ...one, n, row: n + 1, known: one.code !== '' })),
    rules: definition.rules.map((rule, n) => ({
      href: `${hrefOf(own.id)}/rules/${n + 1}`, number: n + 1, code: rule.code, title: rule.title === '' ? rule.code : rule.title,
      viewpoint: viewpointText(definition, rule.viewpoint), severity: SEVERITIES[rule.severity] ?? '', severityTone: SEVERITY_TONES[rule.severity] ?? '', problems: broken(n),
    })),
    newRule: `${hrefOf(own.id)}/rules/new`,
  };
}

function viewpointText({ viewpoints }: RuleSetDefinition, code: Code): string {
  const viewpoint = viewpoints.find((one) => one.code === code);
  return viewpoint === undefined ? '' : `${viewpoint.number} ${viewpoint.title}`.trim();
}

function ownHead(own: OwnRuleSet): object {
  return { id: own.id, here: hrefOf(own.id), name: titleOf(own), code: own.code, setVersion: own.setVersion, version: String(own.version), changed: `${momentOf(own.changedAt)}　${own.changedByName}` };
}

/** A published set as it was frozen. @param today ISO day: before its first and after its last one it is no set to check by */
export function publishedView(own: OwnRuleSet, facts: FactCatalogue, today: string): object {
  const definition = draftOf(own.definition);
  return {
    ...ownHead(own), sha256: own.sha256 ?? '', source: definition.source, description: definition.description, from: definition.validity.from, until: definition.validity.until ?? '',
    viewpoints: definition.viewpoints.map((viewpoint) => ({
      number: viewpoint.number, title: viewpoint.title, group: viewpoint.group ?? '',
      rules: definition.rules.filter((one) => one.viewpoint === viewpoint.code).map((rule) => ({
        title: rule.title, code: rule.code, severity: SEVERITIES[rule.severity], severityTone: SEVERITY_TONES[rule.severity],
        applies: wordsOf(rule.applies, { facts, parameters: rule.parameters ?? {} }), expects: wordsOf(rule.expects, { facts, parameters: rule.parameters ?? {} }),
      })),
    })),
    rules: usedOn(definition, today) ? `/checks/rules/${own.code}` : '',
  };
}

export interface RuleForm {
  own: OwnRuleSet;
  /** Place in the set from 1, or `new`. */
  place: string;
  was: Code;
  version: string;
  fields: RuleFields;
  about: AboutConditions;
  /** Of the rows of its conditions, while they cannot be read. */
  problems: readonly Problem[];
  /** What keeps the draft from being published, of this rule. */
  open: readonly Problem[];
}

export function ruleFormView({ own, place, was, version, fields, about, problems, open }: RuleForm): object {
  const definition = draftOf(own.definition);
  const { applies: _applies, expects: _expects, basis, ...texts } = fields;
  return {
    ...ownHead(own), version, place, was, action: `${hrefOf(own.id)}/rules/${place}`, heading: place === 'new' ? '新しい規則' : `規則${place}　${fields.title === '' ? fields.code : fields.title}`,
    typed: { ...texts }, viewpoints: definition.viewpoints.map((one) => ({ value: one.code, label: `${one.number} ${one.title}`.trim(), chosen: one.code === fields.viewpoint })),
    severities: (Object.entries(SEVERITIES) as [Severity, string][]).map(([value, label]) => ({ value, label, chosen: value === fields.severity })),
    basis: [...basis.filter((one) => [one.document, one.article, one.item].some((text) => text !== '')), { document: '', article: '', item: '' }].map((one, n) => ({ ...one, n, row: n + 1 })),
    conditions: conditionBlocks(fields, about, problems), open: problemLines(open, own.id, definition),
    problems: problems.map((one) => ({ message: one.message, href: `#${one.path.replace('/rows/', '-').replaceAll('/', '-')}` })),
  };
}

// ---------------------------------------------------------------- both sides of a stale save

/** Everything that was sent, to be sent once more against the version that is stored now. */
export function hiddenOf(body: Body): Hidden[] {
  return Object.entries(body).filter(([name]) => name !== 'version' && name !== '_csrf').flatMap(([name, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]).filter((one) => typeof one === 'string').map((one) => ({ name, value: one })));
}

const shown = (label: string, mine: string, theirs: string): ConflictField => ({ name: '', label, mine, theirs });

export function headConflict(mine: HeadFields, theirs: HeadFields): ConflictField[] {
  const lines = ({ viewpoints }: HeadFields): string => viewpoints.filter((one) => one.title !== '' || one.number !== '').map((one) => [one.group, one.number, one.title, `（${one.shortTitle}）`].filter((text) => text !== '').join(' ')).join('\n');
  return [
    shown('題名', mine.title, theirs.title), shown('短い題名', mine.shortTitle, theirs.shortTitle), shown('出典', mine.source, theirs.source), shown('説明', mine.description, theirs.description),
    shown('使い始める日', mine.from, theirs.from), shown('使い終える日', mine.until, theirs.until), shown('評価書ごとに点検する', mine.perAssessment ? 'はい' : 'いいえ', theirs.perAssessment ? 'はい' : 'いいえ'),
    shown('着眼点', lines(mine), lines(theirs)),
  ];
}

/** @param theirs null: somebody took the rule away */
export function ruleConflict(mine: RuleFields, theirs: RuleFields | null, definition: RuleSetDefinition, about: AboutConditions): ConflictField[] {
  const read = (fields: RuleFields | null, of: (fields: RuleFields) => string): string => (fields === null ? '（この規則は消されています）' : of(fields));
  const line = (label: string, of: (fields: RuleFields) => string): ConflictField => shown(label, of(mine), read(theirs, of));
  return [
    line('求めること（題名）', (one) => one.title), line('符号', (one) => one.code), line('着眼点', (one) => viewpointText(definition, one.viewpoint)), line('重さ', (one) => SEVERITIES[one.severity as Severity] ?? ''),
    line('根拠', (one) => one.basis.map((basis) => [basis.document, basis.article, basis.item].filter((text) => text !== '').join(' ')).filter((text) => text !== '').join('\n')),
    line('当てはまるシステム', (one) => rowsInWords(one.applies, about)), line('求めること', (one) => rowsInWords(one.expects, about)),
    line('検出事項', (one) => one.observation), line('改善を求める事項', (one) => one.improvement), line('確かめる証拠', (one) => one.evidence),
  ];
}
