import { addressOf, type Address, type AnswerValue, type ComputedItem, type Option } from '../../engine/form.js';
import { fold } from './folding.js';
import { FATE } from './ledger.js';
import { optionOf } from './options.js';
import { guessChunks, takeChunks, textOf, type Slot } from './slots.js';
import type { Doubt, Walk } from './walk.js';

/** Items that the product works out itself: what the source says there must agree, or name the rows of a group. */
export function settleComputed(walk: Walk, answers: Record<Address, AnswerValue>, doubts: Doubt[], wrapWidth: number): void {
  const { ledger } = walk.reading;
  for (const slot of [...walk.slots.values()]) {
    const { item } = slot.entry;
    if (item.kind !== 'computed' && item.kind !== 'fixed') continue;
    if (slot.chunks.length === 0) continue;
    const text = textOf(slot.chunks, wrapWidth);
    const agrees = item.kind === 'fixed' ? same(item.text, text) : agree(walk, slot, item, text, answers);
    if (agrees) takeChunks(ledger, slot.chunks, FATE.structure);
    else {
      guessChunks(ledger, slot.chunks, slot.address);
      doubts.push({
        address: slot.address, code: 'computed-differs', line: ledger.lineOf(slot.start),
        message: `「${item.label}」の「${text.slice(0, 60)}」は、ほかの欄から決まる内容と違います。どちらが正しいか確かめてください。`,
      });
    }
  }
}

function agree(walk: Walk, slot: Slot, item: ComputedItem, text: string, answers: Record<Address, AnswerValue>): boolean {
  const { compute } = item;
  if (compute.rule === 'names-of') return names(walk, compute.group, text, answers);
  if (compute.rule === 'copy-of') return same(String(answers[addressOf(compute.item, slot.row)] ?? ''), text);
  if (compute.rule === 'threshold-result') return printedChoice(walk.index.form.optionSets[compute.options] ?? [], text) !== undefined;
  if (compute.rule === 'sum-of') return false;
  const chosen = answers[addressOf(compute.by, slot.row)];
  const source = isChoice(chosen) ? compute.items[chosen.choice] : undefined;
  const copied = source === undefined ? undefined : answers[addressOf(source, slot.row)];
  const entry = source === undefined ? undefined : walk.index.byCode.get(source);
  if (!isChoice(copied) || entry?.item.kind !== 'choice') return false;
  return printedChoice(walk.index.form.optionSets[entry.item.options] ?? [], text) === copied.choice;
}

/** Each line names a row of the group; rows that are missing are made. */
function names(walk: Walk, group: string, text: string, answers: Record<Address, AnswerValue>): boolean {
  const nameItem = walk.index.groups.get(group)?.item.nameItem;
  if (nameItem === undefined) return false;
  return text.split('\n').map((line) => line.replace(/^[・(（]?\d{0,2}[)）.．]?\s*/u, '').trim()).filter(Boolean).every((name, n) => {
    const address = addressOf(nameItem, walk.rows.nth(group, n));
    answers[address] ??= name;
    return same(String(answers[address]), name);
  });
}

/** `[ 十分である ] ＜選択肢＞ 1) …` of an item that is worked out: what stands in the brackets. */
function printedChoice(options: readonly Option[], text: string): string | undefined {
  const folded = fold(text);
  const inner = /\[([^\]]+)\]/u.exec(folded)?.[1] ?? folded.replace(/<?選択肢.*$/u, '').replace(/[☐☑[\]]/gu, '');
  return optionOf(options, inner);
}

function isChoice(value: AnswerValue | undefined): value is { choice: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'choice' in value;
}

function same(one: string, other: string): boolean {
  return fold(one) === fold(other);
}
