import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { CHOOSE, ID, ID_OR_NONE, LONG, STALE, TEXT } from '../input-words.js';

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
