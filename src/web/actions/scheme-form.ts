/** 区分、重要度、措置の状態、率、採番 as fields of a form, and back. Pure. */
import { NUMBER_STYLES } from '../../engine/numbering.js';
import type { FindingSettingsFound, FindingSettingsText } from '../../findings/finding-settings.service.js';
import { LISTS, TERM_LISTS, type TermList } from '../../findings/scheme-checking.js';
import type { ActionState, Classification, FindingScheme, NumberStyle, Severity, StateRate, Term } from '../../findings/scheme.js';
import type { Problem } from '../../kernel/errors.js';
import type { SchemeInput } from './scheme-inputs.js';

const PHASES: Readonly<Record<ActionState['phase'], string>> = { waiting: '未着手', 'under-way': '進行中', settled: '完了（効果の確認が要る）', continuing: '継続（毎年照会する）' };
/** Empty lines at the end of each list. */
const SPARE = 2;
const LEVELS = 6;

/** The scheme as typed. What the form does not show (of which rules a severity comes) is taken over from the scheme before. */
export function schemeOf(input: SchemeInput, before: FindingScheme): FindingSettingsText {
  const lines = (list: TermList): (Term & { extra: string })[] => {
    const fields = input.fields(list);
    const fresh = freshCodes(fields.code);
    return fields.label.flatMap((label, n) => {
      const sent = fields.code[n] ?? '';
      const definition = fields.definition[n] ?? '';
      if (label.trim() === '' && sent.trim() === '' && definition.trim() === '') return [];
      const code = sent.trim() === '' ? fresh() : sent;
      const retired = fields.use[n] === 'retired' ? { retired: true } : {};
      return [{ code, label, definition, ...retired, extra: fields.extra[n] ?? '' }];
    });
  };
  const freshRate = freshCodes(input.rateCode ?? []);
  const rates = (input.rateLabel ?? []).flatMap((label, n): StateRate[] => {
    const code = input.rateCode?.[n] ?? '';
    if (label.trim() === '' && (input.rateOf?.[n] ?? '').trim() === '' && (input.rateOver?.[n] ?? '').trim() === '') return [];
    return [{ code: code.trim() === '' ? freshRate() : code, label, of: codesOf(input.rateOf?.[n]), over: codesOf(input.rateOver?.[n]) }];
  });
  return {
    scheme: {
      classifications: lines('classifications').map(({ extra, ...one }): Classification => ({ ...one, needsAction: extra === 'yes' })),
      severities: lines('severities').map(({ extra: _, ...one }): Severity => ({ ...one, ...rulesOf(before.severities.find((other) => other.code === one.code)) })),
      states: lines('states').map(({ extra, ...one }): ActionState => ({ ...one, phase: extra as ActionState['phase'] })), rates,
    },
    numbering: (input.numbering ?? []).filter((one) => one !== '') as NumberStyle[], dueSoonDays: /^\d{1,4}$/u.test(input.dueSoonDays) ? Number(input.dueSoonDays) : 0,
  };
}

/** Codes of lines that are new: nobody types or sees one. */
function freshCodes(taken: readonly string[]): () => string {
  let n = 0;
  return () => {
    do n += 1; while (taken.includes(`own-${n}`));
    return `own-${n}`;
  };
}

const rulesOf = (one: Severity | undefined): Pick<Severity, 'ofRules'> => (one?.ofRules === undefined ? {} : { ofRules: one.ofRules });

/** Names of states are separated by 、 or a comma; a code is taken as well. */
const codesOf = (text: string | undefined): string[] => (text ?? '').split(/[、,，\s]+/u).map((one) => one.trim()).filter((one) => one !== '');

/** What people type for a rate are names of states, as typed or as the page showed them; what the scheme keeps are their codes. @param shown `<code>:<name>` */
export function withStateCodes(text: FindingSettingsText, shown: readonly string[]): FindingSettingsText {
  const { states } = text.scheme;
  const before = shown.map((one) => ({ code: one.slice(0, one.indexOf(':')), label: one.slice(one.indexOf(':') + 1) }));
  const coded = (name: string): string => (states.some((one) => one.code === name) ? name : ([...states, ...before].find((one) => one.label === name)?.code ?? name));
  return { ...text, scheme: { ...text.scheme, rates: text.scheme.rates.map((one) => ({ ...one, of: one.of.map(coded), over: one.over.map(coded) })) } };
}

export function schemeView(text: FindingSettingsText, found: FindingSettingsFound, ready: readonly { code: string; title: string; description: string }[], problems: readonly Problem[]): object {
  const { scheme, numbering, dueSoonDays } = text;
  const name = (code: string): string => scheme.states.find((one) => one.code === code)?.label ?? code;
  const line = (list: TermList, one: Term | null, n: number) => ({
    n, at: `${list}-${n}`, number: n + 1, code: one?.code ?? '', label: one?.label ?? '', definition: one?.definition ?? '', retired: one?.retired === true,
    needsAction: one !== null && 'needsAction' in one ? one.needsAction === true : true,
    phases: Object.entries(PHASES).map(([code, label]) => ({ code, label, chosen: (one !== null && 'phase' in one ? one.phase : 'under-way') === code })),
  });
  const section = (list: TermList) => ({
    list, label: LISTS[list], isClassifications: list === 'classifications', isStates: list === 'states',
    lines: [...(scheme[list] as readonly Term[]), ...Array.from({ length: SPARE }, () => null)].map((one, n) => line(list, one, n)),
  });
  return {
    version: String(found.version), shown: found.scheme.states.map((one) => `${one.code}:${one.label}`), own: found.version > 0, sections: TERM_LISTS.map(section),
    rates: [...scheme.rates, null].map((one, n) => ({ number: n + 1, n, code: one?.code ?? '', label: one?.label ?? '', of: (one?.of ?? []).map(name).join('、'), over: (one?.over ?? []).map(name).join('、') })),
    numbering: Array.from({ length: LEVELS }, (_one, n) => ({ number: n + 1, styles: NUMBER_STYLES.map((style) => ({ style, chosen: numbering[n] === style })) })),
    dueSoonDays: String(dueSoonDays), ready, problems: problems.map((one) => ({ message: one.message, href: hrefOf(one.path) })), daysError: problems.find((one) => one.path === '/dueSoonDays')?.message ?? '',
  };
}

/** `/states/2/label` → the field of that line; a whole list → its heading. */
function hrefOf(path: string): string {
  const [, list = '', n, field] = path.split('/');
  if (list === 'dueSoonDays' || list === 'numbering') return `#${list}`;
  if (n === undefined) return `#${list}`;
  return list === 'rates' ? `#rates-${n}-label` : `#${list}-${n}-${field === 'definition' ? field : 'label'}`;
}
