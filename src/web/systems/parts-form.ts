/** Rows of uses, contracts and platforms: what the form says, and how it is shown again. Pure. */
import { parseNumberText } from '../../engine/answers.js';
import { formatEra, parseJapaneseDate } from '../../engine/dates.js';
import type { Problem } from '../../kernel/errors.js';
import type { Contract, Use } from '../../systems/system-parts.js';
import type { Fields } from '../fields/field-input.js';
import { textsIn } from './inputs.js';
import type { Place } from './register-form.js';

/** Empty rows below those that are filled. */
const SPARE = 3;
const MORE = 10;

export interface UseRow { department: string; sections: string; terminals: string }
export interface ContractRow { title: string; contractor: string; clause: string; begins: string; ends: string }

const CLAUSES: readonly { code: string; label: string; value: boolean | null }[] = [
  { code: '', label: '不明', value: null }, { code: 'yes', label: 'あり', value: true }, { code: 'no', label: 'なし', value: false },
];

function rowsOf<T extends object>(body: Fields, names: readonly (keyof T & string)[]): T[] {
  const columns = names.map((name) => textsIn(body, name));
  const count = Math.max(0, ...columns.map((one) => one.length));
  const rows = Array.from({ length: count }, (_, n) => Object.fromEntries(names.map((name, column) => [name, columns[column]![n] ?? ''])) as T);
  return rows.filter((row) => Object.values(row).some((one) => (one as string).trim() !== ''));
}

/** Rows in which something stands, in their order. */
export const typedUses = (body: Fields): UseRow[] => rowsOf<UseRow>(body, ['department', 'sections', 'terminals']);
export const typedContracts = (body: Fields): ContractRow[] => rowsOf<ContractRow>(body, ['title', 'contractor', 'clause', 'begins', 'ends']);
export const typedPlatforms = (body: Fields): string[] => textsIn(body, 'platform').filter((one) => one !== '');

export const storedUses = (uses: readonly Use[]): UseRow[] => uses.map(({ departmentId, sections, terminals }) => ({ department: departmentId, sections: sections === null ? '' : String(sections), terminals: terminals === null ? '' : String(terminals) }));
export const storedContracts = (contracts: readonly Contract[]): ContractRow[] => contracts.map((one) => ({
  title: one.title, contractor: one.contractor, clause: CLAUSES.find(({ value }) => value === one.personalInformationClause)!.code, begins: one.beginsOn === null ? '' : formatEra(one.beginsOn), ends: one.endsOn === null ? '' : formatEra(one.endsOn),
}));

/** A number that cannot be read is none, and refused where it stands. */
const countIn = (text: string): number | null => (text.trim() === '' ? null : (parseNumberText(text) ?? Number.NaN));
const dayIn = (text: string): string | null => (text.trim() === '' ? null : (parseJapaneseDate(text.trim()) ?? text));

export const usesOf = (rows: readonly UseRow[]): Use[] => rows.map(({ department, sections, terminals }) => ({ departmentId: department, sections: countIn(sections), terminals: countIn(terminals) }));
export const contractsOf = (rows: readonly ContractRow[]): Contract[] => rows.map((one) => ({
  title: one.title, contractor: one.contractor, personalInformationClause: CLAUSES.find(({ code }) => code === one.clause)?.value ?? null, beginsOn: dayIn(one.begins), endsOn: dayIn(one.ends),
}));

interface Shown { problems: readonly Problem[]; more: boolean }

const spare = ({ more }: Shown): number => (more ? MORE : SPARE);
const wrongAt = (problems: readonly Problem[], path: string): string => problems.find((one) => one.path === path)?.message ?? '';

export function usesView(rows: readonly UseRow[], departments: readonly Place[], shown: Shown): object {
  const empty: UseRow = { department: '', sections: '', terminals: '' };
  return {
    rows: [...rows, ...Array.from({ length: spare(shown) }, () => empty)].map((row, n) => ({
      number: n + 1, ...row, departments: departments.map((one) => ({ ...one, chosen: one.id === row.department })),
      wrong: { department: wrongAt(shown.problems, `uses/${n}/departmentId`), sections: wrongAt(shown.problems, `uses/${n}/sections`), terminals: wrongAt(shown.problems, `uses/${n}/terminals`) },
    })),
    problems: listed(shown.problems, /^uses\/(\d+)\/(\w+)$/u, { departmentId: 'department', sections: 'sections', terminals: 'terminals' }),
  };
}

export function contractsView(rows: readonly ContractRow[], shown: Shown): object {
  const empty: ContractRow = { title: '', contractor: '', clause: '', begins: '', ends: '' };
  const at = (n: number, field: string): string => wrongAt(shown.problems, `contracts/${n}/${field}`);
  return {
    rows: [...rows, ...Array.from({ length: spare(shown) }, () => empty)].map((row, n) => ({
      number: n + 1, ...row, clauses: CLAUSES.map(({ code, label }) => ({ code, label, chosen: code === row.clause })),
      wrong: { title: at(n, 'title'), contractor: at(n, 'contractor'), begins: at(n, 'beginsOn'), ends: at(n, 'endsOn') },
    })),
    problems: listed(shown.problems, /^contracts\/(\d+)\/(\w+)$/u, { title: 'title', contractor: 'contractor', beginsOn: 'begins', endsOn: 'ends' }),
  };
}

export function platformsView(chosen: readonly string[], platforms: readonly { id: string; name: string }[], shown: Shown): object {
  return {
    rows: [...chosen, ...Array.from({ length: spare(shown) }, () => '')].map((id, n) => ({
      number: n + 1, platforms: platforms.map((one) => ({ ...one, chosen: one.id === id })), wrong: wrongAt(shown.problems, `inheritance/${n}`),
    })),
    problems: listed(shown.problems, /^inheritance\/(\d+)()$/u, { '': 'platform' }), any: platforms.length > 0,
  };
}

/** Problems with links to their cells: `department-2` is the department of the second row. */
function listed(problems: readonly Problem[], pattern: RegExp, names: Readonly<Record<string, string>>): { message: string; href: string }[] {
  return problems.map(({ path, message }) => {
    const found = pattern.exec(path);
    return { message, href: found === null ? '#main' : `#${names[found[2]!] ?? 'row'}-${Number(found[1]) + 1}` };
  });
}

// ---------------------------------------------------------------- the same in words, for the page with both sides

export function usesText(rows: readonly UseRow[], departments: ReadonlyMap<string, string>): string {
  return rows.map((one) => [departments.get(one.department) ?? '部署なし', one.sections === '' ? '課数不明' : `${one.sections}課`, one.terminals === '' ? '台数不明' : `${one.terminals}台`].join('　')).join('\n');
}

export function contractsText(rows: readonly ContractRow[]): string {
  return rows.map((one) => [one.title, one.contractor, `個人情報の条項：${CLAUSES.find(({ code }) => code === one.clause)?.label ?? one.clause}`, one.begins === '' && one.ends === '' ? '' : `${one.begins}～${one.ends}`].filter((part) => part !== '').join('　')).join('\n');
}
