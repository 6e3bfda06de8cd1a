// The walls of the house: which package may import which, and what a pure package must not reach for. This table is the one
// place where directions are written; the linter's rules and the tests in test/src/walls derive from it.
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const contracts = ['securities', 'money-tokens', 'orders', 'settlement', 'corporate-actions', 'registry'];
const contractNames = contracts.map((name) => `@kessai/${name}`);

/**
 * @typedef {object} Package
 * @property {string} folder from the root, with forward slashes
 * @property {string} name
 * @property {boolean} pure no clock, randomness or outside data, and nothing from npm but its `libraries`
 * @property {readonly string[]} libraries what a pure package imports from npm: arithmetic, the same on every machine
 * @property {boolean} testing the whole package is tests and what they share, so it may import what tests may
 * @property {readonly string[]} imports the packages of the house that it may import; `@kessai/orders/book`: that entry alone
 * @property {readonly string[]} testImports the packages of the house that its tests may import beside those
 * @property {readonly string[]} entries what may be imported of it beside its index: `@kessai/ledger/tools` is the entry `tools`
 */

/** @type {readonly Package[]} */
export const packages = [
  { folder: 'telemetry', name: '@kessai/telemetry', imports: [], entries: ['metrics'] },
  { folder: 'chaincode/interface', name: '@kessai/interface', pure: true, imports: [] },
  {
    folder: 'chaincode/ledger',
    name: '@kessai/ledger',
    pure: true,
    libraries: ['@noble/hashes'],
    imports: ['@kessai/interface'],
    entries: ['tools'],
  },
  ...contracts.map((name) => ({
    folder: `chaincode/${name}`,
    name: `@kessai/${name}`,
    pure: true,
    imports: ['@kessai/interface', '@kessai/ledger'],
    // A contract never imports another; its tests need a market to stand in.
    testImports: contractNames.filter((other) => other !== `@kessai/${name}`),
    // The matching core stands apart from its contract, for whoever replays an exchange's messages.
    entries: name === 'orders' ? ['book'] : [],
  })),
  {
    folder: 'chaincode/host',
    name: '@kessai/chaincode-host',
    imports: ['@kessai/interface', '@kessai/ledger', ...contractNames, '@kessai/telemetry'],
  },
  { folder: 'gateway-client', name: '@kessai/gateway-client', imports: ['@kessai/interface'] },
  {
    folder: 'network',
    name: '@kessai/network',
    imports: ['@kessai/interface', '@kessai/telemetry'],
    entries: ['admin'],
  },
  {
    folder: 'gateway-client/cli',
    name: '@kessai/cli',
    // Of the contracts only the matching core, which `kessai book replay` runs.
    imports: [
      '@kessai/interface',
      '@kessai/ledger',
      '@kessai/gateway-client',
      '@kessai/network',
      '@kessai/orders/book',
      '@kessai/telemetry',
    ],
  },
  {
    folder: 'test',
    name: '@kessai/scenarios',
    testing: true,
    imports: [
      '@kessai/interface',
      '@kessai/ledger',
      ...contractNames,
      '@kessai/chaincode-host',
      '@kessai/gateway-client',
      '@kessai/network',
      '@kessai/cli',
    ],
  },
].map((one) => ({ pure: false, libraries: [], testing: false, entries: [], testImports: [], ...one }));

/** Packages from npm that belong to some rooms of the house only, in the order in which they are looked up. */
export const reserved = [
  { pattern: /^fabric-(shim|shim-api|contract-api)$/, only: ['@kessai/chaincode-host'] },
  {
    pattern: /^@hyperledger\/fabric-/,
    only: ['@kessai/chaincode-host', '@kessai/gateway-client', '@kessai/network', '@kessai/scenarios'],
  },
  { pattern: /^prom-client$/, only: ['@kessai/telemetry'] },
  {
    pattern: /^@grpc\//,
    only: ['@kessai/chaincode-host', '@kessai/gateway-client', '@kessai/network', '@kessai/scenarios'],
  },
];

/** Entries that exist for tests alone, and the folder of the house that holds them. */
export const toolsForTests = [
  { name: '@kessai/ledger', entry: 'tools', folder: 'chaincode/ledger/src/tools' },
  { name: '@kessai/chaincode-host', entry: 'tools', folder: 'chaincode/host/src/tools' },
  { name: '@kessai/gateway-client', entry: 'tools', folder: 'gateway-client/src/tools' },
  { name: '@kessai/network', entry: 'testing', folder: 'network/src/engines/embedded/endpoints/testing' },
];

/** Packages from npm that only tests, and the tools for tests, import. */
export const testOnly = ['fast-check', 'jest', '@jest/globals', 'parse5'];

/** @param {string} folder @returns {{dependencies?: Record<string, string>, devDependencies?: Record<string, string>}} */
export function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

/** Globals that differ between two runs or two endorsers, or that reach outside. Most do not compile in a pure package either. */
export const impureGlobals = [
  ...['Date', 'performance', 'Temporal', 'crypto', 'Crypto', 'Intl', 'WeakRef', 'FinalizationRegistry'],
  ...[
    'globalThis',
    'global',
    'window',
    'self',
    'process',
    'Buffer',
    'console',
    'require',
    'module',
    '__dirname',
    '__filename',
  ],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask'],
  ...['fetch', 'WebSocket', 'XMLHttpRequest', 'Worker', 'Atomics', 'SharedArrayBuffer', 'navigator'],
];

/** Members of Math that are random, or whose last bits the language leaves to the engine. */
export const inexactMath = [
  ...['random', 'pow', 'exp', 'expm1', 'log', 'log10', 'log1p', 'log2', 'cbrt', 'hypot'],
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'],
];

