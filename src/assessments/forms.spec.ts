import { inProject } from '../kernel/root.js';
import { NotFound } from '../kernel/errors.js';
import { loadContent } from './content.js';
import { Forms } from './forms.js';

describe('forms', () => {
  const content = loadContent(inProject('templates'));
  const forms = new Forms(content.forms, content.table);

  // 令和6年10月 form: valid from 2024-10-01; the 平成31年1月 form ends the day before.
  it.each([['2024-09-30', '2019-01'], ['2024-10-01', '2024-10'], ['2026-11-21', '2024-10']])('a basic assessment that is begun on %s is written on version %s', (day, version) => {
    expect(forms.current('basic', day).definition.version).toBe(version);
  });

  it('before any version is valid, and for an unknown form or version, there is none', () => {
    expect(() => forms.current('basic', '2018-12-31')).toThrow(NotFound);
    expect(() => forms.current('poster', '2026-11-21')).toThrow(NotFound);
    expect(() => forms.get('basic', '1999-01')).toThrow(NotFound);
  });

  it('lists the statutory forms, newest first, without the threshold questions', () => {
    expect(forms.statutory().map((one) => `${one.form} ${one.version}`)).toEqual(['basic 2024-10', 'full 2024-10', 'priority 2024-10', 'basic 2019-01']);
  });
});
