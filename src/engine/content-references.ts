/** References of a form that lead nowhere, codes used twice, and bands that overlap or leave gaps. */
import { conditionProblems, optionSetOf } from './content-conditions.js';
import { zeroNote } from './fact-catalogue.js';
import { chainOf, groupsAround, groupsOf, walkItems } from './form-index.js';
import type { Code, ComputedItem, FormDefinition, GroupItem, Item, NumberItem, SumTerm, TableItem } from './form.js';

interface Found { path: string; reason: string }

export function referenceProblems(form: FormDefinition): Found[] {
  const problems: Found[] = [];
  const kinds = new Map<Code, Item>();
  for (const { item, path } of walkItems(form)) {
    if (kinds.has(item.code)) problems.push({ path, reason: `項目の符号「${item.code}」が2度使われています。別の符号にしてください。` });
    kinds.set(item.code, item);
  }
  doubles(form.sections.map((one) => one.code), '/sections', '章', problems);
  doubles(form.sections.flatMap((one) => one.blocks.map((block) => block.code)), '/sections', '欄', problems);
  doubles(form.sections.flatMap((one) => one.blocks.flatMap((block) => (block.parts ?? []).map((part) => part.code))), '/sections', '小見出し', problems);
  for (const [set, options] of Object.entries(form.optionSets)) {
    doubles(options.map((option) => option.code), `/optionSets/${set}`, '選択肢', problems);
    options.forEach((option, n) => {
      if (option.counts !== undefined && kinds.get(option.counts)?.kind !== 'group') problems.push({ path: `/optionSets/${set}/${n}/counts`, reason: `「${option.counts}」という行の集まり（group）はありません。` });
    });
  }
  form.sections.forEach((section, n) => {
    if (section.perRowOf !== undefined && kinds.get(section.perRowOf)?.kind !== 'group') problems.push({ path: `/sections/${n}/perRowOf`, reason: `「${section.perRowOf}」という行の集まり（group）はありません。` });
  });
  if (problems.length > 0) return problems;
  const places = groupsOf(form);
  for (const group of places.keys()) {
    try {
      chainOf(group, places);
    } catch {
      return [{ path: '/sections', reason: `行の集まり「${group}」が自分自身の中に置かれています。置く場所を変えてください。` }];
    }
  }
  const around = groupsAround(form);
  for (const { item, path } of walkItems(form)) problems.push(...itemProblems(form, item, `${path}（${item.code}）`, kinds, around));
  return problems.length > 0 ? problems : conditionProblems(form, kinds, around);
}

function itemProblems(form: FormDefinition, item: Item, path: string, kinds: ReadonlyMap<Code, Item>, around: ReadonlyMap<Code, readonly Code[]>): Found[] {
  const problems: Found[] = [];
  const wants = (code: Code | undefined, field: string, fits: (kind: Item) => boolean, what: string): void => {
    if (code === undefined) return;
    const found = kinds.get(code);
    if (!found || !fits(found)) problems.push({ path: `${path}/${field}`, reason: found ? `「${code}」は${what}ではありません。` : `「${code}」という${what}はありません。` });
  };
  const any = (): boolean => true;
  const group = (one: Item): boolean => one.kind === 'group';
  const optionsOf = (set: Code): Set<Code> | null => (Object.hasOwn(form.optionSets, set) ? new Set(form.optionSets[set]!.map((option) => option.code)) : null);
  const hasOptions = (set: Code, field: string): Set<Code> => {
    const options = optionsOf(set);
    if (!options) problems.push({ path: `${path}/${field}`, reason: `「${set}」という選択肢の組はありません。` });
    return options ?? new Set();
  };
  const isOption = (options: ReadonlySet<Code>, code: Code | undefined, field: string): void => {
    if (code !== undefined && options.size > 0 && !options.has(code)) problems.push({ path: `${path}/${field}`, reason: `「${code}」という選択肢はありません。` });
  };
  const agrees = (mine: ReadonlySet<Code>, pact: { item: Code; pairs: [Code, Code][] } | undefined): void => {
    if (!pact) return;
    wants(pact.item, 'agreesWith/item', (one) => one.kind === 'choice' || one.kind === 'checks' || one.kind === 'computed', '選択の項目');
    const other = kinds.get(pact.item);
    const set = optionSetOf(other);
    const theirs = set === undefined ? new Set<Code>() : (optionsOf(set) ?? new Set<Code>());
    pact.pairs.forEach(([m, t], n) => {
      isOption(mine, m, `agreesWith/pairs/${n}/0`);
      isOption(theirs, t, `agreesWith/pairs/${n}/1`);
    });
  };
  if ('notBefore' in item) wants(item.notBefore, 'notBefore', (one) => one.kind === 'date' || one.kind === 'date-text' || one.kind === 'date-range', '日付の項目');
  switch (item.kind) {
    case 'choice': {
      const options = hasOptions(item.options, 'options');
      wants(item.count?.of, 'count/of', group, '行の集まり（group）');
      isOption(options, item.count?.whenChoice, 'count/whenChoice');
      isOption(options, item.text?.whenChoice, 'text/whenChoice');
      wants(item.bandOf, 'bandOf', (one) => one.kind === 'record-list' || one.kind === 'group' || one.kind === 'number', '数えられる項目');
      wants(item.notAbove, 'notAbove', (one) => one.kind === 'choice', '単一選択の項目');
      agrees(options, item.agreesWith);
      break;
    }
    case 'checks': {
      const options = hasOptions(item.options, 'options');
      item.exclusive?.forEach((code, n) => isOption(options, code, `exclusive/${n}`));
      agrees(options, item.agreesWith);
      break;
    }
    case 'date-range': wants(item.minDays?.unless, 'minDays/unless', any, '項目'); break;
    case 'table': tableProblems(item, path, problems, hasOptions); break;
    case 'group':
      wants(item.nameItem, 'nameItem', (one) => one.kind === 'text' || one.kind === 'long-text', '文字の項目');
      groupProblems(item, path, problems, around);
      break;
    case 'computed': computedProblems(item, { wants, hasOptions, isOption, optionsOfItem: (code) => optionSetOf(kinds.get(code)) }); break;
    case 'number': problems.push(...numberProblems(item).map((reason) => ({ path, reason }))); break;
    default:
  }
  return problems;
}

