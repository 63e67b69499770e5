import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { SORTS } from '../../risks/risk-list.js';
import type { Levels } from '../../risks/risk-rating.js';
import type { Measure, MeasureState, RuleOfRisk } from '../../risks/risk-parts.js';
import type { RiskInput } from '../../risks/risk-changing.js';
import { CHOOSE, CODE_OR_NONE, ID, ID_OR_NONE, LONG, STALE, TEXT, WHOLE, asList } from '../input-words.js';

const LEVEL_OR_NONE = /^\d{0,2}$/;
/** `<rule set>/<rule>`. */
const RULE_OR_NONE = /^([a-z0-9-]{1,80}\/[a-z0-9-]{1,80})?$/;

export class ListQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) department?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) system?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) before?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) after?: string;
  @IsOptional() @IsIn(['', 'open', 'closed', 'all'], CHOOSE) state?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(200, LONG) words?: string;
  @IsOptional() @IsIn(['', ...SORTS.flatMap((one) => [one, `-${one}`])], CHOOSE) sort?: string;
  @IsOptional() @Matches(/^\d{0,6}$/, CHOOSE) page?: string;
}

export class HeatQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) department?: string;
}

export class NewRiskQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) system?: string;
}

export class RatingQuery {
  @IsOptional() @Matches(LEVEL_OR_NONE, CHOOSE) likelihoodBefore?: string;
  @IsOptional() @Matches(LEVEL_OR_NONE, CHOOSE) impactBefore?: string;
  @IsOptional() @Matches(LEVEL_OR_NONE, CHOOSE) likelihoodAfter?: string;
  @IsOptional() @Matches(LEVEL_OR_NONE, CHOOSE) impactAfter?: string;
}

export class NewRiskInput extends RatingQuery {
  @IsString(TEXT) @MaxLength(2_000, LONG) title: string;
  @IsString(TEXT) @MaxLength(5_000, LONG) asset: string;
  @IsString(TEXT) @MaxLength(10_000, LONG) threat: string;
  @IsString(TEXT) @MaxLength(10_000, LONG) cause: string;
  @Matches(ID_OR_NONE, CHOOSE) systemId: string;
  @Matches(ID_OR_NONE, CHOOSE) departmentId: string;
  @IsOptional() @IsString(TEXT) @MaxLength(5_000, LONG) note?: string;
}
export class ChangedRiskInput extends NewRiskInput {
  @Matches(WHOLE, STALE) version: string;
}

/** Lines of the form side by side; a line without a text is no measure. */
export class MeasuresInput {
  @Matches(WHOLE, STALE) version: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(60, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(5_000, { ...LONG, each: true }) text?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(60, LONG) @Matches(CODE_OR_NONE, { ...CHOOSE, each: true }) control?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(60, LONG) @IsIn(['planned', 'in-place'], { ...CHOOSE, each: true }) state?: MeasureState[];
}

export class RulesInput {
  @Matches(WHOLE, STALE) version: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(100, LONG) @Matches(RULE_OR_NONE, { ...CHOOSE, each: true }) rule?: string[];
}

export class ReasonInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(5_000, LONG) reason: string;
}

/** A statutory risk of an assessment and a risk behind it. */
export class StatutoryLinkInput {
  @IsString(TEXT) @MaxLength(200, LONG) address: string;
  @Matches(ID, { message: 'リスクを選んでください。' }) risk: string;
}

export type TypedRisk = Required<NewRiskInput> & { version: string };

/** As the form sends it, with every field there. */
export function typedRisk(input: NewRiskInput & { version?: string }): TypedRisk {
  return {
    version: input.version ?? '', title: input.title, asset: input.asset, threat: input.threat, cause: input.cause, systemId: input.systemId, departmentId: input.departmentId, note: input.note ?? '',
    likelihoodBefore: input.likelihoodBefore ?? '', impactBefore: input.impactBefore ?? '', likelihoodAfter: input.likelihoodAfter ?? '', impactAfter: input.impactAfter ?? '',
  };
}

export function riskInput(typed: TypedRisk): RiskInput {
  const { title, asset, threat, cause, departmentId, note } = typed;
  const { before, after } = levelsOf(typed);
  return { title, asset, threat, cause, departmentId, note, systemId: typed.systemId === '' ? null : typed.systemId, before, after };
}

/** Levels as they were chosen; nothing chosen after the measures: not judged. */
export function levelsOf(typed: RatingQuery): { before: Partial<Levels>; after: Partial<Levels> | null } {
  const pair = (likelihood: string | undefined, impact: string | undefined): Partial<Levels> => ({
    ...(likelihood === undefined || likelihood === '' ? {} : { likelihood: Number(likelihood) }), ...(impact === undefined || impact === '' ? {} : { impact: Number(impact) }),
  });
  const after = pair(typed.likelihoodAfter, typed.impactAfter);
  return { before: pair(typed.likelihoodBefore, typed.impactBefore), after: Object.keys(after).length === 0 ? null : after };
}

export interface TypedMeasure { text: string; control: string; state: MeasureState }

export function typedMeasures({ text = [], control = [], state = [] }: MeasuresInput): TypedMeasure[] {
  return text.map((one, n) => ({ text: one, control: control[n] ?? '', state: state[n] ?? 'planned' }));
}

/** A line in which nothing was written is left out; one with a control and no text is asked about. */
export function givenMeasures(typed: readonly TypedMeasure[]): Measure[] {
  return typed.filter((one) => one.text.trim() !== '' || one.control !== '').map(({ text, control, state }) => ({ text, control: control === '' ? null : control, state }));
}

export function givenRules({ rule = [] }: RulesInput): RuleOfRisk[] {
  return rule.filter((one) => one !== '').map((one) => ({ ruleSet: one.slice(0, one.indexOf('/')), rule: one.slice(one.indexOf('/') + 1) }));
}
