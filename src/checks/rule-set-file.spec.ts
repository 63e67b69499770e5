import { readFileSync } from 'node:fs';
import { sampleRuleSet } from '../engine/sample-rules.js';
import { Invalid } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { readRuleSetFile, writeRuleSetFile } from './rule-set-file.js';

const read = (text: string) => readRuleSetFile(Buffer.from(text, 'utf8'));
const refused = (text: string): string[] => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Invalid) return error.problems.map((one) => one.message);
  }
  return [];
};

describe('a rule set as a file', () => {
  it('comes back from what was written', () => {
    expect(read(writeRuleSetFile(sampleRuleSet()))).toEqual(sampleRuleSet());
    const shared = { item: 'unit', is: 'per-user' };
    const twice = sampleRuleSet().rules.map((rule) => ({ ...rule, applies: { all: [shared, shared] } }));
    expect(writeRuleSetFile({ ...sampleRuleSet(), rules: twice })).not.toContain('&');
  });

  it('may be a file of the product', () => {
    const file = readFileSync(inProject('templates', 'rule-sets', 'my-number-audit', '2026-04.yaml'));
    expect(readRuleSetFile(file)).toMatchObject({ ruleSet: 'my-number-audit', viewpoints: expect.arrayContaining([]) as unknown, rules: expect.arrayContaining([]) as unknown });
    expect(read(writeRuleSetFile(readRuleSetFile(file)))).toEqual(readRuleSetFile(file));
  });

  it.each<[string, string, RegExp]>([
    ['no YAML', 'ruleSet: [', /行目：YAMLとして読めません/u],
    ['a name twice', 'title: a\ntitle: b', /2行目：YAMLとして読めません/u],
    ['numbers as texts', 'ruleSet: a\nversion: 2026', /^\/version：文字で書いてください（いまの値：2026）/u],
    ['nothing', '', /ファイルが空です/u],
    ['a text of another kind', 'こんにちは', /「名前: 値」の組で書いてください/u],
    ['levels without end', '['.repeat(100_000), /読めません/u],
    ['references that multiply', `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.split('').map((name, n) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[n]!}`).join(',')}]`).join('\n')}`, /YAMLとして読めません/u],
  ])('is refused when it is %s', (_what, text, told) => expect(refused(text)).toEqual(expect.arrayContaining([expect.stringMatching(told)])));

  it('names at most a hundred problems and says how many more there are', () => {
    const messages = refused(Array.from({ length: 130 }, (_, n) => `x${n}: 1`).join('\n'));
    expect([messages.length, messages.at(-1)]).toEqual([101, 'ほかに30件あります。まず上の問題を直してください。']);
  });
});
