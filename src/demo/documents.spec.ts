import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadContent } from '../assessments/content.js';
import { Forms } from '../assessments/forms.js';
import { judge, type FormCode, type Level } from '../assessments/threshold.js';
import { undrawable } from '../documents/assessment-pdf.js';
import { consistency } from '../engine/consistency.js';
import type { AnswerSet, ChoiceAnswer, RecordListAnswer } from '../engine/form.js';
import { readiness } from '../engine/readiness.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { takeImage } from '../rendering/image.js';
import { answerSetOf, readDemoDocuments, type DemoDocument, type WrittenDocument } from './documents.js';

const content = loadContent(inProject('templates'));
const forms = new Forms(content.forms, content.table);
const documents = await readDemoDocuments(inProject('templates', 'demo'));
const named = (name: string): DemoDocument => documents.find((one) => one.name === name)!;
const setOf = (document: DemoDocument): AnswerSet => answerSetOf(document, forms.get(document.form, document.version).definition);
const codes = (name: string): string[] => consistency(forms.get(named(name).form, '2024-10'), setOf(named(name))).map(({ code }) => code);
const missing = (name: string): Problem[] => readiness(forms.get(named(name).form, '2024-10'), setOf(named(name)));
const rowsOf = (set: AnswerSet, group: string) => set.rows.filter((row) => row.group === group);

describe('the documents of the demo city', () => {
  it('are seven, of three forms, in every state of the workflow', () => {
    expect(documents.map(({ name, form, department, body, status }) => [name, form, department, body, status])).toEqual([
      ['child-allowance.basic', 'basic', '子育て支援課', '市長', 'draft'],
      ['child-medical.basic', 'basic', '子育て支援課', '市長', 'confirmed'],
      ['child-medical.full', 'full', '子育て支援課', '市長', 'confirmed'],
      ['national-health.full', 'full', '保険年金課', '市長', 'draft'],
      ['nursing-insurance.basic', 'basic', '介護保険課', '市長', 'submitted'],
      ['resident-tax.priority', 'priority', '市民税課', '市長', 'approved'],
      ['school-lunch.basic', 'basic', '学校教育課', '教育委員会', 'draft'],
    ]);
  });

  it.each(documents.map((document) => [document.name, document] as const))('%s can be drawn with the fonts of the product', (_, document) => {
    expect(undrawable({ form: forms.get(document.form, document.version), answers: setOf(document), title: document.title, editionNote: '' })).toEqual([]);
  });

  // By the table of the regime: 1,000 to 99,999 people without 500 handlers or an incident: basic; 100,000 and more: priority.
  it.each<[string, Level]>([
    ['child-allowance.basic', 'basic'], ['child-medical.basic', 'basic'], ['child-medical.full', 'basic'], ['national-health.full', 'priority'],
    ['nursing-insurance.basic', 'basic'], ['resident-tax.priority', 'priority'], ['school-lunch.basic', 'basic'],
  ])('the threshold of %s makes %s due, and the form says so', (name, mandatory) => {
    const { threshold, form } = named(name);
    const voluntaryLevel = threshold['voluntary-level'] as Level;
    const judgement = judge({ people: Number(threshold.people), handlers: Number(threshold.handlers), incident: threshold.incident === 'yes', voluntaryLevel }, content.table!);
    expect(judgement.mandatory).toBe(mandatory);
    expect(judgement.documents).toContain(form);
    const said = setOf(named(name)).answers['threshold-result'] as ChoiceAnswer | undefined;
    if (form !== 'basic') expect(said?.choice).toBe(judgement.thresholdResultOption[form as FormCode]);
  });
});

