import { describe, expect, test } from '@jest/globals';
import { leftOfNetwork } from './left-of-network';

const directory = '/srv/my network';
const nothing = { made: false, running: 0, nodes: 0, schedulers: 0 };
const whole = { made: true, running: 24, nodes: 24, schedulers: 4 };
const stopped = { ...whole, running: 0, schedulers: 0 };

describe('what a command that was cut off has left is told with the command that completes it', () => {
  test('nothing, where all is as it was', () => {
    expect(leftOfNetwork(directory, whole, whole)).toEqual([]);
    expect(leftOfNetwork(directory, nothing, nothing)).toEqual([]);
    expect(leftOfNetwork(directory, stopped, stopped)).toEqual([]);
  });

  test('a market that was stopped', () => {
    expect(leftOfNetwork(directory, whole, { ...stopped, schedulers: 4 })).toEqual([
      {
        what: 'No node of the network runs, and 4 schedulers',
        commands: { 'start what does not run': "kessai up --dir '/srv/my network'" },
      },
    ]);
  });

  test('some nodes of a network that was stopped', () => {
    expect(leftOfNetwork(directory, stopped, { ...stopped, running: 12 })).toEqual([
      {
        what: "12 of the network's 24 nodes run, and 0 schedulers",
        commands: {
          'start the rest': "kessai up --dir '/srv/my network'",
          'end what runs': "kessai down --dir '/srv/my network'",
        },
      },
    ]);
  });

  test('a directory with keys, and what runs of it', () => {
    expect(leftOfNetwork(directory, nothing, { ...whole, running: 2, schedulers: 0 }).map(({ what }) => what)).toEqual([
      "The network's directory /srv/my network, with its keys, has been made",
      "2 of the network's 24 nodes run, and 0 schedulers",
    ]);
  });

  test('a scheduler that ended', () => {
    expect(leftOfNetwork(directory, whole, { ...whole, schedulers: 3 })).toHaveLength(1);
  });

  test('a snapshot that is half restored, before all else', () => {
    expect(leftOfNetwork(directory, stopped, { ...nothing, made: true, restoring: 'monday' })).toEqual([
      {
        what: 'A snapshot is half in the place of what was there',
        commands: { 'complete its restoring': "kessai restore monday --dir '/srv/my network'" },
      },
    ]);
  });
});
