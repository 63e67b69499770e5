import { sampleRule } from '../engine/sample-rules.js';
import { settingInForce } from './setting-in-force.js';

describe('a setting that was kept for an earlier version of a rule', () => {
  const rule = sampleRule({ expects: { item: 'attempts', atMost: { parameter: 'most' } }, parameters: { most: { label: '上限', unit: '回', value: 6, stricter: 'lower', limit: 3 } } });
  it.each([
    ['a stricter limit', { most: 5 }, { parameters: { most: 5 } }],
    ['one that is looser than the rule has become', { most: 10 }, {}],
    ['one beyond the strictest', { most: 2 }, {}],
    ['one that the rule no longer has', { gone: 1, most: 3 }, { parameters: { most: 3 } }],
  ])('%s', (_what, parameters, inForce) => expect(settingInForce(rule, { offReason: null, parameters })).toEqual(inForce));

  it('keeps why the rule is not used', () => expect(settingInForce(rule, { offReason: '対象の業務がないため', parameters: { most: 10 } })).toEqual({ off: { reason: '対象の業務がないため' } }));
});
