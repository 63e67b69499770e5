import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { asList, CHOOSE, CODE_OR_NONE, ID, ID_OR_NONE, LONG, STALE, TEXT, WHOLE } from '../input-words.js';

const MANY = { message: '一度に選べる数を超えています。分けて送ってください。' };
const STATES = ['', 'not-started', 'answering', 'submitted', 'returned', 'fixed', 'awaited', 'overdue', 'late', 'corrected'];
const PER = ['department', 'department-system'];

export class SeenInput {
  @Matches(WHOLE, STALE) version: string;
}

export class NewQuestionnaireQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) audit?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) copy?: string;
}

export class NewQuestionnaireInput {
  /** '' for a self-inspection sheet. */
  @Matches(ID_OR_NONE, CHOOSE) auditId: string;
  /** `blank`, `template:CODE` or `copy:ID`. */
  @Matches(/^(blank|template:[a-z0-9-]{1,60}|copy:[0-9a-f-]{36})$/, CHOOSE) beginning: string;
  @IsString(TEXT) @MaxLength(400, LONG) title: string;
  @IsString(TEXT) @MaxLength(8_000, LONG) purpose: string;
  @IsIn(PER, CHOOSE) per: 'department' | 'department-system';
  @IsString(TEXT) @MaxLength(40, LONG) referenceOn: string;
  @IsString(TEXT) @MaxLength(40, LONG) dueOn: string;
}

export class QuestionnaireInput extends SeenInput {
  @IsString(TEXT) @MaxLength(400, LONG) title: string;
  @IsString(TEXT) @MaxLength(8_000, LONG) purpose: string;
  @IsIn(PER, CHOOSE) per: 'department' | 'department-system';
  @IsString(TEXT) @MaxLength(40, LONG) referenceOn: string;
  @IsString(TEXT) @MaxLength(40, LONG) dueOn: string;
}

export class TrackingQuery {
  @IsOptional() @IsIn(STATES, CHOOSE) state?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(100, LONG) words?: string;
  @IsOptional() @Matches(/^\d{0,4}$/, CHOOSE) page?: string;
  /** What was just done, for a notice. */
  @IsOptional() @Matches(/^[a-z]{1,20}(-\d{1,6}){0,3}$/, CHOOSE) done?: string;
}

export class RemindInput {
  @IsIn(['overdue', 'awaited', 'chosen'], CHOOSE) which: 'overdue' | 'awaited' | 'chosen';
  @IsOptional() @Transform(asList) @IsArray(CHOOSE) @ArrayMaxSize(2_000, MANY) @Matches(ID, { ...CHOOSE, each: true }) response?: string[];
  @IsString(TEXT) @MaxLength(4_000, LONG) text: string;
  @IsOptional() @IsIn(['yes'], CHOOSE) again?: string;
}

export class DueInput extends SeenInput {
  @IsString(TEXT) @MaxLength(40, LONG) dueOn: string;
}

export class SendInput extends DueInput {
  @IsOptional() @Transform(asList) @IsArray(CHOOSE) @ArrayMaxSize(5_000, MANY) @Matches(/^[0-9a-f-]{36}\/([0-9a-f-]{36})?$/, { ...CHOOSE, each: true }) recipient?: string[];
}

export class SectionInput extends SeenInput {
  @IsString(TEXT) @MaxLength(400, LONG) title: string;
  @IsOptional() @IsString(TEXT) @MaxLength(4_000, LONG) note?: string;
}

export class MoveInput extends SeenInput {
  @IsIn(['up', 'down'], CHOOSE) by: 'up' | 'down';
}

export class NewQuestionQuery {
  @Matches(CODE_OR_NONE, CHOOSE) section: string;
  /** Rows in which it will stand. */
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) group?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) kind?: string;
}
export class QuestionQuery {
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) kind?: string;
}

export class ReturnInput extends SeenInput {
  @IsString(TEXT) @MaxLength(4_000, LONG) reason: string;
  @IsOptional() @Transform(asList) @IsArray(CHOOSE) @ArrayMaxSize(5_000, MANY) @Matches(CODE_OR_NONE, { ...CHOOSE, each: true }) item?: string[];
}

export class ReasonInput extends SeenInput {
  @IsString(TEXT) @MaxLength(4_000, LONG) reason: string;
}