function numberProblems({ label, min, max, zero }: NumberItem): string[] {
  const note = zero === undefined ? '' : zeroNote(zero);
  return [
    ...(min !== undefined && max !== undefined && min > max ? ['「min」が「max」を超えています。'] : []),
    ...(label.endsWith(note) ? [] : [`0の意味を「zero」に書いた項目の「label」は、「${note}」で終えてください。`]),
    ...(zero !== undefined && (min ?? 0) > 0 ? ['「min」が0より大きいので、0の意味（zero）は要りません。どちらかを改めてください。'] : []),
  ];
}

function groupProblems({ code, nameItem, sheets }: GroupItem, path: string, problems: Found[], around: ReadonlyMap<Code, readonly Code[]>): void {
  const holders = nameItem === undefined ? undefined : around.get(nameItem);
  if (holders !== undefined && holders.at(-1) !== code) problems.push({ path: `${path}/nameItem`, reason: `「${nameItem!}」は「${code}」の行の中の項目ではありません。` });
  if (sheets && sheets.main > sheets.max) problems.push({ path: `${path}/sheets`, reason: '「main」が「max」を超えています。' });
}

function tableProblems({ columns }: TableItem, path: string, problems: Found[], hasOptions: (set: Code, field: string) => unknown): void {
  doubles(columns.map((column) => column.code), `${path}/columns`, '列', problems);
  columns.forEach((column, n) => {
    if (column.kind === 'choice' && column.options === undefined) problems.push({ path: `${path}/columns/${n}`, reason: '選択の列には「options」が要ります。' });
    if (column.options !== undefined) hasOptions(column.options, `columns/${n}/options`);
  });
}

interface Wanting {
  wants(code: Code, field: string, fits: (kind: Item) => boolean, what: string): void;
  hasOptions(set: Code, field: string): Set<Code>;
  isOption(options: ReadonlySet<Code>, code: Code, field: string): void;
  optionsOfItem(code: Code): Code | undefined;
}

function computedProblems({ compute }: ComputedItem, { wants, hasOptions, isOption, optionsOfItem }: Wanting): void {
  const any = (): boolean => true;
  switch (compute.rule) {
    case 'threshold-result':
      hasOptions(compute.options, 'compute/options');
      for (const [name, code] of Object.entries(compute.inputs)) wants(code, `compute/inputs/${name}`, any, '項目');
      return;
    case 'names-of': return wants(compute.group, 'compute/group', (one) => one.kind === 'group', '行の集まり（group）');
    case 'copy-of': return wants(compute.item, 'compute/item', any, '項目');
    case 'copy-by-choice': {
      wants(compute.by, 'compute/by', (one) => one.kind === 'choice', '単一選択の項目');
      const set = optionsOfItem(compute.by);
      const options = set === undefined ? new Set<Code>() : hasOptions(set, 'compute/by');
      for (const [choice, code] of Object.entries(compute.items)) {
        isOption(options, choice, `compute/items/${choice}`);
        wants(code, `compute/items/${choice}`, any, '項目');
      }
      return;
    }
    case 'sum-of': return compute.of.forEach((term, n) => sumTerm(term, `compute/of/${n}`, wants));
  }
}

function sumTerm(term: SumTerm, field: string, wants: Wanting['wants']): void {
  if ('item' in term) return wants(term.item, field, (one) => one.kind === 'number' || (one.kind === 'computed' && one.compute.rule === 'sum-of'), '数の項目');
  if ('rowsOf' in term) return wants(term.rowsOf, field, (one) => one.kind === 'group' || one.kind === 'table' || one.kind === 'record-list' || one.kind === 'text-list', '行のある項目');
  return wants(term.table, field, (one) => one.kind === 'table' && one.columns.some((column) => column.code === term.column && column.kind === 'number'), `数の列「${term.column}」のある表`);
}

function doubles(codes: readonly Code[], path: string, what: string, problems: Found[]): void {
  for (const code of new Set(codes.filter((one, n) => codes.indexOf(one) !== n))) problems.push({ path, reason: `${what}の符号「${code}」が2度使われています。別の符号にしてください。` });
}

/** Bands of one set that overlap, leave a gap, or are upside down. */
export function bandProblems(form: FormDefinition): Found[] {
  return Object.entries(form.optionSets).flatMap(([set, options]) => {
    const path = `/optionSets/${set}`;
    const bands = options.filter((option) => option.atLeast !== undefined || option.below !== undefined)
      .map((option) => ({ label: option.label, from: option.atLeast ?? -Infinity, to: option.below ?? Infinity })).sort((a, b) => a.from - b.from);
    return bands.flatMap((band, n): Found[] => {
      if (band.from >= band.to) return [{ path, reason: `「${band.label}」の範囲が空です（atLeast が below 以上）。` }];
      const next = bands[n + 1];
      if (!next || band.to === next.from) return [];
      return [{ path, reason: `「${band.label}」と「${next.label}」の範囲が${band.to > next.from ? '重なっています' : '離れていて、間の数がどれにも入りません'}。境目を合わせてください。` }];
    });
  });
}
