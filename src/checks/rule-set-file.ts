/** Rule sets of an organisation as files: the same YAML as under `templates/rule-sets/`. Pure. */
import { stringify } from 'yaml';
import { parseYaml } from '../engine/content-loader.js';
import { decodeSource } from '../engine/source-decoding.js';
import type { RuleSetDefinition } from '../engine/rule-set.js';
import { Invalid } from '../kernel/errors.js';
import { draftOf, unreadable } from './rule-drafting.js';

/** Problems that are listed; one more says how many there are. */
const MOST_PROBLEMS = 100;

/** A draft from a file; perhaps unsound, but with every field that its forms show. Throws `Invalid` with every problem. */
export function readRuleSetFile(bytes: Uint8Array): RuleSetDefinition {
  const { definition, problems: ofYaml } = parsed(decodeSource(bytes).text);
  const problems = ofYaml.length > 0 ? ofYaml.map(({ path, reason }) => ({ code: 'rule-set-unreadable', path, message: reason })) : unreadable(definition);
  if (problems.length > 0) {
    const listed = problems.slice(0, MOST_PROBLEMS).map((one) => ({ ...one, message: one.path === '' ? one.message : `${one.path}：${one.message}` }));
    if (problems.length > MOST_PROBLEMS) listed.push({ code: 'more-problems', path: '', message: `ほかに${problems.length - MOST_PROBLEMS}件あります。まず上の問題を直してください。` });
    throw new Invalid('rule-set-unreadable', `規則集のファイルに${problems.length}件の問題があるため、取り込めません。`, listed);
  }
  return draftOf(definition as object);
}

function parsed(text: string): ReturnType<typeof parseYaml> {
  try {
    return parseYaml(text, '');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { definition: null, problems: [{ file: '', path: '', reason: '入れ子が深すぎて読めません。規則集のファイルかどうかを確かめてください。' }] };
  }
}

export function writeRuleSetFile(definition: object): string {
  return stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false });
}
