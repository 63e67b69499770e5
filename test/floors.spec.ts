import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import ts from 'typescript';
import { LINE, offence, ROOT } from './floors.mjs';

const BANNED = /^(utils?|helpers?|common|base|dtos?|interfaces?)$/;
/** Folders and packages that talk to the world outside. Hashing is pure. */
const WORLD = /^(node:(?!crypto$|assert)|fs|net|http|https|os|child_process|pg|typeorm|@nestjs\/|puppeteer|fastify|sharp|exceljs|pg-boss)/;

interface Source {
  file: string;
  name: string;
  text: string;
  imports: string[];
}

function sources(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((one) => one.endsWith('.ts'))
    .map((one) => {
      const file = join(ROOT, folder, one);
      const text = readFileSync(file, 'utf8');
      // Static, type-only, dynamic and re-exporting imports, and import types.
      return { file, name: relative(ROOT, file), text, imports: ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName) };
    });
}

const all = sources('src');
const programs = all.filter((one) => !one.name.endsWith('.spec.ts'));
const engine = programs.filter((one) => one.name.startsWith('src/engine/') && basename(one.name) !== 'content-loader.ts');
const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');

describe(`the line: ${LINE.join(' → ')}`, () => {
  it('is kept by every import under src', () => {
    expect(all.length).toBeGreaterThan(0);
    expect(all.flatMap(({ file, name, imports }) => imports.map((one) => offence(file, one)).filter((why) => why !== null).map((why) => `${name}: ${why}`))).toEqual([]);
  });

  it('is not walked around with forwardRef', () => {
    expect(programs.filter(({ text }) => /\bforwardRef\b/.test(withoutComments(text))).map(({ name }) => name)).toEqual([]);
  });

  it('lets migrations see the kernel only', () => {
    const wrong = sources('migrations').flatMap(({ name, imports }) => imports.filter((one) => one.startsWith('../src/') && !one.startsWith('../src/kernel/')).map((one) => `${name}: ${one}`));
    expect(wrong).toEqual([]);
  });

  it.each([
    ['src/engine/x.ts', '../kernel/errors.js', true],
    ['src/engine/x.ts', './form.js', true],
    ['src/engine/x.ts', 'yaml', true],
    ['src/kernel/x.ts', '../engine/form.js', false],
    ['src/identity/deep/x.ts', '../../assessments/threshold.js', false],
    ['src/cli/main.ts', '../app.module.js', true],
    ['src/web/x.ts', '../app.module.js', false],
    ['src/utils/x.ts', '../kernel/errors.js', false],
    ['src/engine/x.ts', '../../test/floors.mjs', false],
    ['src/engine/x.spec.ts', '../../test/test-database.js', true],
  ])('%s importing %s: allowed is %s', (file, specifier, allowed) => {
    expect(offence(join(ROOT, file), specifier) === null).toBe(allowed);
  });
});

describe('the engine', () => {
  it('imports nothing that reads or writes', () => {
    expect(engine.flatMap(({ name, imports }) => imports.filter((one) => WORLD.test(one)).map((one) => `${name}: ${one}`))).toEqual([]);
  });

  it('asks neither the clock nor chance nor the environment', () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\brandomBytes\(|\bprocess\.env\b|\bfetch\(/;
    expect(engine.filter(({ text }) => impure.test(withoutComments(text))).map(({ name }) => name)).toEqual([]);
  });
});

describe('files', () => {
  it('have names that say what is inside', () => {
    const wrong = all.filter(({ name }) => name.split('/').slice(1).flatMap((part) => part.split('.')).some((word) => BANNED.test(word)));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('have at most 300 lines', () => {
    expect(programs.map(({ name, text }) => ({ name, lines: text.trimEnd().split('\n').length })).filter(({ lines }) => lines > 300)).toEqual([]);
  });

  it('name at most six dependencies in a constructor', () => {
    const heavy = programs.flatMap(({ name, text }) => {
      const found: string[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isConstructorDeclaration(node) && node.parameters.length > 6) found.push(`${name}: ${node.parameters.length}`);
        ts.forEachChild(node, visit);
      };
      if (/constructor\s*\(/.test(text)) visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, false));
      return found;
    });
    expect(heavy).toEqual([]);
  });
});
