// Writes all that happens to a member to a file, a line for each cycle that concerned it, until it is ended by Ctrl-C. Started again it goes on where it
// stopped: the position is kept beside the file. A cycle that was written and not yet noted comes again, so the file's last line is looked
// at first, and each cycle is in the file once.
//   node listener.js PROFILE FILE
import { appendFile, readFile } from 'node:fs/promises';
import { adviceCheckpoints, connect } from '@kessai/gateway-client';

const [profile = 'alpha.json', file = 'advices.jsonl'] = process.argv.slice(2);

/** The number of the last cycle that stands in the file. */
async function lastWritten(): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  return last === '' ? 0 : (JSON.parse(last) as { readonly cycle: number }).cycle;
}

async function main(): Promise<void> {
  await using market = await connect(profile);
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

  const written = await lastWritten();
  const checkpoint = adviceCheckpoints.file(`${file}.position`);
  console.log(`listening as ${market.mspId}, ${written.toString()} is the last cycle in ${file}`);
  for await (const page of market.advices.follow({ from: 0, checkpoint, signal: ending.signal })) {
    const { cycle, time, advices, postings } = page;
    if (cycle <= written || advices.length + postings.length === 0) continue;
    // What the SDK returns is written by JSON.stringify, amounts as decimal strings.
    await appendFile(file, `${JSON.stringify({ cycle, time, advices, postings })}\n`);
  }
  console.log('ended');
}

void main();
