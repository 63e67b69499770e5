/**
 * The full assessment (様式4) against the list of its items, and its own soundness.
 * Where the list is absent the counts written here hold; they were counted in it
 * (`forms.zenkoumoku` of the reference: entries with the children of groups, by type and mark).
 */
import type { Condition, Item } from '../src/engine/form.js';
import {
  allItems, loadForm, namedInCondition, placedItems, plainLabel, referenceEntries, referenceHeadings, referenceLabels,
  type ReferenceEntry,
} from './forms-reference.js';

const form = loadForm('full/2024-10.yaml');
const placed = placedItems(form);
const items = allItems(form);
const byCode = new Map(items.map((item) => [item.code, item]));
const withRef = items.filter((item) => item.ref !== undefined);
const byRef = new Map(withRef.map((item) => [item.ref!, item]));
const entries = referenceEntries('zenkoumoku');

/** Counted in the reference list. */
const COUNTS = { entries: 226, significant: 122, groups: 4, A: 201, B: 25, C: 0 };
/** 33 sets that the entries name, with 144 options; the boxes in the headings of Ⅲ4, Ⅲ5 and Ⅲ6 add 1 + 1 + 2. */
const OPTIONS = { sets: 33 + 3, options: 144 + 4 };

/** Option set or checkbox set of the reference for each option set of the form; the three boxes in headings have no set there. */
const SETS: Record<string, string> = {
  'people-band': 'population_assess', 'file-people-band': 'person_count', 'record-items-band': 'item_count',
  'handlers-band': 'handler_count', 'network-use': 'nws_use', 'file-kind': 'file_kind', 'outsourcing-use': 'itaku',
  'reoutsourcing-use': 'saiitaku', 'file-scope': 'file_scope', 'provision-transfer-use': 'provide_transfer',
  'retention-period': 'retention', 'system-links': 'system_link', 'record-items': 'record_items',
  'acquisition-source': 'source', 'acquisition-method': 'acquire_method', 'outsourcing-method': 'itaku_method',
  'provision-method': 'provide_method', 'transfer-method': 'transfer_method', adequacy: 'sufficient3',
  'done-2': 'do2', 'recorded-2': 'record2', 'defined-2': 'rule2', 'limited-2': 'limit2', 'done-3': 'do3',
  'done-3-reoutsourcing': 'do3_re', 'complied-4': 'nisc4', 'established-3': 'seibi3', 'informed-3': 'shuchi3',
  'kept-2': 'hokan2', incident: 'incident_yesno', fee: 'fee2', 'threshold-result': 'zen_result', 'submission-timing': 'submit_timing',
};

/** Where the reference shortens a label of the printed form, or adds a word for its reader. */
const PRINTED_OTHERWISE: Record<string, string> = {
  'cover.form_tag': '様式表示', 'A1.fig': '事務の内容', A2: '記録項目', 'I.2': 'システム', 'II.4': '委託事項', 'II.5p': '提供先', 'II.5t': '移転先',
  'II.4.n.0': '委託事項', 'II.5p.0': '提供先', 'II.5t.0': '移転先', 'III.6.none': '接続しない',
  'III.2.other': '特定個人情報の入手(情報提供ネットワークシステムを通じた入手を除く。)におけるその他のリスク及びそのリスクに対する措置',
  'III.3.other': '特定個人情報の使用におけるその他のリスク及びそのリスクに対する措置',
  'III.4.other': '特定個人情報ファイルの取扱いの委託におけるその他のリスク及びそのリスクに対する措置',
  'III.5.other': '特定個人情報の提供・移転(委託や情報提供ネットワークシステムを通じた提供を除く。)におけるその他のリスク及びそのリスクに対する措置',
  'III.7.other': '特定個人情報の保管・消去におけるその他のリスク及びそのリスクに対する措置',
};

/** Item kinds that answer a type of the reference. */
const KINDS: Record<string, Item['kind'][]> = {
  fixed: ['fixed'], text: ['text', 'long-text', 'computed'], text_list: ['computed'], date: ['date', 'date-text'], date_text: ['date-text'],
  date_range: ['date-range'], single: ['choice'], 'single+count': ['choice'], 'single+text': ['choice'], checkbox: ['checks'],
  checkboxes: ['checks'], 'checkboxes+counts': ['checks'], group: ['group'], figure: ['figures'], numbered_list: ['record-list'], table: ['table'],
};

