/** Reads an exchange file of an audit; every problem stands at its JSON pointer. Pure. */
import { parseDocument } from 'yaml';
import { questionnaireFaults } from '../audits/questionnaire-content.js';
import { checkAnswer } from '../engine/answers.js';
import { formCheck, shapeCheck } from '../engine/content.js';
import { isIsoDate } from '../engine/dates.js';
import { indexForm } from '../engine/form-index.js';
import { splitAddress } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import { decodeSource } from '../engine/source-decoding.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { isId } from '../kernel/ids.js';
import { pictureProblems } from './audit-file-pictures.js';
import type { AuditFile, QuestionnaireInFile } from './audit-file.js';

/** Problems listed at most; one more says how many there are. */
const MOST_PROBLEMS = 500;

export interface AuditFileSchemas {
  /** `templates/schemas/audit-file.schema.json` and `form.schema.json`. */
  file: object;
  form: object;
}

/** JSON or YAML in UTF-8. Throws `Invalid` with every problem of the file. */
export function readAuditFile(source: Uint8Array, schemas: AuditFileSchemas): AuditFile {
  const { text } = decodeSource(source);
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw refused(document.errors.map(({ code, message, linePos }) => ({ code: 'unreadable', path: linePos === undefined ? '' : `${linePos[0].line}行目`, message: unreadable(code, message) })));
  }
  const value = plain(document);
  const other = otherFile(value);
  if (other !== null) throw refused([other]);
  const shape = shapeCheck(schemas.file, { keys: [], faults: () => [] });
  const misshapen = shape(value);
  if (misshapen.length > 0) throw refused(misshapen.map(({ path, reason }) => ({ code: 'wrong-shape', path, message: reason })));
  const file = value as AuditFile;
  const problems = [...unstorable(file), ...datesOf(file), ...keysOf(file), ...referencesOf(file), ...codesOf(file), ...questionnairesOf(file, schemas.form), ...pictureProblems(file)];
  if (problems.length > 0) throw refused(problems);
  return file;
}

const UNREADABLE: Readonly<Record<string, string>> = { DUPLICATE_KEY: '同じ欄が2度書かれています。1つにしてください。', MULTIPLE_DOCS: '1つのファイルに2つ以上の文書があります。「---」で分けずに、1つにしてください。' };

function unreadable(code: string, message: string): string {
  if (message.includes('call stack')) return '入れ子が深すぎて読めません。監査の交換ファイルかどうかを確かめてください。';
  return UNREADABLE[code] ?? `JSONまたはYAMLとして読めません（${message.split('\n')[0]!}）。`;
}

/** A file of something else, or of a version that is not known yet. */
function otherFile(value: unknown): Problem | null {
  const { tenken, version } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (tenken !== 'audit') return { code: 'not-an-audit', path: '/tenken', message: 'これは監査の交換ファイルではありません（「tenken: audit」がありません）。ファイルを確かめてください。' };
  if (version !== undefined && version !== 1) return { code: 'version-unknown', path: '/version', message: `版「${String(JSON.stringify(version)).slice(0, 20)}」の交換ファイルは読めません。読めるのは版1です。` };
  return null;
}

