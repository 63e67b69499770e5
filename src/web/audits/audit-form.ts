/** The plan of an audit as a form. Pure. */
import { lawDay, ROUNDING_MODES, type AuditInput } from '../../audits/audit-fields.js';
import type { ListedKind } from '../../audits/audit-kinds.service.js';
import { basesOn, basisOf, placeOf, type LegalBasis } from '../../audits/legal-bases.js';
import type { PlannedItem } from '../../audits/plans.service.js';
import type { Audit } from '../../audits/audit.entity.js';
import { formatFiscalYear } from '../../engine/dates.js';
import { dayText, listIn, numberIn, pairsIn, textIn, yearIn, type FieldSpec, type Option, type Typed } from './form-fields.js';

export const basisOption = (basis: LegalBasis): Option => ({ value: basis.code, label: `${placeOf(basis)}　${basis.title}` });

/** @param stored of the audit that is changed; its kind and bases stay among the choices */
export function auditFields(kinds: readonly ListedKind[], today: string, stored: Pick<Audit, 'kind' | 'kindLabel' | 'bases' | 'beginsOn' | 'fiscalYear'> | null): FieldSpec[] {
  const living = kinds.map(({ code, label }) => ({ value: code, label }));
  const kept = stored === null || living.some((one) => one.value === stored.kind) ? [] : [{ value: stored.kind, label: `${stored.kindLabel}（終了）` }];
  const standing = basesOn(stored === null ? today : lawDay(stored)).filter((one) => one.role === 'audit');
  const older = (stored?.bases ?? []).filter((code) => !standing.some((one) => one.code === code)).flatMap((code) => basisOf(code) ?? []);
  return [
    { name: 'fiscalYear', label: '年度', kind: 'year', need: true },
    { name: 'kind', label: '監査の種類', kind: 'select', need: true, options: [...living, ...kept], blank: '選んでください' },
    { name: 'theme', label: 'テーマ', kind: 'line', need: true, support: '公表文の「…を対象として」に入ります。例：電算システムの個人情報の管理について' },
    { name: 'bases', label: '根拠', kind: 'checks', support: '地方自治法の項です。監査を始めるまでに決めます。', options: [...standing, ...older].map(basisOption) },
    { name: 'purpose', label: '目的', kind: 'text', rows: 6 },
    { name: 'targetsText', label: '監査の対象', kind: 'text', rows: 4, support: '文で書きます。部署とシステムは、加えたあとに「対象」で選びます。' },
    { name: 'referenceOn', label: '基準日', kind: 'day', support: 'この日に在るものを調べる、という日です。' },
    { name: 'beginsOn', label: '期間の始まり', kind: 'day' },
    { name: 'endsOn', label: '期間の終わり', kind: 'day' },
    { name: 'method', label: '実施方法', kind: 'text', rows: 6, support: '例：調査票の提出を求め、書類を審査し、関係職員から聞き取り、現地を調べた。' },
    { name: 'definitions', label: '調査に係る定義', kind: 'pairs', support: '報告書に載せる用語の定義です。' },
    { name: 'roundingMode', label: '端数処理', kind: 'select', need: true, support: 'この監査の文書のすべての数に使います。', options: Object.entries(ROUNDING_MODES).map(([value, label]) => ({ value, label })) },
    { name: 'roundingDigits', label: '小数点以下の桁数', kind: 'short', need: true, support: '0～6。構成比を70.5%と書くなら1です。' },
  ];
}

/** A new plan; from an item of a plan what the item says. */
export function blankAudit(year: number, item: PlannedItem | null, kinds: readonly ListedKind[]): Typed {
  const bases = kinds.find((one) => one.code === item?.kind)?.bases ?? [];
  return {
    fiscalYear: formatFiscalYear(item?.fiscalYear ?? year), kind: item?.kind ?? '', theme: item?.theme ?? '', bases, purpose: '', targetsText: item?.targets ?? '', referenceOn: '', beginsOn: '', endsOn: '', method: '', term: [], definition: [],
    roundingMode: 'half-up', roundingDigits: '1',
  };
}

export function storedAudit(audit: Audit): Typed {
  return {
    fiscalYear: formatFiscalYear(audit.fiscalYear), kind: audit.kind, theme: audit.theme, bases: audit.bases, purpose: audit.purpose, targetsText: audit.targetsText, referenceOn: dayText(audit.referenceOn), beginsOn: dayText(audit.beginsOn),
    endsOn: dayText(audit.endsOn), method: audit.method, term: audit.definitions.map((one) => one.term), definition: audit.definitions.map((one) => one.text), roundingMode: audit.rounding.mode, roundingDigits: String(audit.rounding.digits),
  };
}

export function auditOf(typed: Typed): AuditInput {
  return {
    fiscalYear: yearIn(typed, 'fiscalYear'), kind: textIn(typed, 'kind'), bases: listIn(typed, 'bases'), theme: textIn(typed, 'theme'), purpose: textIn(typed, 'purpose'), targetsText: textIn(typed, 'targetsText'),
    definitions: pairsIn(typed), referenceOn: textIn(typed, 'referenceOn'), method: textIn(typed, 'method'), beginsOn: textIn(typed, 'beginsOn'), endsOn: textIn(typed, 'endsOn'),
    rounding: { mode: textIn(typed, 'roundingMode'), digits: numberIn(typed, 'roundingDigits') },
  };
}
