import { IsIn, IsOptional, MaxLength } from 'class-validator';
import { AUDIT_DOCUMENTS } from '../../documents/audit-documents.js';
import { CHOOSE } from '../input-words.js';

export class AuditDocumentInput {
  @IsIn(AUDIT_DOCUMENTS.map((one) => one.kind), { message: '文書の種類を選んでください。' }) kind: string;
  @IsOptional() @MaxLength(1_000, CHOOSE) choice?: string;
  @IsOptional() @IsIn(['pdf', 'xlsx'], { message: 'PDFかExcelかを選んでください。' }) format?: 'pdf' | 'xlsx';
}
