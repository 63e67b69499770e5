/**
 * リスクの評価の基準 as it stands in `templates/risk-matrix/<version>.yaml`: levels of likelihood and impact, what their combination
 * is rated, and what a rating asks for. Checked as content; the program knows no level and no rating by name.
 */
import { conditionFaults } from '../engine/conditions.js';
import { readDefinitions, readSchema } from '../engine/content-loader.js';
import { checkVersions, shapeCheck, validityProblems, type ContentProblem } from '../engine/content.js';
import type { CompiledForm } from '../engine/form-index.js';
import type { Code } from '../engine/form.js';
import { Invalid, NotFound } from '../kernel/errors.js';

export interface RiskLevel {
  label: string;
  meaning: string;
}

export interface RiskAxis {
  title: string;
  /** From the lightest; the first is level 1. */
  levels: RiskLevel[];
}

/** Names of colours; what they look like is the picture's affair. */
export type RatingTone = 'good' | 'doubt' | 'bad' | 'worst';

export interface Rating {
  code: Code;
  label: string;
  tone: RatingTone;
  /** What must be done. */
  response: string;
}

export interface RiskMatrix {
  /** One file per version. */
  version: string;
  title: string;
  validity: { from: string; until?: string };
  likelihood: RiskAxis;
  impact: RiskAxis;
  /** From the lightest to the gravest. */
  ratings: Rating[];
  /** A row for each level of likelihood, in it the code of the rating for each level of impact; lightest first. */
  grid: Code[][];
  /** Options of the statutory items that say how well a risk is covered: which hold the measures to be enough, which do not. */
  adequacy: { enough: Code[]; lacking: Code[] };
}

interface Found { path: string; reason: string }

const FOLDER = 'risk-matrix';

/** What is wrong with a definition by itself, in the words of whoever writes it. Pure. */
export function riskMatrixCheck(schema: object): (definition: unknown, file: string) => ContentProblem[] {
  const shape = shapeCheck(schema, { keys: ['when'], faults: conditionFaults });
  return (definition, file) => {
    const misshapen = shape(definition);
    const matrix = definition as RiskMatrix;
    const found = misshapen.length > 0 ? misshapen : [...validityProblems(matrix), ...ratingProblems(matrix), ...gridProblems(matrix), ...adequacyFaults(matrix)];
    return found.map((one) => ({ file, ...one }));
  };
}

function ratingProblems({ ratings, grid }: RiskMatrix): Found[] {
  const used = new Set(grid.flat());
  return ratings.flatMap(({ code, label }, n): Found[] => {
    const path = `/ratings/${n}（${code}）`;
    return [
      ...(ratings.findIndex((one) => one.code === code) === n ? [] : [{ path, reason: `評価の符号「${code}」が2度使われています。どちらかを変えてください。` }]),
      ...(ratings.findIndex((one) => one.label === label) === n ? [] : [{ path, reason: `評価の名前「${label}」が2度使われています。見分けられる名前にしてください。` }]),
      ...(used.has(code) ? [] : [{ path, reason: `評価「${label}」になる組合せが表（grid）にありません。表に入れるか、評価を取り除いてください。` }]),
    ];
  });
}

/** Every field is there with a rating that is known, and more likely or graver is never rated lower. */
function gridProblems(matrix: RiskMatrix): Found[] {
  const { likelihood, impact, grid } = matrix;
  const problems: Found[] = [];
  if (grid.length !== likelihood.levels.length) problems.push({ path: '/grid', reason: `行が${grid.length}行あります。${likelihood.title}の段階と同じ${likelihood.levels.length}行にしてください。` });
  grid.forEach((row, y) => {
    if (row.length !== impact.levels.length) problems.push({ path: `/grid/${y}`, reason: `欄が${row.length}個あります。${impact.title}の段階と同じ${impact.levels.length}個にしてください。` });
    row.forEach((code, x) => {
      if (rankOf(matrix, code) < 0) problems.push({ path: `/grid/${y}/${x}`, reason: `「${code}」という評価はありません。ratingsにあるものを書いてください。` });
    });
  });
  return problems.length > 0 ? problems : orderProblems(matrix);
}

function orderProblems(matrix: RiskMatrix): Found[] {
  const { likelihood, impact, grid } = matrix;
  return grid.flatMap((row, y) => row.flatMap((code, x): Found[] => {
    const lighter: [Code | undefined, string][] = [[grid[y - 1]?.[x], `${likelihood.title}が1段階低い欄`], [row[x - 1], `${impact.title}が1段階軽い欄`]];
    return lighter.filter(([other]) => other !== undefined && rankOf(matrix, other) > rankOf(matrix, code))
      .map(([other, where]) => ({ path: `/grid/${y}/${x}`, reason: `評価「${labelOf(matrix, code)}」が、${where}の「${labelOf(matrix, other!)}」より低くなっています。重い方へ進むほど評価が下がらないようにしてください。` }));
  }));
}

