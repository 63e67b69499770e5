import type { AnswerSet, AnswerValue, Code, FormDefinition, Item, Row } from '../src/engine/form.js';

export interface Filling {
  /** Rows of every root group (files). */
  files: number;
  /** Rows of every other group. */
  rows: number;
  /** Sentences in every third long text; the others take one to four. */
  sentences: number;
  /** Records in every record list. */
  records: number;
  /** SHA-256 of the picture in every figures item. */
  image?: { sha256: string; width: number; height: number };
}

const SENTENCES = [
  '・申請書を受け付けたとき、窓口の職員が記載の内容と本人確認書類を照らし合わせ、二人で確かめる。',
  '・職員ごとに利用者IDを割り当て、異動と退職の日に失効させ、翌営業日に一覧で確かめる。',
  '＜医療助成システムにおける措置＞',
  '・操作の記録を7年間残し、四半期に一度、課長が権限の外の照会がないかを点検する。',
  '・受託者には安全管理の体制を契約で求め、年に一度、実地に調べる。',
  '・紙の書類は鍵のかかる書庫に置き、保存年限を過ぎたものは溶解して処分し、証明書を受け取る。',
  '・1年に1回以上の研修を行い、受けなかった者には別の日に受けさせる。',
];

/** The same answers for the same form: every item is answered, with long and short texts. For measurements and tests. */
export function filledForm(form: FormDefinition, filling: Filling): AnswerSet {
  const rows: Row[] = [];
  const answers: Record<string, AnswerValue> = {};
  const groups = groupsOf(form);
  let count = 0;
  const text = (sentences: number) => Array.from({ length: sentences }, () => SENTENCES[count++ % SENTENCES.length]!).join('\n');

  const answer = (item: Item, row: string | null): void => {
    const address = row === null ? item.code : `${item.code}@${row}`;
    const value = valueOf(item);
    if (value !== undefined) answers[address] = value;
    if (item.kind === 'group' && item.items.length > 0) addRows(item.code, row);
  };
  const addRows = (group: Code, parent: string | null) => {
    const number = parent === null && (groups.get(group)?.items.length ?? 0) === 0 ? filling.files : filling.rows;
    for (let each = 1; each <= number; each++) {
      const id = `${group}-${parent ?? 'r'}-${each}`;
      rows.push({ id, group, parent, position: each });
      for (const item of groups.get(group)?.items ?? []) answer(item, id);
    }
  };
  const options = (code: Code) => form.optionSets[code] ?? [];
  const valueOf = (item: Item): AnswerValue | undefined => {
    count++;
    switch (item.kind) {
      case 'text': return `${item.label.replace(/^[①-⑳]/u, '')}のこたえ${count}`;
      case 'long-text': return text(count % 3 === 0 ? filling.sentences : 1 + count % 4);
      case 'number': return 1200 + count;
      case 'date': return '2026-11-21';
      case 'date-text': return '平成28年1月1日';
      case 'date-range': return { from: '2026-10-01', to: '2026-10-31' };
      case 'choice': return { choice: options(item.options)[0]?.code ?? '', ...(item.count ? { count: filling.rows } : {}), ...(item.text ? { text: 'こたえ' } : {}) };
      case 'checks': {
        const checked = options(item.options).filter((_, index) => (index + count) % 2 === 0);
        return { checked: checked.map(({ code }) => code), texts: Object.fromEntries(checked.filter((each) => each.text).map(({ code }) => [code, '庁内の他の部署からの照会'])), counts: Object.fromEntries(checked.filter((each) => each.counts).map(({ code }) => [code, filling.rows])) };
      }
      case 'table': return Array.from({ length: 12 }, (_, index) => Object.fromEntries(item.columns.map((column) => [column.code, column.kind === 'long-text' ? text(1 + index % 3) : column.kind === 'date-text' ? '令和8年11月21日' : `こたえ${index + 1}`])));
      case 'text-list': return ['医療助成システム', '宛名システム'];
      case 'record-list': return { lists: [{ heading: '＜資格情報＞', records: records(filling.records) }, { heading: '＜給付情報＞', records: records(Math.ceil(filling.records / 3)) }] };
      case 'figures': return filling.image ? { figures: [{ image: filling.image.sha256, caption: '図1　こども医療費助成の事務の流れ', width: filling.image.width, height: filling.image.height }] } : undefined;
      default: return undefined;
    }
  };

  const roots = form.sections.flatMap(({ perRowOf }) => (perRowOf === undefined ? [] : [perRowOf]));
  for (const group of new Set(roots)) addRows(group, null);
  for (const section of form.sections) {
    const places = section.perRowOf === undefined ? [null] : rows.filter(({ group, parent }) => group === section.perRowOf && parent === null).map(({ id }) => id);
    for (const block of section.blocks) {
      for (const item of [...(block.items ?? []), ...(block.parts ?? []).flatMap((part) => part.items)]) for (const place of places) answer(item, place);
    }
  }
  return { rows, answers };
}

const records = (number: number) => Array.from({ length: number }, (_, index) => ({ number: index + 1, name: ['宛名番号', '氏名', '生年月日', '医療証番号', '加入する健康保険の保険者番号と記号'][index % 5]! }));

function groupsOf(form: FormDefinition): Map<Code, Item & { kind: 'group' }> {
  const groups = new Map<Code, Item & { kind: 'group' }>();
  const visit = (item: Item): void => {
    if (item.kind !== 'group') return;
    groups.set(item.code, item);
    item.items.forEach(visit);
  };
  for (const block of form.sections.flatMap(({ blocks }) => blocks)) {
    block.items?.forEach(visit);
    block.parts?.forEach((part) => part.items.forEach(visit));
  }
  return groups;
}
