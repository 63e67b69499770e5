import fc from 'fast-check';
import { checkAnswer, emptyAnswer, parseNumberText } from './answers.js';
import { walkItems } from './form-index.js';
import type { AnswerValue } from './form.js';
import { itemOf, sampleForm } from './sample-form.js';

const form = sampleForm();
const check = (code: string, value: unknown) => checkAnswer(itemOf(form, code), value, form);
const faults = (code: string, value: unknown): string[] => check(code, value).problems.map((problem) => problem.code);

describe('texts', () => {
  it('line ends become \\n, tabs stay, nothing is trimmed', () => {
    expect(check('affair-content', ' 一\r\n二\r三\t ')).toEqual({ problems: [], value: ' 一\n二\n三\t ' });
  });

  it('the limit counts characters, not code units', () => {
    expect(faults('affair-name', '𠮷'.repeat(500))).toEqual([]);
    const [problem] = check('affair-name', '𠮷'.repeat(501)).problems;
    expect(problem).toEqual({ code: 'answer-too-long', path: 'affair-name', message: '「①事務の名称」：文字数が501文字あります。500文字以内に縮めてください。' });
    expect(faults('affair-content', 'あ'.repeat(200_000))).toEqual(['answer-too-long']);
  });

  it('NUL, other control characters and lone surrogates are refused with their place', () => {
    expect(check('affair-name', 'ab\u0000c').problems[0]).toMatchObject({ code: 'control-character', message: '「①事務の名称」：3文字目に制御文字（U+0000）が含まれています。その文字を消して入力し直してください。' });
    expect(check('affair-name', '𠮷\ud842').problems[0]!.message).toContain('2文字目に壊れた文字');
    expect(faults('affair-name', '\udfb7')).toEqual(['broken-character']);
    expect(faults('affair-name', '𠮷葛󠄀<script>')).toEqual([]);
  });

  it('another type is refused', () => {
    expect(faults('affair-name', 12)).toEqual(['wrong-type']);
    expect(faults('affair-name', null)).toEqual(['wrong-type']);
  });
});

describe('numbers and days', () => {
  it('a number within its range', () => {
    expect(check('people-count', 0).value).toBe(0);
    expect(faults('people-count', -1)).toEqual(['number-out-of-range']);
    expect(faults('people-count', '12')).toEqual(['wrong-type']);
    expect(faults('people-count', Number.NaN)).toEqual(['wrong-type']);
    expect(['１，２３４', '1,234', '12.5', '12a', ''].map(parseNumberText)).toEqual([1234, 1234, 12.5, null, null]);
  });

  it('a day of the calendar, 和暦 or 西暦', () => {
    expect(check('begun', '令和8年11月21日').value).toBe('2026-11-21');
    expect(check('begun', '').value).toBe('');
    expect(faults('begun', '2026-02-29')).toEqual(['date-invalid']);
    expect(check('reviewed', '令和8年4月予定').value).toBe('令和8年4月予定');
    expect(check('public-period', { from: 'R8.4.1', to: '' }).value).toEqual({ from: '2026-04-01', to: null });
    expect(faults('public-period', { from: '2026-02-30', to: null })).toEqual(['date-invalid']);
  });
});

describe('choices and checks', () => {
  it('only options of the item', () => {
    expect(faults('network-use', { choice: 'maybe' })).toEqual(['unknown-option']);
    expect(faults('network-use', 'used')).toEqual(['wrong-type']);
    expect(faults('network-use', { choice: 'used', colour: 'red' })).toEqual(['unknown-field']);
    expect(faults('media', { checked: ['paper', 'fax'] })).toEqual(['unknown-option']);
  });

  it('a count and a text only where the form has brackets for them', () => {
    expect(check('outsourcing-use', { choice: 'outsourced', count: 4 }).value).toEqual({ choice: 'outsourced', count: 4 });
    expect(faults('outsourcing-use', { choice: 'not-outsourced', count: 4 })).toEqual(['count-not-asked']);
    expect(faults('outsourcing-use', { choice: 'outsourced', count: 1.5 })).toEqual(['count-invalid']);
    expect(faults('network-use', { choice: 'used', text: '補足' })).toEqual(['text-not-asked']);
    expect(faults('media', { checked: ['paper'], texts: { paper: '補足' } })).toEqual(['text-not-asked']);
    expect(check('media', { checked: ['other', 'paper'], texts: { other: '窓口' } }).value).toEqual({ checked: ['paper', 'other'], texts: { other: '窓口' } });
    expect(check('provision-use', { checked: ['provided'], counts: { provided: 3 } }).value).toEqual({ checked: ['provided'], counts: { provided: 3 } });
  });

  it('an exclusive option stands alone', () => {
    expect(faults('media', { checked: ['none', 'paper'] })).toEqual(['exclusive-option']);
    expect(faults('media', { checked: ['none'] })).toEqual([]);
  });
});

