import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { CHOOSE, CODE_OR_NONE, ID, ID_OR_NONE, LONG, STALE, TEXT, WHOLE, asList } from '../input-words.js';

const LINE = 2_000;
const LONGER = 60_000;
const NUMBER = /^.{0,20}$/u;

export class VersionInput {
  @Matches(WHOLE, STALE) version: string;
}

export class YearQuery {
  @IsOptional() @Matches(/^\d{0,4}$/, CHOOSE) year?: string;
}

export class NewAuditQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) item?: string;
}

export class AuditFieldsInput {
  @Matches(NUMBER, LONG) fiscalYear: string;
  @Matches(CODE_OR_NONE, CHOOSE) kind: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(50, LONG) @Matches(CODE_OR_NONE, { ...CHOOSE, each: true }) bases?: string[];
  @IsString(TEXT) @MaxLength(LINE, LONG) theme: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) purpose: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) targetsText: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(100, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(LINE, { ...LONG, each: true }) term?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(100, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(LONGER, { ...LONG, each: true }) definition?: string[];
  @IsString(TEXT) @MaxLength(LINE, LONG) referenceOn: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) method: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) beginsOn: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) endsOn: string;
  @Matches(CODE_OR_NONE, CHOOSE) roundingMode: string;
  @Matches(NUMBER, CHOOSE) roundingDigits: string;
}
export class NewAuditInput extends AuditFieldsInput {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) item?: string;
}
export class ChangedAuditInput extends AuditFieldsInput {
  @Matches(WHOLE, STALE) version: string;
}

export class CopyInput {
  @Matches(ID, { message: '写す監査を選んでください。' }) from: string;
  @Matches(NUMBER, LONG) copyYear: string;
  /** '' or none: the same as that of the older audit. */
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) copyKind?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) item?: string;
}

export class MoveAuditInput {
  @Matches(WHOLE, STALE) version: string;
  @Matches(CODE_OR_NONE, CHOOSE) action: string;
  @IsOptional() @IsString(TEXT) @MaxLength(LONGER, LONG) comment?: string;
}

export class DirectionInput {
  @IsIn(['up', 'down'], CHOOSE) direction: 'up' | 'down';
}

export class TargetsInput {
  @Matches(WHOLE, STALE) version: string;
  /** `department` or `department/system`. */
  @IsOptional() @Transform(asList) @ArrayMaxSize(5_000, LONG) @Matches(/^([0-9a-f-]{36}(\/[0-9a-f-]{36})?)?$/, { ...CHOOSE, each: true }) target?: string[];
}

export class ViewpointInput {
  @Matches(ID_OR_NONE, CHOOSE) parentId: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) text: string;
}
export class ChangedViewpointInput extends ViewpointInput {
  @Matches(WHOLE, STALE) version: string;
}

export class TakeOverInput {
  /** `<rule set>/<viewpoint>`. */
  @IsOptional() @Transform(asList) @ArrayMaxSize(500, LONG) @Matches(/^([a-z0-9-]{1,80}\/[a-z0-9-]{1,80})?$/, { ...CHOOSE, each: true }) viewpoint?: string[];
}

export class PersonInput {
  @Matches(CODE_OR_NONE, CHOOSE) role: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) name: string;
  @Matches(ID_OR_NONE, CHOOSE) accountId: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) disqualifiedReason: string;
}
export class ChangedPersonInput extends PersonInput {
  @Matches(WHOLE, STALE) version: string;
}

export class StepInput {
  @IsString(TEXT) @MaxLength(LINE, LONG) label: string;
  @Matches(CODE_OR_NONE, CHOOSE) doneBy: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) fromOn: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) untilOn: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) doneOn: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) note: string;
}
export class ChangedStepInput extends StepInput {
  @Matches(WHOLE, STALE) version: string;
}

export class CaseInput {
  @Matches(ID_OR_NONE, CHOOSE) departmentId: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) overview: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) quoted: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) membersOn: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) secretariatOn: string;
}
export class ChangedCaseInput extends CaseInput {
  @Matches(WHOLE, STALE) version: string;
}

export class NewRecordQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) department?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) system?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) viewpoint?: string;
}

export class RecordInput {
  @Matches(CODE_OR_NONE, CHOOSE) kind: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) heldOn: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) place: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) attendees: string;
  @Matches(ID_OR_NONE, CHOOSE) departmentId: string;
  @Matches(ID_OR_NONE, CHOOSE) systemId: string;
  @Matches(ID_OR_NONE, CHOOSE) viewpointId: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) announced: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) seen: string;
  @Matches(CODE_OR_NONE, CHOOSE) outcome: string;
}
export class ChangedRecordInput extends RecordInput {
  @Matches(WHOLE, STALE) version: string;
}
export class FileInput {
  @IsOptional() @IsString(TEXT) @MaxLength(LINE, LONG) caption?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(LINE, LONG) alt?: string;
}
export class FileWordsInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) caption: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) alt: string;
}

export class PlanInput {
  @Matches(CODE_OR_NONE, CHOOSE) kind: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @Matches(NUMBER, LONG) fromYear: string;
  @Matches(NUMBER, LONG) untilYear: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) policy: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) decidedOn: string;
}
export class ChangedPlanInput extends PlanInput {
  @Matches(WHOLE, STALE) version: string;
}

export class PlanItemInput {
  @Matches(WHOLE, STALE) version: string;
  @Matches(NUMBER, LONG) fiscalYear: string;
  @Matches(CODE_OR_NONE, CHOOSE) kind: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) theme: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) targets: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) period: string;
}

export class TakeUpInput {
  @Matches(WHOLE, STALE) version: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(300, LONG) @Matches(ID_OR_NONE, { ...CHOOSE, each: true }) item?: string[];
}
export class LinkInput {
  @Matches(ID, { message: '結び付ける監査を選んでください。' }) audit: string;
}

export class KindInput {
  @IsString(TEXT) @MaxLength(LINE, LONG) label: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(50, LONG) @Matches(CODE_OR_NONE, { ...CHOOSE, each: true }) bases?: string[];
}
export class ChangedKindInput extends KindInput {
  @Matches(WHOLE, STALE) version: string;
}
