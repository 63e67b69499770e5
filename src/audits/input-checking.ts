/** Checks what was typed about audits, field by field, and collects every problem. Pure. */
import { checkText } from '../engine/answer-texts.js';
import { parseJapaneseDate } from '../engine/dates.js';
import { Invalid, type Problem } from '../kernel/errors.js';

/** Longest texts, in characters. */
export const LONGEST = { line: 200, text: 10_000, note: 2_000, name: 100 } as const;
/** The law of local autonomy is of 昭和22年 (1947); a year of an era is written in two digits. */
const YEARS = { first: 1947, last: 2099 } as const;

export class InputChecking {
  readonly problems: Problem[] = [];

  wrong(path: string, code: string, message: string): void {
    this.problems.push({ code, path, message });
  }

  /** One line, without spaces around it. */
  line(path: string, label: string, value: string, { need = true, limit = LONGEST.line as number } = {}): string {
    const text = this.text(path, label, value, { need, limit }).trim();
    if (text.includes('\n')) this.wrong(path, 'line-broken', `「${label}」は1行で入れてください。`);
    return text;
  }

  text(path: string, label: string, value: string, { need = false, limit = LONGEST.text as number } = {}): string {
    const text = checkText(value, limit, (code, message) => this.wrong(path, code, message), `「${label}」`) ?? '';
    if (need && text.trim() === '' && !this.problems.some((one) => one.path === path)) this.wrong(path, 'missing', `「${label}」を入れてください。`);
    return text.trim() === '' ? '' : text;
  }

  /** ISO; 和暦 and 西暦 are read. */
  day(path: string, label: string, value: string | null, { need = false } = {}): string | null {
    const given = value === null ? '' : value.trim();
    if (given === '') {
      if (need) this.wrong(path, 'missing', `「${label}」を入れてください。`);
      return null;
    }
    const day = parseJapaneseDate(given);
    if (day !== null && Number(day.slice(0, 4)) >= YEARS.first && Number(day.slice(0, 4)) <= YEARS.last) return day;
    this.wrong(path, 'not-a-day', `「${label}」の「${given.slice(0, 30)}」は日付として読めません。暦にある日を入れてください。`);
    return null;
  }

  /** Both may be open; the second is not before the first. */
  period(paths: readonly [string, string], labels: readonly [string, string], values: readonly [string | null, string | null]): [string | null, string | null] {
    const [from, until] = [this.day(paths[0], labels[0], values[0]), this.day(paths[1], labels[1], values[1])];
    if (from !== null && until !== null && until < from) this.wrong(paths[1], 'ends-before', `「${labels[1]}」が「${labels[0]}」より前です。${labels[0]}以後の日にしてください。`);
    return [from, until];
  }

  /** @param value year of the Western calendar; NaN for what was no year */
  year(path: string, label: string, value: number): number {
    if (Number.isInteger(value) && value >= YEARS.first && value <= YEARS.last) return value;
    this.wrong(path, 'not-a-year', `「${label}」は、令和8年度なら「令和8」「R8」「2026」のどれかの形で入れてください（昭和22年度から西暦${YEARS.last}年度まで）。`);
    return YEARS.first;
  }

  choice<T extends string>(path: string, label: string, value: string, among: readonly T[]): T {
    if ((among as readonly string[]).includes(value)) return value as T;
    this.wrong(path, 'not-a-choice', `「${label}」を選択肢から選んでください。`);
    return among[0]!;
  }

  /** Throws `Invalid` with every problem. */
  done(): void {
    if (this.problems.length === 0) return;
    throw new Invalid('audit-input-invalid', this.problems.length === 1 ? this.problems[0]!.message : `直すところが${this.problems.length}か所あります。`, this.problems);
  }
}

export function oneProblem(code: string, path: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path, message }]);
}