describe('tables, lists, figures', () => {
  it('columns by kind', () => {
    expect(check('changes', [{ day: '令和8年4月1日', timing: 'used', pages: '１２' }]).value).toEqual([{ day: '令和8年4月1日', timing: 'used', pages: '12' }]);
    expect(faults('changes', [{ timing: 'no-such' }])).toEqual(['unknown-option']);
    expect(faults('changes', [{ colour: 'red' }])).toEqual(['unknown-field']);
    expect(faults('changes', [{ pages: 'many' }])).toEqual(['wrong-type']);
  });

  it('at most 5,000 records', () => {
    const records = (count: number) => ({ lists: [{ heading: '', records: Array.from({ length: count }, (_, n) => ({ number: n + 1, name: '項目' })) }] });
    expect(faults('records', records(5_000))).toEqual([]);
    expect(faults('records', records(5_001))).toEqual(['too-many']);
    expect(faults('records', { lists: [{ heading: '', records: [{ number: '1', name: '氏名' }] }] })).toEqual(['wrong-type']);
  });

  it('a figure names its picture by SHA-256', () => {
    expect(faults('picture', { figures: [{ image: 'a'.repeat(64), caption: '図1', width: 800, height: 600 }] })).toEqual([]);
    expect(faults('picture', { figures: [{ image: '../etc/passwd', caption: '図1', width: 800, height: 600 }] })).toEqual(['figure-invalid']);
    expect(faults('picture', { figures: [{ image: 'a'.repeat(64), caption: '図1', width: 0, height: 600 }] })).toEqual(['figure-invalid']);
  });

  it('computed items, fixed texts and groups take no answer', () => {
    expect(['file', 'judgement', 'note'].map((code) => faults(code, 'x'))).toEqual([['not-answerable'], ['not-answerable'], ['not-answerable']]);
  });
});

describe('any answer', () => {
  const items = [...walkItems(form)].map(({ item }) => item);
  const shaped = fc.oneof(fc.jsonValue(), fc.record({ choice: fc.jsonValue(), count: fc.jsonValue(), text: fc.jsonValue() }, { requiredKeys: [] }),
    fc.record({ checked: fc.jsonValue(), texts: fc.jsonValue(), counts: fc.jsonValue() }, { requiredKeys: [] }), fc.record({ lists: fc.jsonValue() }), fc.record({ figures: fc.jsonValue() }),
    fc.record({ from: fc.jsonValue(), to: fc.jsonValue() }), fc.constant(JSON.parse('{"checked":["other"],"texts":{"__proto__":"x"}}')), fc.constant(undefined));

  it('gives problems or a value, never a throw; a value in its normal form stays as it is', () => {
    fc.assert(fc.property(fc.constantFrom(...items), shaped, (item, value) => {
      const first = checkAnswer(item, value, form);
      if (first.problems.length > 0) return first.value === null && first.problems.every(({ message }) => message.endsWith('。') || message.includes('例：'));
      const again = checkAnswer(item, first.value, form);
      return again.problems.length === 0 && JSON.stringify(again.value) === JSON.stringify(first.value);
    }), { numRuns: 1_000 });
  });

  it('no character of an accepted text is lost', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { value } = check('affair-content', text);
      return value === null || value === text.replace(/\r\n?/gu, '\n');
    }));
  });

  it('blank is blank in every shape', () => {
    const blanks: AnswerValue[] = ['', ' \n\u3000', [], [''], [{ day: '' }], { choice: '' }, { checked: [] }, { from: null, to: null }, { lists: [] }, { figures: [] }];
    expect(blanks.map(emptyAnswer)).toEqual(blanks.map(() => true));
    const there: AnswerValue[] = ['a', 0, ['a'], { choice: 'used' }, { checked: [], texts: { other: 'x' } }, { from: null, to: '2026-04-01' }, { lists: [{ heading: '', records: [{ number: 1, name: '' }] }] }];
    expect(there.map(emptyAnswer)).toEqual(there.map(() => false));
  });
});
