import fc from 'fast-check';
import { isNamedIn, namesWrittenIn, sameName } from './names.js';

describe('names of systems', () => {
  it.each([
    ['住民記録システム', '住民記録'],
    ['住民記録　システム', '住民記録ｼｽﾃﾑ'],
    ['①中間サーバー', '中間サーバ'],
    ['2．税務システム', '税務システム'],
    ['(3) ｅ－ＬＴＡＸシステム', 'e-ltax'],
    ['宛名システム等', '宛名システム'],
    ['コンビニ交付センターシステム', 'コンビニ交付センタ'],
    ['共通基盤システム（団体内統合宛名・庁内連携）', '共通基盤システム'],
    ['税務システム（窓口）', '税務システム(窓口)'],
  ])('%s is %s', (one, other) => {
    expect(sameName(one, other)).toBe(true);
    expect(sameName(other, one)).toBe(true);
  });

  it.each([
    ['住民記録システム', '住民税システム'],
    ['税務システム（窓口）', '税務システム（収納）'],
    ['介護保険システム', '後期高齢者医療システム'],
    ['118番受付システム', '番受付システム'],
    ['', ''],
    ['（仮称）', '（仮称）'],
  ])('%s is not %s', (one, other) => {
    expect(sameName(one, other)).toBe(false);
  });

  it('a name that is nothing but システム stays a name', () => {
    expect(sameName('システム', 'システム')).toBe(true);
    expect(sameName('システム', '住民記録システム')).toBe(false);
  });

  it('is found in a list, whatever stands between', () => {
    const list = '介護保険システム、共通基盤システム（団体内統合宛名・庁内連携）、\n・中間サーバー\n④ 収納／滞納管理システム及び宛名システム';
    for (const name of ['介護保険', '共通基盤システム', '中間サーバ', '収納', '滞納管理', '収納/滞納管理システム', '宛名システム']) expect([name, isNamedIn(list, name)]).toEqual([name, true]);
    for (const name of ['庁内連携', '団体内統合宛名', '保険システム', '管理システム', 'サーバ']) expect([name, isNamedIn(list, name)]).toEqual([name, false]);
  });

  it('a mark that also separates stays in a name that has it', () => {
    expect(isNamedIn('児童扶養・特別児童扶養手当システム、住民記録システム', '児童扶養・特別児童扶養手当')).toBe(true);
  });

  it('a bracket that never closes takes nothing away', () => {
    expect(isNamedIn('税務（旧、住民記録システム、介護保険システム', '介護保険システム')).toBe(true);
  });

  it('looks for many names at once as for each', () => {
    const isWritten = namesWrittenIn(['児童手当システム、中間サーバー', '電子申請受付システム']);
    expect(['児童手当', '中間サーバ', '電子申請受付システム', '児童'].map(isWritten)).toEqual([true, true, true, false]);
  });

  it('is symmetric, finds every name in itself, and takes any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }), (one, other) => {
      expect(sameName(one, other)).toBe(sameName(other, one));
      expect(isNamedIn(one, one)).toBe(sameName(one, one));
    }));
  });
});
