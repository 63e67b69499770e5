import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { incidentsQuestionnaire } from '../audits/sample-questionnaire.js';
import { printedPages } from '../../test/printed-pages.js';
import { smallAudit } from '../../test/small-audit.js';
import type { AuditFile } from '../findings/audit-file.js';
import { Chromium } from '../rendering/chromium.js';
import { Templates } from '../rendering/html.js';
import { readPdf } from '../rendering/pdf-file.js';
import { auditDocument } from './audit-documents.js';
import { printAuditDocument } from './audit-files.js';

const ROW = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;

describe('a questionnaire with repeated rows, pictures and sums on paper', () => {
  const chromium = new Chromium({ folder: join(tmpdir(), `tenken-browser-${process.getuid?.() ?? 'user'}`) });
  const templates = new Templates('templates');
  let file: AuditFile;
  let picture: { mediaType: string; bytes: Buffer };
  let sha256: string;

  beforeAll(async () => {
    picture = { mediaType: 'image/png', bytes: await sharp({ create: { width: 300, height: 200, channels: 3, background: '#88aa66' } }).png().toBuffer() };
    sha256 = createHash('sha256').update(picture.bytes).digest('hex');
    file = smallAudit();
    file.questionnaires = [{
      ...file.questionnaires[0]!, key: 'q1', title: '事故の調査', definition: incidentsQuestionnaire(),
      responses: [{
        department: '市民課', system: null, status: 'fixed', rows: [1, 2].map((n) => ({ id: ROW(n), group: 'incidents', parent: null, position: n })),
        answers: {
          any: { choice: 'yes' }, [`what@${ROW(1)}`]: '封筒の紛失', [`day@${ROW(1)}`]: '2026-05-01', [`how@${ROW(1)}`]: { choice: 'other', text: '盗難' }, [`persons@${ROW(1)}`]: 1200, [`what@${ROW(2)}`]: '誤送付', [`persons@${ROW(2)}`]: 34,
          records: { lists: [{ heading: '住民情報', records: [{ number: 1, name: '氏名' }] }] }, plan: { figures: [{ image: sha256, caption: '保管庫', width: 300, height: 200 }] },
        },
      }],
    }];
  });
  afterAll(() => chromium.close());

  const printed = async (choice: string): Promise<{ text: string; bytes: Buffer }> => {
    const { model, mediaType, problems } = auditDocument('questionnaire', file, { choice });
    expect(problems).toEqual([]);
    const { bytes } = await printAuditDocument({ chromium, templates }, model, mediaType, new Map([[sha256, picture]]));
    if (process.env.SCREENSHOTS !== undefined) writeFileSync(join(process.env.SCREENSHOTS, `${choice.replace('#', '-')}.pdf`), bytes);
    return { text: (await printedPages(bytes)).map((one) => one.text).join('').replace(/\s+/gu, ''), bytes };
  };

  it('filled: every row with its answers, what is added up, the picture with its caption', async () => {
    const { text, bytes } = await printed('q1#市民課');
    for (const words of ['事故1', '封筒の紛失', '令和8年5月1日', '（その他の内容：盗難）', '1,200人', '事故2', '誤送付', '1,234人', '2件', '住民情報', '氏名', '保管庫']) expect(text).toContain(words);
    expect(text).not.toContain('事故3');
    expect(readPdf(bytes).pages.length).toBeGreaterThan(0);
    expect(bytes.toString('latin1')).toContain('/Subtype /Image');
  });

  it('blank: some rows to fill in by hand', async () => {
    const { text, bytes } = await printed('q1');
    // The questions begin under the head of the sheet, on its page
    expect((await printedPages(bytes))[0]!.text.replace(/\s+/gu, '')).toMatch(/回答する部署.*問1/u);
    for (const words of ['問2　事故の一覧（問1が「あった」のときだけ答えます）　事故1'.replace(/\s/gu, ''), '事故2', '事故3', '影響した人数の合計', '問5保管場所の図']) expect(text).toContain(words);
    for (const words of ['事故4', '件数3件', '封筒の紛失', '保管庫']) expect(text).not.toContain(words);
  });
});