function optionsOf(item: Item): string | undefined {
  return item.kind === 'choice' || item.kind === 'checks' ? item.options : undefined;
}

describe('全項目評価書 2024-10', () => {
  it('is 様式4 of October 2024', () => {
    expect([form.form, form.version, form.formTag, form.validity.from]).toEqual(['full', '2024-10', '［令和6年10月　様式4］', '2024-10-01']);
  });

  it('has the sections of the printed form, Ⅱ, 別添2 and Ⅲ once per file', () => {
    expect(form.sections.map((s) => s.number)).toEqual(['', 'Ⅰ', '（別添1）', 'Ⅱ', '（別添2）', 'Ⅲ', 'Ⅳ', 'Ⅴ', 'Ⅵ', '（別添3）']);
    expect(form.sections.filter((s) => s.perRowOf === 'file').map((s) => s.number)).toEqual(['Ⅱ', '（別添2）', 'Ⅲ']);
    expect(form.sections.filter((s) => s.significant).map((s) => s.number)).toEqual(['Ⅲ', 'Ⅳ']);
  });

  it('has as many items, ※ and groups as the list of the form', () => {
    const of = (certainty: string): number => withRef.filter((item) => item.certainty === certainty).length;
    expect({
      entries: withRef.length, significant: items.filter((item) => item.significant).length,
      groups: withRef.filter((item) => item.kind === 'group').length, A: of('A'), B: of('B'), C: of('C'),
    }).toEqual(COUNTS);
    const sets = Object.values(form.optionSets);
    expect({ sets: sets.length, options: sets.flat().length }).toEqual(OPTIONS);
    expect(items.filter((item) => item.ref === undefined).map((item) => item.code)).toEqual(['file']);
  });

  it('repeats systems, outsourcings, provisions and transfers on sheets of five up to twenty', () => {
    const groups = items.filter((item) => item.kind === 'group' && item.items.length > 0);
    expect(groups.map((g) => g.kind === 'group' && [g.unit, g.sheets])).toEqual([
      ['システム', { main: 5, each: 5, max: 20, over: '別紙' }],
      ['委託事項', { main: 5, each: 5, max: 20 }],
      ['提供先', { main: 5, each: 5, max: 20, over: '別紙' }],
      ['移転先', { main: 5, each: 5, max: 20, over: '別紙' }],
    ]);
  });

  it('has unique codes and refs in words', () => {
    expect(byCode.size).toBe(items.length);
    expect(byRef.size).toBe(withRef.length);
    const blocks = form.sections.map((s) => s.code);
    const options = Object.values(form.optionSets).flat().map((o) => o.code);
    for (const code of [...byCode.keys(), ...blocks, ...options, ...Object.keys(form.optionSets)]) expect(code).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    for (const set of Object.values(form.optionSets)) expect(new Set(set.map((o) => o.code)).size).toBe(set.length);
    for (const section of form.sections) {
      expect(new Set(section.blocks.map((b) => b.code)).size).toBe(section.blocks.length);
    }
  });

  it('uses every option set, and only those that exist', () => {
    const used = new Set<string>();
    for (const item of items) {
      const set = optionsOf(item);
      if (set !== undefined) used.add(set);
      if (item.kind === 'table') for (const column of item.columns) if (column.options !== undefined) used.add(column.options);
    }
    expect([...used].sort()).toEqual(Object.keys(form.optionSets).sort());
  });

  it('names only items, groups and options that exist and are in scope', () => {
    const groupsOf = new Map(placed.map((p) => [p.item.code, p.groups]));
    const faults: string[] = [];
    const kindOf = (code: string): string | undefined => byCode.get(code)?.kind;
    const hasOption = (code: string, option: string): boolean => {
      const set = byCode.get(code) && optionsOf(byCode.get(code)!);
      return set !== undefined && form.optionSets[set]!.some((o) => o.code === option);
    };
    for (const { item, groups } of placed) {
      const reach = (code: string, what: string): void => {
        const target = groupsOf.get(code);
        if (target === undefined) faults.push(`${item.code}: ${what} ${code} does not exist`);
        else if (target.some((group, depth) => groups[depth] !== group)) faults.push(`${item.code}: ${what} ${code} is in another row`);
        if (code === item.code) faults.push(`${item.code}: ${what} names itself`);
      };
      const group = (code: string, what: string): void => { if (kindOf(code) !== 'group') faults.push(`${item.code}: ${what} ${code} is no group`); };
      const option = (code: string, value: string, what: string): void => { if (!hasOption(code, value)) faults.push(`${item.code}: ${what} ${code} has no option ${value}`); };
      if (item.when !== undefined) {
        const named = namedInCondition(item.when as Condition);
        named.items.forEach((code) => reach(code, 'when'));
        named.groups.forEach((code) => group(code, 'when'));
        named.options.forEach(([code, value]) => option(code, value, 'when'));
      }
      if ((item.kind === 'date' || item.kind === 'date-text' || item.kind === 'date-range') && item.notBefore !== undefined) {
        reach(item.notBefore, 'notBefore');
        if (!['date', 'date-text', 'date-range'].includes(kindOf(item.notBefore) ?? '')) faults.push(`${item.code}: notBefore ${item.notBefore} is no date`);
      }
      if (item.kind === 'date-range' && item.minDays !== undefined) reach(item.minDays.unless, 'minDays');
      if (item.kind === 'choice') {
        if (item.count !== undefined) { group(item.count.of, 'count'); option(item.code, item.count.whenChoice, 'count'); }
        if (item.bandOf !== undefined) reach(item.bandOf, 'bandOf');
        if (item.notAbove !== undefined) {
          reach(item.notAbove, 'notAbove');
          const unbanded = [item.code, item.notAbove].filter((code) => !form.optionSets[optionsOf(byCode.get(code)!)!]!.every((o) => o.atLeast !== undefined));
          faults.push(...unbanded.map((code) => `${item.code}: ${code} has no bands`));
        }
      }
      if (item.kind === 'choice' || item.kind === 'checks') {
        for (const o of form.optionSets[item.options] ?? []) if (o.counts !== undefined) group(o.counts, 'counts');
        for (const [mine, theirs] of item.agreesWith?.pairs ?? []) {
          reach(item.agreesWith!.item, 'agreesWith');
          option(item.code, mine, 'agreesWith');
          option(item.agreesWith!.item, theirs, 'agreesWith');
        }
      }
      if (item.kind === 'checks') for (const value of item.exclusive ?? []) option(item.code, value, 'exclusive');
      if (item.kind === 'group' && item.nameItem !== undefined && groupsOf.get(item.nameItem)?.at(-1) !== item.code) faults.push(`${item.code}: nameItem ${item.nameItem} is not in its rows`);
      if (item.kind === 'computed') {
        if (item.compute.rule === 'names-of') group(item.compute.group, 'compute');
        if (item.compute.rule === 'copy-of') reach(item.compute.item, 'compute');
      }
    }
    expect(faults).toEqual([]);
  });

  it('has bands without gap or overlap', () => {
    for (const set of ['people-band', 'file-people-band', 'record-items-band', 'handlers-band']) {
      const bands = form.optionSets[set]!;
      expect(bands[0]!.atLeast).toBe(0);
      bands.forEach((band, n) => expect(band.below).toBe(bands[n + 1]?.atLeast));
    }
  });

  it('explains every item in its own words: what it asks for, and the usual mistake', () => {
    const poor = items.filter((item) => !item.help?.asks || item.help.asks.length < 12 || !item.help.mistake).map((item) => item.code);
    expect(poor).toEqual([]);
    for (const part of ['asks', 'mistake'] as const) {
      const texts = items.map((item) => item.help![part]);
      expect(texts.filter((text, n) => texts.indexOf(text) !== n)).toEqual([]);
    }
    expect(items.filter((item) => item.help!.example === undefined).map((item) => item.code)).toEqual([
      'form-tag', 'commission-approval-date', 'file-names', 'all-record-items', 'file-name-again', 'outsourcing-none',
      'provision-transfer-none', 'commission-submission-date', 'commission-review',
    ]);
  });

  it('knows which answers must agree', () => {
    expect(byCode.get('outsourcing-use')).toMatchObject({ count: { of: 'outsourcing', unit: '件', whenChoice: 'outsourced' } });
    expect(form.optionSets['provision-transfer-use']!.map((o) => o.counts)).toEqual(['provision', 'transfer', undefined]);
    expect(byCode.get('record-items-band')).toMatchObject({ bandOf: 'record-list' });
    expect(items.filter((item) => item.kind === 'choice' && item.notAbove === 'file-people-band').map((item) => item.ref)).toEqual(['II.4.n.2a', 'II.5p.4', 'II.5t.4']);
    expect(byCode.get('outsourcing-none')).toMatchObject({ agreesWith: { item: 'outsourcing-use', pairs: [['not-outsourced', 'not-outsourced']] } });
    // 指針第5の3: at least 30 days, or the reason stands in Ⅵ2③
    expect(byCode.get('public-consultation-period')).toMatchObject({ minDays: { days: 30, unless: 'public-consultation-shortening-reason' } });
    expect(byRef.get('VI.3.1')).toMatchObject({ notBefore: 'public-consultation-period' });
    // every question リスクへの対策は十分か, and nothing else, says how well a risk is covered
    expect(items.filter((item) => item.kind === 'choice' && item.adequacy).map((item) => item.code))
      .toEqual(items.filter((item) => item.label === 'リスクへの対策は十分か').map((item) => item.code));
  });

  it('takes one topic for texts that may repeat and different ones where a repeat is a paste error', () => {
    const topics = ['IV.1.1b', 'IV.1.2b', 'IV.2b', 'III.7.r1.5b', 'III.7.r1.6b', 'III.2.r1a'].map((ref) => byRef.get(ref)!.asks);
    expect(new Set(topics).size).toBe(6);
    expect(byRef.get('III.3.r3a')!.asks).toBe(byRef.get('III.2.r1a')!.asks);
    expect([...new Set(['I.7.1', 'II.2.6', 'II.3.7a'].map((ref) => byRef.get(ref)!.asks))]).toEqual(['departments']);
  });

  it('asks what depends on an answer only then', () => {
    const whenOf = (code: string): Condition | undefined => byCode.get(code)!.when;
    expect(whenOf('network-legal-basis')).toEqual({ item: 'network-use', is: 'used' });
    expect(whenOf('outsourcing')).toEqual({ item: 'outsourcing-use', is: 'outsourced' });
    expect(whenOf('reoutsourcing-permission')).toEqual({ item: 'reoutsourcing-use', is: 'reoutsourced' });
    expect(whenOf('reoutsourcing-content')).toEqual({ item: 'reoutsourcing-use', is: 'reoutsourced' });
    expect(whenOf('provision')).toEqual({ item: 'provision-transfer-use', includes: 'provision' });
    expect(whenOf('transfer')).toEqual({ item: 'provision-transfer-use', includes: 'transfer' });
    expect(whenOf('serious-incident-content')).toEqual({ item: 'serious-incident', is: 'yes' });
    expect(whenOf('serious-incident-prevention')).toEqual({ item: 'serious-incident', is: 'yes' });
    expect(whenOf('retention-risk1-deceased-numbers-method')).toEqual({ item: 'retention-risk1-deceased-numbers', is: 'kept' });
    const dependsOn = (flag: string, option: string): string[] =>
      items.filter((item) => item.when !== undefined && namedInCondition(item.when).options.some(([i, o]) => i === flag && o === option)).map((item) => item.ref!);
    const refsIn = (pattern: RegExp): string[] => withRef.map((item) => item.ref!).filter((ref) => pattern.test(ref) && !ref.endsWith('.none'));
    expect(dependsOn('outsourcing-none', 'not-outsourced')).toEqual(refsIn(/^III\.4\./));
    expect(dependsOn('provision-transfer-none', 'none')).toEqual(refsIn(/^III\.5\./));
    expect(dependsOn('network-none', 'no-acquisition')).toEqual(refsIn(/^III\.6\.(r[1-4]|other)/));
    expect(dependsOn('network-none', 'no-provision')).toEqual(refsIn(/^III\.6\.(r[5-7]|other)/));
  });
});

