import { decodeText, instructRequest, marketLimits } from '@kessai/interface';
import { describe, expect, test } from '@jest/globals';
import { charactersOf, instructionOf, mayFollow, submissionText } from './instruction';
import { methodNamed } from './method-names';

const { submissionCharacters, submissionInstructions } = marketLimits;

function entry(name: string) {
  const found = methodNamed(name);
  if (!found) throw new Error(`No method ${name}`);
  return found;
}

const cancel = entry('Orders:Cancel');
/** A request that is so long. */
const long = (length: number) => JSON.stringify('x'.repeat(length - 2));

describe('an instruction', () => {
  test('stands in a submission as the chaincode reads it', () => {
    const times = { goodUntil: '2026-01-05T00:00:00.000Z', notBefore: new Date(Date.UTC(2026, 0, 4)) };
    const { text } = instructionOf(cancel, '{"orderId":"O-1"}', times);
    const { salt, instructions } = decodeText(instructRequest, submissionText([text, text]));
    const one = {
      method: 'Orders:Cancel',
      request: { orderId: 'O-1' },
      ...times,
      notBefore: '2026-01-04T00:00:00.000Z',
    };
    expect(instructions).toEqual([one, one]);
    expect(salt).not.toBe(decodeText(instructRequest, submissionText([])).salt);
  });

  test('may be as long as a submission; one that is longer is refused here, naming the limit', () => {
    const overhead = submissionText([instructionOf(cancel, '""').text]).length - 2;
    const longest = submissionCharacters - overhead;
    expect(submissionText([instructionOf(cancel, long(longest)).text])).toHaveLength(submissionCharacters);
    expect(() => instructionOf(cancel, long(longest + 1))).toThrow(
      expect.objectContaining({
        code: 'TextTooLong',
        sent: false,
        message: expect.stringContaining(submissionCharacters.toString()),
      }),
    );
  });

  test.each(['Registry:Found', 'Market:Cycle', 'Registry:Clock'])('is not %s', (name) => {
    expect(() => instructionOf(entry(name), '{}')).toThrow(expect.objectContaining({ code: 'SentDirectly' }));
  });
});

describe('a submission', () => {
  test('is full with so many instructions, however short', () => {
    expect(mayFollow(submissionInstructions - 1, 0, ['{}'])).toBe(true);
    expect(mayFollow(submissionInstructions, 0, ['{}'])).toBe(false);
    expect(mayFollow(submissionInstructions - 1, 0, ['{}', '{}'])).toBe(false);
  });

  test('is full with so many characters, commas among them', () => {
    const texts = [long(1_000), long(2_000), long(3_000)];
    const length = submissionText(texts).length;
    const filler = submissionCharacters - length - 1;
    expect(submissionText([long(filler), ...texts])).toHaveLength(submissionCharacters);
    expect(mayFollow(1, filler, texts)).toBe(true);
    expect(mayFollow(1, filler + 1, texts)).toBe(false);
    expect(mayFollow(3, charactersOf(texts), [long(filler)])).toBe(true);
    expect(mayFollow(3, charactersOf(texts), [long(filler + 1)])).toBe(false);
  });
});