/** Characters that no database keeps: NUL, and half of a pair. */
function unstorable(file: AuditFile): Problem[] {
  const problems: Problem[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node === 'string') {
      const found = /\0|\p{Surrogate}/u.exec(node);
      if (found !== null) problems.push({ code: 'character-unstorable', path, message: `${found.index + 1}文字目は、文字として保存できません（${found[0] === '\0' ? 'NUL' : '組の片方だけの文字'}）。取り除いてください。` });
    } else if (typeof node === 'object' && node !== null) for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`);
  };
  walk(file, '');
  return problems;
}

/** Throws `Invalid` for aliases that unfold into more than a file can hold. */
function plain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw refused([{ code: 'unreadable', path: '', message: '別名（&、*）が多すぎて読めません。別名を使わずに書いてください。' }]);
  }
}

function refused(problems: Problem[]): Invalid {
  const shown = problems.slice(0, MOST_PROBLEMS);
  if (problems.length > shown.length) shown.push({ code: 'more', path: '', message: `ほかに${problems.length - shown.length}件あります。` });
  return new Invalid('audit-file-invalid', '監査の交換ファイルに問題があります。次のところを直してください。', shown);
}

/** Everything that looks like a day is one of the calendar. */
function datesOf(file: AuditFile): Problem[] {
  const problems: Problem[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      const here = `${path}/${key}`;
      if (/On$/u.test(key) && typeof value === 'string' && !/(members|secretariat)On$/u.test(key) && !isIsoDate(value)) problems.push({ code: 'date-invalid', path: here, message: `「${value}」は暦にない日です。2026-10-01 の形で書いてください。` });
      else if (key !== 'definition' && key !== 'answers' && key !== 'typed' && key !== 'counted') walk(value, here);
    }
  };
  walk(file, '');
  const { beginsOn, endsOn } = file.audit;
  if (beginsOn !== null && endsOn !== null && endsOn < beginsOn) problems.push({ code: 'date-order', path: '/audit/endsOn', message: '監査の期間の終わりが始まりより前です。' });
  return problems;
}

type Named = [list: string, all: readonly object[], key: string];

/** A key, or a number, stands once among its like. */
function keysOf(file: AuditFile): Problem[] {
  const lists: Named[] = [
    ['viewpoints', file.viewpoints, 'key'], ['people', file.people, 'key'], ['cases', file.cases, 'key'], ['records', file.records, 'key'], ['questionnaires', file.questionnaires, 'key'], ['reports', file.reports, 'key'],
    ['findings', file.findings, 'number'], ['improvements', file.improvements, 'number'], ['actions', file.actions, 'number'],
    ...file.reports.map((one, n): Named => [`reports/${n}/sections`, one.sections, 'id']),
  ];
  return lists.flatMap(([list, all, key]) => {
    const places = new Map<unknown, number>();
    return all.flatMap((one, n) => {
      const value = (one as Record<string, unknown>)[key];
      const first = places.get(value);
      if (first === undefined) places.set(value, n);
      return first === undefined ? [] : [{ code: 'key-once', path: `/${list}/${n}/${key}`, message: `「${String(value)}」は${first + 1}番目と同じです。別のものにしてください。` }];
    });
  });
}

/** Every name of something else in the file leads to it, and no tree goes round. */
function referencesOf(file: AuditFile): Problem[] {
  const keys = <T extends object>(all: readonly T[], key: keyof T): ReadonlySet<unknown> => new Set(all.map((one) => one[key]));
  const departments = new Set<unknown>(file.departments);
  const [viewpoints, cases, people, reports] = [keys(file.viewpoints, 'key'), keys(file.cases, 'key'), keys(file.people, 'key'), keys(file.reports, 'key')];
  const [findings, improvements, actions] = [keys(file.findings, 'number'), keys(file.improvements, 'number'), keys(file.actions, 'number')];
  const problems: Problem[] = [];
  const leads = (path: string, value: unknown, to: ReadonlySet<unknown>, what: string): void => {
    if (value !== null && !to.has(value)) problems.push({ code: 'reference-unknown', path, message: `${what}「${String(value)}」が、このファイルにありません。` });
  };
  file.audit.targets.forEach((one, n) => leads(`/audit/targets/${n}/department`, one.department, departments, '部署'));
  file.viewpoints.forEach((one, n) => leads(`/viewpoints/${n}/parent`, one.parent, viewpoints, '着眼点'));
  file.cases.forEach((one, n) => leads(`/cases/${n}/department`, one.department, departments, '部署'));
  file.records.forEach((one, n) => {
    leads(`/records/${n}/department`, one.department, departments, '部署');
    leads(`/records/${n}/viewpoint`, one.viewpoint, viewpoints, '着眼点');
  });
  file.questionnaires.forEach((sheet, s) => sheet.responses.forEach((one, n) => leads(`/questionnaires/${s}/responses/${n}/department`, one.department, departments, '部署')));
  file.findings.forEach((one, n) => {
    leads(`/findings/${n}/parent`, one.parent, findings, '検出事項');
    leads(`/findings/${n}/case`, one.case, cases, '事案');
    leads(`/findings/${n}/viewpoint`, one.viewpoint, viewpoints, '着眼点');
    leads(`/findings/${n}/department`, one.department, departments, '部署');
    one.statements.forEach(({ department }, m) => leads(`/findings/${n}/statements/${m}/department`, department, departments, '部署'));
  });
  file.improvements.forEach((one, n) => {
    leads(`/improvements/${n}/parent`, one.parent, improvements, '改善を求める事項');
    leads(`/improvements/${n}/case`, one.case, cases, '事案');
    leads(`/improvements/${n}/department`, one.department, departments, '部署');
    one.findings.forEach((number, m) => leads(`/improvements/${n}/findings/${m}`, number, findings, '検出事項'));
  });
  file.deliberations.forEach((one, n) => {
    if (one.subject !== 'report') leads(`/deliberations/${n}/number`, one.number ?? 0, one.subject === 'finding' ? findings : improvements, one.subject === 'finding' ? '検出事項' : '改善を求める事項');
    one.voices.forEach(({ person }, m) => leads(`/deliberations/${n}/voices/${m}/person`, person, people, '監査委員'));
  });
  file.actions.forEach((one, n) => {
    if (one.finding === null && one.improvement === null) problems.push({ code: 'action-of-nothing', path: `/actions/${n}`, message: '措置には、検出事項か改善を求める事項の番号を書いてください。' });
    leads(`/actions/${n}/finding`, one.finding, findings, '検出事項');
    leads(`/actions/${n}/improvement`, one.improvement, improvements, '改善を求める事項');
    leads(`/actions/${n}/department`, one.department, departments, '部署');
    leads(`/actions/${n}/formerDepartment`, one.formerDepartment, departments, '部署');
  });
  file.notices.forEach((one, n) => {
    leads(`/notices/${n}/department`, one.department, departments, '部署');
    leads(`/notices/${n}/report`, one.report, reports, '公表');
    one.items.forEach(({ action }, m) => leads(`/notices/${n}/items/${m}/action`, action, actions, '措置'));
  });
  file.reports.forEach((report, r) => {
    const ids = keys(report.sections, 'id');
    report.sections.forEach((one, n) => leads(`/reports/${r}/sections/${n}/parentId`, one.parentId, ids, '章'));
    problems.push(...circles(`/reports/${r}/sections`, report.sections, (one) => one.id, (one) => one.parentId));
  });
  return [...problems, ...circles('/viewpoints', file.viewpoints, (one) => one.key, (one) => one.parent), ...circles('/findings', file.findings, (one) => one.number, (one) => one.parent), ...circles('/improvements', file.improvements, (one) => one.number, (one) => one.parent)];
}

function circles<T, K>(path: string, all: readonly T[], keyOf: (one: T) => K, parentOf: (one: T) => K | null): Problem[] {
  const parents = new Map(all.map((one) => [keyOf(one), parentOf(one)]));
  return all.flatMap((one, n) => {
    let above = parentOf(one);
    for (let steps = 0; above !== null && steps <= all.length; steps += 1) {
      if (above === keyOf(one)) return [{ code: 'circle', path: `${path}/${n}`, message: '上にあるものをたどると、自分に戻ります。' }];
      above = parents.get(above) ?? null;
    }
    return [];
  });
}

/** Codes of the scheme. */
function codesOf(file: AuditFile): Problem[] {
  const codes = (all: readonly { code: string }[]): ReadonlySet<string> => new Set(all.map((one) => one.code));
  const [severities, classifications, states] = [codes(file.scheme.severities), codes(file.scheme.classifications), codes(file.scheme.states)];
  const known = (path: string, code: string | null, in_: ReadonlySet<string>): Problem[] => (code === null || in_.has(code) ? [] : [{ code: 'code-unknown', path, message: `「${code}」は、このファイルの区分（scheme）にありません。` }]);
  return [
    ...file.findings.flatMap((one, n) => [...known(`/findings/${n}/severity`, one.severity, severities), ...known(`/findings/${n}/classification`, one.classification, classifications)]),
    ...file.actions.flatMap((one, n) => [...known(`/actions/${n}/state`, one.state, states), ...known(`/actions/${n}/proposed`, one.proposed ?? null, states)]),
    ...file.notices.flatMap((one, n) => one.items.flatMap(({ state }, m) => known(`/notices/${n}/items/${m}/state`, state, states))),
  ];
}

/** Questionnaires are forms; answers fit their items. */
function questionnairesOf(file: AuditFile, formSchema: object): Problem[] {
  const check = formCheck(formSchema);
  return file.questionnaires.flatMap((sheet, n) => {
    const at = `/questionnaires/${n}`;
    const faults = check(sheet.definition, at).map(({ path, reason }): Problem => ({ code: 'questionnaire-invalid', path: `${at}/definition${path}`, message: reason }));
    if (faults.length > 0) return faults;
    const own = questionnaireFaults(sheet.definition).map(({ path, reason }): Problem => ({ code: 'questionnaire-invalid', path: `${at}/definition${path}`, message: reason }));
    return own.length > 0 ? own : answersOf(sheet, at);
  });
}

function answersOf({ definition, responses }: QuestionnaireInFile, at: string): Problem[] {
  const form = indexForm(definition);
  return responses.flatMap(({ answers, rows = [] }, n) => {
    const here = `${at}/responses/${n}`;
    const rowFaults = rows.flatMap(({ id, parent }, r): Problem[] => (isId(id) && parent === null ? [] : [{ code: 'row-invalid', path: `${here}/rows/${r}`, message: '行の番号（id）はUUIDに、親（parent）は null にしてください。' }]));
    if (rowFaults.length > 0) return rowFaults;
    const strays = new Reading(form, { rows, answers }).strays.map(({ address, what }): Problem => (
      address === '' ? { code: 'row-invalid', path: `${here}/rows`, message: `行「${what.slice(0, 60)}」が2度あるか、その場所に置けません。` } : { code: 'unknown-item', path: `${here}/answers/${address}`, message: `「${address.slice(0, 120)}」という質問か行は、この調査票の回答にありません。` }));
    const known = Object.entries(answers).filter(([address]) => form.byCode.has(splitAddress(address).item));
    return [...strays, ...known.flatMap(([address, value]) => checkAnswer(form.byCode.get(splitAddress(address).item)!.item, value, definition, `${here}/answers/${address}`).problems)];
  });
}
