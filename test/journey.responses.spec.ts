import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Excel from 'exceljs';
import { DEMO_ORGANISATION, demoDepartment } from '../src/demo/city.js';
import { newId } from '../src/kernel/ids.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';
import { answersOf, askedOf, askedQuestionnaire } from './responses-town.js';

const CITY = { organisation: DEMO_ORGANISATION };
const TITLE = '情報システムの運用に関する調査';

describe('a department answers a questionnaire', () => {
  let stage: Stage;
  let clerk: Visitor;
  let head: Visitor;
  let id: string;

  beforeAll(async () => {
    stage = await openStage({ demo: true });
    const questionnaire = await askedQuestionnaire(stage.database, CITY, { title: TITLE });
    id = await askedOf(stage.database, CITY, questionnaire, demoDepartment('子育て支援課'));
    await askedOf(stage.database, CITY, await askedQuestionnaire(stage.database, CITY, { title: '外部記録媒体の自己点検' }), demoDepartment('子育て支援課'), { dueOn: '2026-11-13' });
    await askedOf(stage.database, CITY, await askedQuestionnaire(stage.database, CITY, { title: '昨年度の調査', status: 'closed' }), demoDepartment('子育て支援課'), { status: 'fixed', dueOn: '2026-02-27' });
    await stage.database.query(`insert into response_answer (response_id, organisation_id, item, value, prefilled_from, changed_at, changed_by_name) values ($1, $2, 'name', '"こども医療費助成システム"', 'システム台帳「こども医療費助成システム」の「システムの名称」（令和8年11月16日現在）', now(), '監査事務局')`, [id, DEMO_ORGANISATION]);
    [clerk, head] = [await stage.visitor('responses'), await stage.visitor('responses-head')];
    await clerk.enterAs('子育て支援課 担当');
    await head.enterAs('子育て支援課 課長');
  });
  afterAll(() => stage?.close());

  const status = async (): Promise<string> => ((await stage.database.query('select status from questionnaire_response where id = $1', [id])) as { status: string }[])[0]!.status;
  const stored = async (item: string): Promise<unknown> => (await answersOf(stage.database, id))[item]?.value;

  it('sees what waits, by due date', async () => {
    await clerk.open('/responses');
    const page = await clerk.words();
    expect(page).toContain('回答を待っている調査票（2）');
    expect(page.indexOf('外部記録媒体の自己点検')).toBeLessThan(page.indexOf(TITLE));
    await clerk.looksRight({ heading: '調査票' });
    await clerk.go(TITLE);
    await clerk.looksRight({ heading: TITLE });
  });

  it('answers question by question; each saves itself, and what is asked next appears', async () => {
    await clerk.open(`/responses/${id}`);
    await clerk.choose('このとおりであることを確かめた', '#q-name');
    await clerk.until('the mark to go', async () => !(await clerk.words('#q-name')).includes('事前入力'));
    await clerk.type('#q-terminals input[type=text]', '１２');
    await clerk.sees('保存しました', '#q-terminals');
    expect(await stored('terminals')).toBe(12);
    await clerk.choose('いいえ', '#q-manual');
    await clerk.sees('手順書がない理由', '#q-why-not');
    await clerk.choose('人員の都合', '#q-why-not');
    await clerk.sees('保存しました', '#q-why-not');
    await clerk.type('#q-begun input[type=text]', '令和8年2月30日');
    await clerk.sees('日付として読めません', '#q-begun');
    await clerk.looksRight({ heading: TITLE });
    await clerk.type('#q-begun input[type=text]', 'R8.2.28');
    await clerk.sees('保存しました', '#q-begun');
    expect(await stored('begun')).toBe('2026-02-28');
    await clerk.choose('はい', '#q-manual');
    await clerk.until('the reason to vanish', async () => !(await clerk.words()).includes('手順書がない理由'));
    expect(await stored('why-not')).toBeNull();
  });

  it('is saved also where a choice is made in the very moment in which its question appears', async () => {
    await clerk.open(`/responses/${id}`);
    await clerk.page.evaluate(`document.addEventListener('htmx:oobAfterSwap', (event) => [...event.target.querySelectorAll('#q-why-not label')].find((one) => one.textContent.includes('人員の都合'))?.click())`);
    await clerk.choose('いいえ', '#q-manual');
    await clerk.sees('保存しました', '#q-why-not');
    expect(await stored('why-not')).toEqual({ choice: 'people' });
    await clerk.choose('はい', '#q-manual');
    await clerk.until('the reason to vanish', async () => (await stored('why-not')) === null);
  });

  it('is told when a colleague was faster, with both texts', async () => {
    await head.open(`/responses/${id}`);
    await clerk.type('#q-terminals input[type=text]', '20');
    await clerk.until('20 to be stored', async () => (await stored('terminals')) === 20);
    await head.type('#q-terminals input[type=text]', '30');
    await head.sees('先に変えています', '#q-terminals');
    expect(await head.words('#q-terminals .sides')).toBe('あなたの入力（まだ保存していません） 30台 いまの答え 20台');
    await head.looksRight({ heading: TITLE });
    await head.press('あなたの入力で保存する', '#q-terminals');
    await head.until('30 to be stored', async () => (await stored('terminals')) === 30);
  });

  it('takes the sheet away, fills it in, and looks at what changes before saving', async () => {
    await clerk.open(`/responses/${id}/sheet`);
    await clerk.looksRight({ heading: TITLE, title: '回答票（Excel）' });
    const { bytes, name } = await clerk.file(`/responses/${id}/sheet.xlsx`);
    expect(name).toBe(`回答票_${TITLE}_子育て支援課.xlsx`);
    const book = new Excel.Workbook();
    await book.xlsx.load(bytes as never);
    book.getWorksheet('回答票')!.eachRow((row) => {
      const values: Record<string, string> = { 'media#option:usb': '○', 'media#option:other': '○', 'media#text:other': 'SDカード', 'trainings#entry:1': '情報セキュリティ研修', 'people#row:1': '課長', remarks: '手順書の様式を示してほしい。' };
      const value = values[String(row.getCell(1).value)];
      if (value !== undefined) row.getCell(5).value = value;
    });
    const path = join(mkdtempSync(join(tmpdir(), 'responses-')), 'kaito.xlsx') as `${string}.xlsx`;
    writeFileSync(path, Buffer.from(await book.xlsx.writeBuffer()));
    await ((await clerk.page.$('#file')) as unknown as { uploadFile(file: string): Promise<void> }).uploadFile(path);
    await clerk.go('読み取って確かめる');
    expect(await clerk.words()).toContain('変わる答え（4）');
    await clerk.looksRight({ heading: TITLE, title: '回答票の確認' });
    await clerk.go('4問の答えを取り込む');
    expect(await clerk.words()).toContain('回答票を取り込みました');
    expect(await stored('media')).toEqual({ checked: ['usb', 'other'], texts: { other: 'SDカード' } });
    await clerk.open(`/responses/${id}?section=safety`);
    await clerk.looksRight({ heading: TITLE });
  });

  it('hands in, takes back, hands in again, and reads what it said', async () => {
    await clerk.open(`/responses/${id}`);
    await clerk.go('提出する');
    expect(await status()).toBe('submitted');
    await clerk.looksRight({ heading: TITLE });
    await clerk.go('提出を取り下げる');
    expect(await status()).toBe('answering');
    await clerk.go('提出する');
    await clerk.open(`/responses/${id}/history`);
    expect(await clerk.words()).toContain('調査票を提出した');
    await clerk.looksRight({ heading: TITLE, title: '調査票の履歴' });
  });

  it('sees why it was returned, and later what the secretariat corrected', async () => {
    await stage.database.query(`update questionnaire_response set status = 'returned', returned_reason = '媒体の種類を確かめてください。', returned_items = '["media"]' where id = $1`, [id]);
    await clerk.open(`/responses/${id}`);
    await clerk.looksRight({ heading: TITLE });
    await stage.database.query(`update questionnaire_response set status = 'fixed', fixed_at = now(), fixed_by_name = '監査事務局' where id = $1`, [id]);
    await stage.database.query(`insert into response_correction (id, organisation_id, response_id, item, before, after, reason, made_at, made_by_name) values ($1, $2, $3, 'terminals', '30', '31', '契約書で確かめたため', now(), '監査事務局')`, [newId(), DEMO_ORGANISATION, id]);
    await clerk.open(`/responses/${id}`);
    expect(await clerk.words('#q-terminals')).toContain('理由：契約書で確かめたため');
    await clerk.looksRight({ heading: TITLE });
  });

  it('gives the answers to a department below', async () => {
    const division = await stage.visitor('responses-division');
    await division.enterAs('子育て支援課 課長');
    const place = ((await stage.database.query(`select d.id, d.name from department d where d.parent_id is null and exists (select from department c where c.parent_id = d.id and c.id = $1)`, [demoDepartment('子育て支援課')])) as { id: string; name: string }[])[0]!;
    await stage.database.query(`update account_role set department_id = $1 where role = 'section-head' and department_id = $2`, [place.id, demoDepartment('子育て支援課')]);
    const other = await askedOf(stage.database, CITY, await askedQuestionnaire(stage.database, CITY, { title: '部の調査' }), place.id);
    await division.open(`/responses/${other}/delegate`);
    await division.looksRight({ heading: '部の調査', title: '回答を任せる' });
    await division.pick('#departmentId', '子育て支援課');
    await division.go('この部署に決める');
    await clerk.open('/responses');
    expect(await clerk.words()).toContain('回答を任されています');
    await clerk.open(`/responses/${other}`);
    expect(await clerk.words()).toContain(`${place.name}から回答を任されています。`);
    await clerk.looksRight({ heading: '部の調査' });
  });
});
