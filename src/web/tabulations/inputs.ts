import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { CHOOSE, ID_OR_NONE, LONG, STALE, TEXT, WHOLE, asList } from '../input-words.js';

const LINE = 400;
const LONGER = 200_000;

export class VersionInput {
  @Matches(WHOLE, STALE) version: string;
}
export class FigureQuery {
  @IsOptional() @IsString(TEXT) @MaxLength(1_000, LONG) address?: string;
}
export class ReadyInput {
  @IsString(TEXT) @MaxLength(LINE, LONG) ready: string;
  @IsOptional() @Matches(ID_OR_NONE, CHOOSE) questionnaire?: string;
}
export class DirectionInput {
  @IsIn(['up', 'down'], CHOOSE) direction: 'up' | 'down';
}

export class HeadInput {
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) code: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) mode: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) digits: string;
}
export class ChangedHeadInput extends HeadInput {
  @Matches(WHOLE, STALE) version: string;
}
export class NewTabulationInput extends HeadInput {
  @IsString(TEXT) @MaxLength(LINE, LONG) tableTitle: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) tableCode: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) dataset: string;
}

export class AgreementsInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) agreements: string;
}

export class NewTableInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) tableTitle: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) tableCode: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) dataset: string;
}

export class TableInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) by: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) rowsLabel: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(9, LONG) @IsString({ ...TEXT, each: true }) empty?: string[];
  @IsString(TEXT) @MaxLength(LINE, LONG) order: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) direction: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) total: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) only: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) only2: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) shares: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) sharesLabel: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) mode: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) digits: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) notes: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) topColumn: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) topNumber: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) topSubject: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) topUnit: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(100, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(LINE, { ...LONG, each: true }) chart?: string[];
  @IsString(TEXT) @MaxLength(LINE, LONG) chartKind: string;
}

export class ColumnInput {
  @Matches(WHOLE, STALE) version: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) code: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) label: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) under: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) unit: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) measure: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) of: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) option: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(100, LONG) @IsString({ ...TEXT, each: true }) @MaxLength(LINE, { ...LONG, each: true }) columns?: string[];
  @IsString(TEXT) @MaxLength(LINE, LONG) share: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) over: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) mode: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) digits: string;
  @IsOptional() @Transform(asList) @ArrayMaxSize(9, LONG) @IsString({ ...TEXT, each: true }) without?: string[];
}

export class TypedInput {
  @IsOptional() @Matches(/^\d{0,9}$/, STALE) version?: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) title: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) code: string;
  @IsString(TEXT) @MaxLength(LINE, LONG) unit: string;
  @IsString(TEXT) @MaxLength(LONGER, LONG) figures: string;
}
