import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

const STALE = '画面が古いか壊れています。画面を読み込み直してください。';

/** A file (in `uploads.file`) or a pasted text, and where the document will be kept. */
export class ImportInput {
  @IsOptional() @IsString({ message: '評価書の文は文字で貼り付けてください。' }) text?: string;
  @IsOptional() @IsIn(['', 'basic', 'priority', 'full'], { message: '様式を選び直してください。' }) form?: string;
  @IsOptional() @IsString({ message: '課を選び直してください。' }) department?: string;
}

/** An unplaced run given to an item; an empty address takes it back. */
export class AssignInput {
  @Matches(/^\d{1,6}$/, { message: STALE }) run: string;
  @Matches(/^\d{1,9}$/, { message: STALE }) version: string;
  @IsString({ message: '置く項目を選んでください。' }) @MaxLength(160, { message: STALE }) address: string;
}

export class ConfirmImportInput {
  @Matches(/^\d{1,9}$/, { message: STALE }) version: string;
  @IsString({ message: '評価書名を入れてください。' }) @MaxLength(300, { message: '評価書名は300字までにしてください。' }) title: string;
  @IsOptional() @IsString({ message: '評価書番号は文字で入れてください。' }) @MaxLength(40, { message: '評価書番号は40字までにしてください。' }) number?: string;
}
