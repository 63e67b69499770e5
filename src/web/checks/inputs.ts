import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { CHOOSE, CODE_OR_NONE, ID_OR_NONE, LONG, STALE, TEXT, WHOLE } from '../input-words.js';

const RUN = /^\d{0,9}$/;

export class MatrixQuery {
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) ruleSet?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) department?: string;
  @IsOptional() @Matches(RUN, CHOOSE) run?: string;
}

export class CompareQuery {
  @Matches(/^\d{1,9}$/, { message: '比べる点検の回を選んでください。' }) before: string;
  @Matches(/^\d{1,9}$/, { message: '比べる点検の回を選んでください。' }) after: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) ruleSet?: string;
}

/** Nothing chosen: all that the person may check. */
export class RunInput {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) department?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) system?: string;
}

export class RunsQuery {
  @IsOptional() @IsString() @MaxLength(10) withChanges?: string;
}

export class SheetQuery {
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) ruleSet?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) about?: string;
  @IsOptional() @Matches(RUN, CHOOSE) run?: string;
}

export class OverruleInput {
  @IsString(TEXT) @MaxLength(20, LONG) result: string;
  @IsString(TEXT) @MaxLength(10_000, LONG) reason: string;
  @IsString(TEXT) @MaxLength(10_000, LONG) evidence: string;
  @IsString(TEXT) @MaxLength(20, LONG) untilOn: string;
}

export class WithdrawInput {
  @Matches(WHOLE, STALE) version: string;
}

export class AdoptionInput {
  @IsIn(['yes', 'no'], CHOOSE) adopted: string;
  @Matches(WHOLE, STALE) version: string;
}

export class ScheduleInput {
  @IsString(TEXT) @MaxLength(20, LONG) every: string;
  @IsString(TEXT) @MaxLength(20, LONG) firstOn: string;
  @Matches(WHOLE, STALE) version: string;
}

/** An own rule set begins empty or as a copy of another one (`from`: its code). */
export class BeginRuleSetInput {
  @IsString(TEXT) @MaxLength(200, LONG) code: string;
  @IsString(TEXT) @MaxLength(200, LONG) setVersion: string;
  @IsString(TEXT) @MaxLength(400, LONG) title: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) from?: string;
}

/** Code and version in place of those of the file; '' keeps them. */
export class ImportRuleSetInput {
  @IsString(TEXT) @MaxLength(200, LONG) importCode: string;
  @IsString(TEXT) @MaxLength(200, LONG) importVersion: string;
}

export class NewVersionInput {
  @IsString(TEXT) @MaxLength(200, LONG) setVersion: string;
}

export class SeenDraftInput {
  @Matches(WHOLE, STALE) version: string;
}

export class RemoveRuleInput extends SeenDraftInput {
  @IsString(TEXT) @MaxLength(200, LONG) was: string;
}
