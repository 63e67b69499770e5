import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ACTIONS, type Action } from '../../assessments/assessment.transitions.js';

const ID = /^[0-9a-f-]{36}$/;
const WHOLE = /^\d{1,15}$/;
const STALE = '画面が古いか壊れています。画面を読み込み直してください。';

/** A new assessment from a threshold judgement. */
export class NewAssessmentInput {
  @Matches(ID, { message: 'もとになるしきい値判断を選んでください。' }) judgement: string;
  @IsIn(['basic', 'priority', 'full'], { message: '作る評価書を選んでください。' }) form: 'basic' | 'priority' | 'full';
  @IsString({ message: '評価書名を入れてください。' }) @MaxLength(200, { message: '評価書名は200字までにしてください。' }) title: string;
  @IsOptional() @IsString({ message: '評価書番号は文字で入れてください。' }) @MaxLength(20, { message: '評価書番号は20字までにしてください。' }) number?: string;
}

/** A step of the workflow. */
export class StepInput {
  @Matches(WHOLE, { message: STALE }) version: string;
  @IsOptional() @IsString({ message: 'コメントは文字で入れてください。' }) comment?: string;
}
export class StepPath {
  @Matches(ID, { message: STALE }) id: string;
  @IsIn(Object.keys(ACTIONS), { message: 'その操作はありません。' }) action: Action;
}

export class NewRowInput {
  @IsString({ message: STALE }) @MaxLength(80, { message: STALE }) group: string;
  @IsOptional() @IsString({ message: STALE }) parent?: string;
  @IsOptional() @IsString({ message: STALE }) from?: string;
}
export class MoveRowInput {
  @IsIn(['up', 'down'], { message: STALE }) direction: 'up' | 'down';
  @Matches(WHOLE, { message: STALE }) seen: string;
  @IsOptional() @IsString({ message: STALE }) from?: string;
}
export class RemoveRowInput {
  @Matches(WHOLE, { message: STALE }) seen: string;
  @IsOptional() @IsString({ message: STALE }) from?: string;
}

export class RestoreInput {
  @Matches(WHOLE, { message: STALE }) entry: string;
  @Matches(WHOLE, { message: STALE }) version: string;
  @IsIn(['before', 'after'], { message: STALE }) side: 'before' | 'after';
}

/** A picture for a figures item. */
export class FigureInput {
  @IsString({ message: STALE }) @MaxLength(120, { message: STALE }) address: string;
  @Matches(WHOLE, { message: STALE }) version: string;
  @IsOptional() @IsString({ message: '図の説明は文字で入れてください。' }) @MaxLength(500, { message: '図の説明は500字までにしてください。' }) caption?: string;
}

export class SystemLinkInput {
  @Matches(ID, { message: STALE }) system: string;
}
