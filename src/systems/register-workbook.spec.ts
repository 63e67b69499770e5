import Excel from 'exceljs';
import fc from 'fast-check';
import { inProject } from '../kernel/root.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { loadCatalogue } from './catalogue.js';
import { DepartmentNames } from './import/departments.js';
import { ImportFields } from './import/fields.js';
import { loadImportWords } from './import/import-words.js';
import { columnAddress, proposeMapping } from './import/mapping.js';
import { FIRST_OPTIONS, type StoredSystem } from './import/plan.js';
import { openSheets, planImport, type Plan } from './import/preview.js';
import { readRegisterFile } from './import/read-file.js';
import { registerRows, registerWorkbook } from './register-workbook.js';

const { register: form } = loadCatalogue(inProject('templates'), '2026-11-21');
const fields = new ImportFields(form, loadImportWords(inProject('templates'), form));
const CLASSES = ['住民情報システム', '国・道等外部機関主導', '=基幹'].map((label, n) => ({ id: `c${n}`, label, ended: false }));
const named = (name: string, above: string[] = [], body = '市長') => ({ id: [body, ...above, name].join('/'), name, full: [body, ...above, name], ended: false, successor: null });
const DEPARTMENTS = [named('財務部'), named('税務課', ['財務部']), named('庶務課', ['財務部']), named('庶務課', ['福祉部']), named('福祉部'), named('庶務課', [], '教育委員会'), named('合計')];
const names = (): DepartmentNames => new DepartmentNames(DEPARTMENTS);

async function planOf(bytes: Uint8Array, systems: readonly StoredSystem[], blanks: 'keep' | 'clear'): Promise<Plan> {
  const sheets = openSheets(readRegisterFile('台帳.xlsx', bytes).sheets, fields);
  const mapping = Object.fromEntries(sheets.flatMap(({ grid, headings }) => Object.entries(proposeMapping(headings!, fields)).map(([column, field]) => [columnAddress(grid.sheet.name, column), field])));
  return planImport({ sheets, mapping, options: { ...FIRST_OPTIONS, blanks }, state: { form, classes: CLASSES, departments: names(), systems, reach: 'all' }, fields });
}

const awkward = fc.constantFrom('=SUM(A1)', '+81', '-', '@x', '－', '合計', '番号', '#N/A', '_x0041_', "'", '1e5', '0012', '○', '令和8年4月1日', 'その他（x）', '①髙𠮷🏛', 'a\tb\nc', '  先頭', '</t>&amp;', 'TRUE', '不明', '※注');
const text = fc.oneof(awkward, fc.array(fc.oneof(awkward, fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 3 }).map((all) => all.join('')))
  .map((one) => one.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/gu, '')).filter((one) => one.trim() !== '');
const day = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }).map((one) => one.toISOString().slice(0, 10));

const answers: fc.Arbitrary<Record<Code, AnswerValue>> = fc.record(Object.fromEntries(fields.all.filter(({ item }) => item !== null).map(({ code, item }): [string, fc.Arbitrary<AnswerValue>] => {
  const one = item!.item;
  if (one.kind === 'number') return [code, fc.oneof(fc.nat(200_000_000), fc.double({ min: 0, max: 1000, noNaN: true }).map((number) => Math.abs(number)))];
  if (one.kind === 'date') return [code, day];
  if (one.kind === 'choice') return [code, fc.constantFrom(...item!.options!.values()).chain(({ code: choice, text: asks }): fc.Arbitrary<AnswerValue> => (asks === true ? fc.option(text, { nil: undefined }).map((said) => ({ choice, ...(said === undefined ? {} : { text: said }) })) : fc.constant({ choice })))];
  return [code, text];
})), { requiredKeys: [] }) as fc.Arbitrary<Record<Code, AnswerValue>>;

const count = fc.option(fc.nat(1_000_000));
const system = fc.record({
  name: text.map((one) => one.replace(/\s+/gu, ' ').trim().slice(0, 150).replace(/\p{Surrogate}/gu, '').trim()).filter((one) => one !== ''),
  kind: fc.constantFrom('system' as const, 'platform' as const), numbered: fc.boolean(), classId: fc.constantFrom(null, 'c0', 'c1', 'c2'), departmentId: fc.constantFrom(...DEPARTMENTS.map(({ id }) => id)), register: answers,
  uses: fc.uniqueArray(fc.record({ departmentId: fc.constantFrom(...DEPARTMENTS.map(({ id }) => id)), sections: count, terminals: count }), { selector: (one) => one.departmentId, maxLength: 4 }),
  contracts: fc.array(fc.record({ title: fc.constant('保守'), contractor: text, personalInformationClause: fc.constantFrom(true, false, null), beginsOn: fc.option(day), endsOn: fc.constant(null) }), { maxLength: 3 }),
});
/** Numbers are unique within a class, as the database has it; systems without a number are told apart by their names. */
const register: fc.Arbitrary<StoredSystem[]> = fc.array(system, { minLength: 1, maxLength: 8 }).map((all) => all.map(({ numbered, ...one }, n): StoredSystem => ({ ...one, id: `s${n}`, version: 1, upon: 0, number: numbered ? n + 1 : null, name: numbered ? one.name : `${one.name}～${n}` })));

