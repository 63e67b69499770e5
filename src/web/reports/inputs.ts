import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { asList, CHOOSE, LONG, STALE, TEXT, WHOLE } from '../input-words.js';

/** A day as a form sends it, or nothing; the service says what is wrong with it. */
const DAY_OR_NONE = /^(\d{4}-\d{2}-\d{2})?$/;
const DAY = { message: '日を、カレンダーから選んでください。' };
/** `report`, `finding:<id>` or `improvement:<id>`. */
const SUBJECT = /^(report|(finding|improvement):[0-9a-f-]{36})?$/;

export class SeenInput {
  @Matches(WHOLE, STALE) version: string;
}

export class HeldInput {
  @Matches(SUBJECT, CHOOSE) subject: string;
  @Matches(DAY_OR_NONE, DAY) heldOn: string;
  @IsString(TEXT) @MaxLength(2_000, LONG) place: string;
  @IsString(TEXT) @MaxLength(50_000, LONG) note: string;
}

export class ChangedHeldInput extends SeenInput {
  @Matches(DAY_OR_NONE, DAY) heldOn: string;
  @IsString(TEXT) @MaxLength(2_000, LONG) place: string;
  @IsString(TEXT) @MaxLength(50_000, LONG) note: string;
}

export class VoiceInput extends SeenInput {
  /** `absent`: took no part. */
  @IsOptional() @IsIn(['yes', 'no', 'absent', ''], CHOOSE) consents?: string;
  @IsString(TEXT) @MaxLength(50_000, LONG) opinion: string;
}

export class HeadInput extends SeenInput {
  @IsString(TEXT) @MaxLength(2_000, LONG) title: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(60, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(1_000, { ...LONG, each: true }) addressee?: string[];
  /** One on each line. */
  @IsString(TEXT) @MaxLength(20_000, LONG) others: string;
}

export class SectionInput extends SeenInput {
  @IsString(TEXT) @MaxLength(2_000, LONG) heading: string;
  @IsString(TEXT) @MaxLength(400_000, LONG) text: string;
}

export class NewSectionInput extends SeenInput {
  @IsString(TEXT) @MaxLength(2_000, LONG) heading: string;
  @IsString(TEXT) @MaxLength(200, LONG) parent: string;
}

export class MoveInput extends SeenInput {
  @IsIn(['up', 'down', 'in', 'out'], CHOOSE) direction: 'up' | 'down' | 'in' | 'out';
}

export class RestoreInput extends SeenInput {
  @IsString(TEXT) @MaxLength(200, LONG) code: string;
}

export class FixInput extends SeenInput {
  @Matches(DAY_OR_NONE, DAY) decidedOn: string;
  @IsOptional() @IsIn(['yes', ''], CHOOSE) acknowledged?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(20_000, LONG) note?: string;
}

export class ReopenInput extends SeenInput {
  @IsString(TEXT) @MaxLength(20_000, LONG) comment: string;
}

export class SubmitInput extends SeenInput {
  @Matches(DAY_OR_NONE, DAY) submittedOn: string;
}

export class PublishInput extends SeenInput {
  @Matches(DAY_OR_NONE, DAY) publishedOn: string;
  @IsString(TEXT) @MaxLength(20, LONG) number: string;
}

export class FiguresQuery {
  @IsOptional() @IsString(TEXT) @MaxLength(200, LONG) table?: string;
}

