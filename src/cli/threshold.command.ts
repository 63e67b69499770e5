
import type { Command } from 'commander';
import { loadContent } from '../assessments/content.js';
import { judge, type ThresholdJudgement } from '../assessments/threshold.js';
import { Invalid, type Problem } from '../kernel/errors.js';
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
  const problems: Problem[] = [];
  const problem = (code: string, path: string, message: string): void => void problems.push({ code, path, message });
  const people = count(options.people, '--people', problem);
  const handlers = count(options.handlers, '--handlers', problem);
  const incident = yesNo(options.incident, problem);
  try {
    const judged = judge({ exempt: options.exempt ?? 'none', people, handlers, incident }, loadContent(inProject('templates')).table);
    if (problems.length === 0) return judged;
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    // What could not be read is told above already, not once more as missing.
    for (const one of error.problems) {
      const path = `--${one.path}`;
      if (!problems.some((other) => other.path === path)) problem(one.code, path, one.message);
    }
  }
  throw new Invalid('threshold-input', 'しきい値判断の入力を確かめてください。', problems);
}

type Report = (code: string, path: string, message: string) => void;

function count(text: string | undefined, option: string, problem: Report): number | undefined {
  const value = (text ?? '').normalize('NFKC').replaceAll(',', '').trim();
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  problem('threshold-not-number', option, `${option} は数字で書いてください（いまの値: ${text ?? ''}）。`);
  return undefined;
}

function yesNo(text: string | undefined, problem: Report): boolean | undefined {
  if (text === 'yes' || text === 'no') return text === 'yes';
  problem('threshold-not-yes-no', '--incident', `--incident は yes か no にしてください（いまの値: ${text ?? ''}）。`);
  return undefined;
}
