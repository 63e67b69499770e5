import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Templates } from './html.js';

let root: string;
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'templates-')); });
afterEach(() => { rmSync(root, { recursive: true, force: true }); });

describe('Templates', () => {
  it('renders pages with partials of any depth and escapes every value', () => {
    put('pages/home.hbs', '<p>{{> fields/text value=name}}</p>');
    put('partials/fields/text.hbs', '<b>{{value}}</b>');
    expect(new Templates(root).render('pages/home', { name: '<script>"&' })).toBe('<p><b>&lt;script&gt;&quot;&amp;</b></p>');
  });

  it('fails on a field that the model lacks, also inside a condition', () => {
    put('pages/a.hbs', '{{name}}');
    put('pages/b.hbs', '{{#each rows}}{{text}}{{/each}}');
    const templates = new Templates(root);
    expect(() => templates.render('pages/a', {})).toThrow(/pages\/a.*name/u);
    expect(() => templates.render('pages/b', { rows: [{ text: 'あ' }, {}] })).toThrow(/text/u);
  });

  it('refuses to start with a partial that does not exist, naming file and partial', () => {
    put('pages/a.hbs', '{{> fields/date}}');
    expect(() => new Templates(root)).toThrow(/pages\/a.*fields\/date/u);
  });

  it('fails on an unknown template and on a dynamic partial without a file', () => {
    put('pages/a.hbs', '{{> (lookup . "kind")}}');
    const templates = new Templates(root);
    expect(() => templates.render('pages/b', {})).toThrow(/pages\/b/u);
    expect(() => templates.render('pages/a', { kind: 'fields/nothing' })).toThrow(/fields\/nothing/u);
  });

  it('offers eq, includes, not, and, or, era and lines', () => {
    put('pages/a.hbs', '{{#if (and (eq a 1) (includes list "x") (not off) (or off on))}}{{era day}} {{lines text}}{{/if}}');
    expect(new Templates(root).render('pages/a', { a: 1, list: ['x'], off: false, on: true, day: '2026-11-21', text: 'あ<\nい' }))
      .toBe('令和8年11月21日 あ&lt;<br>い');
  });

  it('hashes a template with its partials and stylesheets, and nothing else', () => {
    put('reports/r/report.hbs', '{{> a}}');
    put('reports/r/report.css', 'p{}');
    put('partials/a.hbs', 'あ');
    put('partials/b.hbs', 'い');
    const before = new Templates(root).hash('reports/r/report');
    put('partials/b.hbs', 'う');
    expect(new Templates(root).hash('reports/r/report')).toBe(before);
    put('partials/a.hbs', 'え');
    const partial = new Templates(root).hash('reports/r/report');
    expect(partial).not.toBe(before);
    put('reports/r/report.css', 'p{color:red}');
    expect(new Templates(root).hash('reports/r/report')).not.toBe(partial);
  });

  it('puts a stylesheet into the page as it is, without a way out of the style element', () => {
    put('pages/a.hbs', '<style>{{stylesheet "reports/r/report.css"}}</style>');
    put('reports/r/report.css', 'p::before{content:"</style>"}');
    expect(new Templates(root).render('pages/a', {})).toBe('<style>p::before{content:"<\\/style>"}</style>');
  });

  it('reads changed files again in development only', () => {
    put('pages/a.hbs', '1');
    const [fixed, development] = [new Templates(root), new Templates(root, { development: true })];
    put('pages/a.hbs', '2');
    expect([fixed.render('pages/a', {}), development.render('pages/a', {})]).toEqual(['1', '2']);
  });
});
