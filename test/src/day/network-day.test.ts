import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeReport, readMarketDay, reportDocument, runCommand, runMarketDay, sampleDay } from '@kessai/cli';
import type { JsonObject } from '@kessai/interface';
import { status } from '@kessai/network';
import { afterAll, expect, test } from '@jest/globals';
import { describeOnEngines } from '../support/engines';
import { MemoryPort } from './memory-port';

const directory = mkdtempSync(join(tmpdir(), 'kessai-day-'));

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** What of a report depends on when and how quickly the day was run. */
function withoutTimes({ stages: _stages, phases: _phases, elapsedMs: _elapsed, ...report }: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(report).replaceAll(/"openingAt":"[^"]*",/g, '')) as JsonObject;
}

describeOnEngines('a day on a network', ({ name: engine, patience }) => {
  test(
    'comes to the same report as on the market in memory, and a second one has no place there',
    async () => {
      const network = join(directory, engine);
      let out = '';
      const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => true } };
      const demo = ['demo', '--json', '--engine', engine, '--dir', network];
      expect({ code: await runCommand(demo, streams), out }).toMatchObject({ code: 0 });
      let secrets = 0;
      const inMemory = await runMarketDay(readMarketDay(sampleDay), new MemoryPort(), {
        newSecret: () => (secrets += 1).toString(16).padStart(64, '0'),
      });
      expect(withoutTimes(JSON.parse(out) as JsonObject)).toEqual(withoutTimes(reportDocument(makeReport(inMemory))));
      expect(await status({ directory: network })).toMatchObject({ state: 'stopped' });

      // The market stays founded in that directory.
      out = '';
      expect(await runCommand(demo, streams)).toBe(1);
      expect(JSON.parse(out)).toMatchObject({ error: { code: 'NetworkInUse' } });
      expect(await status({ directory: network })).toMatchObject({ state: 'stopped' });
    },
    120_000 * patience,
  );
});
