import { smallAudit } from '../../test/small-audit.js';
import { Invalid } from '../kernel/errors.js';
import { readAuditFile } from './audit-file-checking.js';
import { auditFileSchemas } from './audit-file-schemas.js';

const SCHEMAS = auditFileSchemas();
const read = (file: unknown) => readAuditFile(Buffer.from(JSON.stringify(file)), SCHEMAS);

/** The file with something put in another place. */
function changed(path: string, value: unknown): unknown {
  const file: unknown = smallAudit();
  const steps = path.split('/').slice(1);
  const last = steps.pop()!;
  const parent = steps.reduce((node: unknown, step) => (node as Record<string, unknown>)[step], file) as Record<string, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return file;
}

function problemsOf(file: unknown): string[] {
  try {
    read(file);
    return [];
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return error.problems.map((one) => `${one.path} ${one.code}`);
  }
}

describe('the exchange file of an audit', () => {
  it('is read as it was written', () => {
    expect(read(smallAudit())).toEqual(smallAudit());
  });

  it('may be YAML', () => {
    expect(readAuditFile(Buffer.from(`# 監査\n${JSON.stringify(smallAudit())}`), SCHEMAS)).toEqual(smallAudit());
  });

  it.each([
    ['a missing part', '/people', undefined, ' wrong-shape'],
    ['a part that nobody knows', '/extra', 1, ' wrong-shape'],
    ['a day that is not in the calendar', '/records/0/heldOn', '2026-02-30', '/records/0/heldOn date-invalid'],
    ['a period that ends before it begins', '/audit/endsOn', '2026-04-30', '/audit/endsOn date-order'],
    ['a key twice', '/viewpoints/1/key', 'v1', '/viewpoints/1/key key-once'],
    ['a department that is not listed', '/findings/1/department', '土木課', '/findings/1/department reference-unknown'],
    ['a viewpoint that is not there', '/findings/1/viewpoint', 'v9', '/findings/1/viewpoint reference-unknown'],
    ['a case that is not there', '/improvements/0/case', 'c9', '/improvements/0/case reference-unknown'],
    ['a finding that is not there', '/improvements/0/findings/0', 9, '/improvements/0/findings/0 reference-unknown'],
    ['a member who is not there', '/deliberations/0/voices/0/person', 'p9', '/deliberations/0/voices/0/person reference-unknown'],
    ['a deliberation about no finding', '/deliberations/0/subject', 'finding', '/deliberations/0/number reference-unknown'],
    ['an action that is not there', '/notices/0/items/0/action', 9, '/notices/0/items/0/action reference-unknown'],
    ['a state that the scheme does not know', '/actions/0/state', 'abandoned', '/actions/0/state code-unknown'],
    ['a severity that the scheme does not know', '/findings/1/severity', 'extreme', '/findings/1/severity code-unknown'],
    ['an answer to no question', '/questionnaires/0/responses/0/answers/colour', 'red', '/questionnaires/0/responses/0/answers/colour unknown-item'],
    ['an answer that does not fit', '/questionnaires/0/responses/0/answers/count', '多数', '/questionnaires/0/responses/0/answers/count wrong-type'],
    ['NUL in a text', '/findings/1/facts', 'あ\u0000い', '/findings/1/facts character-unstorable'],
    ['half of a pair of surrogates', '/records/0/seen', '\ud842', '/records/0/seen character-unstorable'],
    ['a version that is not known yet', '/version', 2, '/version version-unknown'],
    ['a file of something else', '/tenken', 'assessment', '/tenken not-an-audit'],
    ['a question with options that are not there', '/questionnaires/0/definition/sections/0/blocks/0/items/1/options', 'colours', '/questionnaires/0/definition/sections/0/blocks/0/items/1（care）/options questionnaire-invalid'],
  ])('is refused for %s, at its place', (_, path, value, told) => {
    expect(problemsOf(changed(path, value)).map((one) => (told.startsWith(' ') ? one.slice(one.indexOf(' ')) : one))).toContain(told);
  });

  it('is refused for an action of nothing', () => {
    const file = smallAudit();
    Object.assign(file.actions[0]!, { finding: null, improvement: null });
    expect(problemsOf(file)).toEqual(['/actions/0 action-of-nothing']);
  });

  it('is refused for findings that stand under each other', () => {
    const file = smallAudit();
    file.findings[0]!.parent = 2;
    expect(problemsOf(file)).toEqual(['/findings/0 circle', '/findings/1 circle']);
  });

  it.each([
    ['a part twice', '{"tenken": "audit", "tenken": "audit"}', '同じ欄が2度書かれています。1つにしてください。'],
    ['two documents', 'tenken: audit\n---\ntenken: audit\n', '1つのファイルに2つ以上の文書があります。「---」で分けずに、1つにしてください。'],
    ['a thousand brackets', '['.repeat(100_000), '入れ子が深すぎて読めません。監査の交換ファイルかどうかを確かめてください。'],
  ])('says in Japanese what is wrong with %s', (_, text, told) => {
    let said: string[] = [];
    try { readAuditFile(Buffer.from(text), SCHEMAS); } catch (error) { said = (error as Invalid).problems.map((one) => one.message); }
    expect(said).toContain(told);
  });

  it.each([['no text at all', ''], ['a list', '[1, 2]'], ['half a file', '{"tenken": "audit",'], ['a program', '\u007fELF\u0000\u0001'], ['an alias bomb', 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b, *b]'],
    ['one that would fill the memory', `a0: &a0 [x]\n${Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array.from({ length: 9 }, () => `*a${n}`).join(', ')}]`).join('\n')}`]])('says what is wrong with %s', (_, text) => {
    expect(() => readAuditFile(Buffer.from(text), SCHEMAS)).toThrow(Invalid);
  });
});
