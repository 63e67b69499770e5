/** Pictures of answers in the exchange file of an audit. */
import { In } from 'typeorm';
import { Image } from '../assessments/image.entity.js';
import { imagesIn, type Images } from '../assessments/images.service.js';
import { checkImages } from '../assessments/import/exchange-checks.js';
import type { Ctx } from '../kernel/ctx.js';
import type { Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import type { AuditFile } from './audit-file.js';

/** Hashes of all pictures that answers name. Pure. */
const picturesNamed = ({ questionnaires }: Pick<AuditFile, 'questionnaires'>): string[] => [...new Set(questionnaires.flatMap(({ responses }) => responses.flatMap(({ answers }) => imagesIn({ rows: [], answers }))))];

/** The file with the pictures that its answers name; without any, as it is. */
export async function withPictures(ctx: Ctx, file: AuditFile): Promise<AuditFile> {
  const named = picturesNamed(file);
  if (named.length === 0) return file;
  const found = await scoped(ctx, Image).find({ sha256: In(named) }, { sha256: 'ASC' });
  return { ...file, pictures: found.map(({ sha256, mediaType, width, height, bytes }) => ({ sha256, mediaType, width, height, data: bytes.toString('base64') })) };
}

/** Pictures that are damaged, not what they are called, or named and not there. Pure. */
export function pictureProblems(file: AuditFile): Problem[] {
  const problems: Problem[] = [];
  const sound = checkImages(file.pictures ?? [], (code, path, message) => void problems.push({ code, path: `/${path.replace(/^images/u, 'pictures')}`, message }));
  if (problems.length > 0) return problems;
  return picturesNamed(file).filter((sha256) => !sound.has(sha256)).map((sha256) => ({ code: 'picture-missing', path: '/pictures', message: `回答にある写真・図（${sha256.slice(0, 12)}…）が、このファイルにありません。書き出し直したファイルを使ってください。` }));
}

/** Keeps the pictures of a file that was found sound. */
export async function keepPictures(ctx: Ctx, images: Images, file: AuditFile): Promise<void> {
  for (const { data, ...facts } of file.pictures ?? []) await images.keep(ctx, Buffer.from(data, 'base64'), facts);
}
