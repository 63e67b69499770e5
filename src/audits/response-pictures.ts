/** Pictures of a response: kept once per organisation like those of assessments, and shown where this response names them. */
import { Images, type ImageFacts } from '../assessments/images.service.js';
import type { CompiledForm } from '../engine/form-index.js';
import { splitAddress, type Address, type AnswerValue, type FiguresAnswer } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound } from '../kernel/errors.js';
import { responseObject } from './response-access.js';

/** Throws `Invalid` when an answer names a picture that is not kept, or that neither this response ever had nor somebody just sent. */
export async function mustBeKept(ctx: Ctx, responseId: string, form: CompiledForm, checked: readonly { address: Address; value: AnswerValue | null }[], sent: ReadonlySet<string>): Promise<void> {
  for (const { address, value } of checked) {
    if (value === null || form.byCode.get(splitAddress(address).item)?.item.kind !== 'figures') continue;
    for (const { image } of (value as FiguresAnswer).figures) {
      if (sent.has(image) || (await knows(ctx, responseId, image))) continue;
      throw new Invalid('image-unknown', '写真・図が登録されていません。もう一度選んでください。', [{ code: 'image-unknown', path: address, message: '写真・図が登録されていません。「写真・図を加える」からもう一度選んでください。' }]);
    }
  }
}

/** Asks for no right: whoever shows the response does before. Throws `NotFound`, also for a picture that the response never named. */
export async function pictureOf(ctx: Ctx, images: Images, responseId: string, sha256: string): Promise<ImageFacts & { bytes: Buffer }> {
  if (!/^[0-9a-f]{64}$/u.test(sha256) || !(await knows(ctx, responseId, sha256))) throw new NotFound('image-not-found', '写真・図が見つかりません。');
  return images.read(ctx, sha256);
}

/** A figure of an answer of the response names it, or did before; a text that says the same is none. */
async function knows(ctx: Ctx, responseId: string, sha256: string): Promise<boolean> {
  const { kind } = responseObject(responseId);
  const [found]: { known: boolean }[] = await ctx.tx.query(
    `select exists (select from response_answer where organisation_id = $1 and response_id = $2 and value::text like $4)
         or exists (select from response_correction where organisation_id = $1 and response_id = $2 and (before::text like $4 or after::text like $4))
         or exists (select from journal_entry where organisation_id = $1 and object_kind = $5 and object_id = $3 and content like $6) as known`,
    [ctx.organisation, responseId, responseId, `%"image": "${sha256}"%`, kind, `%"image":"${sha256}"%`]);
  return found?.known === true;
}
