import { phases } from '@kessai/interface';
import { CommandError } from '../terminal/command-error';

type Phase = (typeof phases)[number];

/** When the phases of a business day begin, on the clocks of a time zone. */
export interface DayPlan {
  /** IANA name, such as Asia/Tokyo. */
  readonly zone: string;
  /** By phase: HH:MM. The order of the phases is that of their times. */
  readonly times: Readonly<Record<Phase, string>>;
}

/** A moment on the clocks of a zone. */
export interface LocalTime {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** HH:MM. */
  readonly time: string;
}

/**
 * Reads `open=09:00,matching=15:00,settlement=15:15,closed=16:00`.
 * @throws CommandError UsageInvalid
 */
export function dayPlanOf(text: string, zone: string): DayPlan {
  const wrong = (reason: string): CommandError =>
    new CommandError(
      'UsageInvalid',
      `The day's plan ${reason}.`,
      'Write open=09:00,matching=15:00,settlement=15:15,closed=16:00.',
      { option: '--day' },
    );
  const times = new Map(
    text.split(',').map((part): [string, string] => {
      const [name = '', time = ''] = part.trim().split('=');
      return [name, time];
    }),
  );
  const other = [...times.keys()].find((name) => !(phases as readonly string[]).includes(name));
  if (other !== undefined) throw wrong(`names "${other}", which is no phase`);
  let before = '';
  for (const phase of phases) {
    const time = times.get(phase);
    if (time === undefined) throw wrong(`lacks the phase ${phase}`);
    if (!/^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(time)) throw wrong(`has the time "${time}" for the phase ${phase}`);
    if (time <= before) throw wrong(`lets the phase ${phase} begin no later than the one before`);
    before = time;
  }
  try {
    localTime(new Date(0), zone);
  } catch {
    throw new CommandError('UsageInvalid', `There is no time zone "${zone}".`, 'Use a name such as Asia/Tokyo.', {
      option: '--zone',
    });
  }
  return { zone, times: Object.fromEntries(times) as unknown as DayPlan['times'] };
}

/** @throws RangeError where there is no such zone. */
export function localTime(moment: Date, zone: string): LocalTime {
  const options = { timeZone: zone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'short' } as const;
  // The Swedish form is that of ISO 8601.
  const [date = '', time = ''] = new Intl.DateTimeFormat('sv-SE', options).format(moment).split(' ');
  return { date, time };
}

/** The moment at which the clocks of a zone show a time of a day; where they never do, that of the clocks' jump over it. */
export function momentOf({ date, time }: LocalTime, zone: string): Date {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  let moment = wanted;
  // What the zone's clocks are ahead depends on the moment that is looked for.
  for (let step = 0; step < 2; step += 1) {
    const shown = localTime(new Date(moment), zone);
    moment += wanted - Date.parse(`${shown.date}T${shown.time}:00Z`);
  }
  return new Date(moment);
}

/** The phase in which a business day is at a time; undefined before it opens. */
export function phaseAt({ times }: DayPlan, time: string): Phase | undefined {
  return [...phases].reverse().find((phase) => times[phase] <= time);
}
