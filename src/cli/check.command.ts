import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Code } from '../engine/form.js';
import { RESULT_WORDS, RESULTS, SEVERITIES, type Result, type RuleExplanation, type RuleSetDefinition, type Severity } from '../engine/rule-set.js';
import { compileRules } from '../engine/rules.js';
import { factsOfExchange, readSystemsExchange, type FactsOfKey } from '../systems/exchange.js';
import { DECLARATION_MONTHS } from '../systems/system-settings.js';
import { say } from './output.js';
import { chosenSets, rulesOn, type RulesOnDay } from './rule-content.js';

interface Options {
  ruleSet?: string;
  today?: string;
  json?: boolean;
}

/** One rule over one system, as `--json` prints it. */
export interface CheckedLine {
  /** Name of the system. */
  system: string;
  /** Its key in the file. */
  key: string;
  ruleSet: Code;
  rule: Code;
  viewpoint: Code;
  severity: Severity;
  result: Result;
  explanation: string;
  /** For `unknown`: codes of the facts that are missing. */
  missing: Code[];
}

export function addCheckCommand(program: Command): void {
  program
    .command('check <file>')
    .description('システムと申告の交換ファイルを規則集に照らします（データベースは使いません）。不適合があるとき、ファイルに問題があるときは 1 で終わります')
    .option('--rule-set <code>', '規則集の符号。書かないときは、製品のすべての規則集')
    .option('--today <day>', '点検する日（例: 2026-11-20）。書かないときは今日。申告の期限と規則集の版がこの日で決まります')
    .option('--json', '機械が読む形で表示します')
    .action((file: string, options: Options) => say(options.json === true, async () => {
      const rules = rulesOn(options.today);
      const sets = chosenSets(rules.ruleSets, options.ruleSet);
      const lines = checkFile(await readFile(file), rules, sets);
      return { data: lines, text: textOf(lines, sets, rules.today), failed: lines.some((one) => one.result === 'not-met') };
    }));
}

/** Every rule over every system of the file; platforms are no systems of their own. Throws `Invalid` with every problem of the file. */
export function checkFile(source: Uint8Array, { catalogue, facts, today }: RulesOnDay, sets: readonly RuleSetDefinition[]): CheckedLine[] {
  const document = readSystemsExchange(source, { catalogue, today });
  const systems = factsOfExchange(document, { catalogue, today, declarationMonths: DECLARATION_MONTHS }).filter((one) => one.kind === 'system');
  const compiled = sets.map((set) => compileRules(set, facts));
  return systems.flatMap((system) => compiled.flatMap((set) => set.definition.rules.map((rule): CheckedLine => {
    const { result, text, missing } = set.definition.per === undefined ? set.explain(rule.code, system.values) : NO_ASSESSMENT;
    return {
      system: system.name, key: system.key, ruleSet: set.definition.ruleSet, rule: rule.code, viewpoint: rule.viewpoint, severity: rule.severity,
      result, explanation: text + staleText(system, missing, catalogueLabel), missing: [...missing],
    };
  })));

  function catalogueLabel(code: Code): string {
    return facts.get(code)?.label ?? code;
  }
}

/** The file knows of no assessments, so what looks at them has nothing to look at. */
const NO_ASSESSMENT: Pick<RuleExplanation, 'result' | 'text' | 'missing'> = { result: 'not-applicable', text: '交換ファイルには評価書がないため対象外', missing: [] };

/** A declaration that is too old counts as none; without this word nobody would see why. */
function staleText({ stale }: FactsOfKey, missing: readonly Code[], label: (code: Code) => string): string {
  const old = missing.filter((code) => stale[code] !== undefined);
  return old.length === 0 ? '' : `（${old.map((code) => `「${label(code)}」の申告は${stale[code]!}のもので、${DECLARATION_MONTHS}か月を過ぎています`).join('、')}）`;
}

/** The results that somebody has to do something about, gravest first. */
const TELLING: readonly Result[] = ['not-met', 'unknown'];

function textOf(lines: readonly CheckedLine[], sets: readonly RuleSetDefinition[], today: string): string {
  const titles = new Map(sets.flatMap((set) => set.rules.map((rule) => [rule.code, rule.title] as const)));
  const bySystem = new Map<string, CheckedLine[]>();
  for (const one of lines) {
    const own = bySystem.get(one.key);
    if (own === undefined) bySystem.set(one.key, [one]);
    else own.push(one);
  }
  const head = `${today}に、規則集${sets.length}つ（${sets.map((one) => one.title).join('、')}）の${titles.size}規則で、${bySystem.size}システムを点検しました。${countsText(lines)}`;
  return [head, ...[...bySystem.values()].flatMap((own) => ['', `${own[0]!.system}（${own[0]!.key}）　${countsText(own)}`, ...TELLING.flatMap((result) => own.filter((one) => one.result === result).flatMap((one) => [
    `  ${RESULT_WORDS[result].sign} ${titles.get(one.rule)!}（${one.ruleSet} ${one.rule}、${SEVERITIES[one.severity]}）`, `      ${one.explanation}`,
  ]))])].join('\n');
}

function countsText(lines: readonly CheckedLine[]): string {
  return RESULTS_IN_ORDER.map((result) => `${RESULT_WORDS[result].label} ${lines.filter((one) => one.result === result).length.toLocaleString('ja-JP')}`).join('、');
}

const RESULTS_IN_ORDER: readonly Result[] = [...TELLING, ...RESULTS.filter((one) => !TELLING.includes(one))];
