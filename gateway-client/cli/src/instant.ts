import { type Instant, FieldError, instant } from '@kessai/interface';
import { CommandError } from './terminal/command-error';

const form =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?:\.([0-9]{1,3}))?(Z|[+-][0-9]{2}:?[0-9]{2})?$/;

/**
 * An instant as people write it: ISO 8601, seconds and milliseconds may be left out, and an offset; without one it is UTC.
 * @throws CommandError InstantInvalid
 */
export function parseInstant(text: string): Instant {
  const [, date, time, secondsText = ':00', fraction = '', offset = 'Z'] = form.exec(text) ?? [];
  if (date === undefined || time === undefined) throw invalid(text);
  const colon = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  try {
    // The calendar is checked as written: Date would carry the 31st of April over into May.
    instant.decode(`${date}T${time}${secondsText}.${fraction.padEnd(3, '0')}Z`, '');
    const milliseconds = Date.parse(`${date}T${time}${secondsText}.${fraction.padEnd(3, '0')}${colon}`);
    if (Number.isNaN(milliseconds)) throw invalid(text);
    return instant.decode(new Date(milliseconds).toISOString(), '');
  } catch (error) {
    if (error instanceof FieldError) throw invalid(text);
    throw error;
  }
}

function invalid(text: string): CommandError {
  return new CommandError(
    'InstantInvalid',
    `"${text}" is not an instant.`,
    'Write it as 2023-03-31T15:00:00.000+09:00; seconds, milliseconds and the offset may be left out (UTC then).',
    { instant: text },
  );
}
