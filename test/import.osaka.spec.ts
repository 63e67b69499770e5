import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { importText, type ImportResult } from '../src/assessments/import/import-text.js';
import { consistency } from '../src/engine/consistency.js';
import { indexForm } from '../src/engine/form-index.js';
import type { AnswerValue, ChecksAnswer, ChoiceAnswer, FormDefinition, Item, RecordListAnswer } from '../src/engine/form.js';

const forms = ['basic', 'priority', 'full'].map((code) => parse(readFileSync(join('templates/forms', code, '2024-10.yaml'), 'utf8')) as FormDefinition);
const full = forms[2]!;
const SEED = join('..', 'shared', 'reference', 'seeds', 'full-assessment.osaka-city.txt');

/** Finds an item by what is printed: section number, begin of block and part headings, label, and which of several. */
function item(section: string, block: string, label: string, nth = 0, part = ''): Item {
  const blocks = full.sections.find(({ number }) => number === section)!.blocks.filter(({ heading }) => (heading ?? '').startsWith(block));
  const all = blocks.flatMap(({ items, parts }) => [...(part ? [] : (items ?? [])), ...(parts ?? []).filter(({ heading }) => heading.startsWith(part)).flatMap((one) => one.items)]);
  const flat = all.flatMap((one) => (one.kind === 'group' ? [one, ...one.items] : [one]));
  return flat.filter((one) => one.label === label)[nth]!;
}

const fixtures = readdirSync('test/fixtures/import').filter((name) => !name.includes('.expected.'));

describe.each(fixtures)('the fixture %s', (name) => {
  const source = readFileSync(join('test/fixtures/import', name), 'utf8');
  const expected = parse(readFileSync(join('test/fixtures/import', name.replace(/\.[^.]+$/u, '.expected.yaml')), 'utf8')) as {
    form: string; about: object; rows?: Record<string, number>; answers: Record<string, AnswerValue>; unplaced: string[];
  };
  const result = importText(source, forms);

  it('finds the form out and what the document is', () => {
    expect([result.form, result.about]).toEqual([expected.form, expected.about]);
  });

  it('fills the items as a person reads them', () => {
    const found = Object.fromEntries(Object.keys(expected.answers).map((address) => [address, result.answerSet.answers[address]]));
    expect(found).toEqual(expected.answers);
  });

  it('makes the rows of the repeated groups', () => {
    const counted: Record<string, number> = {};
    for (const { group } of result.answerSet.rows) counted[group] = (counted[group] ?? 0) + 1;
    expect(counted).toEqual(expected.rows ?? {});
  });

  it('lists what it could not place', () => {
    expect(result.unplaced.map(({ text }) => text)).toEqual(expected.unplaced);
  });
});