/** Files that only tests run: they may read files and clocks, and import what tests import. What several tests of a folder share is a kit. */
export const testFiles = ['**/*.test.ts', '**/*.test-kit.ts', 'test/**/*.ts'];

/**
 * @param {string} file from the root, with forward slashes
 * @returns {Package | undefined}
 */
function packageOf(file) {
  return packages
    .filter((one) => file.startsWith(`${one.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** `a/b/c` -> `a`, `@a/b/c` -> `@a/b`. */
function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Why `file` must not import `specifier`, or undefined where it may.
 * @param {string} file from the root, with forward slashes
 * @param {string} specifier as written
 * @returns {string | undefined}
 */
export function objection(file, specifier) {
  const home = packageOf(file);
  if (home === undefined) return undefined;
  const isTool = toolsForTests.some(({ folder }) => file.startsWith(`${folder}/`));
  const isTest = home.testing || /\.test(-kit)?\.ts$/.test(file);
  if (specifier.startsWith('.')) return objectionToPath(file, specifier, home, isTest, isTool);
  if (specifier.startsWith('/') || specifier.startsWith('file:'))
    return 'An import names a package or a relative path.';
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    if (home.pure && !isTest) return `${home.name} is pure: it must not reach Node's own modules.`;
    return specifier.startsWith('node:') ? undefined : `Write node:${specifier}.`;
  }
  const name = packageName(specifier);
  const entry = specifier.slice(name.length + 1);
  if (name.startsWith('@kessai/')) return objectionToPackage(name, entry, home, isTest);
  return objectionToDependency(name, home, isTest, isTool);
}

function objectionToPath(file, specifier, home, isTest, isTool) {
  const target = posix.join(posix.dirname(file), specifier);
  if (packageOf(`${target}/`) !== home)
    return `${specifier} leaves ${home.name}: import the other package by its name.`;
  if (file.startsWith(`${home.folder}/src/`) && target.startsWith(`${home.folder}/dist`))
    return 'Import the source, not what was compiled from it.';
  if (isTest || isTool) return undefined;
  if (/\.test(-kit)?(\.js)?$/.test(target)) return 'Only a test may import a test.';
  if (toolsForTests.some(({ folder }) => target === folder || target.startsWith(`${folder}/`)))
    return `${specifier} is a tool for tests: only tests import it.`;
  return undefined;
}

function objectionToPackage(name, entry, home, isTest) {
  if (name === home.name) return `Within ${home.name} import by relative path.`;
  const target = packages.find((one) => one.name === name);
  if (target === undefined) return `There is no package ${name} in this house.`;
  const wanted = entry === '' ? name : `${name}/${entry}`;
  const allowed = isTest ? [...home.imports, ...home.testImports] : home.imports;
  if (!allowed.includes(name) && !allowed.includes(wanted))
    return `${home.name} must not import ${wanted}: see the directions in scripts/walls.mjs.`;
  const { dependencies = {}, devDependencies = {} } = manifestOf(home.folder);
  if (!Object.hasOwn(isTest ? { ...devDependencies, ...dependencies } : dependencies, name))
    return `${name} is not among the dependencies in ${home.folder}/package.json.`;
  if (entry === '') return undefined;
  if (!target.entries.includes(entry)) return `${wanted} is inside ${name}: import what its index shows.`;
  if (!isTest && toolsForTests.some((tool) => tool.name === name && tool.entry === entry))
    return `${wanted} is a tool for tests: only tests import it.`;
  return undefined;
}

function objectionToDependency(name, home, isTest, isTool) {
  const room = reserved.find(({ pattern }) => pattern.test(name));
  if (room !== undefined && !room.only.includes(home.name)) return `Only ${room.only.join(', ')} may import ${name}.`;
  if (testOnly.includes(name)) return isTest || isTool ? undefined : `Only tests import ${name}.`;
  if (home.pure && !isTest && !home.libraries.includes(name))
    return `${home.name} is pure: of npm it imports ${home.libraries.join(', ') || 'nothing'}.`;
  if (Object.hasOwn(manifestOf(home.folder).dependencies ?? {}, name)) return undefined;
  if (isTest && Object.hasOwn(manifestOf('.').devDependencies ?? {}, name)) return undefined;
  if (home.testing && packages.some(({ folder }) => Object.hasOwn(manifestOf(folder).dependencies ?? {}, name)))
    return undefined;
  return `${name} is not among the dependencies in ${home.folder}/package.json.`;
}

/** The value of a string that is known when the source is read, of a literal or a template without holes. */
function textOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}

const directions = {
  meta: { type: 'problem', schema: [], docs: { description: 'Imports follow the directions of the house.' } },
  create(context) {
    const file = relative(root, resolve(context.filename)).split(sep).join('/');
    const check = (node) => {
      const specifier = textOf(node);
      const message = specifier === undefined ? undefined : objection(file, specifier);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
      TSExternalModuleReference: (node) => check(node.expression),
      'CallExpression[callee.name="require"], CallExpression[callee.object.name="require"][callee.property.name="resolve"]':
        (node) => check(node.arguments[0]),
    };
  },
};

const reasonedDisable = {
  meta: { type: 'problem', schema: [], docs: { description: 'A rule is switched off only with its reason.' } },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const text = comment.value.trim();
          if (!/^eslint-disable/.test(text)) continue;
          if (!/^eslint-disable\S*\s+[^-\s].*\s--\s+\S/s.test(text))
            context.report({
              loc: comment.loc,
              message: 'Name the rule and say why: eslint-disable-next-line rule -- reason.',
            });
        }
      },
    };
  },
};

/** The linter's rules of this house. */
export const plugin = { rules: { directions, 'reasoned-disable': reasonedDisable } };
