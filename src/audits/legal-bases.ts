/** 根拠: paragraphs of the law as they stood on a day. Over the content of the product unless another is given. */
import { Invalid } from '../kernel/errors.js';
import { auditContent, type AuditContent, type BasisRole, type LegalBasis } from './audit-content.js';

export type { BasisRole, LegalBasis } from './audit-content.js';

type Content = Pick<AuditContent, 'law' | 'bases'>;

/** Null for a code that the content does not have. */
export function basisOf(code: string, { bases }: Content = auditContent()): LegalBasis | null {
  return bases.find((one) => one.code === code) ?? null;
}

/** 地方自治法第199条第2項; with its number 地方自治法（昭和22年法律第67号）第199条第2項. Throws `Invalid` for an unknown code. */
export function basisText(code: string, { withNumber = false, content = auditContent() }: { withNumber?: boolean; content?: Content } = {}): string {
  const { law } = content;
  return `${law.name}${withNumber ? `（${law.number}）` : ''}${placeOf(known(code, content))}`;
}

/** Several of one article together: 地方自治法第199条第1項及び第4項. '' for none. Throws `Invalid` for an unknown code. */
export function basesText(codes: readonly string[], { withNumber = false, content = auditContent() }: { withNumber?: boolean; content?: Content } = {}): string {
  if (codes.length === 0) return '';
  const articles = new Map<string, number[]>();
  for (const { article, paragraph } of codes.map((one) => known(one, content))) articles.set(article, [...(articles.get(article) ?? []), paragraph]);
  const places = [...articles].map(([article, paragraphs]) => `${article}${enumerated(paragraphs.sort((a, b) => a - b).map((one) => `第${one}項`))}`);
  return `${content.law.name}${withNumber ? `（${content.law.number}）` : ''}${enumerated(places)}`;
}

/** 第199条第2項, or only 第9項 where the article was named before (同条第9項). */
export function placeOf({ article, paragraph }: Pick<LegalBasis, 'article' | 'paragraph'>): string {
  return `${article}第${paragraph}項`;
}

/** Paragraphs that stood under their number on this day (ISO), in the order of the content. */
export function basesOn(day: string, { bases }: Content = auditContent()): LegalBasis[] {
  return bases.filter(({ from, until }) => (from === undefined || from <= day) && (until === undefined || day < until));
}

/** The paragraph that plays this role on this day; null where the law of that day has none. For `audit` the first. */
export function basisFor(role: BasisRole, day: string, content: Content = auditContent()): LegalBasis | null {
  return basesOn(day, content).find((one) => one.role === role) ?? null;
}

function known(code: string, content: Content): LegalBasis {
  const found = basisOf(code, content);
  if (found === null) throw new Invalid('basis-unknown', `根拠の符号「${code.slice(0, 60)}」は知られていません。templates/audits にある符号にしてください。`, [{ code: 'basis-unknown', path: 'bases', message: `根拠の符号「${code.slice(0, 60)}」は知られていません。templates/audits にある符号にしてください。` }]);
  return found;
}

/** A及びB; A、B及びC, as statutes enumerate. */
function enumerated(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join('、')}及び${parts.at(-1)!}`;
}
