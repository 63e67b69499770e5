/** Numbered record lists (別添2) and figures (別添1): their checks and the way back to text. */
import { checkText, LIMITS, recordOf, type Checking } from './answer-texts.js';
import type { AnswerValue, RecordListAnswer } from './form.js';

export function checkRecordList(value: unknown, { problem }: Checking): AnswerValue | null {
  const given = recordOf(value, ['lists'], problem);
  if (!given) return null;
  if (!Array.isArray(given.lists)) {
    problem('wrong-type', '記録項目の型が違います。一覧を貼り付け直してください。');
    return null;
  }
  if (given.lists.length > LIMITS.lists) {
    problem('too-many', `見出しが${given.lists.length.toLocaleString('ja-JP')}あります。${LIMITS.lists}以内にしてください。`);
    return null;
  }
  let total = 0;
  const lists: RecordListAnswer['lists'] = [];
  for (const [n, one] of given.lists.entries()) {
    const place = `${n + 1}番目の一覧`;
    const list = recordOf(one, ['heading', 'records'], problem, place);
    if (!list) return null;
    const heading = checkText(list.heading, LIMITS.heading, problem, `${place}の見出し`);
    if (heading === null) return null;
    if (!Array.isArray(list.records)) {
      problem('wrong-type', `${place}の記録項目の型が違います。`);
      return null;
    }
    total += list.records.length;
    if (total > LIMITS.records) {
      problem('too-many', `記録項目が${LIMITS.records.toLocaleString('ja-JP')}件を超えています。ファイルを分けるか、項目をまとめてください。`);
      return null;
    }
    const records: { number: number | null; name: string }[] = [];
    for (const [m, entry] of list.records.entries()) {
      const record = recordOf(entry, ['number', 'name'], problem, `${place}の${m + 1}件目`);
      if (!record) return null;
      const name = checkText(record.name, LIMITS.text, problem, `${place}の${m + 1}件目`);
      if (name === null) return null;
      const number = record.number ?? null;
      if (number !== null && (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > 99_999)) {
        problem('wrong-type', `${place}の${m + 1}件目の番号が正しくありません。0から99,999までの整数にしてください。`);
        return null;
      }
      records.push({ number, name });
    }
    lists.push({ heading, records });
  }
  return { lists };
}

export function checkFigures(value: unknown, { problem }: Checking): AnswerValue | null {
  const given = recordOf(value, ['figures'], problem);
  if (!given) return null;
  if (!Array.isArray(given.figures) || given.figures.length > LIMITS.figures) {
    problem(Array.isArray(given.figures) ? 'too-many' : 'wrong-type', `図は${LIMITS.figures}枚以内で登録してください。`);
    return null;
  }
  const figures: { image: string; caption: string; width: number; height: number }[] = [];
  for (const [n, one] of given.figures.entries()) {
    const place = `${n + 1}枚目の図`;
    const figure = recordOf(one, ['image', 'caption', 'width', 'height'], problem, place);
    if (!figure) return null;
    const caption = checkText(figure.caption, LIMITS.caption, problem, `${place}の題名`);
    if (typeof figure.image !== 'string' || !/^[0-9a-f]{64}$/u.test(figure.image)) problem('figure-invalid', `${place}の画像の識別子が正しくありません。画像を登録し直してください。`);
    if (!isPixels(figure.width) || !isPixels(figure.height)) problem('figure-invalid', `${place}の大きさが正しくありません。1から${LIMITS.pixels.toLocaleString('ja-JP')}画素までの画像を登録してください。`);
    figures.push({ image: String(figure.image), caption: caption ?? '', width: Number(figure.width), height: Number(figure.height) });
  }
  return { figures };
}

function isPixels(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LIMITS.pixels;
}

/**
 * The text of a record list. `line`: `1○○、2○○` under each heading, as documents print it.
 * `column`: one record a line, number and name parted by a tab; `parsePastedRecords` reads it back without loss.
 */
export function printRecords(answer: RecordListAnswer, style: 'line' | 'column' = 'line'): string {
  return answer.lists
    .flatMap(({ heading, records }) => {
      const lines = heading === '' ? [] : [heading];
      if (style === 'column') return [...lines, ...records.map(({ number, name }) => `${number ?? ''}\t${name}`)];
      const numbered = records.some(({ number }) => number !== null);
      if (records.length === 0) return lines;
      return [...lines, numbered ? records.map(({ number, name }) => `${number ?? ''}${name}`).join('、') : records.map(({ name }) => `・${name}`).join('\n')];
    })
    .join('\n');
}
