import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { looksLikeExchange, readExchange, writeExchange, type ExchangeDocument } from '../assessments/exchange.js';
import { decodeSource } from '../engine/source-decoding.js';
import { computeThresholdFor } from '../assessments/threshold.js';
import { loadContent } from '../assessments/content.js';
import { importText, type ImportResult } from '../assessments/import/import-text.js';
import { modelOf, assessmentPdf, undrawable, type AssessmentSource } from '../documents/assessment-pdf.js';
import { consistency } from '../engine/consistency.js';
import { indexForm } from '../engine/form-index.js';
import { readiness } from '../engine/readiness.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { Templates } from '../rendering/html.js';
import { withBrowser } from './browser.js';
import { problemLine, say } from './output.js';

interface Options {
  json?: boolean;
  dryRun?: boolean;
  form?: string;
  out?: string;
  department?: string;
  title?: string;
}

/** Read when it is needed: it brings the whole product with it. */
const database = () => import('./assessment-database.js');

/** Problems or lines shown in the text form of a report. */
const SHOWN = 40;

export function addAssessmentCommands(program: Command): void {
  const assessment = program.command('assessment').description('特定個人情報保護評価書');

  assessment
    .command('import <file>')
    .description('今ある評価書（交換ファイル、またはテキスト・Markdown・HTML）を取り込みます')
    .option('--dry-run', '保存せずに、読み取れた内容の報告だけを表示します')
    .option('--form <code>', '様式（basic・priority・full）。書かないときは内容から見分けます')
    .option('--department <name>', '所管課の名前（保存するとき）')
    .option('--title <text>', '評価書名。書かないときは内容から取ります')
    .option('--json', '機械が読む形で表示します')
    .action((file: string, options: Options) => say(options.json === true, async () => {
      const { document, report } = readAny(await readFile(file), basename(file), options);
      const id = options.dryRun === true ? null : await (await database()).importAssessment(document, { department: options.department, title: options.title });
      return {
        data: { report, form: document.form, version: document.version, id },
        text: [
          `様式: ${document.form}（${document.version}）`,
          `文字 ${report.totalCharacters}字のうち ${report.placedCharacters}字（${(report.placedShare * 100).toFixed(2)}％）を項目に置きました。`,
          `置けなかったところ ${report.unplaced.length}か所`,
          ...report.unplaced.slice(0, SHOWN).map((one) => `・${one.line}行目: ${one.text.slice(0, 60)}`),
          `確かめるところ ${report.doubts.length}か所`,
          ...report.doubts.slice(0, SHOWN).map((one) => `・${one.line}行目: ${one.message}`),
          id === null ? '保存はしていません。' : `保存しました: ${id}`,
        ].join('\n'),
      };
    }));

  assessment
    .command('export <id>')
    .description('評価書を交換ファイル（JSON）で書き出します')
    .option('--out <file>', '書き出す先。書かないときは標準出力')
    .option('--json', '機械が読む形で表示します（交換ファイルはもともとJSONです）')
    .action((id: string, options: Options) => say(options.json === true, async () => {
      const text = await (await database()).exportAssessment(id);
      if (options.out === undefined) return { data: JSON.parse(text) as unknown, text: text.trimEnd() };
      await writeFile(options.out, text);
      return { data: { file: options.out }, text: `書き出しました: ${options.out}` };
    }));

  assessment
    .command('check <file>')
    .description('交換ファイルの未記入と食い違いを確かめます（データベースは使いません）')
    .option('--json', '機械が読む形で表示します')
    .action((file: string, options: Options) => say(options.json === true, async () => {
      const source = sourceOf(await readFile(file));
      const problems: Problem[] = [...readiness(source.form, source.answers), ...consistency(source.form, source.answers)].map(({ code, path, message }) => ({ code, path, message, href: `#${encodeURIComponent(path)}` }));
      return { data: problems, text: problems.length === 0 ? '未記入も食い違いもありません。' : problems.map(problemLine).join('\n'), failed: problems.length > 0 };
    }));

  assessment
    .command('render <file>')
    .description('交換ファイルを様式のPDFにします（データベースは使いません）')
    .requiredOption('--out <folder>', 'PDFを置くフォルダー')
    .option('--json', '機械が読む形で表示します')
    .action((file: string, options: Options) => say(options.json === true, async () => {
      const document = readExchange(await readFile(file), loadContent(inProject('templates')).forms.map((one) => one.definition));
      const source = toSource(document);
      const missing = undrawable(source);
      if (missing.length > 0) throw new Invalid('character-undrawable', '印刷できない文字があります。', missing);
      const { bytes, pages } = await withBrowser((chromium) => assessmentPdf({ chromium, templates: new Templates(inProject('templates')) }, modelOf(source), new Map(document.images.map((one) => [one.sha256, { mediaType: one.mediaType, bytes: one.data }]))));
      await mkdir(options.out!, { recursive: true });
      const target = join(options.out!, `${basename(file).replace(/\.[^.]*$/u, '')}.pdf`);
      await writeFile(target, bytes);
      return { data: { file: target, pages, bytes: bytes.length }, text: `PDFを作りました: ${target}（${pages}ページ）` };
    }));
}

function sourceOf(bytes: Buffer): AssessmentSource {
  return toSource(readExchange(bytes, loadContent(inProject('templates')).forms.map((one) => one.definition)));
}

export function toSource(document: ExchangeDocument): AssessmentSource {
  const { forms, table } = loadContent(inProject('templates'));
  const form = indexForm(forms.find(({ definition }) => definition.form === document.form && definition.version === document.version)!.definition);
  return { form, answers: document.answerSet, title: document.title, editionNote: '', computeThreshold: computeThresholdFor(form, table) };
}

interface Report {
  totalCharacters: number;
  placedCharacters: number;
  placedShare: number;
  unplaced: ImportResult['unplaced'];
  doubts: ImportResult['doubts'];
}

/** An exchange file, or the text of an assessment, with the report of what was placed. */
function readAny(bytes: Buffer, name: string, options: Options): { document: ExchangeDocument; report: Report } {
  const definitions = loadContent(inProject('templates')).forms.map((one) => one.definition);
  const { text } = decodeSource(bytes);
  if (looksLikeExchange(text)) {
    const document = readExchange(text, definitions);
    const characters = writeExchange(document).replace(/\s/gu, '').length;
    return { document, report: { totalCharacters: characters, placedCharacters: characters, placedShare: 1, unplaced: [], doubts: [] } };
  }
  const result = importText(text, definitions.filter((one) => one.form !== 'threshold'), options.form === undefined ? {} : { form: options.form });
  const { totalCharacters, placedCharacters, placedShare, unplaced, doubts } = result;
  return {
    document: { form: result.form, version: result.version, title: options.title ?? result.about.title ?? name, answerSet: result.answerSet, images: [], ...(result.about.number === undefined ? {} : { number: result.about.number }) },
    report: { totalCharacters, placedCharacters, placedShare, unplaced, doubts },
  };
}
