import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

const TEXT = { message: '画面が壊れています。画面を読み込み直してください。' };
const LONG = { message: '入力が長すぎます。短くしてください。' };
const STALE = { message: '画面が古くなっています。画面を読み込み直してください。' };
const CHOOSE = { message: '選択肢から選んでください。' };
const WHOLE = /^\d{1,9}$/;
const ID_OR_NONE = /^([0-9a-f-]{36})?$/;

export class SeenInput {
  @Matches(WHOLE, STALE) version: string;
}

export class OrganisationInput extends SeenInput {
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
  @IsString(TEXT) @MaxLength(40, LONG) code: string;
  @IsOptional() @IsIn(['yes', ''], CHOOSE) raisePriorityToFull?: string;
}

export class BodyInput {
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
}
export class ChangedBodyInput extends SeenInput {
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
}

export class NewDepartmentInput {
  /** `body:ID` for a 部局, `department:ID` for a 課 below it. */
  @Matches(/^((body|department):[0-9a-f-]{36})?$/, CHOOSE) under: string;
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
  @IsString(TEXT) @MaxLength(200, LONG) headTitle: string;
}
export class ChangedDepartmentInput extends SeenInput {
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
  @IsString(TEXT) @MaxLength(200, LONG) headTitle: string;
}
export class EndDepartmentInput extends SeenInput {
  @Matches(ID_OR_NONE, CHOOSE) successorId: string;
}

export class NewAccountInput {
  @IsString(TEXT) @MaxLength(200, LONG) signInName: string;
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
  @Matches(ID_OR_NONE, CHOOSE) departmentId: string;
  @IsString(TEXT) @MaxLength(60, LONG) role: string;
  @Matches(ID_OR_NONE, CHOOSE) roleDepartmentId: string;
}
export class ChangedAccountInput extends SeenInput {
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
  @Matches(ID_OR_NONE, CHOOSE) departmentId: string;
}
export class RoleInput extends SeenInput {
  @IsString(TEXT) @MaxLength(60, LONG) role: string;
  @Matches(ID_OR_NONE, CHOOSE) roleDepartmentId: string;
}
