/** A text with its references as it prints now, and what is wrong with them. Pure. */
import { resolvePieces, type ReferenceProblem, type ReferenceResolver } from '../../engine/references.js';

export interface ShownText {
  /** `source` '' for plain text; `tone`: '', stale, unknown. */
  pieces: { text: string; source: string; tone: string }[];
  blank: boolean;
}

export function shownText(text: string, resolver: ReferenceResolver): ShownText & { problems: ReferenceProblem[] } {
  const pieces = resolvePieces(text, resolver);
  return {
    pieces: pieces.map((one) => ({ text: one.text, source: one.source ?? '', tone: one.problem?.code ?? '' })), blank: text.trim() === '',
    problems: pieces.flatMap((one) => (one.problem === null ? [] : [one.problem])),
  };
}
