// Makes the checkout runnable: installs the locked dependencies when they are missing or out of date, then
// compiles what changed. `--tests` compiles the tests too. Quiet unless there is something to wait for; callable from anywhere.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsc } from './compiler.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.kessai-installed');
const npmNotes = join(root, 'node_modules', '.package-lock.json');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 9)) {
  console.error(`Kessai needs Node.js 20.9 or later; this is ${process.version}. Install a newer one from nodejs.org.`);
  process.exit(2);
}

function run(command, args, what) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.status !== 0) {
    console.error(`${what} failed${result.error ? `: ${result.error.message}` : ''}.`);
    process.exit(result.status ?? 1);
  }
}

/** Whether npm itself, called by hand, has installed exactly what is locked: it notes what it did when it is done. */
function installedByHand(locked) {
  if (!existsSync(npmNotes)) return false;
  const done = JSON.parse(readFileSync(npmNotes, 'utf8')).packages;
  return Object.entries(locked).every(([path, one]) => {
    // The root, the workspaces, and what another platform needs have no entry there.
    if (!path.includes('node_modules') || (one.optional && done[path] === undefined)) return true;
    return done[path]?.version === one.version && done[path]?.integrity === one.integrity;
  });
}

const lockfile = readFileSync(join(root, 'package-lock.json'));
const wanted = createHash('sha256').update(lockfile).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  if (!installedByHand(JSON.parse(lockfile).packages)) {
    console.error('Installing dependencies, which takes about half a minute ...');
    // Only what ended well is noted: an installation that was interrupted is repeated.
    for (const note of [stamp, npmNotes]) rmSync(note, { force: true });
    // The compiler is a development dependency, wanted even where NODE_ENV says production.
    run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

// What was compiled from a source that is gone would still be run or imported: remove it first.
const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces;
for (const name of packages) {
  const dist = join(root, name, 'dist');
  if (!existsSync(dist)) continue;
  for (const entry of readdirSync(dist, { recursive: true })) {
    if (!entry.endsWith('.js')) continue;
    const source = join(root, name, 'src', entry).replace(/\.js$/, '.ts');
    if (existsSync(source)) continue;
    const stem = join(dist, entry).replace(/\.js$/, '');
    for (const ending of ['.js', '.js.map', '.d.ts', '.d.ts.map']) rmSync(stem + ending, { force: true });
    for (const info of ['.tsbuildinfo', '.test.tsbuildinfo']) rmSync(join(dist, info), { force: true });
  }
}

if (!existsSync(join(root, 'chaincode', 'interface', 'dist'))) {
  console.error('Compiling, which takes some ten seconds the first time ...');
}
const project = process.argv.includes('--tests') ? 'tsconfig.json' : 'tsconfig.build.json';
run(process.execPath, [tsc, '-b', project], 'The TypeScript build');
