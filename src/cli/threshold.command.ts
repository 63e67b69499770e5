import { readFileSync } from 'node:fs';

import type { Command } from 'commander';
import { parse } from 'yaml';
import { judge, type ThresholdJudgement } from '../assessments/threshold.js';
import { parseDecisionTable } from '../engine/decision-table.parse.js';
import { Invalid } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { say } from './output.js';

interface Options {
  people?: string;
  handlers?: string;
  incident?: string;
  exempt?: string;
  json?: boolean;
}

export function addThresholdCommand(program: Command): void {
  program
    .command('threshold')
    .description('対象人数・取扱者数・重大事故から、義務付けられる評価を判断します')
    .requiredOption('--people <N>', '対象人数（人）')
    .requiredOption('--handlers <N>', '取扱者数（人）')
    .requiredOption('--incident <yes|no>', '過去1年以内の重大事故')
    .option('--exempt <code>', '評価の対象外となる場合の種類', 'none')
    .option('--json', '機械が読む形で表示します')
    .action((options: Options) => say(options.json === true, () => {
      const judgement = judgeFromOptions(options);
      const { code, words, basis } = judgement.decidingRow;
      return {
        data: { result: judgement.result, row: { code, words, basis }, next: judgement.next, documents: judgement.documents, words: judgement.words },
        text: [judgement.words, `根拠: ${basis}`, ...judgement.next.map((one) => `・${one.words}`)].join('\n'),
      };
    }));
}

function judgeFromOptions(options: Options): ThresholdJudgement {
  const table = parseDecisionTable(parse(readFileSync(inProject('templates', 'forms', 'threshold', 'table.2024-10.yaml'), 'utf8')));
  return judge({ exempt: options.exempt ?? 'none', people: count(options.people, '--people'), handlers: count(options.handlers, '--handlers'), incident: yesNo(options.incident) }, table);
}

function count(text: string | undefined, option: string): number {
  const value = (text ?? '').normalize('NFKC').replaceAll(',', '').trim();
  if (!/^-?\d+(\.\d+)?$/.test(value)) {
    const message = `${option} は数字で書いてください（いまの値: ${text ?? ''}）。`;
    throw new Invalid('threshold-not-number', 'しきい値判断の入力を確かめてください。', [{ code: 'threshold-not-number', path: option, message }]);
  }
  return Number(value);
}

function yesNo(text: string | undefined): boolean {
  if (text === 'yes') return true;
  if (text === 'no') return false;
  const message = `--incident は yes か no にしてください（いまの値: ${text ?? ''}）。`;
  throw new Invalid('threshold-not-yes-no', 'しきい値判断の入力を確かめてください。', [{ code: 'threshold-not-yes-no', path: '--incident', message }]);
}
