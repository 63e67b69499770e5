/** What an organisation makes of a rule, as its form sends it and gets it back. Pure. */
import type { RuleWithSetting, SettingText } from '../../checks/rule-settings.service.js';
import type { Code } from '../../engine/form.js';
import type { RuleDefinition } from '../../engine/rule-set.js';
import type { Problem } from '../../kernel/errors.js';
import type { ConflictField } from '../administration/conflict-page.js';

export interface TypedSetting {
  /** yes, no. */
  use: string;
  offReason: string;
  /** By code of the limit; '' keeps that of the rule set. */
  limits: Record<Code, string>;
  version: string;
}

/** Name of the field of a limit. */
export const limitField = (code: Code): string => `limit-${code}`;

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 4_000) : '');

/** @param body one field for each limit besides `use`, `offReason` and `version` */
export function typedSetting(body: Readonly<Record<string, unknown>>, rule: RuleDefinition): TypedSetting {
  return {
    use: textOf(body.use), offReason: textOf(body.offReason), version: /^\d{1,9}$/u.test(textOf(body.version)) ? textOf(body.version) : '0',
    limits: Object.fromEntries(Object.keys(rule.parameters ?? {}).map((code) => [code, textOf(body[limitField(code)]).slice(0, 40)])),
  };
}

export function storedSetting({ offReason, parameters, rule, version }: RuleWithSetting): TypedSetting {
  return {
    use: offReason === null ? 'yes' : 'no', offReason: offReason ?? '', version: String(version),
    limits: Object.fromEntries(Object.keys(rule.parameters ?? {}).map((code) => [code, parameters[code] === undefined ? '' : String(parameters[code])])),
  };
}

/** What is to be kept, and what cannot be read; how strict a limit may be is for the service. */
export function settingOf({ use, offReason, limits }: TypedSetting, rule: RuleDefinition): { text: SettingText; problems: Problem[] } {
  const problems: Problem[] = [];
  const problem = (path: string, message: string): void => void problems.push({ code: 'field-invalid', path, message });
  if (use !== 'yes' && use !== 'no') problem('use', 'この規則を使うか使わないかを選んでください。');
  if (use === 'no' && offReason.trim() === '') problem('offReason', 'この規則を使わない理由を書いてください。点検の結果と報告書に載ります。');
  const parameters: Record<Code, number> = {};
  for (const [code, typed] of Object.entries(limits)) {
    const plain = typed.normalize('NFKC').replaceAll(',', '').trim();
    if (plain === '') continue;
    if (/^-?\d+(\.\d+)?$/u.test(plain)) parameters[code] = Number(plain);
    else problem(limitField(code), `「${rule.parameters![code]!.label}」は数字で入れてください。`);
  }
  return { text: { offReason: use === 'no' ? offReason : '', parameters }, problems };
}

/** Problems of the service at the fields of the form. */
export function atFields(problems: readonly Problem[], rule: RuleDefinition): Problem[] {
  return problems.map((one) => (Object.hasOwn(rule.parameters ?? {}, one.path) ? { ...one, path: limitField(one.path) } : one));
}

export function settingFields(rule: RuleDefinition): string[] {
  return ['use', 'offReason', ...Object.keys(rule.parameters ?? {}).map(limitField)];
}

const USES: Readonly<Record<string, string>> = { yes: '使う', no: '使わない' };

export function settingConflict(mine: TypedSetting, theirs: TypedSetting, rule: RuleDefinition): ConflictField[] {
  return [
    { name: 'use', label: 'この規則', mine: mine.use, theirs: theirs.use, mineText: USES[mine.use] ?? '', theirsText: USES[theirs.use] ?? '' },
    { name: 'offReason', label: '使わない理由', mine: mine.offReason, theirs: theirs.offReason },
    ...Object.entries(rule.parameters ?? {}).map(([code, { label, unit, value }]): ConflictField => {
      const said = (typed: string): string => (typed === '' ? `規則集の基準（${value}${unit}）` : `${typed}${unit}`);
      return { name: limitField(code), label, mine: mine.limits[code]!, theirs: theirs.limits[code]!, mineText: said(mine.limits[code]!), theirsText: said(theirs.limits[code]!) };
    }),
  ];
}
