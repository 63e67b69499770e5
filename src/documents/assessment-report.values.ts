import { formatEra, isIsoDate } from '../engine/dates.js';
import type {
  AnswerValue, ChecksAnswer, ChecksItem, ChoiceAnswer, ChoiceItem, DateRangeAnswer, FiguresAnswer, FormDefinition, Item, Option, RecordListAnswer,
  TableAnswer, TableItem, TextListAnswer,
} from '../engine/form.js';
import { Invalid } from '../kernel/errors.js';
import type { CountModel, OptionWidth, ValueModel } from './assessment-report.model.js';

/** Shape of a table cell that holds more than one line even when it is blank. */
const TALL = new Set<Item['kind']>(['long-text']);

/** An answer as the form prints it; a missing answer is the blank of the form. `images`: source of a picture by SHA-256. */
export function printedValue(form: FormDefinition, item: Item, value: AnswerValue | undefined, images: Readonly<Record<string, string>>): ValueModel {
  switch (item.kind) {
    case 'choice': return choice(form, item, value as ChoiceAnswer | undefined);
    case 'checks': return checks(form, item, value as ChecksAnswer | undefined);
    case 'table': return table(form, item, (value as TableAnswer | undefined) ?? []);
    case 'text-list': return { kind: 'list', entries: (value as TextListAnswer | undefined) ?? [] };
    case 'record-list': return records(value as RecordListAnswer | undefined);
    case 'figures': return figures(value as FiguresAnswer | undefined, images);
    case 'fixed': return text(item.text, false);
    case 'number': return text(value === undefined ? '' : `${(value as number).toLocaleString('ja-JP')}${item.unit ?? ''}`, false);
    case 'date-text': return text(isIsoDate(value) ? formatEra(value) : ((value as string | undefined) ?? ''), false);
    case 'date': return text(formatEra((value as string | undefined) ?? ''), false);
    case 'date-range': return text(range(value as DateRangeAnswer | undefined), false);
    default: return text(typeof value === 'string' ? value : '', TALL.has(item.kind));
  }
}

export function chosenOption(options: Option[], chosen: string, count: CountModel | null = null, remark: { label: string; text: string } | null = null): ValueModel {
  return {
    kind: 'choice',
    chosen: options.find(({ code }) => code === chosen)?.label ?? '',
    width: optionWidth(options.map(({ label }) => label), 2, 24),
    options: options.map(({ label }, index) => ({ number: index + 1, label })),
    count,
    remark,
  };
}

function text(content: string, tall: boolean): ValueModel {
  return { kind: 'text', text: content.replace(/\r\n?/gu, '\n').replace(/\s+$/u, ''), tall };
}

function choice(form: FormDefinition, item: ChoiceItem, value: ChoiceAnswer | undefined): ValueModel {
  const count = item.count ? counted(value?.count, item.count.unit) : null;
  const options = form.optionSets[item.options] ?? [];
  // その他(　): the text of an option stands behind the choice.
  const asking = options.filter((one) => one.text === true).map(({ label }) => label);
  const label = item.text?.label ?? (asking.length === 0 ? null : `${asking.join('・')}の内容：`);
  return chosenOption(options, value?.choice ?? '', count, label === null ? null : { label, text: value?.text ?? '' });
}

function checks(form: FormDefinition, item: ChecksItem, value: ChecksAnswer | undefined): ValueModel {
  const options = form.optionSets[item.options] ?? [];
  const lists: (ValueModel & { kind: 'checks' })['lists'] = [];
  for (const option of options) {
    const heading = option.heading ?? '';
    if (lists.at(-1)?.heading !== heading) lists.push({ heading, options: [] });
    lists.at(-1)!.options.push({
      checked: value?.checked.includes(option.code) ?? false,
      label: option.label,
      count: option.counts ? counted(value?.counts?.[option.code], '件') : null,
      text: option.text ? { text: value?.texts?.[option.code] ?? '' } : null,
    });
  }
  return { kind: 'checks', width: optionWidth(options.filter(({ text: free }) => !free).map(({ label, counts }) => `${label}${counts ? '（　　）件' : ''}`), 3, 16), lists };
}

const counted = (count: number | undefined, unit: string): CountModel => ({ text: count === undefined ? '' : count.toLocaleString('ja-JP'), unit });

function table(form: FormDefinition, item: TableItem, rows: TableAnswer): ValueModel {
  const labelOf = (column: TableItem['columns'][number], cell: string) =>
    column.options ? form.optionSets[column.options]?.find(({ code }) => code === cell)?.label ?? cell : cell;
  const total = item.columns.reduce((sum, { width, kind }) => sum + (width ?? usualWidth(kind)), 0);
  return {
    kind: 'table',
    columns: item.columns.map(({ label, width, kind }) => ({ label, width: `w${Math.max(5, Math.round((width ?? usualWidth(kind)) / total * 20) * 5)}` })),
    rows: rows.map((row) => ({ cells: item.columns.map((column) => labelOf(column, row[column.code] ?? '')) })),
  };
}

const usualWidth = (kind: TableItem['columns'][number]['kind']) => (kind === 'long-text' ? 3 : 1.4);

function records(value: RecordListAnswer | undefined): ValueModel {
  return {
    kind: 'records',
    lists: (value?.lists ?? []).map((list) => ({
      heading: list.heading,
      records: list.records.map(({ number, name }) => ({ number: number === null ? '' : String(number), name })),
    })),
  };
}

function figures(value: FiguresAnswer | undefined, images: Readonly<Record<string, string>>): ValueModel {
  return {
    kind: 'figures',
    figures: (value?.figures ?? []).map(({ image, caption, width, height }) => {
      const source = images[image];
      if (source === undefined) {
        const message = `図「${caption || image.slice(0, 12)}」の画像が保管されていません。図を選び直してください。`;
        throw new Invalid('figure-missing', message, [{ code: 'figure-missing', path: image, message }]);
      }
      return { source, caption, width, height };
    }),
  };
}

function range(value: DateRangeAnswer | undefined): string {
  if (!value) return '';
  const days = value.from === null && value.to === null ? '' : `${formatEra(value.from ?? '')}　～　${formatEra(value.to ?? '')}`;
  return [days, value.text ?? ''].filter((part) => part !== '').join('　');
}

/** Width of a column of options in full-width characters, even, from 4 to `most`; half-width characters count 0.6. `em40`: the whole line. */
function optionWidth(labels: string[], before: number, most: number): OptionWidth {
  if (labels.length < 2) return 'em40';
  const longest = Math.max(0, ...labels.map((label) => [...label].reduce((sum, each) => sum + (/[\u0020-\u007e\uff61-\uff9f]/u.test(each) ? 0.6 : 1), before)));
  return `em${Math.max(4, Math.min(most, Math.ceil(longest / 2) * 2))}` as OptionWidth;
}
