import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readSchema } from '../engine/content-loader.js';
import { Invalid } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { auditContent, auditContentCheck, readAuditContent, type AuditContent } from './audit-content.js';
import { basesOn, basesText, basisFor, basisOf, basisText, placeOf } from './legal-bases.js';

const raw = (): AuditContent => parse(readFileSync(inProject('templates/audits/2026-04.yaml'), 'utf8')) as AuditContent;
const check = auditContentCheck(readSchema(inProject('templates'), 'audits'));
const reasons = (change: (content: AuditContent) => void): string[] => {
  const content = raw();
  change(content);
  return check(content, 'audits/2026-04.yaml').map((one) => one.reason);
};

describe('paragraphs of 地方自治法第199条', () => {
  // 函館市監査公表第22号 (平成27年5月19日): 第199条第2項 の規定に基づき行政監査, 同条第9項 の規定により公表.
  it('are named as the published report of 2015 names them', () => {
    const audit = basesOn('2014-10-01').find((one) => one.role === 'audit' && one.paragraph === 2)!;
    expect(basisText(audit.code, { withNumber: true })).toBe('地方自治法（昭和22年法律第67号）第199条第2項');
    expect(basisText(audit.code)).toBe('地方自治法第199条第2項');
    expect(placeOf(basisFor('report', '2015-05-19')!)).toBe('第199条第9項');
  });

  // The text in force on 2025-06-01: ⑩意見, ⑪勧告, ⑫合議, ⑬合議が調わない, ⑭措置の通知, ⑮勧告への措置の通知.
  it.each([['report', 9], ['opinion', 10], ['recommendation', 11], ['deliberation', 12], ['divided', 13], ['measure', 14], ['recommended-measure', 15]] as const)('%s is paragraph %d today', (role, paragraph) => {
    expect(basisFor(role, '2025-06-01')).toMatchObject({ article: '第199条', paragraph });
  });

  it('moved on 1 April 2020: before, the notice of measures was 12項, 合議 11項, and there was no recommendation', () => {
    const numbers = (day: string): (number | null)[] => (['measure', 'deliberation', 'recommendation', 'divided', 'recommended-measure'] as const).map((role) => basisFor(role, day)?.paragraph ?? null);
    expect(numbers('2020-03-31')).toEqual([12, 11, null, null, null]);
    expect(numbers('2020-04-01')).toEqual([14, 12, 11, 13, 15]);
  });

  // An audit of 2012, of 2019, of the first day after the change, and of 2026: 報告9・意見10・勧告・合議・合議が調わないとき・措置の通知・勧告への措置.
  it.each<[string, (number | null)[]]>([
    ['2012-06-01', [9, 10, null, 11, null, 12, null]], ['2019-06-28', [9, 10, null, 11, null, 12, null]], ['2020-04-01', [9, 10, 11, 12, 13, 14, 15]], ['2026-06-28', [9, 10, 11, 12, 13, 14, 15]],
  ])('on %s are numbered as the law was that day', (day, numbers) => {
    expect((['report', 'opinion', 'recommendation', 'deliberation', 'divided', 'measure', 'recommended-measure'] as const).map((role) => basisFor(role, day)?.paragraph ?? null)).toEqual(numbers);
    expect(basesOn(day).filter((one) => one.role === 'audit').map((one) => one.paragraph)).toEqual([1, 2, 4, 5, 6, 7]);
  });

  // ③ says with what in mind an audit is made, ⑧ what the members may ask of whom: neither is a basis.
  it('are all of the article but 3項 and 8項, each once on a day', () => {
    expect(basesOn('2026-06-28').map((one) => one.paragraph).sort((a, b) => a - b)).toEqual([1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('of an old document keep their text', () => {
    expect(basisText(basisFor('measure', '2019-06-28')!.code)).toBe('地方自治法第199条第12項');
    expect(basisText(basisFor('deliberation', '2026-06-28')!.code)).toBe('地方自治法第199条第12項');
  });

  it('stand together as a statute enumerates them', () => {
    const code = (paragraph: number): string => basesOn('2026-04-01').find((one) => one.role === 'audit' && one.paragraph === paragraph)!.code;
    expect(basesText([code(4), code(1)])).toBe('地方自治法第199条第1項及び第4項');
    expect(basesText([code(5), code(1), code(2)], { withNumber: true })).toBe('地方自治法（昭和22年法律第67号）第199条第1項、第2項及び第5項');
    expect(basesText([])).toBe('');
  });

  it('that nobody knows are none', () => {
    expect(basisOf('act-999-1')).toBeNull();
    expect(() => basisText('act-999-1')).toThrow(Invalid);
    expect(() => basesText(['act-999-1'])).toThrow('act-999-1');
  });
});

describe('kinds of audits', () => {
  it('of the product are the five of the field, each with bases that stand today', () => {
    const today = new Set(basesOn('2026-11-21').map((one) => one.code));
    const { kinds } = auditContent();
    expect(kinds.map((one) => one.label)).toEqual(['行政監査', '定期監査', '随時監査', '財政援助団体等監査', '情報セキュリティ等監査']);
    expect(kinds.flatMap((one) => one.bases).filter((one) => !today.has(one))).toEqual([]);
    // ② 行政監査; ④ with ① 定期; ⑤ with ① 随時; ⑦ 財政的援助.
    expect(kinds.slice(0, 4).map((one) => one.bases.map((code) => basisOf(code)!.paragraph))).toEqual([[2], [1, 4], [1, 5], [7]]);
  });

  it('are read without a fault, and a fault is told with its place', () => {
    expect(readAuditContent(inProject('templates')).problems).toEqual([]);
    expect(reasons(() => undefined)).toEqual([]);
  });

  it.each<[string, (content: AuditContent) => void, string]>([
    ['a code twice', ({ bases }) => void (bases[1]!.code = bases[0]!.code), '2度使われています'],
    ['a day that is none', ({ bases }) => void (bases[0]!.from = '2020-02-30'), '暦にない日'],
    ['an end before the beginning', ({ bases }) => void Object.assign(bases[0]!, { from: '2020-04-01', until: '2019-04-01' }), '始まり（from）以前'],
    ['two of a role on one day', ({ bases }) => void delete bases.at(-1)!.until, '適用の期間が重なっています'],
    ['a kind twice', ({ kinds }) => void (kinds[1]!.label = kinds[0]!.label), '種類の名前'],
    ['a kind with an unknown basis', ({ kinds }) => void (kinds[0]!.bases = ['act-999']), 'という根拠はありません'],
    ['a kind that rests on the publication', ({ kinds }) => void (kinds[0]!.bases = ['act-199-9']), 'role: audit'],
    ['an unknown role', ({ bases }) => void (bases[0]!.role = 'x' as never), ''],
    ['no kinds', (content) => void (content.kinds = []), ''],
  ])('with %s are refused', (_, change, words) => {
    const found = reasons(change);
    expect(found).not.toEqual([]);
    expect(found.join()).toContain(words);
  });
});