describe('a register that is exported and taken in again', () => {
  it('changes nothing, whatever stands in it', async () => {
    await fc.assert(fc.asyncProperty(register, fc.constantFrom('keep' as const, 'clear' as const), async (systems, blanks) => {
      const bytes = await registerWorkbook(systems, fields, { classes: CLASSES, departments: names() });
      const { rows, problems, counts } = await planOf(bytes, systems, blanks);
      expect([problems, rows.filter(({ kind }) => kind !== 'unchanged').map(({ at, kind, name, problems: found, changes }) => ({ at, kind, name, found, changes }))]).toEqual([[], []]);
      expect(counts.unchanged).toBe(systems.length);
    }), { numRuns: 150 });
  }, 120_000);

  it('into an empty register gives the same systems', async () => {
    // Days in the order that the register asks for; a lone dash means that there is nothing to say.
    const dash = /^\s*[-－]\s*$/u;
    const inOrder = register.map((systems) => systems.map((one) => ({ ...one, register: Object.fromEntries(Object.entries(one.register).filter(([code]) => { const item = form.byCode.get(code)!.item; return !('notBefore' in item && item.notBefore !== undefined) && !(typeof one.register[code] === 'string' && dash.test(one.register[code])); })) })));
    const trimmed = (value: AnswerValue): unknown => JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === 'string' ? part.trim() : part)) as unknown;
    const known = ({ departmentId }: StoredSystem, uses: StoredSystem['uses']): object[] => uses.filter((use) => use.departmentId !== departmentId || use.sections !== null || use.terminals !== null).sort((a, b) => (a.departmentId < b.departmentId ? -1 : 1));
    await fc.assert(fc.asyncProperty(inOrder, async (systems) => {
      const bytes = await registerWorkbook(systems, fields, { classes: CLASSES, departments: names() });
      const { counts, rows } = await planOf(bytes, [], 'keep');
      for (const one of systems) {
        const { fields: written, register: items, uses, contracts } = rows.find(({ write }) => write?.fields.name === one.name && write.fields.number === one.number && write.fields.classId === one.classId)!.write!;
        expect(written).toEqual({ kind: one.kind, name: one.name, number: one.number, classId: one.classId, departmentId: one.departmentId });
        expect(items).toEqual(Object.fromEntries(Object.entries(one.register).map(([code, value]) => [code, trimmed(value)])));
        expect([known(one, uses ?? []), contracts?.length ?? 0]).toEqual([known(one, [...one.uses]), one.contracts.length]);
      }
      expect(counts).toEqual({ new: systems.length, changed: 0, unchanged: 0, refused: 0, skipped: 0 });
    }), { numRuns: 40 });
  }, 120_000);
});

describe('the workbook', () => {
  const one: StoredSystem = {
    id: 's1', version: 1, kind: 'system', number: 7, name: '=HYPERLINK("x")', classId: 'c2', departmentId: '市長/財務部/庶務課', upon: 0, register: { purpose: '+1', operation: '@a', 'external-owner': '-x', 'introduced-on': '2026-04-01', people: 12 },
    uses: [{ departmentId: '市長/財務部/庶務課', sections: 1, terminals: 2 }, { departmentId: '教育委員会/庶務課', sections: 3, terminals: null }],
    contracts: [{ title: '保守', contractor: '業者', personalInformationClause: true, beginsOn: null, endsOn: null }],
  };

  it('has a row for the system and one for each department that uses it too', () => {
    const { columns, rows } = registerRows([one], fields, { classes: CLASSES, departments: names() });
    const shown = rows.map((row) => Object.fromEntries(row.map((cell, n) => [columns[n]!.label, cell]).filter(([, cell]) => cell !== null)) as object);
    expect(shown).toEqual([
      { 区分: '=基幹', 番号: 7, システム名: '=HYPERLINK("x")', 種類: 'システム', 所管部局: '財務部　庶務課', 目的: '+1', 運用: '@a', 主導する外部機関: '-x', 導入した日: '2026-04-01', 対象となる本人の数: 12, 利用する課の数: 1, 端末の台数: 2, 委託契約の数: 1, 個人情報の条項がある委託契約の数: 1 },
      { '他部局の利用状況(再掲)／部局': '教育委員会　庶務課', '他部局の利用状況(再掲)／課数': 3 },
    ]);
  });

  it('keeps texts that begin like formulas as texts', async () => {
    const book = new Excel.Workbook();
    await book.xlsx.load((await registerWorkbook([one], fields, { classes: CLASSES, departments: names() })) as never);
    const cells: Excel.Cell[] = [];
    book.worksheets[0]!.eachRow((row) => row.eachCell((cell) => void cells.push(cell)));
    expect(cells.filter(({ type }) => type === Excel.ValueType.Formula)).toEqual([]);
    expect(cells.filter(({ value }) => typeof value === 'string' && /^[=+@-]/u.test(value)).map(({ type }) => type)).toEqual(Array(5).fill(Excel.ValueType.String));
  });
});
