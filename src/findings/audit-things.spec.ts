import { auditFixture } from '../../test/audit-fixtures.js';
import { citedRuns, numberedFile } from './audit-things.js';

/** 1 heads 2 to 8, numbered (1) to (7); 9 stands beside it. */
const view = () => numberedFile(auditFixture('osaka-my-number'));

it.each<[string, number[], string[]]>([
  ['neighbours from three on are a range', [2, 3, 4, 5, 6, 7, 8], ['2～8']],
  ['two are named each', [2, 3], ['2', '3']],
  ['a gap parts them', [2, 3, 4, 6, 7, 8], ['2～4', '6～8']],
  ['a level parts them', [7, 8, 9], ['7', '8', '9']],
  ['in the order of the document', [4, 2, 3], ['2～4']],
  ['what is not there is left out', [2, 99], ['2']],
  ['none', [], []],
])('%s', (_, numbers, runs) => expect(citedRuns(view(), numbers)).toEqual(runs));

it('a finding that is put between parts a range, or stands in it', () => {
  const file = auditFixture('osaka-my-number');
  file.findings.splice(3, 0, { ...file.findings[2]!, number: 10 });
  expect(citedRuns(numberedFile(file), [2, 3, 4])).toEqual(['2', '3', '4']);
  expect(citedRuns(numberedFile(file), [2, 3, 10, 4])).toEqual(['2～4']);
});
