import tseslint from 'typescript-eslint';
import { offence } from './test/floors.mjs';

/** A module imports only from modules to its left; the message prints the line. */
const floors = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const look = (node, source) => {
      if (typeof source?.value !== 'string') return;
      const why = offence(context.filename, source.value);
      if (why !== null) context.report({ node: source, message: why });
    };
    return {
      ImportDeclaration: (node) => look(node, node.source),
      ExportNamedDeclaration: (node) => look(node, node.source),
      ExportAllDeclaration: (node) => look(node, node.source),
      ImportExpression: (node) => look(node, node.source),
      TSImportType: (node) => look(node, node.source ?? node.argument?.literal),
    };
  },
};

export default tseslint.config(
  { ignores: ['node_modules/', 'dist*/', '.tenken/', 'coverage/', 'templates/public/vendor/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { tenken: { rules: { floors } } },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'tenken/floors': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/max-params': ['error', { max: 6 }],
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      complexity: ['error', { max: 20, variant: 'modified' }],
      'max-depth': ['error', 4],
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-implied-eval': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
    },
  },
  { files: ['**/*.spec.ts', 'test/**/*.ts', 'bench/**/*.ts'], rules: { 'max-lines': 'off', complexity: 'off', '@typescript-eslint/max-params': 'off' } },
  { files: ['src/cli/**/*.ts', 'src/main.ts', 'src/worker.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['**/*.mjs', '*.js', 'templates/public/**/*.js'], rules: { 'no-eval': 'error', 'no-new-func': 'error', 'prefer-const': 'error', 'max-lines': ['error', 300] } },
);
