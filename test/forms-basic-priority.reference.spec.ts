/**
 * 基礎項目評価書 (様式2, both versions) and 重点項目評価書 (様式3) against the list of their items, and their own soundness.
 * Where the list is absent the counts written here hold; they were counted in it
 * (`forms.kiso` and `forms.juten` of the reference: entries with the children of groups, by mark and certainty).
 */
import type { Condition, FormDefinition, Item } from '../src/engine/form.js';
import {
  allItems, loadForm, namedInCondition, placedItems, plainLabel, referenceEntries, referenceHeadings, referenceLabels,
  type PlacedItem, type ReferenceEntry, type ReferenceForm,
} from './forms-reference.js';

interface Case {
  name: string;
  file: string;
  reference: ReferenceForm;
  tag: string;
  validity: FormDefinition['validity'];
  sections: string[];
  /** Entries of the reference that this version asks. */
  asked: (entry: ReferenceEntry) => boolean;
  entries: number;
  certain: number;
  groups: string[];
}

const NEW_IN_2024 = ['IV.8n', 'IV.8', 'IV.8b', 'IV.11n', 'IV.11a', 'IV.11b', 'IV.11c'];

const CASES: Case[] = [
  {
    name: '基礎項目評価書 2024-10', file: 'basic/2024-10.yaml', reference: 'kiso', tag: '［令和6年10月　様式2］', validity: { from: '2024-10-01' },
    sections: ['', 'Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', ''], asked: () => true, entries: 49, certain: 13, groups: [],
  },
  {
    name: '基礎項目評価書 2019-01', file: 'basic/2019-01.yaml', reference: 'kiso', tag: '［平成31年1月　様式2］',
    validity: { from: '2019-01-01', until: '2024-10-01' }, sections: ['', 'Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', ''],
    asked: (entry) => !NEW_IN_2024.includes(entry.id), entries: 42, certain: 13, groups: [],
  },
  {
    // 112 entries, and the 8 children each of 提供先 and 移転先, which the list takes over from 様式4
    name: '重点項目評価書 2024-10', file: 'priority/2024-10.yaml', reference: 'juten', tag: '［令和6年10月　様式3］', validity: { from: '2024-10-01' },
    sections: ['', 'Ⅰ', 'Ⅱ', '（別添1）', 'Ⅲ', 'Ⅳ', 'Ⅴ', '（別添2）'], asked: () => true, entries: 112 + 16, certain: 42,
    groups: ['システム', '委託事項', '提供先', '移転先'],
  },
];

/** Items with ※ of 様式3; 様式2 has none. Ⅲ: all but the name, the boxes in headings and 7.②. */
const SIGNIFICANT = [
  'I.4', 'I.5.1', 'I.5.2', 'II.2.1', 'II.2.3', 'II.2.4m', 'II.3.1', 'II.3.3', 'II.4.0', 'II.4.n.4', 'II.6',
  'III.2a', 'III.2b', 'III.2o', 'III.3.r1a', 'III.3.r1b', 'III.3.r2a', 'III.3.r2b', 'III.3.r2c', 'III.3.r2d', 'III.3o',
  'III.4a', 'III.4b', 'III.4c', 'III.4d', 'III.4e', 'III.4f', 'III.4o', 'III.5a', 'III.5b', 'III.5c', 'III.5d', 'III.5o',
  'III.6.r1', 'III.6.r1b', 'III.6.r2', 'III.6.r2b', 'III.6o', 'III.7.1', 'III.7.3', 'III.7.4', 'III.7o', 'III.8', 'III.9', 'III.9b', 'III.10',
];

