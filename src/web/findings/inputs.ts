import { IsIn, IsOptional, IsString, Matches, MaxLength, ArrayMaxSize } from 'class-validator';
import { Transform } from 'class-transformer';
import type { FindingAct, ImprovementAct } from '../../findings/finding.transitions.js';
import type { FindingInput } from '../../findings/finding-register.service.js';
import type { ImprovementInput } from '../../findings/improvements.service.js';
import { asList, CHOOSE, CODE_OR_NONE, ID_OR_NONE, LONG, STALE, TEXT, WHOLE } from '../input-words.js';
import type { Typed } from '../audits/form-fields.js';

const LINE = 2_000;
const LONGER = 60_000;
export const WAYS = ['up', 'down', 'in', 'out'] as const;

export class VersionInput {
  @Matches(WHOLE, STALE) version: string;
}

export class ListQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) audit?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) department?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) stage?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) classification?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) severity?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(200, LONG) words?: string;
}

export class NewFindingInput {
  @IsIn(['heading', 'finding'], CHOOSE) kind: 'heading' | 'finding';
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  /** `case:<id>`, `below:<id>` or '' for the outermost level without a case. */
  @Matches(/^((case|below):[0-9a-f-]{36})?$/, CHOOSE) place: string;
}

export class FromRuleInput {
  @Matches(/^[0-9a-f-]{36}$/, { message: '検出事項を起こす監査を選んでください。' }) audit: string;
}

export class FindingFieldsInput extends VersionInput {
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @IsOptional() @IsString(TEXT) @MaxLength(LONGER, LONG) facts?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(LONGER, LONG) criteria?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(LINE, LONG) criteriaSource?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(LONGER, LONG) cause?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(LONGER, LONG) effect?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) viewpointId?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) severity?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) classification?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) departmentId?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) systemId?: string;
}

export class WayInput extends VersionInput {
  @IsIn(WAYS, CHOOSE) way: (typeof WAYS)[number];
}

export class PlaceInput extends VersionInput {
  @Matches(/^((case|below):[0-9a-f-]{36})?$/, CHOOSE) place: string;
}

export class StepInput extends VersionInput {
  @IsIn(['waive', 'take-back', 'confirm', 'return', 'decide', 'reopen', 'publish', 'withdraw', 'restore'], CHOOSE) act: Exclude<FindingAct, 'ask'>;
  @IsOptional() @IsString(TEXT) @MaxLength(LINE, LONG) comment?: string;
}

export class AskInput extends VersionInput {
  @IsString(TEXT) @MaxLength(100, LONG) dueOn: string;
}

export class AnswerInput extends VersionInput {
  @IsOptional() @IsIn(['', 'yes', 'no'], CHOOSE) agreed?: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) text: string;
}

export class ReplyInput extends VersionInput {
  @IsString(TEXT) @MaxLength(LONGER, LONG) reply: string;
}

export class EvidenceLinkInput {
  /** `record:<id>`, `answer:<id>`, `document:<id>`, `check:<rule set>/<rule>@<run>`; '' for a document that is only named. */
  @Matches(/^((record|answer|document):[0-9a-f-]{36}|check:[a-z0-9-]{1,80}\/[a-z0-9-]{1,80}@\d{1,9})?$/, CHOOSE) source: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) label: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) target: string;
}

export class FileInput {
  @IsOptional() @IsString(TEXT) @MaxLength(LINE, LONG) caption?: string;
}

export class NewImprovementQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) finding?: string;
}

export class NewImprovementInput {
  @Matches(CODE_OR_NONE, CHOOSE) kind: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) text: string;
  @IsOptional() @IsString(TEXT) @MaxLength(LONGER, LONG) reason?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) departmentId?: string;
  @IsOptional() @Matches(/^((case|below):[0-9a-f-]{36})?$/, CHOOSE) place?: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(500, LONG) @Matches(ID_OR_NONE, { ...CHOOSE, each: true }) findings?: string[];
}
export class ChangedImprovementInput extends NewImprovementInput {
  @Matches(WHOLE, STALE) version: string;
}

export class ImprovementStepInput extends VersionInput {
  @IsIn(['decide', 'reopen', 'publish', 'withdraw', 'restore'], CHOOSE) act: ImprovementAct;
  @IsOptional() @IsString(TEXT) @MaxLength(LINE, LONG) comment?: string;
}

const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

export function findingInput(typed: FindingFieldsInput): FindingInput {
  const { title, facts = '', criteria = '', criteriaSource = '', cause = '', effect = '' } = typed;
  return {
    title, facts, criteria, criteriaSource, cause, effect, viewpointId: orNull(typed.viewpointId), severity: orNull(typed.severity), classification: orNull(typed.classification),
    departmentId: orNull(typed.departmentId), systemId: orNull(typed.systemId),
  };
}

/** As the form sends it. */
export const typedFinding = (fields: FindingInput): Typed => Object.fromEntries(Object.entries(fields).map(([name, value]: [string, string | null]) => [name, value ?? '']));

export const improvementInput = ({ kind, text, reason = '', departmentId }: NewImprovementInput): ImprovementInput => ({ kind: kind as ImprovementInput['kind'], text, reason, departmentId: orNull(departmentId) });

/** Where it stands, from what the select says. */
export function placeOf(place: string | undefined): { parentId: string | null; caseId: string | null } {
  const [word, id = null] = (place ?? '').split(':') as [string, string?];
  return { parentId: word === 'below' ? id : null, caseId: word === 'case' ? id : null };
}
