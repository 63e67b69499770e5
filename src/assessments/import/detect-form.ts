import type { Code, FormDefinition } from '../../engine/form.js';
import { Invalid } from '../../kernel/errors.js';
import { FormIndex } from './anchors.js';
import { fold, numberingOf } from './folding.js';
import type { Reading } from './reading.js';

/** The form that the text is written on: by its title, else by how many of its labels occur. Newest version first. */
export function detectForm(reading: Reading, forms: readonly FormDefinition[], wanted: { form?: Code; version?: string }): FormDefinition {
  const candidates = forms
    .filter((form) => (wanted.form === undefined || form.form === wanted.form) && (wanted.version === undefined || form.version === wanted.version))
    .sort((one, other) => other.version.localeCompare(one.version));
  if (candidates.length === 0) {
    const message = `様式「${[wanted.form, wanted.version].filter(Boolean).join('/')}」がありません。使える様式：${forms.map((form) => `${form.form}/${form.version}`).join('、')}`;
    throw new Invalid('form-unknown', message, [{ code: 'form-unknown', path: 'form', message }]);
  }
  const newest = candidates.filter((form, n) => candidates.findIndex((other) => other.form === form.form) === n);
  if (newest.length === 1) return newest[0]!;
  const texts = reading.segments.filter((segment) => segment.text.length <= 200).map((segment) => fold(segment.text));
  const head = texts.slice(0, 60);
  const titled = newest.filter((form) => head.some((text) => text.startsWith(fold(form.title))));
  if (titled.length === 1) return titled[0]!;
  const scores = newest.map((form) => ({ form, score: score(new FormIndex(form), texts) }));
  scores.sort((one, other) => other.score - one.score);
  if (scores[0]!.score === 0) {
    const message = '評価書の様式の見出しが見つかりません。様式を指定するか、ファイルを確かめてください。';
    throw new Invalid('form-not-found', message, [{ code: 'form-not-found', path: '', message }]);
  }
  return scores[0]!.form;
}

/** Share of the form's labels that occur, weighed with the share of the text's labels that are the form's. */
function score(index: FormIndex, texts: readonly string[]): number {
  const found = new Set<number>();
  for (const text of texts) {
    const numbering = numberingOf(text);
    const body = text.slice(numbering.length);
    for (const anchor of index.headsOf(body)) {
      if (body.startsWith(anchor.body) && anchor.numbering.value === numbering.value) {
        found.add(anchor.order);
        break;
      }
    }
  }
  return (found.size * found.size) / index.anchors.length;
}
