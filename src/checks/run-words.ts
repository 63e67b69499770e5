/** A run as a person reads it. Pure. */
import { formatEra } from '../engine/dates.js';
import { dayInJapan } from '../kernel/clock.js';
import type { CheckRun } from './check.entity.js';

export const OCCASIONS: Readonly<Record<CheckRun['occasion'], string>> = { asked: '実施', scheduled: '定期', changed: '変更に伴う点検' };

/** 令和8年11月20日 18:00 */
export function momentOf(at: Date): string {
  const time = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  return `${formatEra(dayInJapan(at))} ${time}`;
}

/** 第3回　令和8年11月20日 18:00 */
export function runLabel(run: Pick<CheckRun, 'round' | 'madeAt' | 'occasion'>): string {
  return `${roundName(run)}　${momentOf(run.madeAt)}${run.occasion === 'scheduled' ? '（定期）' : ''}`;
}

/** 第4回, or what made the run when nobody asked for it. */
export const roundName = ({ round, occasion }: Pick<CheckRun, 'round' | 'occasion'>): string => (round === null ? OCCASIONS[occasion] : `第${round}回`);
