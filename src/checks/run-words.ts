/** A run as a person reads it. Pure. */
import { formatEra } from '../engine/dates.js';
import { dayInJapan } from '../kernel/clock.js';
import type { CheckRun } from './check.entity.js';

const OCCASIONS: Readonly<Record<CheckRun['occasion'], string>> = { asked: '実施', scheduled: '定期', changed: '申告などの変更' };

/** 令和8年11月20日 18:00 */
export function momentOf(at: Date): string {
  const time = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  return `${formatEra(dayInJapan(at))} ${time}`;
}

/** 第3回　令和8年11月20日 18:00（実施） */
export function runLabel(run: Pick<CheckRun, 'number' | 'madeAt' | 'occasion'>): string {
  return `第${run.number}回　${momentOf(run.madeAt)}（${OCCASIONS[run.occasion]}）`;
}
