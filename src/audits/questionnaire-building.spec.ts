import fc from 'fast-check';
import { readSchema } from '../engine/content-loader.js';
import { walkItems } from '../engine/form-index.js';
import type { Code, GroupItem } from '../engine/form.js';
import { Invalid, NotFound, Refused } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { loadCatalogue } from '../systems/catalogue.js';
import { addQuestion, addSection, blankDraft, changeQuestion, changeSection, deciders, holderOf, moveQuestion, moveSection, question, removeQuestion, removeSection, shownWhen, sumChoices } from './questionnaire-building.js';
import { QuestionnaireCheck, QUESTION_KINDS, type QuestionKind, type QuestionnaireDraft } from './questionnaire-content.js';
import { BLANK_QUESTION, questionText, type QuestionText } from './question-text.js';

const check = new QuestionnaireCheck(readSchema(inProject('templates'), 'form'), loadCatalogue(inProject('templates'), '2026-11-21'));
const text = (more: Partial<QuestionText>): QuestionText => ({ ...BLANK_QUESTION, label: '問い', ...more });
const option = (label: string, more: Partial<QuestionText['options'][number]> = {}): QuestionText['options'][number] => ({ code: '', label, text: false, exclusive: false, ...more });
const TWO = [option('はい'), option('いいえ')];

/** Two sections; in the first a choice and a number, in the second a text that is asked when the choice is はい. */
function draft(): QuestionnaireDraft {
  let made = addSection(blankDraft('見本', '2026-11-21'), '二章', 2);
  made = addQuestion(made, 's-1', 'choice', text({ label: '委託', options: TWO }), 3).draft;
  made = addQuestion(made, 's-1', 'number', text({ label: '台数', unit: '台' }), 4).draft;
  return addQuestion(made, 's-2', 'text', text({ label: '委託先', when: { item: 'q-3', is: 'o-3-1' } }), 5).draft;
}
const codes = (one: QuestionnaireDraft): Code[][] => one.definition.sections.map((section) => section.blocks.flatMap((block) => (block.items ?? []).map((item) => item.code)));
const problemsOf = (work: () => unknown): string[] => {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof Invalid) return error.problems.map((one) => one.path);
    throw error;
  }
};

