import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

const CHOOSE = { message: '選択肢から選んでください。' };
const RUN = /^\d{0,9}$/;
const ID_OR_NONE = /^([0-9a-f-]{36})?$/;
const CODE = /^[a-z0-9-]{0,80}$/;

export class MatrixQuery {
  @IsOptional() @Matches(CODE, CHOOSE) ruleSet?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) department?: string;
  @IsOptional() @Matches(RUN, CHOOSE) run?: string;
}

export class CompareQuery {
  @Matches(/^\d{1,9}$/, { message: '比べる点検の回を選んでください。' }) before: string;
  @Matches(/^\d{1,9}$/, { message: '比べる点検の回を選んでください。' }) after: string;
  @IsOptional() @Matches(CODE, CHOOSE) ruleSet?: string;
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
  @IsOptional() @Matches(CODE, CHOOSE) ruleSet?: string;
  @IsOptional() @Matches(CODE, CHOOSE) about?: string;
  @IsOptional() @Matches(RUN, CHOOSE) run?: string;
}

const TEXT = { message: '画面が壊れています。画面を読み込み直してください。' };
const LONG = { message: '入力が長すぎます。短くしてください。' };

export class OverruleInput {
  @IsString(TEXT) @MaxLength(20, LONG) result: string;
  @IsString(TEXT) @MaxLength(10_000, LONG) reason: string;
  @IsString(TEXT) @MaxLength(10_000, LONG) evidence: string;
  @IsString(TEXT) @MaxLength(20, LONG) untilOn: string;
}

const STALE = { message: '画面が古くなっています。画面を読み込み直してください。' };
const SEEN = /^\d{1,9}$/;

export class WithdrawInput {
  @Matches(SEEN, STALE) version: string;
}

export class AdoptionInput {
  @IsIn(['yes', 'no'], CHOOSE) adopted: string;
  @Matches(SEEN, STALE) version: string;
}

export class ScheduleInput {
  @IsString(TEXT) @MaxLength(20, LONG) every: string;
  @IsString(TEXT) @MaxLength(20, LONG) firstOn: string;
  @Matches(SEEN, STALE) version: string;
}

/** An own rule set begins empty or as a copy of another one (`from`: its code). */
export class BeginRuleSetInput {
  @IsString(TEXT) @MaxLength(200, LONG) code: string;
  @IsString(TEXT) @MaxLength(200, LONG) setVersion: string;
  @IsString(TEXT) @MaxLength(400, LONG) title: string;
  @IsOptional() @Matches(CODE, CHOOSE) from?: string;
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
  @Matches(SEEN, STALE) version: string;
}

export class RemoveRuleInput extends SeenDraftInput {
  @IsString(TEXT) @MaxLength(200, LONG) was: string;
}
