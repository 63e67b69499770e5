import { missingCharacters } from './coverage.js';

describe('missingCharacters', () => {
  it('draws the characters of the statutory forms, of names and of plane 2', () => {
    expect(missingCharacters('ⅠⅡⅢⅣⅤⅥ①⑳※○［］（）～・≒αω㈱髙﨑𠮷葛辻鷗')).toEqual([]);
  });

  it('takes a variation sequence whose base is drawn (葛 U+845B with U+E0100), and leaves out what draws nothing', () => {
    expect(missingCharacters('葛\u{E0100}\r\n\t\u200b\ufeff\u0001')).toEqual([]);
  });

  it('reports each missing character once with code point, number and place', () => {
    // U+1F600 is an emoji, U+0E01 a Thai letter: neither font is made for them.
    const found = missingCharacters('担当者の印😀と😀、ก');
    expect(found.map(({ codePoint, count }) => [codePoint, count])).toEqual([['U+1F600', 2], ['U+0E01', 1]]);
    expect(found[0]!.context).toBe('担当者の印😀と😀、ก');
  });

  it('reports half of a surrogate pair without passing it on', () => {
    const [found] = missingCharacters('あ\ud842い');
    expect(found).toEqual({ character: '\ufffd', codePoint: 'U+D842', count: 1, context: 'あ\ufffdい' });
  });
});
