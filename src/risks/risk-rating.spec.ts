import fc from 'fast-check';
import { inProject } from '../kernel/root.js';
import { heatMapOf, heatPicture } from './heat-map.js';
import { loadRiskMatrices, rankOf } from './risk-matrix.js';
import { countsOf, isWorse, judgementProblems, levelsText, movementOf, ratingOf, residualOf, type Judged, type Levels } from './risk-rating.js';

const matrix = loadRiskMatrices(inProject('templates'), '2026-11-21').version('2026-04');
const at = (likelihood: number, impact: number): Levels => ({ likelihood, impact });
const judged = (before: Levels, after: Levels | null): Judged => ({ before, after });
const rated = (likelihood: number, impact: number): string => ratingOf(matrix, at(likelihood, impact)).label;

describe('the rating of a combination, as the table of 2026-04 says', () => {
  it.each([[1, 1, '低'], [1, 4, '中'], [2, 2, '中'], [2, 4, '高'], [3, 3, '高'], [3, 4, '極めて高い'], [4, 1, '中'], [4, 2, '高'], [4, 3, '極めて高い'], [4, 4, '極めて高い']])('likelihood %i, impact %i: %s', (likelihood, impact, label) => {
    expect(rated(likelihood, impact)).toBe(label);
  });

  it('is told in words', () => expect(levelsText(matrix, at(3, 3))).toBe('発生のしやすさ「高い」 × 影響「重い」＝「高」'));

  it('is none outside of the matrix', () => expect(() => ratingOf(matrix, at(5, 1))).toThrow('not in the risk matrix'));
});

describe('before and after', () => {
  it('what remains is where it stands after the measures; not judged again, where it stood before', () => {
    expect(residualOf(judged(at(4, 3), at(2, 3)))).toEqual(at(2, 3));
    expect(residualOf(judged(at(4, 3), null))).toEqual(at(4, 3));
  });

  it.each<[string, Judged, boolean, string]>([
    ['rated lighter', judged(at(3, 3), at(1, 3)), false, 'lower'], ['rated graver', judged(at(2, 2), at(3, 3)), true, 'higher'],
    ['rated alike, one level up', judged(at(2, 2), at(3, 2)), true, 'same'], ['rated alike, one up and one down', judged(at(2, 3), at(3, 2)), false, 'same'],
    ['unchanged', judged(at(2, 2), at(2, 2)), false, 'same'], ['not judged', judged(at(2, 2), null), false, 'open'],
    ['lighter although one level is up', judged(at(3, 3), at(1, 4)), false, 'lower'],
  ])('%s', (_, risk, worse, movement) => expect([isWorse(matrix, risk), movementOf(matrix, risk)]).toEqual([worse, movement]));
});

describe('a judgement as it came in', () => {
  const codes = (before: Partial<Levels>, after: Partial<Levels> | null, worseAllowed = false): string[] => judgementProblems(matrix, { before, after }, worseAllowed).map((one) => `${one.code} ${one.path}`);

  it.each<[string, Partial<Levels>, Partial<Levels> | null, string[]]>([
    ['whole', at(3, 3), at(1, 1), []], ['not judged after the measures', at(3, 3), null, []],
    ['a level missing', { likelihood: 3 }, null, ['level-missing impactBefore']], ['both missing', {}, null, ['level-missing likelihoodBefore', 'level-missing impactBefore']],
    ['levels outside', at(0, 5), null, ['level-unknown likelihoodBefore', 'level-unknown impactBefore']], ['half a level', at(1.5, 1), null, ['level-unknown likelihoodBefore']], ['no number', at(Number.NaN, 1), null, ['level-unknown likelihoodBefore']],
    ['half after the measures', at(3, 3), { impact: 1 }, ['after-half likelihoodAfter']], ['outside after the measures', at(3, 3), at(1, 9), ['level-unknown impactAfter']],
    ['worse after the measures', at(1, 1), at(3, 3), ['after-worse note']],
  ])('%s', (_, before, after, expected) => expect(codes(before, after)).toEqual(expected));

  it('worse with a reason is taken', () => expect(codes(at(1, 1), at(3, 3), true)).toEqual([]));
  it('says both judgements in words when it is worse', () => {
    expect(judgementProblems(matrix, { before: at(1, 1), after: at(3, 3) }, false)[0]!.message).toBe('対策後の評価（発生のしやすさ「高い」 × 影響「重い」＝「高」）が対策前（発生のしやすさ「まれ」 × 影響「軽い」＝「低」）より重くなっています。段階を選び直すか、重くなる理由を書いてください。');
  });
});