/** Sets of the reference for the option sets of the forms; where 様式2 differs from 様式3 both stand. */
const SETS: Record<string, Partial<Record<ReferenceForm, string>>> = {
  'people-band': { kiso: 'population_assess_kiso', juten: 'population_assess' },
  'handlers-band': { kiso: 'handlers_threshold', juten: 'handler_count' },
  'threshold-result': { kiso: 'kiso_result', juten: 'juten_result' },
  'document-kind': { kiso: 'doc_kind' }, 'priority-measure': { kiso: 'priority9' },
  'file-people-band': { juten: 'person_count' }, 'record-items-band': { juten: 'item_count' }, 'file-kind': { juten: 'file_kind' },
  'system-links': { juten: 'system_link' }, 'record-items': { juten: 'record_items' }, 'acquisition-source': { juten: 'source' },
  'acquisition-method': { juten: 'acquire_method' }, 'outsourcing-use': { juten: 'itaku' }, 'reoutsourcing-use': { juten: 'saiitaku' },
  'provision-transfer-use': { juten: 'provide_transfer' }, 'provision-method': { juten: 'provide_method' }, 'transfer-method': { juten: 'transfer_method' },
  'done-2': { juten: 'do2' }, 'defined-2': { juten: 'rule2' }, 'done-3-reoutsourcing': { juten: 'do3_re' },
  'network-use': { kiso: 'nws_use', juten: 'nws_use' }, incident: { kiso: 'incident_yesno', juten: 'incident_yesno' },
  adequacy: { kiso: 'sufficient3', juten: 'sufficient3' }, 'done-3': { kiso: 'do3', juten: 'do3' }, 'audit-kinds': { kiso: 'audit_kinds', juten: 'audit_kinds' },
  'submission-timing': { kiso: 'submit_timing', juten: 'submit_timing' },
};

/** Boxes that the reference writes into the label: `4.委託 [ ]委託しない`. */
const BOXES = ['article-9-2', 'no-outsourcing', 'no-provision-transfer', 'no-network-connection', 'no-manual-work', 'higher-assessment'];

/** Where the reference shortens a label of the printed form, or adds a word for its reader. */
const PRINTED_OTHERWISE: Record<ReferenceForm, Record<string, string>> = {
  kiso: { 'cover.form_tag': '様式表示', 'IV.6n': '接続しない' },
  juten: {
    'cover.form_tag': '様式表示', 'I.2': 'システム', A1: '記録項目', 'II.4': '委託事項', 'II.5p': '提供先', 'II.5t': '移転先',
    'II.5p.0': '提供先', 'II.5t.0': '移転先', 'III.6.none': '接続しない',
    'III.2a': 'リスクに対する措置の内容', 'III.3.r1a': 'リスクに対する措置の内容', 'III.6.r1': 'リスクに対する措置の内容', 'III.6.r2': 'リスクに対する措置の内容',
    'III.2o': '特定個人情報の入手(情報提供ネットワークシステムを通じた入手を除く。)におけるその他のリスク及びそのリスクに対する措置',
    'III.3o': '特定個人情報の使用におけるその他のリスク及びそのリスクに対する措置',
    'III.4o': '特定個人情報ファイルの取扱いの委託におけるその他のリスク及びそのリスクに対する措置',
    'III.5o': '特定個人情報の提供・移転(委託や情報提供ネットワークシステムを通じた提供を除く。)におけるその他のリスク及びそのリスクに対する措置',
    'III.6o': '情報提供ネットワークシステムとの接続に伴うその他のリスク及びそのリスクに対する措置',
    'III.7o': '特定個人情報の保管・消去におけるその他のリスク及びそのリスクに対する措置',
  },
  zenkoumoku: {},
};

/** Item kinds that answer a type of the reference. A text that is a period or a day takes the kind of 様式4. */
const KINDS: Record<string, Item['kind'][]> = {
  fixed: ['fixed'], text: ['text', 'long-text', 'text-list', 'computed', 'date-text', 'date-range'], text_list: ['computed'],
  date: ['date', 'date-text'], single: ['choice', 'computed'], 'single+count': ['choice'], checkbox: ['checks'], checkboxes: ['checks'],
  'checkboxes+counts': ['checks'], group: ['group'], numbered_list: ['record-list'], table: ['table'], computed: ['computed'],
};

const optionsOf = (item: Item): string | undefined => {
  if (item.kind === 'choice' || item.kind === 'checks') return item.options;
  return item.kind === 'computed' && item.compute.rule === 'threshold-result' ? item.compute.options : undefined;
};

