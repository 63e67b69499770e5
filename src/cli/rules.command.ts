import type { Command } from 'commander';
import type { Code } from '../engine/form.js';
import { SEVERITIES, type Basis, type RuleSetDefinition, type Severity } from '../engine/rule-set.js';
import { ruleInWords, ruleText } from '../engine/rule-words.js';
import { Invalid } from '../kernel/errors.js';
import { nearCodes } from './near-codes.js';
import { say } from './output.js';
import { rulesOn } from './rule-content.js';

interface Options {
  json?: boolean;
}

/** One rule, as `rules list --json` prints it. */
export interface ListedRule {
  ruleSet: Code;
  code: Code;
  viewpoint: Code;
  severity: Severity;
  basis: Basis[];
}

export function addRulesCommands(program: Command): void {
  const rules = program.command('rules').description('点検の規則集と規則');
  rules
    .command('list')
    .description('製品のすべての規則を、規則集・着眼点・重さ・根拠とともに並べます')
    .option('--json', '機械が読む形で表示します')
    .action((options: Options) => say(options.json === true, () => {
      const { ruleSets } = rulesOn();
      const listed = ruleSets.flatMap(({ ruleSet, rules: own }) => own.map(({ code, viewpoint, severity, basis }): ListedRule => ({ ruleSet, code, viewpoint, severity, basis })));
      return { data: listed, text: ruleSets.map(tableOf).join('\n\n') };
    }));
  rules
    .command('explain <code>')
    .description('規則を文章で説明します')
    .option('--json', '機械が読む形で表示します')
    .action((code: string, options: Options) => say(options.json === true, () => {
      const { ruleSets, facts } = rulesOn();
      for (const set of ruleSets) {
        const rule = set.rules.find((one) => one.code === code);
        if (rule === undefined) continue;
        const words = ruleInWords(rule, set, facts);
        return { data: words, text: ruleText(words).trimEnd() };
      }
      throw unknownRule(code, ruleSets.flatMap((set) => set.rules.map((one) => one.code)));
    }));
}

function unknownRule(code: string, codes: readonly Code[]): Invalid {
  const near = nearCodes(code, codes);
  const hint = near.length > 0 ? `近い符号：${near.join('、')}。` : '「tenken rules list」ですべての符号を表示します。';
  return new Invalid('rule-unknown', '規則がありません。', [{ code: 'rule-unknown', path: code.slice(0, 80), message: `この符号の規則はありません。${hint}` }]);
}

/** A rule set with its rules under their viewpoints. */
function tableOf({ ruleSet, version, title, viewpoints, rules }: RuleSetDefinition): string {
  const code = Math.max(...rules.map((one) => one.code.length));
  const number = Math.max(...viewpoints.map((one) => widthOf(one.number)));
  const line = (...[first, second, third, last]: [string, string, string, string]): string => `${padded(first, code)}  ${padded(second, number)}  ${padded(third, SEVERITY_WIDTH)}  ${last}`;
  return [
    `${title}（${ruleSet} ${version}、${viewpoints.length}着眼点・${rules.length}規則）`,
    line('符号', '着眼点', '重さ', '求めること'),
    ...viewpoints.flatMap((viewpoint) => rules.filter((one) => one.viewpoint === viewpoint.code).map((one) => line(one.code, viewpoint.number, SEVERITIES[one.severity], one.title))),
  ].join('\n');
}

const SEVERITY_WIDTH = Math.max(...Object.values(SEVERITIES).map(widthOf));

/** Cells on a terminal: Japanese signs take two. */
function widthOf(text: string): number {
  return [...text].reduce((width, sign) => width + (sign.codePointAt(0)! < 0x80 ? 1 : 2), 0);
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
