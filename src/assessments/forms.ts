import type { ComputeThreshold } from '../engine/computed.js';
import type { LoadedForm } from '../engine/content-loader.js';
import type { DecisionTable } from '../engine/decision-table.js';
import type { CompiledForm } from '../engine/form-index.js';
import type { Code, FormDefinition } from '../engine/form.js';
import { NotFound } from '../kernel/errors.js';
import { computeThresholdFor } from './threshold.js';

/** Every form version, read, checked and compiled once at start. */
export class Forms {
  private readonly byVersion: ReadonlyMap<string, CompiledForm>;

  private readonly thresholds = new WeakMap<CompiledForm, ComputeThreshold>();

  /** @param table the threshold table; without one, results that are computed from it stay blank */
  constructor(loaded: readonly Pick<LoadedForm, 'compiled'>[], private readonly table: DecisionTable | null = null) {
    this.byVersion = new Map(loaded.map(({ compiled }) => [`${compiled.definition.form}/${compiled.definition.version}`, compiled]));
  }

  /** The version with which a new document is begun on this day (ISO date). Throws `NotFound`. */
  current(form: Code, today: string): CompiledForm {
    const valid = this.all().find(({ definition: { form: code, validity } }) => code === form && validity.from <= today && (validity.until === undefined || today < validity.until));
    if (valid === undefined) throw new NotFound('form-unknown', 'いま使える様式がありません。様式の名前を確かめてください。');
    return valid;
  }

  /** Throws `NotFound`. */
  get(form: Code, version: string): CompiledForm {
    const found = this.find(form, version);
    if (found === null) throw new NotFound('form-unknown', `様式「${String(form).slice(0, 40)}」の版「${String(version).slice(0, 40)}」はありません。`);
    return found;
  }

  find(form: Code, version: string): CompiledForm | null {
    return this.byVersion.get(`${form}/${version}`) ?? null;
  }

  /** How the items of a form that show the result of the threshold judgement are computed. */
  thresholdOf(form: CompiledForm): ComputeThreshold | undefined {
    if (this.table === null) return undefined;
    let compute = this.thresholds.get(form);
    if (compute === undefined) this.thresholds.set(form, (compute = computeThresholdFor(form, this.table)));
    return compute;
  }

  all(): CompiledForm[] {
    return [...this.byVersion.values()];
  }

  /** Definitions of the statutory forms, newest first: those that are written as assessments. */
  statutory(): FormDefinition[] {
    return this.all().map((one) => one.definition).filter(({ form }) => STATUTORY.has(form)).sort((a, b) => b.validity.from.localeCompare(a.validity.from) || a.form.localeCompare(b.form));
  }
}

const STATUTORY: ReadonlySet<Code> = new Set(['basic', 'priority', 'full']);