/** Expected values below were read by eye in the document. */
const osaka = (): void => {
  const source = readFileSync(SEED, 'utf8');
  const result: ImportResult = importText(source, forms);
  const { rows, answers } = result.answerSet;
  const of = (group: string): string[] => rows.filter((row) => row.group === group).sort((one, other) => one.position - other.position).map(({ id }) => id);
  const file = of('file')[0]!;
  const chosen = (value: AnswerValue | undefined, one: Item): string | undefined => {
    if (one.kind !== 'choice') throw new Error(one.code);
    return full.optionSets[one.options]!.find(({ code }) => code === (value as ChoiceAnswer | undefined)?.choice)?.label;
  };
  const adequacy = (block: string, part: string, row: string | null = file): string | undefined => {
    const one = item('Ⅲ', block, 'リスクへの対策は十分か', 0, part);
    return chosen(answers[row === null ? one.code : `${one.code}@${row}`], one);
  };

  it('is recognised as a full assessment', () => {
    expect([result.form, result.about.title, result.about.implementingBody]).toEqual(['full', '大阪市 こども医療費助成事務 全項目評価書', '大阪市長']);
  });

  it('places at least 97 % of the characters and lists the rest', () => {
    expect(result.placedShare).toBeGreaterThanOrEqual(0.97);
    const listed = result.unplaced.reduce((sum, { text }) => sum + text.replace(/\s/gu, '').length, 0);
    expect(result.placedCharacters + listed).toBe(result.totalCharacters);
  });

  it('has the six outsourcings with their names', () => {
    const name = item('Ⅱ', '4', '委託事項', 1);
    expect(of('outsourcing').map((row) => answers[`${name.code}@${row}`])).toEqual([
      'システム保守・運用業務', '中央情報処理センター運用業務委託', '基幹系システム統合基盤運用保守',
      'Public Medical Hub (PMH) を活用した情報連携に係る各事務における特定個人情報ファイルの一部の取扱',
      'バックアップ用媒体の運搬及び保管業務委託', '中央情報処理センター第二別館運用業務委託',
    ]);
    const contractor = item('Ⅱ', '4', '⑥委託先名');
    expect(of('outsourcing').map((row) => answers[`${contractor.code}@${row}`])).toEqual([
      '株式会社NTTデータ関西', '株式会社NTTデータ関西', '株式会社NTTデータ関西', '国(デジタル庁)', '株式会社NXワンビシアーカイブズ', '株式会社オプテージ',
    ]);
    const again = item('Ⅱ', '4', '⑦再委託の有無');
    expect(of('outsourcing').map((row) => chosen(answers[`${again.code}@${row}`], again))).toEqual(['再委託する', '再委託する', '再委託する', '再委託する', '再委託しない', '再委託しない']);
    const scope = item('Ⅱ', '4', '②取扱いを委託する特定個人情報ファイルの範囲');
    expect(chosen(answers[`${scope.code}@${of('outsourcing')[3]!}`], scope)).toBe('特定個人情報ファイルの一部');
  });

  it('reads the count 4 of the outsourcings, where the boxes are unreadable', () => {
    const use = item('Ⅱ', '4', '委託の有無');
    const value = answers[`${use.code}@${file}`] as ChoiceAnswer;
    expect([chosen(value, use), value.count]).toEqual(['委託する', 4]);
    expect(result.doubts.find(({ code }) => code === 'choice-inferred')?.address).toBe(`${use.code}@${file}`);
  });

  it('reads the bands of Ⅱ', () => {
    const read = (block: string, label: string): string | undefined => chosen(answers[`${item('Ⅱ', block, label).code}@${file}`], item('Ⅱ', block, label));
    expect([read('2', '①ファイルの種類'), read('2', '②対象となる本人の数'), read('2', '④記録される項目'), read('3', '使用者数'), read('6', '期間')])
      .toEqual(['システム用ファイル', '10万人以上100万人未満', '50項目以上100項目未満', '100人以上500人未満', '定められていない']);
  });

  it('reads the record list: 315 numbered records in five lists', () => {
    const list = answers[`${item('（別添2）', '', '記録項目').code}@${file}`] as RecordListAnswer;
    const numbered = list.lists.filter(({ records }) => records.some(({ number }) => number !== null));
    expect(numbered.map(({ records }) => records.length)).toEqual([83, 125, 57, 26, 24]);
    expect(numbered.map(({ heading }) => heading.replace(/^・/u, ''))).toEqual(['国介住基__個人基本情報', '国保宛名__個人基本情報', '医助共通__資格情報', '医助共通__証交付情報', '医助共通__関係者情報']);
    expect(numbered[1]!.records[58]).toEqual({ number: 59, name: '1月1日時出力制限区分' });
    expect(numbered[0]!.records.at(-1)).toEqual({ number: 83, name: '更新ユーザID' });
  });

  it('reads the check boxes that can be read', () => {
    const method = item('Ⅱ', '3', '②入手方法');
    const value = answers[`${method.code}@${file}`] as ChecksAnswer;
    expect(value.checked).toEqual(['dedicated-line', 'internal-link-system', 'other']);
    expect(value.texts).toEqual({ other: '医療保険者等向け中間サーバー、医療機関用アプリ、マイナポータル' });
  });

  it('keeps the choices of Ⅲ in the risk they stand under', () => {
    const read = [['2', 'リスク1'], ['2', 'リスク2'], ['2', 'リスク3'], ['2', 'リスク4'], ['3', 'リスク1'], ['3', 'リスク2'], ['3', 'リスク3'], ['3', 'リスク4'], ['4', '委託先による'],
      ['6', 'リスク1'], ['6', 'リスク2'], ['6', 'リスク3'], ['6', 'リスク4'], ['7', 'リスク1'], ['7', 'リスク2'], ['7', 'リスク3']].map(([block, part]) => adequacy(block!, part!));
    expect(read).toEqual(Array.from({ length: 16 }, () => '十分である'));
    expect([['6', 'リスク5'], ['6', 'リスク6'], ['6', 'リスク7'], ['5', 'リスク1']].map(([block, part]) => adequacy(block!, part!))).toEqual([undefined, undefined, undefined, undefined]);
    const other = (block: string, label: string): string | undefined => chosen(answers[`${item('Ⅲ', block, label).code}@${file}`], item('Ⅲ', block, label));
    expect([other('3', 'ユーザ認証の管理'), other('3', '特定個人情報の使用の記録'), other('4', '特定個人情報ファイルの閲覧者・更新者の制限'), other('7', '①NISC政府機関統一基準群'),
      other('7', '②安全管理体制'), other('7', '⑥技術的対策'), other('7', '⑩死者の個人番号'), other('7', '消去手順'), other('4', '再委託先による特定個人情報ファイルの適切な取扱いの確保')])
      .toEqual(['行っている', '記録を残している', '制限している', '政府機関ではない', '十分に整備している', '十分に行っている', '保管している', '定めている', '十分に行っている']);
    expect((answers[`${item('Ⅲ', '6', '接続しない').code}@${file}`] as ChecksAnswer).checked).toHaveLength(1);
  });

  it('keeps long texts in the right items, also on the later pages', () => {
    const begin = (section: string, block: string, label: string, words: string, nth = 0, part = ''): void => {
      const one = item(section, block, label, nth, part);
      const value = answers[one.code] ?? answers[`${one.code}@${file}`];
      expect([label, String(value).slice(0, words.length)]).toEqual([label, words]);
    };
    begin('Ⅲ', '2', 'リスクに対する措置の内容', '<本人からの情報入手>\n・個人情報の収集にあたっては', 0, 'リスク2');
    begin('Ⅲ', '3', '具体的な管理方法', '＜医療助成システム(国民健康保険等システム内)における措置＞', 0, 'リスク2');
    begin('Ⅲ', '3', '具体的な管理方法', '＜国民健康保険等システムにおける措置＞\n【アクセス権限の発効管理】', 1, 'リスク2');
    begin('Ⅲ', '3', '具体的な管理方法', '<国民健康保険等システムにおける措置>\n・共用IDは発行せず', 2, 'リスク2');
    begin('Ⅲ', '4', '規定の内容', '・漏えい、滅失、き損等の防止');
    begin('Ⅲ', '6', 'リスクに対する措置の内容', '・番号法の規定に基づき', 0, 'リスク1');
    begin('Ⅲ', '7', '具体的な対策の内容', '【中央情報処理センター第二別館', 0);
    begin('Ⅲ', '7', '具体的な対策の内容', '<国民健康保険等システム・統合基盤システムにおける措置>', 1);
    begin('Ⅲ', '7', '手順の内容', '・データについては、保管期間の満了後');
    begin('Ⅳ', '3', 'その他のリスク対策', '<中間サーバー・プラットフォームにおける措置> 中間サーバー・プラットフォームを活用することにより');
    begin('Ⅴ', '1', '特記事項', '大阪市ホームページ上に請求先及び請求方法を掲載。');
    begin('Ⅴ', '2', '①連絡先', '〒530-8201');
    begin('Ⅵ', '2', '①方法', '大阪市ホームページへの掲載及び市民情報プラザ');
    begin('Ⅵ', '3', '②方法', '大阪市個人情報保護審議会による点検');
    begin('（別添1）', '', '（備考）', '事務の内容_資格取得');
  });

  it('leaves no markup in any answer', () => {
    expect(JSON.stringify(answers)).not.toMatch(/<\/?(?:p|ul|ol|li|br|small|div|input|table|tr|td)\b/iu);
  });

  it('shows the audit text that was pasted into the education item', () => {
    const audit = String(answers[item('Ⅳ', '1', '具体的な内容').code]);
    const education = String(answers[item('Ⅳ', '2', '具体的な方法').code]);
    expect(education.slice(0, 40)).toContain('検査実施要綱');
    expect(education.slice(0, 300)).toBe(audit.slice(0, 300));
  });

  it('contains the three contradictions and nothing that a clerk would call noise', () => {
    const found = consistency(indexForm(full), result.answerSet).map(({ code, places }) => [code, ...places.map((place) => place.split('@')[0])]);
    expect(found).toEqual([
      ['count-disagrees', item('Ⅱ', '4', '委託の有無').code, item('Ⅱ', '4', '委託事項').code],
      ['band-disagrees', item('Ⅱ', '2', '④記録される項目').code, item('（別添2）', '', '記録項目').code],
      ['equal-text', item('Ⅳ', '1', '具体的な内容').code, item('Ⅳ', '2', '具体的な方法').code],
    ]);
  });
};

if (existsSync(SEED)) describe('a published assessment', osaka);
