// Run as a process of its own by crash.test, which kills it. It commits without end and says after each block what is acknowledged.
import { randomBytes } from 'node:crypto';
import { TestChannel } from './test-support';

async function main(): Promise<void> {
  const channel = await TestChannel.restore(process.argv[2] ?? '');
  const run = randomBytes(4).toString('hex');
  for (let block = 0; ; block += 1) {
    const invocations = await Promise.all(
      [0, 1, 2].map((i) =>
        channel.invoke((simulator) => {
          const key = `${run}-${block.toString()}-${i.toString()}`;
          simulator.put('trade', key, Buffer.from(key));
          simulator.putPrivate('trade', 'ab', key, Buffer.from(key));
        }),
      ),
    );
    await channel.ledger.commit(invocations.map(({ envelope }) => envelope));
    process.stdout.write(`${run}-${block.toString()}\n`);
  }
}

void main();