/** Every code that an item names and that is not there, not in scope, or of the wrong kind. */
function faultsOf(form: FormDefinition, placed: PlacedItem[]): string[] {
  const byCode = new Map(placed.map((one) => [one.item.code, one]));
  const faults: string[] = [];
  for (const { item, groups } of placed) {
    const fault = (what: string): void => void faults.push(`${item.code}: ${what}`);
    const reach = (code: string, what: string): void => {
      const target = byCode.get(code);
      if (target === undefined) fault(`${what} ${code} does not exist`);
      else if (target.groups.some((group, depth) => groups[depth] !== group)) fault(`${what} ${code} is in another row`);
      if (code === item.code) fault(`${what} names itself`);
    };
    const group = (code: string, what: string): void => { if (byCode.get(code)?.item.kind !== 'group') fault(`${what} ${code} is no group`); };
    const option = (code: string, value: string, what: string): void => {
      const named = byCode.get(code)?.item;
      const set = named === undefined ? undefined : optionsOf(named);
      if (set === undefined || !form.optionSets[set]?.some((one) => one.code === value)) fault(`${what} ${code} has no option ${value}`);
    };
    const set = optionsOf(item);
    if (set !== undefined && form.optionSets[set] === undefined) fault(`no option set ${set}`);
    if (item.when !== undefined) {
      const named = namedInCondition(item.when as Condition);
      named.items.forEach((code) => reach(code, 'when'));
      named.groups.forEach((code) => group(code, 'when'));
      named.options.forEach(([code, value]) => option(code, value, 'when'));
    }
    if ('notBefore' in item && item.notBefore !== undefined) reach(item.notBefore, 'notBefore');
    if (item.kind === 'choice') {
      if (item.count !== undefined) { group(item.count.of, 'count'); option(item.code, item.count.whenChoice, 'count'); }
      if (item.bandOf !== undefined) reach(item.bandOf, 'bandOf');
      if (item.notAbove !== undefined) reach(item.notAbove, 'notAbove');
    }
    if (item.kind === 'choice' || item.kind === 'checks') {
      for (const one of form.optionSets[item.options] ?? []) if (one.counts !== undefined) group(one.counts, 'counts');
      for (const [mine, theirs] of item.agreesWith?.pairs ?? []) {
        reach(item.agreesWith!.item, 'agreesWith');
        option(item.code, mine, 'agreesWith');
        option(item.agreesWith!.item, theirs, 'agreesWith');
      }
    }
    if (item.kind === 'checks') for (const value of item.exclusive ?? []) option(item.code, value, 'exclusive');
    if (item.kind === 'group' && item.nameItem !== undefined && byCode.get(item.nameItem)?.groups.at(-1) !== item.code) fault('nameItem is not in its rows');
    if (item.kind === 'computed') {
      const compute = item.compute;
      if (compute.rule === 'names-of') group(compute.group, 'compute');
      if (compute.rule === 'copy-of') reach(compute.item, 'compute');
      if (compute.rule === 'threshold-result') Object.values(compute.inputs).forEach((code) => reach(code, 'compute'));
      if (compute.rule === 'copy-by-choice') {
        reach(compute.by, 'compute');
        for (const [value, code] of Object.entries(compute.items)) { option(compute.by, value, 'compute'); reach(code, 'compute'); }
      }
    }
  }
  return faults;
}

