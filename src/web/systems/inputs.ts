import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { Invalid } from '../../kernel/errors.js';
import type { Fields } from '../fields/field-input.js';
import { CHOOSE, ID, LONG, STALE, TEXT, WHOLE } from '../input-words.js';

export class ListQuery {
  @IsOptional() @Matches(/^([0-9a-f-]{36}|none)?$/, CHOOSE) class?: string;
  @IsOptional() @Matches(/^([0-9a-f-]{36})?$/, CHOOSE) department?: string;
  @IsOptional() @Matches(/^[a-z0-9-]{0,60}$/, CHOOSE) state?: string;
  @IsOptional() @IsIn(['', 'system', 'platform'], CHOOSE) kind?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(200, LONG) words?: string;
  @IsOptional() @Matches(/^-?[a-z]{0,20}$/, CHOOSE) sort?: string;
  @IsOptional() @Matches(/^\d{0,6}$/, CHOOSE) page?: string;
}

export class EndInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(40, LONG) on: string;
}

export class HistoryQuery {
  @IsOptional() @IsString(TEXT) @MaxLength(120, LONG) path?: string;
  @IsOptional() @IsIn(['', 'yes'], CHOOSE) all?: string;
}

export class AssessmentsQuery {
  @IsOptional() @IsString(TEXT) @MaxLength(200, LONG) words?: string;
}
export class LinkInput {
  @Matches(ID, CHOOSE) assessment: string;
}

export class ClassInput {
  @IsString(TEXT) @MaxLength(400, LONG) label: string;
  @IsOptional() @IsIn(['yes', ''], CHOOSE) external?: string;
}
export class ChangedClassInput extends ClassInput {
  @Matches(WHOLE, STALE) version: string;
}
export class MoveClassInput {
  @IsIn(['up', 'down'], CHOOSE) direction: 'up' | 'down';
  /** `id:version` of every living class, in the order that the page showed. */
  @Matches(/^[0-9a-f:,-]{1,4000}$/, STALE) order: string;
}
export class SeenInput {
  @Matches(WHOLE, STALE) version: string;
}
export class MonthsInput extends SeenInput {
  @IsString(TEXT) @MaxLength(20, LONG) months: string;
}

export class BulkQuery {
  /** `class`, `department` or `register/<item>`. */
  @IsOptional() @IsString(TEXT) @MaxLength(80, LONG) field?: string;
  @IsOptional() @Matches(/^([0-9a-f-]{36}|none)?$/, CHOOSE) class?: string;
  @IsOptional() @Matches(/^([0-9a-f-]{36})?$/, CHOOSE) department?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(200, LONG) words?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(10, LONG) done?: string;
}

export class MergeQuery {
  @Matches(ID, { message: '統合して消すシステムを選んでください。' }) from: string;
  @Matches(ID, { message: '残すシステムを選んでください。' }) into: string;
}

export class TakeOverInput {
  @Matches(WHOLE, STALE) version: string;
  @Matches(/^[0-9a-f]{64}$/, STALE) seal: string;
  @IsOptional() @IsIn(['yes', ''], CHOOSE) withoutRefused?: string;
}

// Forms whose fields depend on the content or on the number of rows come in as they are.

/** The version that the page showed. Throws `Invalid`. */
export function seenVersion(fields: Fields): number {
  if (typeof fields.version === 'string' && WHOLE.test(fields.version)) return Number(fields.version);
  throw new Invalid('input-invalid', STALE.message, [{ code: 'field-invalid', path: 'version', message: STALE.message }]);
}

export const textIn = (fields: Fields, name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');

/** Every value of a field that stands in the form more than once. */
export function textsIn(fields: Fields, name: string): string[] {
  const value = fields[name];
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => (typeof one === 'string' ? one : ''));
}
