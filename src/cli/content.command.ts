import type { Command } from 'commander';
import { contentProblems } from '../assessments/content.js';
import { readAuditContent } from '../audits/audit-content.js';
import { readQuestionnaireTemplates } from '../audits/questionnaire-content.js';
import { readTabulations } from '../audits/tabulation-content.js';
import { claimItems, type CompiledClaims } from '../checks/claims.js';
import { readClaims } from '../checks/claims-content.js';
import { releaseEverything, type LoadedForm } from '../engine/content-loader.js';
import type { ContentProblem } from '../engine/content.js';
import { factCatalogue } from '../engine/fact-catalogue.js';
import { readCatalogues, readRuleSets, type LoadedRuleSet } from '../engine/rule-set-loader.js';
import { readReportSkeletons } from '../findings/report-skeleton.js';
import { readFindingsContent } from '../findings/scheme-content.js';
import { TenkenError, type Problem } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { Templates } from '../rendering/html.js';
import { readRiskMatrices } from '../risks/risk-matrix.js';
import { readImportWords } from '../systems/import/import-words.js';
import { problemLine, say } from './output.js';

export function addContentCommands(program: Command): void {
  const content = program.command('content').description('様式・判断表・目録・規則集・画面のひな形（templates/）');
  content
    .command('check')
    .description('すべての定義を確かめ、誤りをファイルと場所とともに示します')
    .option('--json', '機械が読む形で表示します')
    .action((options: { json?: boolean }) => say(options.json === true, () => {
      const { forms, tables, problems: found } = contentProblems(inProject('templates'));
      const rules = ruleProblems(inProject('templates'), forms);
      const risks = readRiskMatrices(inProject('templates'), forms.map((one) => one.compiled));
      const audits = readAuditContent(inProject('templates'));
      // What a question takes from the register is checked once the catalogues are sound.
      const questionnaires = rules.systems.length > 0 && rules.controls.length > 0 ? readQuestionnaireTemplates(inProject('templates'), { register: rules.systems.at(-1)!.compiled, controls: rules.controls.at(-1)!.compiled }) : { ready: [], problems: [] };
      const tabulations = readTabulations(inProject('templates'));
      const findings = readFindingsContent(inProject('templates'));
      const reports = readReportSkeletons(inProject('templates'));
      const problems = [...found, ...rules.problems, ...[...risks.problems, ...questionnaires.problems, ...tabulations.problems, ...audits.problems, ...findings.problems, ...reports.problems].map(problemOf), ...templateProblems()];
      const listed = (all: readonly LoadedForm[]): object[] => all.map(({ file, definition }) => ({ file, form: definition.form, version: definition.version, title: definition.title }));
      const ruleSets = rules.ruleSets.map(({ file, definition }) => ({ file, ruleSet: definition.ruleSet, version: definition.version, rules: definition.rules.length }));
      const counted = `様式 ${forms.length}版、判断表 ${tables.length}版、台帳の項目 ${rules.systems.length}版、統制の目録 ${rules.controls.length}版、評価書の記載 ${rules.claims.definition.claims.length}個、リスクの評価の基準 ${risks.matrices.length}版、監査の種類と根拠 ${audits.contents.length}版、調査票のひな型 ${questionnaires.ready.length}版、集計のひな形 ${tabulations.ready.length}版、検出事項と措置の区分 ${findings.contents.length}版、報告の章立てと文 ${reports.skeletons.length}版、規則集 ${ruleSets.length}版（規則 ${ruleSets.reduce((sum, one) => sum + one.rules, 0)}個）`;
      const text = problems.length === 0 ? `${counted}、ひな形に誤りはありません。` : problems.map(problemLine).join('\n');
      return { data: { forms: listed(forms), systems: listed(rules.systems), controls: listed(rules.controls), ruleSets, problems }, text, failed: problems.length > 0 };
    }));
  content
    .command('release')
    .description('新しい版を公開済みにします（以後、そのファイルは変えられません）')
    .option('--json', '機械が読む形で表示します')
    .action((options: { json?: boolean }) => say(options.json === true, () => {
      const released = releaseEverything(inProject('templates'));
      return { data: { released }, text: released.length === 0 ? '新しい版はありません。' : `公開済みにしました: ${released.join('、')}` };
    }));
}

interface RuleContentFound { systems: LoadedForm[]; controls: LoadedForm[]; claims: CompiledClaims; ruleSets: LoadedRuleSet[]; problems: Problem[] }

/** Catalogues, claims and rule sets; rules are checked once all that they may speak of is sound. */
function ruleProblems(folder: string, forms: readonly LoadedForm[]): RuleContentFound {
  const { systems, controls, problems: ofCatalogues } = readCatalogues(folder);
  const { claims, problems: ofClaims } = readClaims(folder, forms);
  const broken = [...ofCatalogues, ...ofClaims].map(problemOf);
  if (broken.length > 0) return { systems, controls, claims, ruleSets: [], problems: broken };
  try {
    const facts = factCatalogue([{ form: systems.at(-1)!.compiled, source: 'register' }, { form: controls.at(-1)!.compiled, source: 'control' }], claimItems(claims));
    const { ruleSets, problems } = readRuleSets(folder, facts);
    const words = readImportWords(folder, systems.at(-1)!.compiled);
    return { systems, controls, claims, ruleSets, problems: [...problems, ...words.problems].map(problemOf) };
  } catch (error) {
    if (!(error instanceof TenkenError)) throw error;
    return { systems, controls, claims, ruleSets: [], problems: [...error.problems] };
  }
}

function problemOf({ file, path, reason }: ContentProblem): Problem {
  return { code: 'content-invalid', path: `${file}${path === '' ? '' : ` ${path}`}`, message: reason };
}

function templateProblems(): Problem[] {
  try {
    new Templates(inProject('templates'));
    return [];
  } catch (error) {
    return [{ code: 'template-invalid', path: 'templates', message: error instanceof Error ? error.message : String(error) }];
  }
}
