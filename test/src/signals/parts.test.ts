import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { marketTopology } from '../support/market-topology';
import { kessai } from './kessai-process';
import { type SignalledCommand, SignalledNetwork, nightly } from './signalled-network';

const LIMIT_MS = nightly ? 3_600_000 : 200_000;

const others = ['ExchangeMSP', 'CsdMSP', 'BetaMSP'];

let place: SignalledNetwork;

const at = (name: string): string => join(place.parent, name);
const part = (): string => at('part of Alpha');

/** Runs a command that the striking needs, which is to succeed. */
async function must(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await kessai(words, place.where);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
}

beforeAll(async () => {
  place = new SignalledNetwork();
  writeFileSync(
    at('market.yaml'),
    marketTopology([
      { mspId: 'ExchangeMSP', name: 'Exchange', role: 'operator', host: '127.0.0.2' },
      { mspId: 'CsdMSP', name: 'Depository', role: 'operator', host: '127.0.0.2' },
      { mspId: 'AlphaMSP', name: 'Alpha', role: 'institution', host: '127.0.0.3' },
      { mspId: 'BetaMSP', name: 'Beta', role: 'institution', host: '127.0.0.2' },
    ]),
  );
  await must('prepare', '--topology', at('market.yaml'), '--dir', at('prepared'));
  await must('organisation', 'make', ...others, '--topology', at('market.yaml'), '--dir', at('others'));
  writeFileSync(at('others.json'), await must('organisation', 'publish', '--dir', at('others')));
}, LIMIT_MS);

afterAll(async () => {
  await place.remove();
}, LIMIT_MS);

const make = (network: string): readonly string[] => [
  ...['organisation', 'make', 'AlphaMSP', '--topology', at('market.yaml'), '--dir', network],
];

const commands: Readonly<Record<string, SignalledCommand>> = {
  'organisation make leaves all keys or none': {
    on: 'nothing',
    words: make,
    done: ({ standing }) => standing.made,
  },
  'organisation gather leaves a first block that all have, or none': {
    on: 'nothing',
    again: async ({ directory }) => must(...make(directory)),
    words: (network) => ['organisation', 'gather', at('others.json'), '--dir', network],
    done: ({ directory }) => existsSync(join(directory, 'configuration', 'genesis.block')),
  },
  'organisation export leaves a whole part or none': {
    on: 'nothing',
    again: async () => rm(part(), { recursive: true, force: true }),
    words: () => ['organisation', 'export', 'AlphaMSP', '--dir', at('prepared'), '--to', part()],
    done: () => existsSync(join(part(), 'network.json')),
  },
};

describe('a command on parts of a network that is told to end undoes what it has begun', () => {
  test.each(Object.entries(commands).map(([name, command], turn) => ({ name, command, turn })))(
    '$name',
    async ({ command, turn }) => place.strikeThroughout(command, turn),
    LIMIT_MS,
  );
});
