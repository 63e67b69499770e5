import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { CHOOSE, CODE_OR_NONE, ID_OR_NONE, LONG, STALE, TEXT, WHOLE } from '../input-words.js';

export class ResponseQuery {
  @IsOptional() @Matches(CODE_OR_NONE, CHOOSE) section?: string;
  @IsOptional() @IsString(TEXT) @MaxLength(40, LONG) notice?: string;
}

export class SeenResponseInput {
  @Matches(WHOLE, STALE) version: string;
}

export class DelegationInput extends SeenResponseInput {
  /** Blank takes the delegation back. */
  @Matches(ID_OR_NONE, CHOOSE) departmentId: string;
}

export class PictureInput extends SeenResponseInput {
  /** `item`, or `item@row`. */
  @Matches(/^[a-z0-9-]{1,80}(@[0-9a-f-]{36})?$/, CHOOSE) address: string;
  @IsString(TEXT) @MaxLength(500, LONG) caption: string;
}

export class ResponseFileInput {
  @IsString(TEXT) @MaxLength(400, LONG) caption: string;
}
