import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { CHOOSE, ID_OR_NONE, LONG, STALE, TEXT, WHOLE } from '../input-words.js';

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
  @IsOptional() @IsString(TEXT) @MaxLength(400, LONG) mail?: string;
  @IsString(TEXT) @MaxLength(60, LONG) role: string;
  @Matches(ID_OR_NONE, CHOOSE) roleDepartmentId: string;
}
export class ChangedAccountInput extends SeenInput {
  @IsString(TEXT) @MaxLength(400, LONG) name: string;
  @Matches(ID_OR_NONE, CHOOSE) departmentId: string;
  @IsOptional() @IsString(TEXT) @MaxLength(400, LONG) mail?: string;
}
export class RoleInput extends SeenInput {
  @IsString(TEXT) @MaxLength(60, LONG) role: string;
  @Matches(ID_OR_NONE, CHOOSE) roleDepartmentId: string;
}
