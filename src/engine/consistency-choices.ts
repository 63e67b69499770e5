/** Answers against the choices that hide them, and items that must say the same. */
import { answered } from './consistency-numbers.js';
import type { Finding } from './consistency.js';
import type { AnswerValue, Code } from './form.js';
import { placeName, saidIn } from './places.js';
import type { Instance, PlacedRow, Reading } from './reading.js';

/** An answer where the form says 委託しない or 接続しない; a hidden group is named once with its rows. */
export function answersInHiddenPlaces(reading: Reading): Finding[] {
  const findings: Finding[] = [];
  const groups = new Map<string, { group: Instance; rows: Set<string>; first: string }>();
  for (const instance of reading.instances) {
    const value = reading.answer(instance.address);
    if (value === undefined || reading.visible(instance.item, instance.row) !== 'no') continue;
    const hidden = outermostHiddenGroup(reading, instance);
    if (!hidden) {
      findings.push({
        places: [instance.address, ...telling(reading, instance)],
        message: `「${placeName(reading, instance)}」は、${because(reading, instance)}記入の対象ではありませんが、「${saidIn(instance.item, value)}」と記入されています。記載を消すか、元の選択を直してください。`,
      });
      continue;
    }
    const known = groups.get(hidden.group.address);
    if (known) known.rows.add(hidden.row);
    else groups.set(hidden.group.address, { group: hidden.group, rows: new Set([hidden.row]), first: instance.address });
  }
  for (const { group, rows, first } of groups.values()) {
    const { item } = group.item;
    const unit = item.kind === 'group' ? item.unit : item.label;
    findings.push({
      places: [first, ...telling(reading, group)],
      message: `「${placeName(reading, group)}」は、${because(reading, group)}記入の対象ではありませんが、${unit}が${rows.size}件記入されています。記載を消すか、元の選択を直してください。`,
    });
  }
  return findings;
}

function outermostHiddenGroup(reading: Reading, { row }: Instance): { group: Instance; row: string } | null {
  let found: { group: Instance; row: string } | null = null;
  for (let at: PlacedRow | null = row; at; at = at.around) {
    const item = reading.form.byCode.get(at.group);
    if (item && reading.visible(item, at.around) === 'no') {
      found = { group: { address: at.around ? `${item.code}@${at.around.id}` : item.code, item, row: at.around }, row: at.id };
    }
  }
  return found;
}

function because(reading: Reading, { item, row }: Instance): string {
  const explanation = reading.explain(item, row);
  return explanation ? `${explanation.text}、` : '';
}

/** Addresses of the answers that hide an instance. */
function telling(reading: Reading, { item, row }: Instance): string[] {
  return [...(item.condition?.refers ?? [])].flatMap((code) => {
    const found = reading.lookUp(code, row);
    return found && reading.answer(found.address) !== undefined ? [found.address] : [];
  });
}

/** `agreesWith`: what one item says by a pair, the other must say too. */
export function itemsThatAgree(reading: Reading): Finding[] {
  return [...answered(reading, 'choice'), ...answered(reading, 'checks')].flatMap(({ instance, value }) => {
    const { item } = instance.item;
    if ((item.kind !== 'choice' && item.kind !== 'checks') || !item.agreesWith) return [];
    const other = reading.lookUp(item.agreesWith.item, instance.row);
    const theirs = other ? said(reading, other) : null;
    if (!other || !theirs || reading.visible(other.item, other.row) === 'no') return [];
    const mine = chosen(value as AnswerValue);
    const { pairs } = item.agreesWith;
    const broken = pairs.some(([m]) => mine.has(m) && !pairs.some(([mm, t]) => mm === m && theirs.has(t)))
      || pairs.some(([, t]) => theirs.has(t) && !pairs.some(([m, tt]) => tt === t && mine.has(m)));
    if (!broken) return [];
    const theirValue = reading.scope(other.row).value(other.item.code) as AnswerValue;
    return [{
      places: [instance.address, other.address],
      message: `「${placeName(reading, instance)}」は「${saidIn(instance.item, value as AnswerValue)}」ですが、「${placeName(reading, other)}」は「${saidIn(other.item, theirValue)}」です。どちらかを直してください。`,
    }];
  });
}

function said(reading: Reading, { item, row }: Instance): Set<Code> | null {
  const value = reading.scope(row).value(item.code);
  return value === undefined || typeof value === 'symbol' || typeof value === 'boolean' ? null : chosen(value);
}

function chosen(value: AnswerValue): Set<Code> {
  if (typeof value !== 'object' || Array.isArray(value)) return new Set();
  if ('choice' in value) return new Set(value.choice === '' ? [] : [value.choice]);
  return new Set('checked' in value ? value.checked : []);
}
