/** The items of the register and the controls that a system may declare, as they stand in `templates/`. */
import { factCatalogue } from '../engine/fact-catalogue.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import type { FactCatalogue } from '../engine/rule-set.js';
import { readCatalogues } from '../engine/rule-set-loader.js';
import { Invalid, NotFound } from '../kernel/errors.js';

export class Catalogue {
  /** Newest valid version: the items of the register. */
  readonly register: CompiledForm;
  /** Newest valid version: the controls. */
  readonly controls: CompiledForm;
  /** What rules may speak of: items of both by code. */
  readonly facts: FactCatalogue;

  /**
   * @param registers every version of `templates/systems`
   * @param controls every version of `templates/controls`
   * @param today ISO day on which the program starts; a version that becomes valid later is taken at the next start
   */
  constructor(readonly registers: readonly CompiledForm[], readonly allControls: readonly CompiledForm[], today: string) {
    this.register = newest(registers, today);
    this.controls = newest(allControls, today);
    this.facts = factCatalogue([{ form: this.register, source: 'register' }, { form: this.controls, source: 'control' }]);
  }

  /** An older version by its name. Throws `NotFound`. */
  registerVersion(version: string): CompiledForm {
    return named(this.registers, version, '台帳の項目');
  }

  /** An older version by its name. Throws `NotFound`. */
  controlsVersion(version: string): CompiledForm {
    return named(this.allControls, version, '統制の目録');
  }

  /** Controls that are declared on this day, in order: those that are not retired. */
  livingControls(today: string): CompiledItem[] {
    return this.controls.items.filter(({ item }) => item.kind !== 'group' && !retired(item, today));
  }

  /** Items of the register that people fill in, in order: those that the product does not count itself. */
  get registerItems(): CompiledItem[] {
    return this.register.items.filter(({ item }) => !(item.kind === 'number' && item.counted !== undefined));
  }
}

/** Is the control no longer declared on this day? */
export function retired(item: Pick<CompiledItem['item'], 'retired'>, today: string): boolean {
  return item.retired !== undefined && item.retired.since <= today;
}

/**
 * Every version under `templates/systems` and `templates/controls`.
 * @param folder the folder of templates
 * @throws Invalid with every fault of the content, by file and place
 */
export function loadCatalogue(folder: string, today: string): Catalogue {
  const { systems, controls, problems } = readCatalogues(folder);
  if (problems.length > 0) {
    throw new Invalid('content-invalid', `台帳の項目と統制の目録に${problems.length}件の誤りがあります。`, problems.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file}${path === '' ? '' : ` ${path}`}`, message: reason })));
  }
  return new Catalogue(systems.map((one) => one.compiled), controls.map((one) => one.compiled), today);
}

function newest(forms: readonly CompiledForm[], today: string): CompiledForm {
  const valid = forms.filter(({ definition: { validity } }) => validity.from <= today && (validity.until === undefined || today < validity.until));
  const candidates = valid.length > 0 ? valid : forms;
  const found = [...candidates].sort((a, b) => (a.definition.validity.from < b.definition.validity.from ? 1 : -1))[0];
  if (found === undefined) throw new NotFound('catalogue-missing', '台帳の項目か統制の目録がありません。templates/systems と templates/controls を確かめてください。');
  return found;
}

function named(forms: readonly CompiledForm[], version: string, what: string): CompiledForm {
  const found = forms.find(({ definition }) => definition.version === version);
  if (found === undefined) throw new NotFound('catalogue-version-unknown', `${what}の版「${version.slice(0, 40)}」はありません。`);
  return found;
}
