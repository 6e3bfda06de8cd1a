import { expect, test } from '@jest/globals';
import { duration, resourcesText } from './resources-text';

test('what a network uses is a row for each node and one for all; what is not known is left empty', () => {
  const text = resourcesText({
    nodes: {
      'peer0.alpha.market.example': {
        cpuSeconds: 1.25,
        residentBytes: 52_428_800,
        dataBytes: 1_048_576,
        blocks: 17,
        uptimeSeconds: 61,
      },
      'chaincode.alpha.market.example': {},
    },
    groups: {},
    totals: { cpuSeconds: 1.25, residentBytes: 52_428_800, dataBytes: 1_048_576 },
  });
  const cells = text.split('\n').map((line) => line.trim().split(/\s{2,}/));
  expect(cells).toEqual([
    ['Node', 'CPU, s', 'Memory, MiB', 'Data, MiB', 'Blocks', 'Up for'],
    [expect.stringContaining('──')],
    ['peer0.alpha.market.example', '1.3', '50.0', '1.0', '17', '1 min 1 s'],
    ['chaincode.alpha.market.example'],
    [expect.stringContaining('──')],
    ['All', '1.3', '50.0', '1.0'],
  ]);
});

test.each([
  [0.4, '0 s'],
  [59, '59 s'],
  [3_599, '59 min 59 s'],
  [7_500, '2 h 5 min'],
  [200_000, '2 d 7 h'],
  [undefined, ''],
])('%p seconds are %j', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