describe.each(CASES)('$name', (form_) => {
  const form = loadForm(form_.file);
  const placed = placedItems(form);
  const items = allItems(form);
  const withRef = items.filter((item) => item.ref !== undefined);
  const byRef = new Map(withRef.map((item) => [item.ref!, item]));

  it('is the form of its date', () => {
    expect([form.formTag, form.validity]).toEqual([form_.tag, form_.validity]);
    expect(form_.file).toBe(`${form.form}/${form.version}.yaml`);
    expect(items.find((item) => item.kind === 'fixed')).toMatchObject({ text: form_.tag });
  });

  it('has the sections of the printed form', () => {
    expect(form.sections.map((section) => section.number)).toEqual(form_.sections);
    const perFile = form_.reference === 'juten' ? ['Ⅱ', '（別添1）', 'Ⅲ'] : [];
    expect(form.sections.filter((section) => section.perRowOf === 'file').map((section) => section.number)).toEqual(perFile);
    expect(form.sections.filter((section) => section.significant).map((section) => section.number)).toEqual(form_.reference === 'juten' ? ['Ⅲ'] : []);
  });

  it('has as many items, ※ and groups as the list of the form', () => {
    expect(withRef).toHaveLength(form_.entries);
    expect(withRef.filter((item) => item.certainty === 'A')).toHaveLength(form_.certain);
    expect(withRef.filter((item) => item.certainty !== 'A' && item.certainty !== 'B')).toEqual([]);
    expect(items.filter((item) => item.significant).map((item) => item.ref)).toEqual(form_.reference === 'juten' ? SIGNIFICANT : []);
    const groups = items.filter((item) => item.kind === 'group' && item.items.length > 0);
    expect(groups.map((group) => group.kind === 'group' && group.unit)).toEqual(form_.groups);
    expect(items.filter((item) => item.ref === undefined).map((item) => item.code)).toEqual(form_.reference === 'juten' ? ['file'] : []);
  });

  it('has unique codes in words, and refs once', () => {
    expect(new Set(items.map((item) => item.code)).size).toBe(items.length);
    expect(byRef.size).toBe(withRef.length);
    const sets = Object.values(form.optionSets);
    for (const code of [...items, ...form.sections, ...sets.flat()].map((one) => one.code)) expect(code).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    for (const set of sets) expect(new Set(set.map((option) => option.code)).size).toBe(set.length);
  });

  it('uses every option set, and names only what exists and is in scope', () => {
    const columns = items.flatMap((item) => (item.kind === 'table' ? item.columns.flatMap((column) => column.options ?? []) : []));
    expect([...new Set([...items.flatMap((item) => optionsOf(item) ?? []), ...columns])].sort()).toEqual(Object.keys(form.optionSets).sort());
    expect(faultsOf(form, placed)).toEqual([]);
  });

  it('has bands without gap or overlap', () => {
    for (const [code, set] of Object.entries(form.optionSets).filter(([, options]) => options.some((option) => option.atLeast !== undefined))) {
      const bands = [...set].sort((a, b) => a.atLeast! - b.atLeast!);
      expect([code, bands[0]!.atLeast]).toEqual([code, 0]);
      bands.forEach((band, n) => expect([code, band.below]).toEqual([code, bands[n + 1]?.atLeast]));
    }
  });

  it('explains every item: what it asks for, an example, the usual mistake', () => {
    expect(items.filter((item) => !((item.help?.asks ?? '').length >= 12 && item.help?.example && item.help.mistake)).map((item) => item.code)).toEqual([]);
  });

  it('asks the same question under the same code as the full form', () => {
    const full = new Map(allItems(loadForm('full/2024-10.yaml')).map((item) => [item.code, item]));
    const bare = (label: string): string => plainLabel(label).replace(/^[\d①-⑳]+/u, '').replace(/^\d+/, '');
    const named = items.filter((item) => full.has(item.code) && bare(full.get(item.code)!.label) !== bare(item.label));
    // in 様式2 the band of people carries the whole question; 様式3 prints 担保 where 様式4 prints 確保
    expect(named.map((item) => item.code)).toEqual(form_.reference === 'kiso' ? ['people-band'] : ['outsourcing-risk-reoutsourcing']);
  });

  const entries = referenceEntries(form_.reference)?.filter(form_.asked);
  if (entries === undefined) return;

  it('has the entries of the list in its order, with its ※ and certainty', () => {
    const letters: Record<string, string> = { certain: 'A', 'fairly certain': 'B', uncertain: 'C' };
    expect(withRef.map((item) => [item.ref, item.certainty, item.significant === true]))
      .toEqual(entries.map((entry) => [entry.id, letters[entry.certainty], entry.important_change === true]));
  });

  it('prints the labels of the list', () => {
    const differing = entries.filter((entry) => {
      const label = plainLabel(byRef.get(entry.id)!.label);
      const expected = PRINTED_OTHERWISE[form_.reference][entry.id];
      return expected === undefined ? label === '' || !plainLabel(entry.label).endsWith(label) : label !== plainLabel(expected);
    });
    expect(differing.map((entry) => `${entry.id}: ${byRef.get(entry.id)!.label} / ${entry.label}`)).toEqual([]);
  });

  it('offers the options of the list under its headings in its order', () => {
    for (const [code, options] of Object.entries(form.optionSets).filter(([set]) => !BOXES.includes(set))) {
      const theirs = SETS[code]![form_.reference]!;
      const labels = referenceLabels(theirs)!;
      expect([code, options.map((option) => plainLabel(option.label))]).toEqual([code, labels.map(plainLabel)]);
      expect([code, options.map((option) => option.heading)]).toEqual([code, referenceHeadings(theirs)]);
      expect([code, options.map((option) => option.text === true)]).toEqual([code, labels.map((label) => /\(　\)$/.test(label))]);
      expect([code, options.map((option) => option.counts !== undefined)]).toEqual([code, labels.map((label) => /\(　\)件$/.test(label))]);
    }
  });

  it('gives each item the kind, the options and the parts of its entry', () => {
    for (const entry of entries) {
      const item = byRef.get(entry.id)!;
      expect(KINDS[entry.type]).toContain(item.kind);
      const theirs = entry.options ?? entry.labels;
      const mine = optionsOf(item);
      // 当該対策は十分か【再掲】 repeats the answer of another item and has no options of its own
      if (typeof theirs === 'string' && entry.id !== 'IV.11b') expect([entry.id, SETS[mine ?? '']?.[form_.reference]]).toEqual([entry.id, theirs]);
      if (Array.isArray(theirs)) expect(form.optionSets[mine!]!.map((option) => plainLabel(option.label))).toEqual(theirs.map(plainLabel));
      if (entry.type === 'checkbox') expect(form.optionSets[mine!]!.map((option) => option.label)).toEqual([item.label]);
      if (entry.show_if !== undefined) expect([entry.id, item.when !== undefined]).toEqual([entry.id, true]);
      if (item.kind === 'table') expect(item.columns.map((column) => column.label)).toEqual(entry.columns);
      if (item.kind === 'group') {
        expect(item.items.map((child) => child.ref)).toEqual(entry.children!.map((child) => child.id));
        expect([item.sheets!.main, item.sheets!.max, item.sheets!.over]).toEqual([entry.repeat!.main, entry.repeat!.max, entry.repeat!.over_max]);
        expect(item.sheets!.main + item.sheets!.each * entry.repeat!.overflow!.length).toBe(item.sheets!.max);
      }
    }
  });
});

