/**
 * Ready definitions of tables as they stand in `templates/tabulations/<code>/<version>.yaml`, each with the data that it speaks of,
 * and the shape of definitions from outside.
 */
import { conditionFaults } from '../engine/conditions.js';
import { readDefinitions, readSchema } from '../engine/content-loader.js';
import { checkVersions, shapeCheck, validityProblems, type ContentProblem } from '../engine/content.js';
import type { Code } from '../engine/form.js';
import { checkTabulation, type TabulationProblem } from '../engine/tabulation-checking.js';
import type { Dataset, DatasetField, TabulationDefinition } from '../engine/tabulation.js';
import { Invalid } from '../kernel/errors.js';

/** uses, systems: the register; responses: a questionnaire that is chosen; typed: figures that are typed. */
export type DatasetSource = 'uses' | 'systems' | 'responses' | 'typed';

export interface NeededDataset {
  code: Code;
  title: string;
  unit: string;
  from: DatasetSource;
  /** What the tables read of it. Fields with options name all that they may be; without, whatever the data hold. */
  fields: DatasetField[];
}

export interface ReadyTabulation {
  tabulation: Code;
  version: string;
  validity: { from: string; until?: string };
  title: string;
  /** What it shows and what it needs. */
  about: string;
  datasets: NeededDataset[];
  definition: TabulationDefinition;
}

export interface TabulationFile {
  definition: TabulationDefinition;
  datasets: Dataset[];
}

/** `content`: a file of the content; `definition`: the tables alone; `file`: tables with their datasets. */
export type TabulationShape = 'content' | 'definition' | 'file';

/** @param schema the JSON Schema of tabulations (`templates/schemas/tabulation.schema.json`) */
export function tabulationShape(schema: object, shape: TabulationShape): (given: unknown) => TabulationProblem[] {
  const { $schema, $defs } = schema as { $schema: string; $defs: object };
  return shapeCheck(shape === 'content' ? schema : { $schema, $defs, $ref: `#/$defs/${shape}` }, { keys: ['only'], faults: conditionFaults });
}

export function readTabulationSchema(templates: string): object {
  return readSchema(templates, 'tabulation');
}

/** The data that a ready definition speaks of, without a record. */
const emptyDataset = ({ code, title, unit, fields }: NeededDataset): Dataset => ({ code, title, unit, fields: [...fields], records: [] });

export function readTabulations(templates: string): { ready: ReadyTabulation[]; problems: ContentProblem[] } {
  const shape = tabulationShape(readTabulationSchema(templates), 'content');
  const { sound, problems } = readDefinitions<ReadyTabulation>(templates, 'tabulations', (given, file) => {
    const misshapen = shape(given);
    if (misshapen.length > 0) return misshapen.map((one) => ({ file, ...one }));
    const one = given as ReadyTabulation;
    const named = checkTabulation(one.definition, one.datasets.map(emptyDataset)).map(({ path, reason }) => ({ path: `/definition${path}`, reason }));
    return [...validityProblems(one), ...named].map((found) => ({ file, ...found }));
  }, ({ tabulation, version }) => `${tabulation}/${version}.yaml`);
  const versions = checkVersions(sound.map(({ definition: { tabulation, version, validity }, file }) => ({ code: tabulation, version, validity, file })));
  return { ready: sound.map((one) => one.definition), problems: [...problems, ...versions] };
}

/** Throws `Invalid` with every fault of the content, by file and place. */
export function loadTabulations(templates: string): ReadyTabulation[] {
  const { ready, problems } = readTabulations(templates);
  if (problems.length === 0) return ready;
  throw new Invalid('content-invalid', `集計の定義に${problems.length}件の誤りがあります。`, problems.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file} ${path}`.trim(), message: reason })));
}