if (entries !== null) describe('全項目評価書 against the list of the form', () => {
  const list: ReferenceEntry[] = entries;

  it('has the same entries in the same order', () => {
    expect(withRef.map((item) => item.ref)).toEqual(list.map((entry) => entry.id));
    expect(list.length).toBe(COUNTS.entries);
  });

  it('marks the same items with ※', () => {
    expect(items.filter((item) => item.significant).map((item) => item.ref)).toEqual(list.filter((entry) => entry.important_change).map((entry) => entry.id));
  });

  it('prints the same labels', () => {
    const differing = list.filter((entry) => {
      const label = plainLabel(byRef.get(entry.id)!.label);
      const expected = PRINTED_OTHERWISE[entry.id];
      return expected === undefined ? !plainLabel(entry.label).endsWith(label) || label === '' : label !== expected;
    });
    expect(differing.map((entry) => `${entry.id}: ${byRef.get(entry.id)!.label} / ${entry.label}`)).toEqual([]);
  });

  it('offers the same options under the same headings in the same order', () => {
    for (const [set, theirs] of Object.entries(SETS)) {
      const options = form.optionSets[set]!;
      const labels = referenceLabels(theirs)!;
      expect([set, options.map((o) => plainLabel(o.label))]).toEqual([set, labels.map(plainLabel)]);
      expect([set, options.map((o) => o.heading)]).toEqual([set, referenceHeadings(theirs)]);
      expect([set, options.map((o) => o.text === true)]).toEqual([set, labels.map((l) => /\(　\)$/.test(l))]);
      expect([set, options.map((o) => o.counts !== undefined)]).toEqual([set, labels.map((l) => /\(　\)件$/.test(l))]);
    }
    expect(Object.keys(form.optionSets).filter((set) => SETS[set] === undefined)).toEqual(['no-outsourcing', 'no-provision-transfer', 'no-network-connection']);
  });

  it('gives each item the kind and the option set of its entry', () => {
    const faults: string[] = [];
    for (const entry of list) {
      const item = byRef.get(entry.id)!;
      if (!KINDS[entry.type]!.includes(item.kind)) faults.push(`${entry.id}: ${item.kind} for ${entry.type}`);
      const set = entry.options ?? entry.labels;
      if (typeof set === 'string' && SETS[optionsOf(item) ?? ''] !== set) faults.push(`${entry.id}: ${optionsOf(item)} for ${set}`);
      if (Array.isArray(set)) {
        const mine = form.optionSets[optionsOf(item)!]!.map((o) => plainLabel(o.label));
        if (mine.join() !== set.map(plainLabel).join()) faults.push(`${entry.id}: ${mine.join()}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('has the children, sheets, conditions, columns and certainty of the list', () => {
    const letters: Record<string, string> = { certain: 'A', 'fairly certain': 'B', uncertain: 'C' };
    for (const entry of list) {
      const item = byRef.get(entry.id)!;
      expect([entry.id, item.certainty]).toEqual([entry.id, letters[entry.certainty]]);
      if (entry.show_if !== undefined) expect([entry.id, item.when !== undefined]).toEqual([entry.id, true]);
      if (item.kind === 'group') {
        expect(item.items.map((child) => child.ref)).toEqual(entry.children!.map((child) => child.id));
        expect([item.sheets!.main, item.sheets!.max, item.sheets!.over]).toEqual([entry.repeat!.main, entry.repeat!.max, entry.repeat!.over_max]);
        expect(item.sheets!.main + item.sheets!.each * entry.repeat!.overflow!.length).toBe(item.sheets!.max);
      }
      if (item.kind === 'table') expect(item.columns.map((column) => column.label)).toEqual(entry.columns);
    }
  });
});
