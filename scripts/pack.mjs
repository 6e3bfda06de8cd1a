// Makes what others install, `npm run pack [-- --to DIRECTORY]`: two tarballs that need nothing of this checkout.
//   kessai-gateway-client-VERSION.tgz        the SDK
//   kessai-development-network-VERSION.tgz   the kessai command with the embedded engine, for a market on the developer's machine
// Packages of this house are inside (`bundleDependencies`); what comes from the registry is a dependency like any other.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { manifestOf, packages, root, toolsForTests } from './walls.mjs';

/** What is packed, and how it differs from the package of the house that it is made of. */
const products = [
  { folder: 'gateway-client', name: '@kessai/gateway-client' },
  {
    folder: 'gateway-client/cli',
    name: '@kessai/development-network',
    description: 'A securities market on this machine to develop against: the kessai command with the embedded engine',
    main: 'dist/development-network.js',
    // Found by their names at run time, not by an import of the command: the chaincode that the network runs.
    also: ['@kessai/chaincode-host'],
  },
];

// These ask for versions that do not work with the rest, which `overrides` in package.json corrects here. Elsewhere nothing would, so they
// travel inside, with what they ask for corrected.
const corrected = ['fabric-shim', 'fabric-contract-api'];
const { overrides, license, engines } = manifestOf('.');

const { values } = parseArgs({ options: { to: { type: 'string', default: join(root, 'packages') } } });
const destination = resolve(values.to);

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', 'pipe', 2], shell: process.platform === 'win32' });
  if (result.status !== 0) {
    console.error(`${command} ${args.join(' ')} failed${result.error ? `: ${result.error.message}` : ''}.`);
    process.exit(1);
  }
  return result.stdout.toString();
}

/** Only tests run these, or import them. */
function isForTests(file) {
  const source = relative(root, file).split(sep).join('/').replace('/dist/', '/src/');
  const folders = [...toolsForTests.map(({ folder }) => folder), 'network/src/operations/testing'];
  return (
    /\.test(-kit)?\.(js|d\.ts)$/.test(file) ||
    folders.some((folder) => source === folder || source.startsWith(`${folder}/`)) ||
    /\/testing\//.test(source)
  );
}

/** Copies what was compiled, without what only tests run, and without maps to sources that are not inside. */
function copyCompiled(from, to) {
  for (const name of readdirSync(from, { recursive: true })) {
    const file = join(from, name);
    if (!/\.(js|d\.ts)$/.test(name) || isForTests(file)) continue;
    const text = readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*$\n?/gm, '');
    const place = join(to, name);
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, text);
  }
}

/** Copies a package of the house: what its `files` name; by default what was compiled. */
function copyPackage(folder, to) {
  for (const name of manifestOf(folder).files ?? ['dist']) {
    if (name === 'dist') copyCompiled(join(root, folder, name), join(to, name));
    else cpSync(join(root, folder, name), join(to, name), { recursive: true });
  }
}

/** Dependencies as they are corrected here, without types that only a compiler of that package would need. */
function dependenciesOf({ dependencies = {} }) {
  return Object.fromEntries(
    Object.entries(dependencies)
      .filter(([name]) => name !== '@types/node')
      .map(([name, range]) => [name, overrides[name] ?? range]),
  );
}

function write(folder, manifest) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function ownManifest({ name, version, description, main, types, bin, exports, files }) {
  // What only tests import is not inside.
  const tools = toolsForTests.filter((one) => one.name === name).map(({ entry }) => `./${entry}`);
  const shown = exports && Object.fromEntries(Object.entries(exports).filter(([entry]) => !tools.includes(entry)));
  return { name, version, description, license, main, types, bin, exports: shown, files };
}

/** What a package and those of the house that it needs ask of the registry; an inner one gets what differs from the others nested. */
class Bundle {
  inside = new Map();
  outside = {};

  constructor(stage) {
    this.stage = stage;
  }

  /** Takes in what a package depends on. */
  take(manifest, installed, place) {
    for (const [name, range] of Object.entries(dependenciesOf(manifest))) {
      const nested = join(installed, 'node_modules', name);
      if (existsSync(nested)) cpSync(nested, join(place, 'node_modules', name), { recursive: true });
      else if (name.startsWith('@kessai/')) this.house(name);
      else if (corrected.includes(name)) this.foreign(name);
      else this.outside[name] ??= range;
    }
  }

  house(name) {
    if (this.inside.has(name)) return;
    const { folder } = packages.find((one) => one.name === name);
    const manifest = manifestOf(folder);
    this.inside.set(name, manifest.version);
    const place = join(this.stage, 'node_modules', name);
    copyPackage(folder, place);
    write(place, { ...ownManifest(manifest), dependencies: dependenciesOf(manifest) });
    this.take(manifest, join(root, folder), place);
  }

  foreign(name) {
    if (this.inside.has(name)) return;
    const installed = join('node_modules', name);
    const manifest = manifestOf(installed);
    this.inside.set(name, manifest.version);
    const place = join(this.stage, 'node_modules', name);
    const passedOver = ['node_modules', 'coverage', '.nyc_output', '.rush'];
    cpSync(join(root, installed), place, {
      recursive: true,
      filter: (file) => !passedOver.includes(basename(file)) || file === join(root, installed),
    });
    // Without scripts, and with all of its files.
    const left = ['scripts', 'devDependencies', 'files'];
    const kept = Object.entries(manifest).filter(([field]) => !left.includes(field));
    write(place, { ...Object.fromEntries(kept), dependencies: dependenciesOf(manifest) });
    this.take(manifest, join(root, installed), place);
  }
}

function pack({ folder, name, description, main, also = [] }, stage) {
  const manifest = manifestOf(folder);
  const bundle = new Bundle(stage);
  copyPackage(folder, stage);
  bundle.take(manifest, join(root, folder), stage);
  for (const other of also) bundle.house(other);
  const entry = main ?? manifest.main;
  const types = entry.replace(/\.js$/, '.d.ts');
  const inside = [...bundle.inside].sort(([a], [b]) => (a < b ? -1 : 1));
  write(stage, {
    ...ownManifest({ ...manifest, name, description: description ?? manifest.description, main: entry, types }),
    // One build for both: Node.js and TypeScript see the names that it exports when it is imported as an ES module.
    exports: { '.': { types: `./${types}`, default: `./${entry}` }, './package.json': './package.json' },
    engines,
    dependencies: { ...bundle.outside, ...Object.fromEntries(inside) },
    bundleDependencies: inside.map(([one]) => one),
  });
  for (const page of ['README.md']) cpSync(join(root, folder, page), join(stage, page));
  cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', destination], stage));
  console.log(join(destination, filename.replace('@', '').replace('/', '-')));
}

run(process.execPath, [join(root, 'scripts', 'prepare.mjs')], root);
mkdirSync(destination, { recursive: true });
for (const product of products) {
  const stage = mkdtempSync(join(tmpdir(), 'kessai-pack-'));
  try {
    pack(product, stage);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
