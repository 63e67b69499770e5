import { formatEra } from './dates.js';
import { printRecords } from './answers.js';
import type { CompiledItem } from './form-index.js';
import type { AnswerValue, ChecksAnswer, ChoiceAnswer, DateRangeAnswer, FiguresAnswer, Item, Option, RecordListAnswer, TableAnswer } from './form.js';

/** An answer in words, for histories, conflicts and computed items. Empty for no answer. */
export function valueText({ item, options, columnOptions }: Pick<CompiledItem, 'item' | 'options' | 'columnOptions'>, value: AnswerValue | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return item.kind === 'date' ? formatEra(value) : (options?.get(value)?.label ?? value);
  if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : rowText(item, columnOptions, one))).join('\n');
  if ('choice' in value) return choiceText(item, value, options);
  if ('checked' in value) return checksText(value, options);
  if ('lists' in value) return printRecords(value as RecordListAnswer);
  if ('figures' in value) return (value as FiguresAnswer).figures.map((one, index) => `図${index + 1} ${one.caption}（${one.width}×${one.height}画素）`).join('\n');
  const { from, to, text } = value as DateRangeAnswer;
  return [from === null && to === null ? '' : `${from === null ? '' : formatEra(from)}～${to === null ? '' : formatEra(to)}`, text ?? ''].filter((part) => part !== '').join('\n');
}

function choiceText(item: Item, value: ChoiceAnswer, options: ReadonlyMap<string, Option> | null): string {
  const unit = item.kind === 'choice' ? (item.count?.unit ?? '') : '';
  const label = options?.get(value.choice)?.label ?? value.choice;
  return [label, value.count === undefined ? '' : `（${value.count}${unit}）`, value.text ?? ''].filter((part) => part !== '').join(' ');
}

function checksText(value: ChecksAnswer, options: ReadonlyMap<string, Option> | null): string {
  return value.checked
    .map((code) => {
      const count = value.counts?.[code];
      const text = value.texts?.[code];
      return `［○］${options?.get(code)?.label ?? code}${count === undefined ? '' : `（${count}件）`}${text === undefined || text === '' ? '' : `（${text}）`}`;
    })
    .join('\n');
}

function rowText(item: Item, columnOptions: CompiledItem['columnOptions'], row: TableAnswer[number]): string {
  const columns = item.kind === 'table' ? item.columns : [];
  return columns.map(({ code }) => columnOptions.get(code)?.get(row[code] ?? '')?.label ?? row[code] ?? '').join('｜');
}