describe('what depends on an answer', () => {
  const dependents = (file: string, box: string, option: string): string[] => allItems(loadForm(file))
    .filter((item) => item.when !== undefined && namedInCondition(item.when).options.some(([code, value]) => code === box && value === option))
    .map((item) => item.ref!);

  it.each([
    ['basic/2024-10.yaml', 'network-use', 'used', ['I.4.2']],
    ['basic/2024-10.yaml', 'article-9-2', 'applied', ['I.9b']],
    ['basic/2024-10.yaml', 'outsourcing-none', 'not-outsourced', ['IV.4']],
    ['basic/2024-10.yaml', 'provision-transfer-none', 'none', ['IV.5']],
    ['basic/2024-10.yaml', 'network-none', 'no-acquisition', ['IV.6a']],
    ['basic/2024-10.yaml', 'network-none', 'no-provision', ['IV.6b']],
    ['basic/2024-10.yaml', 'manual-work-none', 'none', ['IV.8', 'IV.8b']],
    ['basic/2024-10.yaml', 'higher-assessment', 'done', ['IV.11a', 'IV.11b', 'IV.11c']],
    ['priority/2024-10.yaml', 'network-use', 'used', ['I.5.2']],
    ['priority/2024-10.yaml', 'outsourcing-use', 'outsourced', ['II.4']],
    ['priority/2024-10.yaml', 'reoutsourcing-use', 'reoutsourced', ['II.4.n.5', 'II.4.n.6']],
    ['priority/2024-10.yaml', 'provision-transfer-use', 'provision', ['II.5p']],
    ['priority/2024-10.yaml', 'provision-transfer-use', 'transfer', ['II.5t']],
    ['priority/2024-10.yaml', 'outsourcing-none', 'not-outsourced', ['III.4a', 'III.4b', 'III.4c', 'III.4d', 'III.4e', 'III.4f', 'III.4o']],
    ['priority/2024-10.yaml', 'outsourcing-risk-reoutsourcing', 'not-reoutsourced', ['III.4d']],
    ['priority/2024-10.yaml', 'provision-transfer-none', 'none', ['III.5a', 'III.5b', 'III.5c', 'III.5d', 'III.5o']],
    ['priority/2024-10.yaml', 'network-none', 'no-acquisition', ['III.6.r1', 'III.6.r1b', 'III.6o']],
    ['priority/2024-10.yaml', 'network-none', 'no-provision', ['III.6.r2', 'III.6.r2b', 'III.6o']],
    ['priority/2024-10.yaml', 'serious-incident', 'yes', ['III.7.2b', 'III.7.2c']],
  ])('%s: %s %s', (file, box, option, refs) => {
    expect(dependents(file, box, option)).toEqual(refs);
  });
});

