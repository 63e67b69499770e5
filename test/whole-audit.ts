import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle } from 'puppeteer';
import { DEMO_ORGANISATION, demoDepartment } from '../src/demo/city.js';
import { inTransaction } from '../src/kernel/database.js';
import { addSystem } from './checks-town.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';
import { printedPages } from './printed-pages.js';

export const THEME = '電算システムの個人情報の管理について';
export const SHEET = '情報システムにおける個人情報の取扱いに関する調査票';

/** Everybody who has a part in one audit; the stage is open from `openWholeAudit` on, each comes with the first step of theirs. */
export interface WholeAudit {
  stage: Stage;
  /** 監査事務局. */
  office: Visitor;
  /** 子育て支援課, its 担当 and its 課長. */
  clerk: Visitor;
  head: Visitor;
  /** 市民課. */
  other: Visitor;
  /** 監査委員. */
  member: Visitor;
}

/** With one system in each of the two departments; nothing else is there. */
export async function openWholeAudit(audit: WholeAudit): Promise<void> {
  audit.stage = await openStage({ demo: true });
  const { database, clock } = audit.stage;
  const actor = { id: null, name: '評価統括', department: null, grants: [{ role: 'assessment-lead', department: null }] };
  for (const [department, name] of [['子育て支援課', '児童手当システム'], ['市民課', '証明書発行システム']] as const) {
    await inTransaction(database, { organisation: DEMO_ORGANISATION, actor, clock }, (ctx) => addSystem(ctx, demoDepartment(department), name, { 'access-granting': { choice: 'individual-id' }, outsourcing: { choice: 'outsourced' } }));
  }
  audit.office = await arrive(audit, 'office', '監査事務局 担当');
}

export async function arrive({ stage }: WholeAudit, name: string, card: string): Promise<Visitor> {
  const visitor = await stage.visitor(`whole-audit-${name}`);
  await visitor.enterAs(card);
  return visitor;
}

/** Chooses a file of this name for the file field of the page. */
export async function upload(who: Visitor, name: string, bytes: Buffer): Promise<void> {
  const path = join(mkdtempSync(join(tmpdir(), 'tenken-whole-audit-')), name);
  writeFileSync(path, bytes);
  const field = (await who.page.$('#file')) as ElementHandle | null as { uploadFile(file: string): Promise<void> } | null;
  await field!.uploadFile(path);
}

/** The PDF of the documents page whose title has these words, as its text without spaces. */
export async function printedText(who: Visitor, title: string): Promise<string> {
  const links = await who.page.$$eval('#audit-documents td a', (all) => all.map((one) => [one.textContent, one.getAttribute('href')] as [string, string]));
  const { bytes, type } = await who.file(links.find(([text]) => text.includes(title))![1]);
  expect(type).toBe('application/pdf');
  return (await printedPages(bytes)).map((page) => page.text).join('');
}
