import { describe, expect, test } from '@jest/globals';
import { type LogSettings, logTo } from './log';

function written(settings?: LogSettings): { readonly lines: string[]; readonly log: ReturnType<typeof logTo> } {
  const lines: string[] = [];
  return { lines, log: logTo({ write: (text) => lines.push(text) }, settings) };
}

const json: LogSettings = { format: 'json', process: 'scheduler.exchange.market.example' };

describe('a log', () => {
  test('is lines of time, level and message for people', () => {
    const { lines, log } = written();
    log('warn', 'the disk is nearly full', { code: 'ENOSPC' });
    expect(lines).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z warn {2}the disk is nearly full\n$/)]);
  });

  test('is one JSON object a line for programs, with the process and its fields apart from the message', () => {
    const { lines, log } = written(json);
    log('error', 'cycle 7 failed', { cycle: 7, code: 'Timeout', after: undefined });
    log('info', 'ready');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: 'error',
        process: json.process,
        pid: process.pid,
        message: 'cycle 7 failed',
        fields: { cycle: 7, code: 'Timeout' },
      },
      expect.not.objectContaining({ fields: expect.anything() }),
    ]);
  });

  test.each(['two\nlines', 'a carriage\rreturn', 'an escape \u001b[2J', 'a line separator \u2028 of Unicode'])(
    'stays one line of JSON for %j',
    (message) => {
      const { lines, log } = written(json);
      log('info', message);
      expect(lines).toHaveLength(1);
      expect([...(lines[0]?.slice(0, -1) ?? '')].filter((character) => character < ' ')).toEqual([]);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message });
    },
  );
});
