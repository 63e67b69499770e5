import type { Problem } from '../kernel/errors.js';
import { missingCharacters } from '../rendering/coverage.js';
import { drawGrid, gridSize } from '../rendering/grid-picture.js';
import type { Templates } from '../rendering/html.js';
import { readPdf } from '../rendering/pdf-file.js';
import { renderPdf } from '../rendering/pdf.js';
import { pictureFile } from '../rendering/picture-file.js';
import { XLSX } from '../rendering/workbook.js';
import type { ReportFacts } from './check-report.facts.js';
import type { CheckReport } from './check-report.model.js';
import { drawChart, drawPage } from './check-report.pictures.js';
import type { CheckWorkbook } from './check-report.sheets.js';
import { SHARE_NOTE } from './check-report.words.js';
import { workbookFile } from './check-report.workbook.js';
import type { BeginPrinting, PrintingTools } from './printing.js';

export const CHECK_TEMPLATE = 'reports/check/report';

/** HTML of a model, with its pictures drawn. */
export function checkReportHtml(templates: Templates, model: CheckReport): string {
  return templates.render(CHECK_TEMPLATE, {
    ...model, shareNote: SHARE_NOTE,
    ruleSets: model.ruleSets.map((set) => ({
      ...set,
      charts: set.charts.map((chart) => ({ title: chart.title, svg: drawChart(chart) })),
      grids: set.grids.map(({ caption, grid }, n) => ({ caption, svg: drawPage(grid, set.wide, `${set.anchor}-${n}`) })),
    })),
  });
}

export async function checkReportPdf(tools: PrintingTools, model: CheckReport): Promise<{ bytes: Buffer; pages: number }> {
  const bytes = await renderPdf(tools.chromium, checkReportHtml(tools.templates, model), { title: model.title, footerLeft: model.footer });
  return { bytes, pages: readPdf(bytes).pages.length };
}

export const checkReportWorkbook = ({ chromium }: Pick<PrintingTools, 'chromium'>, model: CheckWorkbook): Promise<Buffer> =>
  workbookFile(model, (grid) => pictureFile(chromium, drawGrid(grid), gridSize(grid)));

export const beginCheckReport: BeginPrinting = (_ctx, { model, mediaType }) => Promise.resolve(async (tools) => {
  if (mediaType === XLSX) return { bytes: await checkReportWorkbook(tools, model as CheckWorkbook), pages: null, templateHash: null };
  return { ...(await checkReportPdf(tools, model as CheckReport)), templateHash: tools.templates.hash(CHECK_TEMPLATE) };
});

/** Characters that no font can draw, with the place of each, to be mended before printing. */
export function undrawable(facts: ReportFacts): Problem[] {
  const problems: Problem[] = [];
  const look = (place: string, path: string, href: string | null, texts: readonly string[]): void => {
    for (const { character, codePoint, count } of missingCharacters(texts.join('\n'))) {
      const message = `${place}の「${character}」（${codePoint}、${count}か所）は、印刷の書体にない文字です。別の字かかなに替えてください。`;
      problems.push({ code: 'character-undrawable', path, message, ...(href === null ? {} : { href }) });
    }
  };
  look('団体の名称', 'organisation', null, [facts.organisation]);
  for (const name of new Set([facts.scope.kind === 'department' ? facts.scope.name : '', ...facts.systems.map(({ head }) => head.departmentName), ...facts.unchecked.map((one) => one.departmentName)])) look(`部署「${name}」の名称`, 'department', null, [name]);
  for (const { id, name } of facts.unchecked) look(`システム「${name}」の名称`, id, `/systems/${id}`, [name]);
  for (const { head, classLabel, register, sheet } of facts.systems) {
    const texts = sheet.ruleSets.flatMap(({ rules }) => rules.flatMap(({ explanation, assessments, overrule }) => [
      explanation.text, ...assessments.flatMap((one) => [one.title, one.explanation.text]), ...(overrule === null ? [] : [overrule.reason, overrule.evidence, overrule.madeByName]),
    ]));
    look(`システム「${head.name}」の名称、台帳又は点検の結果`, head.id, `/systems/${head.id}`, [head.name, classLabel, ...register.map((one) => one.value), ...new Set(texts)]);
  }
  for (const { definition } of facts.ruleSets) look(`規則集「${definition.title}」`, definition.ruleSet, `/checks/rules/${definition.ruleSet}`, [JSON.stringify([definition.title, definition.source, definition.viewpoints, definition.rules])]);
  for (const [rule, setting] of Object.entries(facts.settings)) look('規則を使わない理由', rule, null, [setting?.off?.reason ?? '']);
  return problems;
}