describe('building a questionnaire', () => {
  it('gives codes that carry the version, and is sound', () => {
    const made = draft();
    expect(codes(made)).toEqual([['q-3', 'q-4'], ['q-5']]);
    expect(made.definition.optionSets).toEqual({ 'q-3-options': [{ code: 'o-3-1', label: 'はい' }, { code: 'o-3-2', label: 'いいえ' }] });
    expect(check.problems(made, 'department')).toEqual([]);
  });

  it('never gives a code a second time, also after the question is gone', () => {
    const gone = removeQuestion(draft(), 'q-4');
    expect(addQuestion(gone, 's-1', 'text', text({}), 7).code).toBe('q-7');
    // Codes of content that look alike are stepped over.
    expect(addQuestion(draft(), 's-1', 'text', text({}), 5).code).toBe('q-5-2');
    const changed = changeQuestion(draft(), 'q-3', 'choice', text({ label: '委託', options: [{ ...option('はい'), code: 'o-3-1' }, { ...option('わからない'), code: '' }] }), 8);
    expect(changed.definition.optionSets['q-3-options']!.map((one) => one.code)).toEqual(['o-3-1', 'o-8-1']);
  });

  it('moves questions within a section and over its border, and stops at the ends', () => {
    expect(codes(moveQuestion(draft(), 'q-4', -1))).toEqual([['q-4', 'q-3'], ['q-5']]);
    expect(codes(moveQuestion(draft(), 'q-4', 1))).toEqual([['q-3'], ['q-4', 'q-5']]);
    expect(codes(moveQuestion(draft(), 'q-5', -1))).toEqual([['q-3', 'q-4', 'q-5'], []]);
    expect(codes(moveQuestion(draft(), 'q-3', -1))).toEqual([['q-3', 'q-4'], ['q-5']]);
    expect(codes(moveQuestion(draft(), 'q-5', 1))).toEqual([['q-3', 'q-4'], ['q-5']]);
  });

  it('moves, renames and removes sections', () => {
    expect(moveSection(draft(), 's-2', -1).definition.sections.map((one) => one.code)).toEqual(['s-2', 's-1']);
    expect(moveSection(draft(), 's-1', -1).definition.sections.map((one) => one.code)).toEqual(['s-1', 's-2']);
    expect(changeSection(draft(), 's-2', { title: '端末', note: '基準日の状況' }).definition.sections[1]).toMatchObject({ code: 's-2', title: '端末', note: '基準日の状況' });
    expect(changeSection(changeSection(draft(), 's-2', { title: '端末', note: '基準日' }), 's-2', { title: '端末', note: '' }).definition.sections[1]!.note).toBeUndefined();
    expect(codes(removeSection(draft(), 's-2'))).toEqual([['q-3', 'q-4']]);
    expect(() => removeSection(removeSection(draft(), 's-2'), 's-1')).toThrow(Refused);
    expect(() => removeSection(draft(), 's-1')).toThrow('先に「委託先」の条件を外してください');
    expect(problemsOf(() => addSection(draft(), ' ', 9))).toEqual(['title']);
    expect(problemsOf(() => changeSection(draft(), 's-1', { title: '章', note: 'あ'.repeat(2_001) }))).toEqual(['note']);
  });

  it('keeps what others depend on: a question, its kind, its options', () => {
    expect(() => removeQuestion(draft(), 'q-3')).toThrow('「委託」の回答で「委託先」を出すかどうかが決まります');
    expect(() => changeQuestion(draft(), 'q-3', 'text', text({ label: '委託' }), 6)).toThrow(Refused);
    expect(() => changeQuestion(draft(), 'q-3', 'choice', text({ label: '委託', options: [{ ...option('いいえ'), code: 'o-3-2' }, option('わからない')] }), 6)).toThrow('選択肢「はい」で「委託先」を出すかどうかが決まります');
    expect(codes(removeQuestion(removeQuestion(draft(), 'q-5'), 'q-3'))).toEqual([['q-4'], []]);
  });

  it('changes the kind, and leaves nothing behind', () => {
    const free = removeQuestion(draft(), 'q-5');
    const changed = changeQuestion(free, 'q-3', 'long-text', text({ label: '委託の内容', help: 'くわしく', required: false }), 6);
    expect(question(changed, 'q-3')).toEqual({ code: 'q-3', kind: 'long-text', label: '委託の内容', need: 'optional', help: { asks: 'くわしく' } });
    expect(changed.definition.optionSets).toEqual({});
    expect(question(changeQuestion(free, 'q-4', 'number', text({ label: '台数', unit: '', min: null, max: null }), 6), 'q-4')).toEqual({ code: 'q-4', kind: 'number', label: '台数', need: 'required' });
  });

  it('gives a question its own options where it shared them', () => {
    const shared = draft();
    const set = shared.definition.optionSets['q-3-options']!;
    shared.definition.optionSets = { 'yes-no': set };
    for (const { item } of walkItems(shared.definition)) if (item.kind === 'choice') item.options = 'yes-no';
    const two = addQuestion(shared, 's-1', 'checks', text({ label: '別', options: TWO }), 6).draft;
    for (const { item } of walkItems(two.definition)) if (item.kind === 'checks') item.options = 'yes-no';
    const changed = changeQuestion(two, 'q-6', 'checks', text({ label: '別', options: [{ ...option('はい'), code: 'o-3-1' }, option('その他', { text: true }), option('なし', { exclusive: true })] }), 7);
    expect(changed.definition.optionSets['yes-no']).toEqual(set);
    expect(changed.definition.optionSets['q-6-options']).toEqual([{ code: 'o-3-1', label: 'はい' }, { code: 'o-7-1', label: 'その他', text: true }, { code: 'o-7-2', label: 'なし' }]);
    expect(question(changed, 'q-6')).toMatchObject({ exclusive: ['o-7-2'] });
  });

  it('takes the options of the register with their codes', () => {
    const made = addQuestion(draft(), 's-1', 'choice', text({ label: '個人情報', adopt: [{ code: 'held', label: '保有する' }, { code: 'not-held', label: '保有しない' }], prefilling: { from: 'register', code: 'personal-information' } }), 6).draft;
    expect(made.definition.optionSets['q-6-options']!.map((one) => one.code)).toEqual(['held', 'not-held']);
    expect(check.problems(made, 'department-system')).toEqual([]);
    expect(made.prefilling).toEqual({ 'q-6': { from: 'register', code: 'personal-information' } });
    expect(removeQuestion(made, 'q-6').prefilling).toEqual({});
  });

  it('lets earlier questions decide, by an option or by being answered', () => {
    const { definition } = draft();
    expect(deciders(definition, 'q-5').map((one) => one.code)).toEqual(['q-3', 'q-4']);
    expect(deciders(definition, 'q-3')).toEqual([]);
    expect(shownWhen(question({ definition }, 'q-3'), 'o-3-1')).toEqual({ item: 'q-3', is: 'o-3-1' });
    expect(shownWhen({ ...question({ definition }, 'q-3'), kind: 'checks' } as never, 'o-3-1')).toEqual({ item: 'q-3', includes: 'o-3-1' });
    expect(shownWhen(question({ definition }, 'q-4'), '')).toEqual({ item: 'q-4', answered: true });
  });

  it.each<[string, QuestionKind, Partial<QuestionText>, string]>([
    ['a blank question', 'text', { label: ' ' }, 'label'],
    ['a question that is too long', 'text', { label: 'あ'.repeat(301) }, 'label'],
    ['a help that is too long', 'text', { help: 'あ'.repeat(2_001) }, 'help'],
    ['an explanation without text', 'fixed', { text: '' }, 'text'],
    ['a unit that is too long', 'number', { unit: 'あ'.repeat(21) }, 'unit'],
    ['a greatest number below the least', 'number', { min: 5, max: 4 }, 'max'],
    ['one option', 'choice', { options: [option('はい')] }, 'options'],
    ['an option twice', 'checks', { options: [option('はい'), option('はい')] }, 'options'],
    ['an option that is too long', 'checks', { options: [option('はい'), option('あ'.repeat(201))] }, 'options'],
    ['too many options', 'checks', { options: Array.from({ length: 51 }, (_, n) => option(String(n))) }, 'options'],
    ['a table without columns', 'table', {}, 'columns'],
    ['a column twice', 'table', { columns: [{ code: '', label: '甲', kind: 'text' }, { code: '', label: '甲', kind: 'text' }] }, 'columns'],
    ['rows without a question', 'group', {}, 'columns'],
    ['a sum of nothing', 'computed', {}, 'sum'],
    ['a broken number of rows', 'group', { min: 1.5, columns: [{ code: '', label: '件名', kind: 'text' }] }, 'min'],
    ['too many columns', 'table', { columns: Array.from({ length: 13 }, (_, n) => ({ code: '', label: String(n), kind: 'text' as const })) }, 'columns'],
  ])('refuses %s', (_, kind, more, path) => {
    expect(problemsOf(() => addQuestion(draft(), 's-1', kind, text(more), 6))).toEqual([path]);
  });

  describe('repeated rows', () => {
    /** 事故 with 件名 and 人数, their sum, and how many there are. */
    function rows(): QuestionnaireDraft {
      const made = addQuestion(draft(), 's-1', 'group', text({ label: '事故の一覧', unit: '事故', columns: [{ code: '', label: '件名', kind: 'text' }, { code: '', label: '人数', kind: 'number' }] }), 6).draft;
      return addQuestion(made, 's-1', 'computed', text({ label: '合計', unit: '人', sum: [{ item: 'q-6-6-2' }, { rowsOf: 'q-6' }] }), 7).draft;
    }

    it('begin with some questions, take more, and are called by their first short text', () => {
      const more = addQuestion(rows(), 's-1', 'choice', text({ label: '種類', options: TWO }), 8, 'q-6').draft;
      expect(question(more, 'q-6')).toMatchObject({ unit: '事故', nameItem: 'q-6-6-1', items: [{ code: 'q-6-6-1', kind: 'text', need: 'required' }, { code: 'q-6-6-2', kind: 'number', need: 'optional' }, { code: 'q-8', kind: 'choice', options: 'q-8-options' }] });
      expect(check.problems(more, 'department')).toEqual([]);
      expect(holderOf(more, 'q-8')?.code).toBe('q-6');
      expect((question(moveQuestion(more, 'q-8', -1), 'q-6') as GroupItem).items.map((one) => one.code)).toEqual(['q-6-6-1', 'q-8', 'q-6-6-2']);
      expect(moveQuestion(more, 'q-6-6-1', -1)).toEqual(more);
      expect(() => addQuestion(rows(), 's-1', 'text', text({}), 9, 'q-4')).toThrow(NotFound);
    });

    it('keep their questions when they themselves are changed', () => {
      const changed = changeQuestion(rows(), 'q-6', 'group', text({ label: 'ヒヤリハット', unit: '', required: true, min: 3 }), 8);
      expect(question(changed, 'q-6')).toMatchObject({ label: 'ヒヤリハット', unit: '行', atLeast: 3, need: 'required' });
      expect((question(changed, 'q-6') as GroupItem).items).toHaveLength(2);
    });

    it('let only what stands in the same row, or before them all, decide', () => {
      const more = addQuestion(rows(), 's-1', 'choice', text({ label: '種類', options: TWO }), 8, 'q-6').draft;
      expect(deciders(more.definition, 'q-8').map(({ code }) => code)).toEqual(['q-3', 'q-4', 'q-6-6-1', 'q-6-6-2']);
      expect(deciders(more.definition, null, 'q-6').map(({ code }) => code)).toEqual(['q-3', 'q-4', 'q-6-6-1', 'q-6-6-2', 'q-8']);
      expect(deciders(more.definition, null).map(({ code }) => code)).toEqual(['q-3', 'q-4', 'q-5']);
    });

    it('offer sums what can be added', () => {
      const { definition } = addQuestion(rows(), 's-1', 'table', text({ label: '媒体', columns: [{ code: '', label: '台数', kind: 'number' }] }), 8).draft;
      expect(sumChoices(definition, null).map(({ label }) => label)).toEqual(['「台数」', '「事故の一覧」の事故の数', '「事故の一覧」の各行の「人数」', '「媒体」の列「台数」', '「媒体」の行の数']);
      expect(sumChoices(definition, null, 'q-6').map(({ label }) => label)).toEqual(['「人数」']);
    });

    it('keep what a sum adds, and their last question', () => {
      expect(() => removeQuestion(rows(), 'q-6-6-2')).toThrow('「人数」は「合計」で足しています');
      expect(() => removeQuestion(rows(), 'q-6')).toThrow('「事故の一覧」は「合計」で足しています');
      const free = removeQuestion(rows(), 'q-7');
      expect(() => removeQuestion(removeQuestion(free, 'q-6-6-2'), 'q-6-6-1')).toThrow('行に書く問いは、1つは要ります');
      expect(removeQuestion(free, 'q-6').definition.optionSets).toEqual(draft().definition.optionSets);
      const table = addQuestion(free, 's-1', 'table', text({ label: '媒体', columns: [{ code: '', label: '台数', kind: 'number' }] }), 8).draft;
      const summed = addQuestion(table, 's-1', 'computed', text({ label: '計', sum: [{ table: 'q-8', column: 'c-8-1' }] }), 9).draft;
      expect(() => changeQuestion(summed, 'q-8', 'table', text({ label: '媒体', columns: [{ code: 'c-8-1', label: '台数', kind: 'text' }] }), 10)).toThrow('足している列');
    });
  });

  it('says that a section or question is gone', () => {
    expect(() => addQuestion(draft(), 's-9', 'text', text({}), 6)).toThrow(NotFound);
    expect(() => moveQuestion(draft(), 'q-9', 1)).toThrow(NotFound);
    expect(() => removeSection(draft(), 's-9')).toThrow(NotFound);
  });

  it('reads back what it wrote, for every kind', () => {
    const whole = text({ required: false, help: '数えかた', unit: '台', min: 1, max: 9, text: '説明', options: TWO, columns: [{ code: '', label: '甲', kind: 'number' }], sum: [{ item: 'q-4' }] });
    for (const kind of Object.keys(QUESTION_KINDS) as QuestionKind[]) {
      const { draft: made, code } = addQuestion(draft(), 's-1', kind, whole, 6);
      const again = changeQuestion(made, code, kind, questionText(made.definition, question(made, code), null), 7);
      expect([kind, again]).toEqual([kind, made]);
      expect([kind, check.problems(made, 'department')]).toEqual([kind, []]);
    }
  });

  it('stays sound whatever is done to it, with codes that are never used twice', () => {
    const step = fc.record({ what: fc.constantFrom('add', 'choice', 'section', 'up', 'down', 'remove', 'remove-section', 'when'), n: fc.nat(20) });
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let made = draft();
      const used = new Set(codes(made).flat());
      steps.forEach(({ what, n }, at) => {
        const mark = 10 + at;
        const all = codes(made).flat();
        const [code, section] = [all[n % Math.max(1, all.length)] ?? 'q-none', made.definition.sections[n % made.definition.sections.length]!.code];
        try {
          if (what === 'add' || what === 'choice' || what === 'when') {
            const decider = deciders(made.definition, null).find((one) => one.kind === 'choice');
            const when = what === 'when' && decider !== undefined && 'options' in decider ? shownWhen(decider, made.definition.optionSets[decider.options]![0]!.code) : null;
            const added = addQuestion(made, section, what === 'choice' ? 'choice' : 'text', text({ options: TWO, when }), mark);
            expect(used.has(added.code)).toBe(false);
            used.add(added.code);
            made = added.draft;
          } else if (what === 'section') made = addSection(made, `章${mark}`, mark);
          else if (what === 'up' || what === 'down') made = moveQuestion(made, code, what === 'up' ? -1 : 1);
          else made = what === 'remove' ? removeQuestion(made, code) : removeSection(made, section);
        } catch (error) {
          if (!(error instanceof Refused) && !(error instanceof NotFound)) throw error;
        }
        expect(check.problems(made, 'department')).toEqual([]);
      });
    }), { numRuns: 60 });
  });
});
