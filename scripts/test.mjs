// Runs the compiled tests and counts them. Arguments are jest's own: `npm test -- orders` runs what has `orders` in its path.
// The last line is `N passed, N failed, N skipped` over all suites; the exit code is 0 only where something ran, nothing
// failed, and jest and all that the tests started have ended.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { skippedLines } from './skipped.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// The nightly form of some suites repeats what the usual one does once.
const nightly = process.env.KESSAI_NIGHTLY === '1';
const longestRunMs = (nightly ? 240 : 29) * 60_000;
const longestExitMs = 15_000;

// For daily work, under a minute on two cores: what needs no network, without the long random runs.
const core = [
  '--testPathPatterns=chaincode/(?!host/)|gateway-client/dist|gateway-client/cli/dist/(api|input|report|terminal|book-replay)/',
  '--testPathIgnorePatterns=\\.(property|scale)\\.test|real-exchange|executed|node_modules',
];

// A source is named as its author knows it, and what runs is what it was compiled to.
const passedOn = process.argv
  .slice(2)
  .flatMap((one) => (one === '--core' ? core : [one]))
  .map((one) => (one.startsWith('-') ? one : one.replace(/\bsrc\//g, 'dist/').replace(/\.ts$/, '.js')));
const given = (...names) => passedOn.some((one) => names.some((name) => one === name || one.startsWith(`${name}=`)));

const counts = { passed: 0, failed: 0 };
const skipped = [];
const running = new Set();
const faults = [];
let complete = false;

// By night some measure, and run alone. By day a suite waits for networks a tenth of its time: one more than there are cores fills it.
const usualWorkers = nightly ? 1 : availableParallelism() + 1;
const workers = given('--maxWorkers', '-w', '--runInBand', '-i') ? [] : [`--maxWorkers=${usualWorkers}`];
const reporters = ['default', join(root, 'scripts', 'jest-reporter.mjs')].map((one) => `--reporters=${one}`);
// The processes of a network have groups of their own, for they are to outlive whoever starts them: this tells whose they are.
const mark = `RUN_OF_TESTS=${randomUUID()}`;
const jest = spawn(
  process.execPath,
  [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...passedOn, ...workers, ...reporters],
  {
    cwd: root,
    env: { ...process.env, RUN_OF_TESTS: mark.split('=')[1] },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A group of its own, so that nothing which a test leaves behind survives the run.
    detached: process.platform !== 'win32',
  },
);

/** Sends a signal to jest and everything in its group; false where there is nobody left. */
function signalGroup(signal) {
  try {
    process.kill(process.platform === 'win32' ? jest.pid : -jest.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** What this run has started and is still running, in jest's group or out of it, where the system tells. */
function survivors() {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry) && isOfThisRun(entry))
      .map((id) => ({ id: Number(id), command: `${id} ${commandOf(id)}` }));
  } catch {
    return [];
  }
}

function isOfThisRun(id) {
  try {
    const [state, , group] = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (state === 'Z') return false;
    return Number(group) === jest.pid || readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(mark);
  } catch {
    // It has ended, or is somebody else's.
    return false;
  }
}

function commandOf(id) {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return '';
  }
}

/** Ends every one of them by its own number. */
function endSurvivors() {
  for (const { id } of survivors()) {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function giveUp(reason) {
  faults.push(reason);
  signalGroup('SIGKILL');
}

const deadline = setTimeout(() => giveUp(`The run did not end within ${longestRunMs / 60_000} minutes.`), longestRunMs);
let exitDeadline;

jest.on('message', (message) => {
  if (message.event === 'began') running.add(message.path);
  if (message.event === 'ended') {
    running.delete(message.path);
    counts.passed += message.passed;
    counts.failed += message.failed;
    skipped.push(...message.skipped.map((name) => ({ name, path: message.path })));
  }
  if (message.event === 'complete') {
    complete = true;
    const late = `All tests have ended, but jest did not exit within ${longestExitMs / 1000} s: something is still open.`;
    exitDeadline = setTimeout(() => giveUp(`${late} Run with --detectOpenHandles.`), longestExitMs);
  }
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => giveUp(`The run was ended by ${signal}.`));
// npm hands a signal on to its shell alone, which ends by it.
if (process.env.npm_lifecycle_event !== undefined) {
  const starter = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(watch);
    giveUp('Whoever started the run has ended.');
  }, 500);
  watch.unref();
}

const { code, signal, error } = await new Promise((resolve) => {
  jest.on('error', (reason) => resolve({ code: null, signal: null, error: reason }));
  jest.on('exit', (status, by) => resolve({ code: status, signal: by }));
});
clearTimeout(deadline);
clearTimeout(exitDeadline);

if (error !== undefined) faults.push(`jest did not start: ${error.message}`);
else if (faults.length === 0) {
  if (signal !== null) faults.push(`jest was ended by ${signal}.`);
  else if (counts.passed + counts.failed + running.size === 0) faults.push('No test ran.');
  else if (!complete) faults.push(`jest ended with code ${code} before the tests did.`);
  else if (code !== 0 && counts.failed === 0) faults.push(`jest ended with code ${code}, though no test failed.`);
}
for (const path of running) faults.push(`${relative(root, path)} began and never ended.`);

// What a test started ends with the test. A moment's grace is for what is on its way out.
if (jest.pid !== undefined && process.platform !== 'win32') {
  const left = () => signalGroup(0) || survivors().length > 0;
  const graceMs = faults.length === 0 ? 3_000 : 0;
  for (let waited = 0; waited < graceMs && left(); waited += 100) await wait(100);
  for (const { command } of survivors()) faults.push(`A test left this process behind: ${command}`);
  signalGroup('SIGKILL');
  // What is ended here may just have started another.
  for (let ended = 0; ended < 3 && survivors().length > 0; ended += 1) {
    endSurvivors();
    await wait(200);
  }
}

if (skipped.length > 0 && given('-t', '--testNamePattern'))
  console.log(`\n${skipped.length} tests were not asked for.`);
else if (skipped.length > 0) {
  console.log('\nSkipped, by reason:');
  const named = skipped.map(({ name, path }) => ({ name, path: relative(root, path) }));
  for (const line of skippedLines(named)) console.log(`  ${line}`);
}
for (const fault of faults) console.error(`\nFailed: ${fault}`);
counts.failed += faults.length;
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${skipped.length} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);
