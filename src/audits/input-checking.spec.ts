import fc from 'fast-check';
import { formatEra, isIsoDate } from '../engine/dates.js';
import { Invalid } from '../kernel/errors.js';
import { checkedAudit, type AuditInput } from './audit-fields.js';
import { InputChecking, LONGEST } from './input-checking.js';

const day = (text: string | null, need = false): { value: string | null; codes: string[] } => {
  const check = new InputChecking();
  return { value: check.day('on', '日', text, { need }), codes: check.problems.map((one) => one.code) };
};

describe('a day that was typed', () => {
  it.each<[string | null, string | null]>([['令和8年11月21日', '2026-11-21'], [' 2026-11-21 ', '2026-11-21'], ['H26.10.1', '2014-10-01'], ['平成26年10月１日', '2014-10-01'], ['', null], [null, null]])('%s is %s', (text, iso) => {
    expect(day(text)).toEqual({ value: iso, codes: [] });
  });

  it.each(['2026-02-29', '令和8年13月1日', 'あした', '1946-12-31', '2100-01-01', '20261121x'])('%s is none', (text) => {
    expect(day(text)).toEqual({ value: null, codes: ['not-a-day'] });
  });

  it('must be there where it is needed', () => {
    expect(day(' ', true)).toEqual({ value: null, codes: ['missing'] });
  });

  it('whatever is typed, a day comes out or a problem; and a day reads the same in 和暦', () => {
    const any = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.date({ min: new Date('1947-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }).map((one) => one.toISOString().slice(0, 10)));
    fc.assert(fc.property(any, (text) => {
      const { value, codes } = day(text);
      expect(value === null ? codes.length === 1 || text.trim() === '' : isIsoDate(value) && codes.length === 0).toBe(true);
      if (value !== null) expect(day(formatEra(value)).value).toBe(value);
    }));
  });
});

describe('a period', () => {
  it.each<[string, string, string[]]>([['2026-04-01', '2026-03-31', ['b:ends-before']], ['2026-04-01', '2026-04-01', []], ['', '2026-04-01', []], ['x', '2026-04-01', ['a:not-a-day']]])('%s to %s', (from, until, problems) => {
    const check = new InputChecking();
    check.period(['a', 'b'], ['始まり', '終わり'], [from, until]);
    expect(check.problems.map((one) => `${one.path}:${one.code}`)).toEqual(problems);
  });
});

describe('whatever is typed into the plan of an audit', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' ', '\u0000', '\ud800', 'a\r\nb', 'あ'.repeat(LONGEST.text + 1)));
  const input: fc.Arbitrary<AuditInput> = fc.record({
    fiscalYear: fc.oneof(fc.integer(), fc.double()), kind: text, bases: fc.array(text, { maxLength: 4 }), theme: text, purpose: text, targetsText: text, definitions: fc.array(fc.record({ term: text, text }), { maxLength: 4 }), referenceOn: fc.option(text),
    method: text, beginsOn: fc.option(text), endsOn: fc.option(text), rounding: fc.record({ mode: text, digits: fc.oneof(fc.integer(), fc.double()) }),
  });

  it('is refused with problems that name their fields, never with anything else', () => {
    fc.assert(fc.property(input, (given) => {
      try {
        checkedAudit(given, [], null);
        throw new Error('no kind fits');
      } catch (error) {
        expect(error).toBeInstanceOf(Invalid);
        expect((error as Invalid).problems.every((one) => one.path !== '' && one.message !== '')).toBe(true);
      }
    }));
  });

  it('keeps sound texts as they are, line ends as line feeds', () => {
    const sound = fc.string({ unit: fc.constantFrom('あ', '亜', 'a', '1', '　', '（', '𠮷') }).filter((one) => one.trim() !== '' && [...one].length <= 100);
    fc.assert(fc.property(sound, sound, (theme, purpose) => {
      const given = { fiscalYear: 2026, kind: 'k', bases: [], theme, purpose: `${purpose}\r\n${purpose}`, targetsText: '', definitions: [], referenceOn: '', method: '', beginsOn: null, endsOn: null, rounding: { mode: 'down', digits: 1 } };
      expect(checkedAudit(given, [{ code: 'k', label: '監査', bases: [], own: null }], null)).toMatchObject({ theme: theme.trim(), purpose: `${purpose}\n${purpose}`, kindLabel: '監査', rounding: { mode: 'down', digits: 1 } });
    }));
  });
});