describe('complete documents', () => {
  it.each(['child-medical.full', 'child-medical.basic', 'nursing-insurance.basic', 'resident-tax.priority'])('%s lacks nothing and contradicts nothing', (name) => {
    expect(missing(name)).toEqual([]);
    expect(codes(name)).toEqual([]);
  });

  it('the full one shows files, overflow sheets and a numbered list', () => {
    const set = setOf(named('child-medical.full'));
    expect(['system', 'file', 'outsourcing', 'provision', 'transfer'].map((group) => rowsOf(set, group).length)).toEqual([4, 2, 8, 2, 1]);
    const file = rowsOf(set, 'file')[0]!;
    expect(rowsOf(set, 'outsourcing').filter(({ parent }) => parent === file.id).map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const { lists } = set.answers[`record-list@${file.id}`] as RecordListAnswer;
    // 1～54, 55～84, 85～120 as numbered in the file.
    expect(lists.map(({ heading, records }) => [heading, records[0]!.number, records.at(-1)!.number, records.length])).toEqual([
      ['＜資格情報＞', 1, 54, 54], ['＜課税・医療保険情報＞', 55, 84, 30], ['＜給付情報＞', 85, 120, 36],
    ]);
  });

  it('its picture is stored as it is: taking it as an upload does not change it', async () => {
    const [image] = [...named('child-medical.full').images.values()];
    const { sha256, width, height, bytes } = await takeImage(image!.bytes);
    expect({ sha256, width, height }).toEqual({ sha256: image!.sha256, width: 1600, height: 1000 });
    expect(bytes.length).toBeLessThanOrEqual(150 * 1024);
    expect(setOf(named('child-medical.full')).answers['affair-figures']).toEqual({ figures: [{ image: sha256, caption: 'こども医療費助成の事務の流れ', width, height }] });
  });
});

describe('drafts', () => {
  it('the 国民健康保険 draft has exactly the four mistakes that its file names', () => {
    const problems = consistency(forms.get('full', '2024-10'), setOf(named('national-health.full')));
    expect(problems.map(({ code }) => code)).toEqual(['count-disagrees', 'band-disagrees', 'numbers-out-of-order', 'equal-text']);
    const [count, band, numbers, text] = problems.map(({ message }) => message);
    expect(count).toMatch(/3件.*委託事項は4件/u);
    expect(band).toMatch(/10項目以上50項目未満.*58件.*50項目以上100項目未満/u);
    expect(numbers).toMatch(/番号25が抜けて.*番号30が重なって/u);
    expect(problems[3]!.places).toEqual(['audit-content', 'education-method']);
    expect(text).toContain('同じ文章');
  });

  it('the drafts lack answers but contradict nothing', () => {
    expect(missing('national-health.full').filter(({ path }) => path === 'affair-figures' || path === 'basic-assessment-date').length).toBe(2);
    // By hand against the form: the law of Ⅰ4 to Ⅰ8, Ⅳ3 to Ⅳ11 but for the two that are answered.
    expect(missing('child-allowance.basic').map(({ path }) => path)).toEqual([
      'network-legal-basis', 'other-implementing-bodies', 'disclosure-contact', 'inquiry-contact', 'linking-adequacy', 'unauthorized-use-adequacy', 'outsourcing-adequacy', 'provision-transfer-adequacy',
      'network-acquisition-adequacy', 'network-provision-adequacy', 'leakage-adequacy', 'human-error-adequacy', 'human-error-grounds', 'audit-kinds', 'education', 'priority-measure', 'priority-measure-grounds',
    ]);
    expect(missing('school-lunch.basic').map(({ path }) => path)).toEqual([
      'privacy-declaration', 'system-names', 'other-implementing-bodies', 'disclosure-contact', 'handlers-date', 'incident', 'leakage-adequacy', 'human-error-grounds', 'education', 'priority-measure', 'priority-measure-grounds',
    ]);
    expect([...codes('child-allowance.basic'), ...codes('school-lunch.basic')]).toEqual([]);
  });
});

describe('reading', () => {
  const basis = { name: 'probe', images: new Map() };
  const problemsOf = (act: () => unknown): Problem[] => {
    try {
      act();
    } catch (error) {
      if (error instanceof Invalid) return [...error.problems];
      throw error;
    }
    return [];
  };

  it('gives rows the same id every time, different in every place', () => {
    const [once, again] = [setOf(named('child-medical.full')), setOf(named('child-medical.full'))];
    expect(again).toEqual(once);
    expect(new Set(once.rows.map(({ id }) => id)).size).toBe(once.rows.length);
    expect(once.rows.every(({ id }) => /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/u.test(id))).toBe(true);
  });

  it('reads the short forms', () => {
    const set = answerSetOf({
      ...basis,
      answers: { 'people-band': 'from-1000' },
      rows: { file: [{ id: 'one', answers: { 'acquisition-source': ['person'], 'record-list': { lists: [{ heading: '', records: '1氏名、2住所\n4電話番号' }] } } }] },
    }, forms.get('full', '2024-10').definition);
    const id = set.rows[0]!.id;
    expect(set.answers).toEqual({
      'people-band': { choice: 'from-1000' },
      [`acquisition-source@${id}`]: { checked: ['person'] },
      [`record-list@${id}`]: { lists: [{ heading: '', records: [{ number: 1, name: '氏名' }, { number: 2, name: '住所' }, { number: 4, name: '電話番号' }] }] },
    });
  });

  it('names every problem at once', () => {
    const written: Pick<WrittenDocument, 'answers' | 'rows'> = {
      answers: { 'no-such-item': 'x', 'people-band': 'from-5', 'file-name': 'outside its file', 'affair-name': 3, 'affair-figures': { figures: [{ file: 'none.png', caption: '' }] } },
      rows: { outsourcing: [{ answers: {} }], file: [{ id: 'a' }, { id: 'a', answers: { 'record-list': { lists: [{ heading: '', records: '氏名' }] } } }] },
    };
    const found = problemsOf(() => answerSetOf({ ...basis, ...written }, forms.get('full', '2024-10').definition)).map(({ code, path }) => `${code} ${path}`);
    expect(found).toEqual(expect.arrayContaining([
      'unknown-item probe/no-such-item', 'unknown-option probe/people-band', 'unknown-item probe/file-name', 'wrong-type probe/affair-name',
      'picture-missing probe/affair-figures', 'unknown-group probe/outsourcing', 'row-twice probe/file/a', 'record-without-number probe/file/a/record-list',
    ]));
  });

  it('names every file of a folder that is no document', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenken-demo-'));
    try {
      writeFileSync(join(folder, 'a.yaml'), 'just words');
      writeFileSync(join(folder, 'b.yaml'), 'form: full\nversion: x\ntitle: t\ndepartment: d\nbody: b\nstatus: printed\nthreshold: {}\n');
      writeFileSync(join(folder, 'c.yaml'), 'form: [\n');
      await expect(readDemoDocuments(folder)).rejects.toMatchObject({ code: 'demo-documents', problems: [{ path: 'a.yaml' }, { path: 'b.yaml', message: expect.stringContaining('status') as string }, { path: 'c.yaml' }] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