describe('how many stand where', () => {
  // By hand: 極めて高い (4,3) → 低 (2,1); 極めて高い (4,3) not judged again; 中 (2,2) → 低 (1,1).
  const three = [judged(at(4, 3), at(2, 1)), judged(at(4, 3), null), judged(at(2, 2), at(1, 1))];

  it('counts each field before and now; what was not judged again stays where it was', () => {
    const counted = countsOf(matrix, three);
    expect(counted.before).toEqual([[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 2, 0]]);
    expect(counted.after).toEqual([[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0]]);
    expect([counted.total, counted.open]).toEqual([3, 1]);
    expect(counted.byRating.map((one) => [one.rating.label, one.before, one.after])).toEqual([['低', 0, 2], ['中', 1, 0], ['高', 0, 0], ['極めて高い', 2, 1]]);
  });

  it('the rows of the picture begin with the gravest', () => {
    const map = heatMapOf(matrix, three);
    expect(map.rows.map((one) => [one.label, one.fields.map((field) => field.before)])).toEqual([['非常に高い', [0, 0, 2, 0]], ['高い', [0, 0, 0, 0]], ['低い', [0, 1, 0, 0]], ['まれ', [0, 0, 0, 0]]]);
  });

  it('the picture has the rating in each field and the number where there are risks, and says the same in words', () => {
    const map = heatMapOf(matrix, three);
    const texts = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/gu)].map((one) => one[1]!.replaceAll('&nbsp;', ' '));
    const before = heatPicture(map, 'before');
    // Sixteen fields with their ratings (three 低, seven 中, three 高, three 極めて高い by the table of 2026-04), and the axes.
    const ratings = (svg: string, label: string): number => texts(svg).filter((one) => one === label).length;
    expect(['低', '中', '高', '極めて高い'].map((label) => ratings(before, label))).toEqual([3, 7, 3, 3]);
    expect(texts(before)).toEqual(expect.arrayContaining(['発生のしやすさ →', '影響 →', '非常に高い', '極めて重い']));
    expect(texts(before).filter((one) => one.endsWith('件')).sort()).toEqual(['1件', '2件']);
    expect(texts(heatPicture(map, 'after')).filter((one) => one.endsWith('件'))).toEqual(['1件', '1件', '1件']);
    expect(heatPicture(map, 'after')).toContain('発生のしやすさ「低い」影響「軽い」に1件、発生のしやすさ「まれ」影響「軽い」に1件');
    expect(before).toContain('aria-label="対策前のリスクの分布。低 0件、中 1件、高 0件、極めて高い 2件。');
    expect(before).not.toContain('style=');
  });

  const levels = fc.record({ likelihood: fc.integer({ min: 1, max: 4 }), impact: fc.integer({ min: 1, max: 4 }) });

  it('no risk is lost or counted twice, whatever they are', () => {
    const sum = (counts: readonly number[][]): number => counts.flat().reduce((all, one) => all + one, 0);
    fc.assert(fc.property(fc.array(fc.record({ before: levels, after: fc.option(levels) })), (risks) => {
      const counted = countsOf(matrix, risks);
      const byRating = counted.byRating.reduce((all, one) => [all[0]! + one.before, all[1]! + one.after], [0, 0]);
      expect([sum(counted.before), sum(counted.after), ...byRating]).toEqual([risks.length, risks.length, risks.length, risks.length]);
    }));
  });

  it('one level more never rates lower, and what is worse is never rated lighter', () => {
    fc.assert(fc.property(levels, levels, (one, other) => {
      const [rank, otherRank] = [one, other].map((at_) => rankOf(matrix, ratingOf(matrix, at_).code));
      if (other.likelihood >= one.likelihood && other.impact >= one.impact) expect(otherRank).toBeGreaterThanOrEqual(rank!);
      if (isWorse(matrix, { before: one, after: other })) expect(otherRank).toBeGreaterThanOrEqual(rank!);
    }));
  });
});
