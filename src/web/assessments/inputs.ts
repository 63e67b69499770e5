import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ID, STALE } from '../input-words.js';
import { ACTIONS, type Action } from '../../assessments/assessment.transitions.js';

const WHOLE = /^\d{1,15}$/;

/** A new assessment from a threshold judgement. */
export class NewAssessmentInput {
  @Matches(ID, { message: 'もとになるしきい値判断を選んでください。' }) judgement: string;
  @IsIn(['basic', 'priority', 'full'], { message: '作る評価書を選んでください。' }) form: 'basic' | 'priority' | 'full';
  @IsString({ message: '評価書名を入れてください。' }) @MaxLength(200, { message: '評価書名は200字までにしてください。' }) title: string;
  @IsOptional() @IsString({ message: '評価書番号は文字で入れてください。' }) @MaxLength(20, { message: '評価書番号は20字までにしてください。' }) number?: string;
}

/** A step of the workflow. */
export class StepInput {
  @Matches(WHOLE, STALE) version: string;
  @IsOptional() @IsString({ message: 'コメントは文字で入れてください。' }) comment?: string;
}
export class StepPath {
  @Matches(ID, STALE) id: string;
  @IsIn(Object.keys(ACTIONS), { message: 'その操作はありません。' }) action: Action;
}

export class NewRowInput {
  @IsString(STALE) @MaxLength(80, STALE) group: string;
  @IsOptional() @IsString(STALE) parent?: string;
  @IsOptional() @IsString(STALE) from?: string;
}
export class MoveRowInput {
  @IsIn(['up', 'down'], STALE) direction: 'up' | 'down';
  @Matches(WHOLE, STALE) seen: string;
  @IsOptional() @IsString(STALE) from?: string;
}
export class RemoveRowInput {
  @Matches(WHOLE, STALE) seen: string;
  @IsOptional() @IsString(STALE) from?: string;
}

export class RestoreInput {
  @Matches(WHOLE, STALE) entry: string;
  @Matches(WHOLE, STALE) version: string;
  @IsIn(['before', 'after'], STALE) side: 'before' | 'after';
}

/** A picture for a figures item. */
export class FigureInput {
  @IsString(STALE) @MaxLength(120, STALE) address: string;
  @Matches(WHOLE, STALE) version: string;
  @IsOptional() @IsString({ message: '図の説明は文字で入れてください。' }) @MaxLength(500, { message: '図の説明は500字までにしてください。' }) caption?: string;
}

export class SystemLinkInput {
  @Matches(ID, STALE) system: string;
}
