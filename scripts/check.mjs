// Runs the checks beside each other, and says of each what it found. The exit code is 0 only where all of them passed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function run(script) {
  const check = spawn('npm', ['run', '--silent', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let told = '';
  for (const stream of [check.stdout, check.stderr]) stream.setEncoding('utf8').on('data', (text) => (told += text));
  const [code] = await once(check, 'close');
  process.stdout.write(told);
  if (code !== 0) console.error(`${script} failed.`);
  return code === 0;
}

const passed = await Promise.all(['check:lint', 'check:format', 'check:types'].map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
