import { Transform } from 'class-transformer';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { LONG, TEXT, asList } from '../input-words.js';

/** Where to go after the sign-in, and what was typed before it. A single field comes as a text, several as a list. */
export class ChooseRoleInput {
  @IsOptional() @IsString(TEXT) @MaxLength(2000, LONG) next?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(2000, LONG) resumeAction?: string;
  @IsOptional() @Transform(asList) @IsString({ ...TEXT, each: true }) resumeName?: string[];
  @IsOptional() @Transform(asList) @IsString({ ...TEXT, each: true }) resumeValue?: string[];
}

export class SignInInput extends ChooseRoleInput {
  @IsString(TEXT) @MaxLength(200, LONG) signInName: string;
  @IsString(TEXT) @MaxLength(400, LONG) password: string;
}

export class DemoEntryInput extends ChooseRoleInput {
  @IsString({ message: '役割のカードを選んでください。' }) @MaxLength(60, LONG) account: string;
}

export class PasswordInput {
  @IsString(TEXT) @MaxLength(400, LONG) current: string;
  @IsString(TEXT) @MaxLength(400, LONG) password: string;
  @IsString(TEXT) @MaxLength(400, LONG) again: string;
}

export class SetUpInput {
  @IsString(TEXT) @MaxLength(200, LONG) token: string;
  @IsString(TEXT) @MaxLength(400, LONG) organisationName: string;
  @IsString(TEXT) @MaxLength(40, LONG) organisationCode: string;
  @IsString(TEXT) @MaxLength(8000, LONG) bodies: string;
  @IsString(TEXT) @MaxLength(200, LONG) signInName: string;
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
  @IsString(TEXT) @MaxLength(400, LONG) password: string;
}
