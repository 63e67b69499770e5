import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { indexForm } from '../engine/form-index.js';
import type { FormDefinition } from '../engine/form.js';
import { inProject } from '../kernel/root.js';
import { breakdownOf, type CountedSystem } from './breakdown.js';

const form = indexForm(parse(readFileSync(inProject('templates/systems/2026-04.yaml'), 'utf8')) as FormDefinition);
const system = (departmentId: string, uses: [string, number | null, number | null][], register: CountedSystem['register'] = {}, contracts = 0): CountedSystem => ({
  departmentId, register, contracts, uses: uses.map(([id, sections, terminals]) => ({ departmentId: id, sections, terminals })),
});

describe('the breakdown of a register', () => {
  // 函館市監査公表 (平成26年度行政監査) 6(1)ウ: five systems, printed as 延べ11部局, 17課. Rows as in its table.
  const managed = [
    system('財務部', [['財務部', 4, 55]]),
    system('市民部', [['市民部', 1, 30]]),
    system('市民部', [['市民部', 1, 2]]),
    system('子ども未来部', [['子ども未来部', 1, 2], ['恵山支所', 1, 1], ['南茅部支所', 1, 1]]),
    system('市民部', [['市民部', 4, 30], ['戸井支所', 1, 2], ['恵山支所', 1, 2], ['椴法華支所', 1, 2], ['南茅部支所', 1, 2]]),
  ];

  it('counts a department once for each system that it uses, and sums sections and terminals with 再掲', () => {
    expect(breakdownOf(managed, form)).toMatchObject({ systems: 5, grossDepartments: 11, grossSections: 17 });
    // By hand: 55 + 30 + 2 + (2 + 1 + 1) + (30 + 2 + 2 + 2 + 2) = 129.
    expect(breakdownOf(managed, form).terminals).toBe(129);
  });

  it('counts departments as they are: three that own, seven that use', () => {
    expect(breakdownOf(managed, form)).toMatchObject({ owners: 3, users: 7, departments: 7 });
    expect(breakdownOf([system('企画部', [['観光部', 1, 1]]), system('総務部', [])], form)).toMatchObject({ owners: 2, users: 1, departments: 3 });
  });

  it('shows what is not written apart, and adds up to the number of systems for every item', () => {
    const some = [
      system('a', [], { place: { choice: 'office' }, 'access-granting': { choice: 'other', text: 'USBの鍵' } }, 2), system('a', [], { place: { choice: 'office' } }, 1), system('b', [], { place: { choice: '' } }), system('b', [], { place: { choice: 'moon' } }),
    ];
    const { items, contracts } = breakdownOf(some, form);
    const place = items.find((one) => one.code === 'place')!;
    expect(place.options.map(({ label, count }) => [label, count])).toEqual([['本庁舎マシンルーム', 0], ['当市施設内マシンルーム', 0], ['外部委託業者等', 0], ['執務室内', 2]]);
    expect(place.blank).toBe(2);
    expect(items.find((one) => one.code === 'access-granting')).toMatchObject({ blank: 3, options: [{ count: 0 }, { count: 0 }, { label: 'その他', count: 1 }, { count: 0 }] });
    for (const { options, blank } of items) expect(options.reduce((sum, one) => sum + one.count, blank)).toBe(4);
    expect(contracts).toBe(3);
  });

  it('says of how many uses a number is not known', () => {
    expect(breakdownOf([system('a', [['a', null, 3], ['b', 2, null]])], form)).toMatchObject({ grossDepartments: 2, grossSections: 2, terminals: 3, withoutSections: 1, withoutTerminals: 1 });
  });

  it('of nothing is nothing', () => {
    expect(breakdownOf([], form)).toMatchObject({ systems: 0, owners: 0, grossDepartments: 0, grossSections: 0, terminals: 0, contracts: 0 });
  });
});
