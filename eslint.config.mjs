import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';
import { impureGlobals, inexactMath, packages, plugin, root, testFiles } from './scripts/walls.mjs';

const pureFolders = packages.filter(({ pure }) => pure).map(({ folder }) => folder);

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
  message: 'Name what you export.',
};
const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' };
const noLocale = {
  selector: 'MemberExpression[property.name=/^(toLocale\\w*|localeCompare)$/]',
  message: 'What a locale gives differs between machines.',
};

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', '**/coverage/', '**/.kessai/'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { house: plugin },
    rules: { 'house/directions': 'error', 'house/reasoned-disable': 'error' },
  },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    // The language service finds a source by the tsconfig.json above it, and a test through the references of the root's.
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-syntax': ['error', noDefaultExport, noEnum],
      // A default answers for the rest: what a message of the protocol holds is not ours to number.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Spreading a string gives its code points, which is what an identifier is checked by.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A leading underscore marks a parameter that a signature demands; the compiler holds to the same.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A port's method is async so that what it throws becomes a rejection, whether or not this one implementation waits.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: pureFolders.map((folder) => `${folder}/src/**/*.ts`),
    ignores: testFiles,
    rules: {
      'no-restricted-globals': [
        'error',
        ...impureGlobals.map((name) => ({ name, message: 'A pure package has no clock, randomness or outside data.' })),
      ],
      'no-restricted-properties': [
        'error',
        ...inexactMath.map((property) => ({
          object: 'Math',
          property,
          message: 'Its result may differ between endorsers: use whole numbers.',
        })),
      ],
      'no-restricted-syntax': ['error', noDefaultExport, noEnum, noLocale],
    },
  },
  {
    files: testFiles,
    rules: {
      // A run that fails is run again from its seed.
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use a seed that is printed.' },
      ],
      // expect(port.method) hands a method over to be asked about, not to be called.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'readonly', __dirname: 'readonly' },
    },
  },
);
