import { readForms } from '../engine/content-loader.js';
import { readiness } from '../engine/readiness.js';
import { consistency } from '../engine/consistency.js';
import { inProject } from '../kernel/root.js';
import { answerSetOf, readDemoDocuments } from './documents.js';
const { forms, problems } = readForms(inProject('templates'));
it('x', async () => {
  console.log(problems);
  for (const d of await readDemoDocuments(inProject('templates/demo'))) {
    const form = forms.find((f) => f.definition.form === d.form && f.definition.version === d.version)!;
    try {
      const set = answerSetOf(d, form.definition);
      console.log(d.name, set.rows.length, Object.keys(set.answers).length, readiness(form.compiled, set).map((p) => p.message), consistency(form.compiled, set).map((p) => p.code + p.message));
    } catch (e) { console.log(d.name, e, (e as {problems: unknown}).problems); }
  }
});
