import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { ActionFilter } from '../../findings/action-board.service.js';
import { asList, CHOOSE, CODE_OR_NONE, ID, ID_OR_NONE, LONG, STALE, TEXT, WHOLE } from '../input-words.js';

export const VIEWS = { board: 'ボード', list: '一覧', calendar: '期限の暦', charts: '率と経過' } as const;
export type View = keyof typeof VIEWS;
/** What actions can be narrowed to besides their state. */
export const DUES = { over: '期限を過ぎた', soon: 'まもなく期限', proposed: '効果の確認待ち', ineffective: '効果が認められなかった', offered: '点検からの申し出', ended: '責任を持つ課が終了' } as const;

const LINE = 1_000;
const LONG_TEXT = 40_000;
const DAY_OR_NONE = /^.{0,30}$/u;
const MONTH = /^(\d{4}-\d{2})?$/;

export class ActionsQuery {
  @IsOptional() @IsIn(['', ...Object.keys(VIEWS)], CHOOSE) view?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) department?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) audit?: string;
  @IsOptional() @Matches(/^(\d{4})?$/, CHOOSE) year?: string;
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) state?: string;
  @IsOptional() @IsIn(['', ...Object.keys(DUES)], CHOOSE) due?: string;
  @IsOptional() @Matches(/^(\d{4}-\d{2}-\d{2})?$/, CHOOSE) dueOn?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(200, LONG) words?: string;
  @IsOptional() @Matches(MONTH, CHOOSE) month?: string;
  @IsOptional() @Matches(/^\d{0,6}$/, CHOOSE) page?: string;
}

export function filterOf(query: ActionsQuery): ActionFilter {
  const given = (value: string | undefined): value is string => value !== undefined && value !== '';
  return {
    ...(given(query.department) ? { departmentId: query.department } : {}), ...(given(query.audit) ? { auditId: query.audit } : {}), ...(given(query.year) ? { year: Number(query.year) } : {}),
    ...(given(query.state) ? { state: query.state } : {}), ...(query.due === 'over' || query.due === 'soon' ? { due: query.due } : given(query.due) ? { [query.due]: true } : {}),
    ...(given(query.dueOn) ? { dueOn: query.dueOn } : {}), ...(given(query.words) ? { words: query.words } : {}), ...(given(query.page) ? { page: Number(query.page) } : {}),
  };
}

export class NewActionQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) finding?: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) improvement?: string;
}

/** Lines of the form side by side; one in which nothing was written is left out. */
export class NewActionsInput {
  @Matches(ID_OR_NONE, CHOOSE) finding: string;
  @Matches(ID_OR_NONE, CHOOSE) improvement: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(20, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(LINE, { ...LONG, each: true }) title?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(20, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(LONG_TEXT, { ...LONG, each: true }) planned?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(20, LONG) @Matches(ID_OR_NONE, { ...CHOOSE, each: true }) departmentId?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(20, LONG) @Matches(DAY_OR_NONE, { ...CHOOSE, each: true }) dueOn?: string[];
}

export class PlanInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @IsString(TEXT) @MaxLength(LONG_TEXT, LONG) planned: string;
  @Matches(DAY_OR_NONE, CHOOSE) dueOn: string;
}

export class ReportInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LONG_TEXT, LONG) text: string;
  @Matches(CODE_OR_NONE, CHOOSE) state: string;
}

export class EffectInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LONG_TEXT, LONG) text: string;
  @IsIn(['effective', 'not-effective'], { message: '効果があるかどうかを選んでください。' }) verdict: 'effective' | 'not-effective';
}

export class ReopenInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LONG_TEXT, LONG) reason: string;
  @Matches(CODE_OR_NONE, CHOOSE) state: string;
}

export class PostponeInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LONG_TEXT, LONG) reason: string;
  @Matches(DAY_OR_NONE, CHOOSE) dueOn: string;
}

export class TransferInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LONG_TEXT, LONG) reason: string;
  @Matches(ID_OR_NONE, CHOOSE) departmentId: string;
}

export class OfferInput {
  @Matches(WHOLE, STALE) version: string;
  @IsIn(['accept', 'decline'], CHOOSE) answer: 'accept' | 'decline';
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) state?: string;
  @IsString(TEXT) @MaxLength(LONG_TEXT, LONG) reason: string;
}

export class AskingInput {
  @Matches(/^\d{4}$/, { message: '年度を選んでください。' }) year: string;
  @Matches(DAY_OR_NONE, CHOOSE) dueOn: string;
}

/** Of a notice: chosen actions, and a text for each of those that the page showed. */
export class NoticeInput {
  @IsOptional() @Matches(WHOLE, STALE) version?: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(200, LONG) @Matches(ID, { ...CHOOSE, each: true }) shown?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(200, LONG) @Matches(ID, { ...CHOOSE, each: true }) chosen?: string[];
  @IsOptional() @Transform(asList) @ArrayMaxSize(200, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(LONG_TEXT, { ...LONG, each: true }) text?: string[];
}

export class NoticeDayInput {
  @Matches(WHOLE, STALE) version: string;
  @Matches(DAY_OR_NONE, CHOOSE) day: string;
}

export class NoticeReasonInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LONG_TEXT, LONG) reason: string;
}

export class SeenActionInput {
  @Matches(WHOLE, STALE) version: string;
}

export class EvidenceInput {
  @IsString(TEXT) @MaxLength(LINE, LONG) caption: string;
}
