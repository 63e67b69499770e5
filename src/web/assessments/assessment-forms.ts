import { Injectable } from '@nestjs/common';
import { Assessment } from '../../assessments/assessment.entity.js';
import { Forms } from '../../assessments/forms.js';
import type { CompiledItem } from '../../engine/form-index.js';
import { splitAddress, type Address } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid } from '../../kernel/errors.js';
import { scoped } from '../../kernel/scoped.js';

/** Finds the item that the fields of a page belong to, before they are read. */
@Injectable()
export class AssessmentForms {
  constructor(private readonly forms: Forms) {}

  /** Throws `NotFound` for a foreign document, `Invalid` for an item that the form does not have. */
  async itemOf(ctx: Ctx, assessmentId: string, address: Address): Promise<CompiledItem> {
    const assessment = await scoped(ctx, Assessment).get(assessmentId);
    const { item: code } = splitAddress(address);
    const item = this.forms.get(assessment.form, assessment.formVersion).byCode.get(code);
    if (item !== undefined) return item;
    throw new Invalid('unknown-item', `「${code.slice(0, 60)}」という項目はこの様式にありません。画面を読み込み直してください。`, [{ code: 'unknown-item', path: address.slice(0, 80), message: `「${code.slice(0, 60)}」という項目はありません。` }]);
  }
}
