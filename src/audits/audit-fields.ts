/** What an audit's plan says about itself, checked. Pure but for the kinds and bases that it is held against. */
import type { RoundingMode } from '../engine/tabulation.js';
import type { Audit, Definition } from './audit.entity.js';
import type { ListedKind } from './audit-kinds.service.js';
import { InputChecking, LONGEST } from './input-checking.js';
import { basesOn } from './legal-bases.js';

export interface AuditInput {
  fiscalYear: number;
  /** Code of the content or of an own kind. */
  kind: string;
  /** Codes of paragraphs. */
  bases: readonly string[];
  theme: string;
  purpose: string;
  targetsText: string;
  /** Lines in which nothing stands are left out. */
  definitions: readonly Definition[];
  /** ISO day, '' or null. */
  referenceOn: string | null;
  method: string;
  beginsOn: string | null;
  endsOn: string | null;
  rounding: { mode: string; digits: number };
}

export type AuditFields = Pick<Audit, 'fiscalYear' | 'kind' | 'kindLabel' | 'bases' | 'theme' | 'purpose' | 'targetsText' | 'definitions' | 'referenceOn' | 'method' | 'beginsOn' | 'endsOn' | 'rounding'>;

export const ROUNDING_MODES: Readonly<Record<RoundingMode, string>> = { 'half-up': '四捨五入', down: '切捨て', 'half-even': '偶数への丸め（最近接偶数）' };
const MOST_DIGITS = 6;
const MOST_DEFINITIONS = 50;

export function fieldsOf(audit: Audit): AuditFields {
  const { fiscalYear, kind, kindLabel, bases, theme, purpose, targetsText, definitions, referenceOn, method, beginsOn, endsOn, rounding } = audit;
  return { fiscalYear, kind, kindLabel, bases, theme, purpose, targetsText, definitions, referenceOn, method, beginsOn, endsOn, rounding };
}

/** The day by which the law is read that an audit rests on: its first day, or the first day of its fiscal year. */
export function lawDay({ beginsOn, fiscalYear }: Pick<Audit, 'beginsOn' | 'fiscalYear'>): string {
  return beginsOn ?? `${fiscalYear}-04-01`;
}

/**
 * @param kinds with which an audit may be planned
 * @param stored what the audit says now: its kind and bases may stay
 * @throws Invalid with every problem
 */
export function checkedAudit(input: AuditInput, kinds: readonly ListedKind[], stored: Pick<Audit, 'kind' | 'kindLabel' | 'bases'> | null): AuditFields {
  const check = new InputChecking();
  const fiscalYear = check.year('fiscalYear', '年度', input.fiscalYear);
  const kind = kinds.find((one) => one.code === input.kind);
  const kept = stored !== null && input.kind === stored.kind;
  if (kind === undefined && !kept) check.wrong('kind', 'not-a-choice', '「監査の種類」を選択肢から選んでください。');
  const theme = check.line('theme', 'テーマ', input.theme);
  const [beginsOn, endsOn] = check.period(['beginsOn', 'endsOn'], ['期間の始まり', '期間の終わり'], [input.beginsOn, input.endsOn]);
  const fields = {
    fiscalYear, kind: input.kind, kindLabel: kept ? stored.kindLabel : (kind?.label ?? ''), theme, bases: checkedBases(check, input.bases, lawDay({ beginsOn, fiscalYear }), stored?.bases ?? []),
    purpose: check.text('purpose', '目的', input.purpose), targetsText: check.text('targetsText', '監査の対象', input.targetsText), definitions: checkedDefinitions(check, input.definitions),
    referenceOn: check.day('referenceOn', '基準日', input.referenceOn), method: check.text('method', '実施方法', input.method), beginsOn, endsOn,
    rounding: { mode: check.choice('roundingMode', '端数処理', input.rounding.mode, Object.keys(ROUNDING_MODES) as RoundingMode[]), digits: checkedDigits(check, input.rounding.digits) },
  };
  check.done();
  return fields;
}

function checkedBases(check: InputChecking, given: readonly string[], day: string, stored: readonly string[]): string[] {
  const standing = new Set(basesOn(day).filter((one) => one.role === 'audit').map((one) => one.code));
  const bases = [...new Set(given)];
  if (bases.some((code) => !standing.has(code) && !stored.includes(code))) check.wrong('bases', 'basis-unknown', '「根拠」を選択肢から選んでください。');
  return bases;
}

function checkedDefinitions(check: InputChecking, given: readonly Definition[]): Definition[] {
  const lines = given.map((one, n) => ({ ...one, n })).filter(({ term, text }) => term.trim() !== '' || text.trim() !== '');
  if (lines.length > MOST_DEFINITIONS) check.wrong('definitions', 'too-many', `定義は${MOST_DEFINITIONS}件までです。`);
  const definitions = lines.map(({ term, text, n }) => ({ term: check.line(`term-${n + 1}`, `${n + 1}行目の用語`, term, { limit: LONGEST.name }), text: check.text(`definition-${n + 1}`, `${n + 1}行目の定義`, text, { need: true, limit: LONGEST.note }) }));
  const twice = definitions.find(({ term }, n) => term !== '' && definitions.findIndex((one) => one.term === term) !== n);
  if (twice !== undefined) check.wrong('definitions', 'term-twice', `用語「${twice.term}」の定義が2つあります。1つにまとめてください。`);
  return definitions;
}

function checkedDigits(check: InputChecking, digits: number): number {
  if (Number.isInteger(digits) && digits >= 0 && digits <= MOST_DIGITS) return digits;
  check.wrong('roundingDigits', 'not-digits', `「小数点以下の桁数」は0～${MOST_DIGITS}の整数で入れてください。`);
  return 0;
}
