import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, Matches } from 'class-validator';
import { CHOOSE, asList } from '../input-words.js';

/** `all`, `department:<id>` or `system:<id>`. */
const SCOPE = /^(all|(department|system):[0-9a-f-]{36})$/;

export class ReportsQuery {
  @IsOptional() @Matches(/^(all|(department|system):[0-9a-f-]{36})?$/, CHOOSE) scope?: string;
  @IsOptional() @Matches(/^\d{0,9}$/, CHOOSE) run?: string;
  @IsOptional() @Matches(/^[a-z0-9-]{0,80}$/, CHOOSE) ruleSet?: string;
}

export class ReportInput {
  @Matches(SCOPE, { message: '報告書の対象を選んでください。' }) scope: string;
  @IsOptional() @Matches(/^\d{0,9}$/, CHOOSE) run?: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(60, CHOOSE) @Matches(/^[a-z0-9-]{1,80}$/, { ...CHOOSE, each: true }) ruleSets?: string[];
  @IsIn(['pdf', 'xlsx'], { message: 'PDFかExcelかを選んでください。' }) format: 'pdf' | 'xlsx';
}
