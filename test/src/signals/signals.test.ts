import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { snapshots } from '@kessai/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kessai, toldCommands, typed } from './kessai-process';
import { type SignalledCommand, SignalledNetwork, nightly, signals } from './signalled-network';

const LIMIT_MS = nightly ? 7_200_000 : 300_000;

let place: SignalledNetwork;

beforeAll(() => {
  place = new SignalledNetwork();
});

afterAll(async () => {
  await place.remove();
}, LIMIT_MS);

const own =
  (...words: readonly string[]) =>
  (directory: string) => [...words, '--dir', directory];
const runs = ({ standing }: SignalledNetwork): boolean => standing.running === 1;
const isStopped = ({ standing }: SignalledNetwork): boolean => standing.running + standing.schedulers === 0;
const removeTaken = async ({ directory, where }: SignalledNetwork): Promise<unknown> =>
  kessai(own('snapshot', 'taken', '--remove')(directory), where);
const hasTaken = ({ directory }: SignalledNetwork): boolean =>
  snapshots({ directory }).some(({ name }) => name === 'taken');

const commands: Readonly<Record<string, SignalledCommand>> = {
  'up, of a network that is stopped': { on: 'stopped', words: own('up'), done: runs },
  deploy: { on: 'running', words: own('deploy'), done: runs },
  snapshot: {
    on: 'running',
    words: own('snapshot', 'taken'),
    again: removeTaken,
    done: (at) => runs(at) && hasTaken(at),
  },
  'snapshot of a network that goes on': {
    on: 'running',
    words: own('snapshot', 'taken', '--running'),
    again: removeTaken,
    done: (at) => runs(at) && hasTaken(at),
  },
  'snapshot of the keys': {
    on: 'running',
    words: own('snapshot', 'taken', '--keys-only'),
    again: removeTaken,
    done: (at) => runs(at) && hasTaken(at),
  },
  restore: {
    on: 'stopped',
    words: own('restore', 'kept'),
    done: (at) => isStopped(at) && at.standing.restoring === undefined,
  },
  'certificates renew': { on: 'running', words: own('certificates', 'renew', '--within', '4000'), done: runs },
  down: { on: 'running', words: own('down'), done: isStopped },
  'down --purge': { on: 'running', words: own('down', '--purge'), done: ({ directory }) => !existsSync(directory) },
  'up, of a new network': { on: 'nothing', words: own('up'), done: runs },
  prepare: { on: 'nothing', words: own('prepare'), done: ({ standing }) => standing.made },
  demo: { on: 'nothing', words: () => ['demo'], done: isStopped },
};

describe('a command that is told to end undoes what it has begun, or says with which command it is completed', () => {
  test.each(Object.entries(commands).map(([name, command], turn) => ({ name, command, turn })))(
    '$name',
    async ({ command, turn }) => place.strikeThroughout(command, turn),
    LIMIT_MS,
  );
});

test.each([
  ['snapshot', 'a second signal ends the start of the network', 'start what does not run', 600],
  ['snapshot', 'the first one does, and the network is started', undefined, undefined],
] as const)(
  '%s is not said to be repeated when it is complete: %s',
  async (_, __, aim, secondMs) => {
    await place.bringTo('running');
    await removeTaken(place);
    const after = join(place.directory, 'snapshots', 'taken');
    const first = { signal: 'SIGINT', atMs: 0, after } as const;
    const strokes = secondMs === undefined ? [first] : [first, { ...first, atMs: secondMs }];
    const ended = await kessai(own('snapshot', 'taken')(place.directory), place.where, strokes);
    const told = toldCommands(ended.err);
    if (aim === undefined) expect(ended).toMatchObject({ code: 0 });
    else {
      expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('The snapshot taken is complete.') });
      expect([...told.keys()]).toEqual([aim]);
      expect(await typed(told.get(aim) ?? '', place.where)).toMatchObject({ code: 0 });
    }
    expect(runs(place)).toBe(true);
    await place.must('snapshot', 'taken', '--check');
  },
  LIMIT_MS,
);

describe('a command that has nothing to undo', () => {
  test(
    'ends at once with the first signal, and says how it is completed',
    async () => {
      await place.bringTo('stopped');
      const { out } = await kessai(own('profile', 'export', 'AlphaMSP')(place.directory), place.where);
      // It calls a gateway that takes the call and never answers.
      const silent = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
      const { port } = silent.address() as AddressInfo;
      const profile = join(place.parent, 'a profile.json');
      writeFileSync(profile, JSON.stringify({ ...JSON.parse(out), endpoint: `127.0.0.1:${port.toString()}` }));
      const words = ['call', 'Registry:Clock', '--profile', profile];
      const ended = await kessai(words, place.where, [{ signal: 'SIGTERM', atMs: 5_000 }]);
      silent.close();
      expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('Interrupted by SIGTERM.') });
      expect(toldCommands(ended.err).get('complete it')).toBe(`kessai call Registry:Clock --profile '${profile}'`);
      expect(ended.elapsedMs).toBeLessThan(7_000);
    },
    LIMIT_MS,
  );

  test.each(signals)(
    'a scheduler ends with %s as it always does',
    async (signal) => {
      await place.bringTo('stopped');
      const words = own('operate', '--as', 'ExchangeMSP')(place.directory);
      expect(await kessai(words, place.where, [{ signal, atMs: 5_000 }])).toMatchObject({ code: 0 });
    },
    LIMIT_MS,
  );
});

test(
  'up does not start the ledger that a restore was to replace when that was killed',
  async () => {
    await place.bringTo('stopped');
    mkdirSync(join(place.directory, '.restoring'));
    const refused = await kessai(own('up')(place.directory), place.where);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('kessai restore') });
    await place.must('restore', 'kept');
    await place.must('up');
  },
  LIMIT_MS,
);

test(
  'status does not exit as if all were well while the network is stopped: code 3',
  async () => {
    await place.bringTo('stopped');
    const stopped = await kessai(own('status', '--json')(place.directory), place.where);
    expect({ code: stopped.code, ...JSON.parse(stopped.out) }).toMatchObject({ code: 3, state: 'stopped' });
  },
  LIMIT_MS,
);

test.each(['kessai --help | true', 'kessai api | head -n 1', 'kessai --help 2>&1 | head -c 1', 'kessai 2>&1 | true'])(
  'output that nobody reads ends a command without a trace: %s',
  async (line) => {
    expect((await typed(line, place.where)).err).toBe('');
  },
  LIMIT_MS,
);
