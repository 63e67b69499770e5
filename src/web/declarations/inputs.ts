import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';

const CHOOSE = { message: '選択肢から選んでください。' };
const STALE = { message: '画面が古いか壊れています。画面を読み込み直してください。' };
const TEXT = { message: '画面が壊れています。画面を読み込み直してください。' };
const LONG = { message: '入力が長すぎます。短くしてください。' };
const ID = /^[0-9a-f-]{36}$/u;
const ID_OR_NONE = /^([0-9a-f-]{36})?$/u;

export class ControlsQuery {
  @IsOptional() @IsString(TEXT) @MaxLength(80, LONG) group?: string;
  /** Run that a declaration made. */
  @IsOptional() @Matches(/^\d{0,9}$/u, CHOOSE) run?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(40, LONG) notice?: string;
}

export class SeenDeclarationInput {
  @Matches(/^\d{1,9}$/u, STALE) seen: string;
}

export class ApprovalsQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) system?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(40, LONG) notice?: string;
}

export class CopyQuery {
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) from?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(200, LONG) words?: string;
}
export class CopyFile {
  @Matches(ID, { message: '写す元のシステムを選んでください。' }) from: string;
}