function adequacyFaults({ adequacy }: RiskMatrix): Found[] {
  return adequacy.lacking.flatMap((code, n) => (adequacy.enough.includes(code) ? [{ path: `/adequacy/lacking/${n}`, reason: `選択肢「${code}」が「enough」にもあります。どちらか一方にしてください。` }] : []));
}

/** Whether the matrix knows what every option of the adequacy items of the forms says, and nothing that no form has. Pure. */
export function adequacyProblems(matrix: RiskMatrix, file: string, forms: readonly CompiledForm[]): ContentProblem[] {
  const known = new Set([...matrix.adequacy.enough, ...matrix.adequacy.lacking]);
  // Option → a place where it is asked.
  const asked = new Map(forms.flatMap(({ definition, itemsWhere }) => itemsWhere(({ item }) => item.kind === 'choice' && item.adequacy === true)
    .flatMap(({ options }) => [...(options ?? [])].map(([code, { label }]): [Code, string] => [code, `${definition.shortTitle} ${definition.version}の「${label}」`]))).reverse());
  return [
    ...[...asked].filter(([code]) => !known.has(code)).map(([code, where]) => ({ file, path: '/adequacy', reason: `選択肢「${code}」（${where}）が、足りているとするものかどうか決まっていません。「enough」か「lacking」に書いてください。` })),
    ...[...known].filter((code) => !asked.has(code)).map((code) => ({ file, path: '/adequacy', reason: `選択肢「${code}」は、どの様式の対策の十分性の項目にもありません。綴りを確かめるか、取り除いてください。` })),
  ];
}

/** Place among the ratings, from 0 for the lightest; -1 for none of them. */
export function rankOf({ ratings }: Pick<RiskMatrix, 'ratings'>, code: Code): number {
  return ratings.findIndex((one) => one.code === code);
}

const labelOf = ({ ratings }: RiskMatrix, code: Code): string => ratings.find((one) => one.code === code)?.label ?? code;

/**
 * Every version, oldest first, and everything that is wrong with any.
 * @param forms all forms, for what their adequacy items offer; without them that is not looked at
 */
export function readRiskMatrices(folder: string, forms?: readonly CompiledForm[]): { matrices: RiskMatrix[]; problems: ContentProblem[] } {
  const { sound, problems, complete } = readDefinitions<RiskMatrix>(folder, FOLDER, riskMatrixCheck(readSchema(folder, 'risk-matrix')), ({ version }) => `${version}.yaml`);
  if (sound.length === 0 && complete) problems.push({ file: FOLDER, path: '', reason: 'リスクの評価の基準（risk-matrix/<版>.yaml）がありません。' });
  problems.push(...checkVersions(sound.map(({ definition: { version, validity }, file }) => ({ code: FOLDER, version, validity, file }))));
  if (forms !== undefined) problems.push(...sound.flatMap(({ definition, file }) => adequacyProblems(definition, file, forms)));
  return { matrices: sound.map((one) => one.definition).sort((a, b) => (a.validity.from < b.validity.from ? -1 : 1)), problems };
}

/** Every version of the matrix, ready for use. */
export class RiskMatrices {
  /** With which a risk is rated on the day on which the program starts. */
  readonly current: RiskMatrix;

  /** @param today ISO day */
  constructor(readonly all: readonly RiskMatrix[], today: string) {
    const valid = all.filter(({ validity }) => validity.from <= today && (validity.until === undefined || today < validity.until));
    const newest = (valid.length > 0 ? valid : all).at(-1);
    if (newest === undefined) throw new NotFound('risk-matrix-missing', 'リスクの評価の基準がありません。templates/risk-matrix を確かめてください。');
    this.current = newest;
  }

  /** Throws `NotFound`. */
  version(version: string): RiskMatrix {
    const found = this.all.find((one) => one.version === version);
    if (found === undefined) throw new NotFound('risk-matrix-unknown', `リスクの評価の基準の版「${version.slice(0, 40)}」はありません。`);
    return found;
  }
}

/** @throws Invalid with every fault of the content, by file and place */
export function loadRiskMatrices(folder: string, today: string): RiskMatrices {
  const { matrices, problems } = readRiskMatrices(folder);
  mustBeSound(problems);
  return new RiskMatrices(matrices, today);
}

/** @throws Invalid */
export function mustBeSound(problems: readonly ContentProblem[]): void {
  if (problems.length === 0) return;
  throw new Invalid('content-invalid', `リスクの評価の基準に${problems.length}件の誤りがあります。`, problems.map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file}${path === '' ? '' : ` ${path}`}`, message: reason })));
}
