import js from '@eslint/js';
import globals from 'globals';

// What a strict Content-Security-Policy with Trusted Types would refuse in the
// browser is refused here first.
const forbidden = [
  {
    selector: 'AssignmentExpression > MemberExpression[property.name=/^(innerHTML|outerHTML)$/]',
    message: 'HTML from strings is forbidden; use html`…`.',
  },
  {
    selector: "CallExpression[callee.property.name='insertAdjacentHTML']",
    message: 'HTML from strings is forbidden; use html`…`.',
  },
  {
    selector:
      "Identifier[name='dangerouslySetInnerHTML'], TemplateElement[value.raw=/dangerouslySetInnerHTML/]",
    message: 'HTML from strings is forbidden; use html`…`.',
  },
  {
    selector: 'TemplateElement[value.raw=/ style="/]',
    message: 'style="…" is blocked by the policy; pass an object: style=${{ … }}.',
  },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: "The device's clock is not the sale's clock; use js/clock.js.",
  },
];

export default [
  {
    ignores: [
      'frontend/vendor/**',
      'frontend/verifier/**',
      'node_modules/**',
      'var/**',
      'test-results/**',
      'playwright-report/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.js', '**/*.mjs'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 420, skipBlankLines: true }],
    },
  },
  {
    files: ['frontend/js/{vi,en}.js', 'frontend/js/*/words.js'], // dictionaries: one line an entry, nothing to take apart
    rules: { 'max-lines': ['error', { max: 500, skipBlankLines: true }] },
  },
  {
    files: ['frontend/js/**/*.js'],
    languageOptions: { globals: globals.browser },
    rules: { 'no-restricted-syntax': ['error', ...forbidden] },
  },
  {
    files: ['frontend/test/**/*.js', 'frontend/e2e/**/*.js', 'tools/**/*.mjs', 'docs/*.mjs', '*.mjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];