describe('what must agree', () => {
  const basic = new Map(allItems(loadForm('basic/2024-10.yaml')).map((item) => [item.ref!, item]));
  const older = new Map(allItems(loadForm('basic/2019-01.yaml')).map((item) => [item.ref!, item]));
  const priority = new Map(allItems(loadForm('priority/2024-10.yaml')).map((item) => [item.ref!, item]));

  it('様式2: the measure of the highest priority repeats the answer given for it', () => {
    const repeated = basic.get('IV.11b');
    const items = repeated?.kind === 'computed' && repeated.compute.rule === 'copy-by-choice' ? Object.values(repeated.compute.items) : [];
    const codes = ['IV.2', 'IV.3a', 'IV.3b', 'IV.4', 'IV.5', 'IV.6a', 'IV.6b', 'IV.7', 'IV.10'].map((ref) => basic.get(ref)!.code);
    expect(items).toEqual(codes);
  });

  it('様式2: the judgement is computed from the three answers of Ⅱ, which the threshold questions fill', () => {
    expect(['II.1', 'II.1b', 'II.2', 'II.2b', 'II.3'].map((ref) => basic.get(ref)!.prefilledBy)).toEqual(['people', 'people-date', 'handlers', 'handlers-date', 'incident']);
    const questions = allItems(loadForm('threshold/2024-10.yaml')).map((item) => item.code);
    for (const item of [...basic.values(), ...priority.values()]) if (item.prefilledBy !== undefined) expect(questions).toContain(item.prefilledBy);
    expect(basic.get('III')).toMatchObject({ compute: { inputs: { people: basic.get('II.1')!.code, handlers: basic.get('II.2')!.code, incident: basic.get('II.3')!.code } } });
  });

  it('様式2: both versions ask what they share under the same code; 令和6年10月 adds seven items', () => {
    expect([...basic.values()].filter((item) => item.since !== undefined).map((item) => [item.ref, item.since])).toEqual(NEW_IN_2024.map((ref) => [ref, '令和6年10月様式']));
    expect([...older.values()].filter((item) => item.since !== undefined)).toEqual([]);
    for (const [ref, item] of older) expect([ref, basic.get(ref)?.code, basic.get(ref)?.kind]).toEqual([ref, item.code, item.kind]);
  });

  it('様式2: 監査 and 教育 are 8 and 9 before 令和6年10月, 9 and 10 since', () => {
    const headings = (file: string): (string | undefined)[] => loadForm(file).sections.find((section) => section.number === 'Ⅳ')!.blocks.map((block) => block.heading?.replace(/．.*/, ''));
    expect(headings('basic/2024-10.yaml')).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
    expect(headings('basic/2019-01.yaml')).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('様式3: counts, bands and boxes name what they must agree with', () => {
    expect(priority.get('II.4.0')).toMatchObject({ count: { of: 'outsourcing', unit: '件', whenChoice: 'outsourced' } });
    expect(priority.get('II.2.4')).toMatchObject({ bandOf: 'record-list' });
    expect([...priority.values()].filter((item) => item.kind === 'choice' && item.notAbove === 'file-people-band').map((item) => item.ref)).toEqual(['II.5p.4', 'II.5t.4']);
    expect(priority.get('III.4.none')).toMatchObject({ agreesWith: { item: 'outsourcing-use', pairs: [['not-outsourced', 'not-outsourced']] } });
    expect(new Set(['III.9b', 'III.3.r2b', 'III.7.2b', 'III.7.2c', 'III.2a'].map((ref) => priority.get(ref)!.asks)).size).toBe(5);
  });
});
