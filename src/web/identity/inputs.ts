import { IsOptional, IsString, MaxLength } from 'class-validator';

const TEXT = { message: '画面が壊れています。画面を読み込み直してください。' };
const LONG = { message: '入力が長すぎます。短くしてください。' };
/** Largest text that travels through a sign-in. */
const RESUME = 4_000_000;

export class SignInInput {
  @IsString(TEXT) @MaxLength(200, LONG) signInName: string;
  @IsString(TEXT) @MaxLength(400, LONG) password: string;
  @IsOptional() @IsString(TEXT) @MaxLength(2000, LONG) next?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(RESUME, LONG) resume?: string;
}

export class ChooseRoleInput {
  @IsOptional() @IsString(TEXT) @MaxLength(2000, LONG) next?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(RESUME, LONG) resume?: string;
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
