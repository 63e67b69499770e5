import { indexForm, type CompiledForm } from '../engine/form-index.js';
import type { Code, FormDefinition } from '../engine/form.js';
import { NotFound } from '../kernel/errors.js';

/** Every form version, compiled once at start. */
export class Forms {
  private readonly byVersion = new Map<string, CompiledForm>();

  constructor(definitions: readonly FormDefinition[]) {
    for (const definition of definitions) this.byVersion.set(`${definition.form}/${definition.version}`, indexForm(definition));
  }

  /** The version with which a new document is begun on this day (ISO date). Throws `NotFound`. */
  current(form: Code, today: string): CompiledForm {
    const valid = this.all().filter(({ definition: { form: code, validity } }) => code === form && validity.from <= today && (validity.until === undefined || today < validity.until));
    const newest = valid.sort((a, b) => (a.definition.validity.from < b.definition.validity.from ? 1 : -1))[0];
    if (newest === undefined) throw new NotFound('form-unknown', 'いま使える様式がありません。様式の名前を確かめてください。');
    return newest;
  }

  /** Throws `NotFound`. */
  get(form: Code, version: string): CompiledForm {
    const found = this.byVersion.get(`${form}/${version}`);
    if (found === undefined) throw new NotFound('form-unknown', `様式「${form.slice(0, 40)}」の版「${version.slice(0, 40)}」はありません。`);
    return found;
  }

  find(form: Code, version: string): CompiledForm | null {
    return this.byVersion.get(`${form}/${version}`) ?? null;
  }

  all(): CompiledForm[] {
    return [...this.byVersion.values()];
  }
}
