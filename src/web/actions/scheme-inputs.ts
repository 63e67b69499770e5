import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { TermList } from '../../findings/scheme-checking.js';
import { asList, CHOOSE, CODE_OR_NONE, LONG, STALE, TEXT, WHOLE } from '../input-words.js';

const EACH = { ...TEXT, each: true };
const SHORT = [2_000, { ...LONG, each: true }] as const;

/** Lines of each list side by side. */
export class SchemeInput {
  @Matches(WHOLE, STALE) version: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) classificationsCode?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) classificationsLabel?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) classificationsDefinition?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsIn(['', 'used', 'retired'], { ...CHOOSE, each: true }) classificationsUse?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsIn(['yes', 'no'], { ...CHOOSE, each: true }) classificationsExtra?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) severitiesCode?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) severitiesLabel?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) severitiesDefinition?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsIn(['', 'used', 'retired'], { ...CHOOSE, each: true }) severitiesUse?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) statesCode?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) statesLabel?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) statesDefinition?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsIn(['', 'used', 'retired'], { ...CHOOSE, each: true }) statesUse?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsIn(['waiting', 'under-way', 'settled', 'continuing'], { ...CHOOSE, each: true }) statesExtra?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) rateCode?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) rateLabel?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) rateOf?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) rateOver?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(10, LONG) @IsString(EACH) @MaxLength(20, { ...LONG, each: true }) numbering?: string[];
  /** Names of states as the page showed them: `<code>:<name>`. */
  @IsOptional() @Transform(asList) @ArrayMaxSize(80, LONG) @IsString(EACH) @MaxLength(...SHORT) shownState?: string[];
  @IsString(TEXT) @MaxLength(10, LONG) dueSoonDays: string;

  fields(list: TermList): { code: string[]; label: string[]; definition: string[]; use: string[]; extra: string[] } {
    const of = (field: 'Code' | 'Label' | 'Definition' | 'Use' | 'Extra'): string[] => (this as unknown as Record<string, string[] | undefined>)[`${list}${field}`] ?? [];
    return { code: of('Code'), label: of('Label'), definition: of('Definition'), use: of('Use'), extra: of('Extra') };
  }
}

export class AdoptInput {
  @Matches(WHOLE, STALE) version: string;
  @Matches(CODE_OR_NONE, CHOOSE) scheme: string;
}
