import { SAMPLE_SET } from '../../../test/checks-town.js';
import type { ResultChange } from '../../checks/comparing.js';
import type { RunChanged, SystemChanged } from '../../checks/run-changes.service.js';
import { noCounts } from '../../checks/check-shapes.js';
import { changeLines, settledView } from './change-lines.js';

const definitions = new Map([[SAMPLE_SET.ruleSet, SAMPLE_SET]]);
const change = (rule: string, before: ResultChange<string>['before'], after: ResultChange<string>['after'], system = 'a'): ResultChange<string> => ({ system, ruleSet: 'sample', rule, before, after, kind: 'other' });
const lines = (...changes: ResultChange<string>[]) => changeLines(changes, definitions, () => '').map((one) => `${one.sign} ${one.label} ${one.count}: ${one.rules.map((rule) => `${rule.title}（${rule.was}）`).join('、')}`);

describe('what became of rules', () => {
  it('is said from what was settled to what fell out, each with what it was before', () => {
    expect(lines(change('s-access', 'met', 'not-met'), change('s-review', 'unknown', 'met'), change('s-number', 'not-met', 'met'))).toEqual([
      '✓ 解消 1: s-numberが守られている（不適合）', '✓ 適合と確かめられた 1: s-reviewが守られている（未確認）', '× 新たに不適合 1: s-accessが守られている（適合）',
    ]);
    expect(lines(change('s-access', 'met', 'unknown'), change('s-review', 'unknown', 'not-applicable'), change('s-number', 'not-met', 'not-applicable'))).toEqual([
      '✓ 解消 1: s-numberが守られている（不適合）', '？ 未確認になった 1: s-accessが守られている（適合）', '－ 対象外になった 1: s-reviewが守られている（未確認）',
    ]);
  });

  it('is said of rules that were not there before, and not of those that are gone', () => {
    expect(lines(change('s-access', null, 'not-met'), change('s-review', 'met', null))).toEqual(['× 新たに不適合 1: s-accessが守られている（規則なし）']);
  });

  it('names twelve rules of a line and counts the rest', () => {
    const [line] = changeLines(Array.from({ length: 15 }, (_, n) => change(`r${n}`, 'unknown', 'met')), definitions, () => '');
    expect([line!.count, line!.rules.length, line!.more]).toEqual([15, 12, 3]);
  });
});

describe('what a declaration settled', () => {
  const system = (id: string, name: string, changes: ResultChange<string>[], first = false): SystemChanged => ({ system: { id, name } as SystemChanged['system'], first, changes, counts: { ...noCounts(), 'not-met': 1, unknown: 2 } });
  const run = (systems: SystemChanged[], others = 0): RunChanged => ({ run: {} as RunChanged['run'], systems, others, definitions });

  it('is nothing where no run was kept, or one that found the same', () => {
    expect(settledView(null, 'a')).toMatchObject({ nothing: true, lines: [] });
    expect(settledView(run([]), 'a').nothing).toBe(true);
  });

  it('names the systems that inherit, not the system itself', () => {
    const { lines: found, nothing } = settledView(run([system('a', '本体', [change('s-access', 'not-met', 'met')]), system('b', '窓口', [change('s-access', 'not-met', 'met', 'b')])], 2), 'a');
    expect([found[0]!.rules.map((one) => one.system), nothing]).toEqual([['', '窓口'], false]);
  });

  it('counts what a first check finds instead of calling everything new', () => {
    const settled = settledView(run([system('a', '本体', [], true)]), 'a');
    expect(settled.lines).toEqual([]);
    expect(settled.first.map((one) => one.counts.map(({ sign, label, count }) => `${sign} ${label} ${count}`))).toEqual([['× 不適合 1', '？ 未確認 2', '✓ 適合 0', '－ 対象外 0']]);
  });
});
