import {
  type BusinessDate,
  FieldError,
  type Registry,
  type RequestOf,
  type ResponseOf,
  businessDate,
  isBusinessDay,
  refuse,
} from '@kessai/interface';
import {
  type Calendar,
  type EvaluateHandler,
  type SubmitHandler,
  addDays,
  calendarRef,
  created,
  load,
  put,
  yearOf,
} from '@kessai/ledger';

type Methods = typeof Registry.methods;

/** Two operators name the holidays of a year; naming them again takes the place of what was named. */
export const setCalendar: SubmitHandler<RequestOf<Methods['SetCalendar']>, Calendar> = {
  load: async (reader) => {
    const { calendar } = await load(reader, { calendar: calendarRef });
    return calendar ?? { years: [] };
  },
  decide({ years }, { year, holidays }) {
    for (const [index, date] of holidays.entries()) {
      if (yearOf(date) === year) continue;
      const field = `holidays[${index.toString()}]`;
      return refuse('FieldMalformed', { field, reason: `must be a day of ${year.toString()}` });
    }
    const others = years.filter((one) => one.year !== year);
    const named = [...others, { year, holidays: [...new Set(holidays)].sort() }];
    return created(put(calendarRef, { years: named.sort((a, b) => a.year - b.year) }));
  },
};

/** The business days of a period. Dates of years whose holidays nobody has named are refused, not guessed. */
export const calendar: EvaluateHandler<RequestOf<Methods['Calendar']>, ResponseOf<Methods['Calendar']>> = async (
  reader,
  request,
  { clock },
) => {
  const { known } = await load(reader, { known: calendarRef });
  const years = known?.years ?? [];
  const from = request.from ?? clock.businessDate;
  const last = years.at(-1)?.year ?? yearOf(from);
  const to = request.to ?? lastDay(`${last.toString()}-12-31`);
  const days: BusinessDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const year = yearOf(date);
    const named = years.find((one) => one.year === year);
    if (!named) return refuse('CalendarMissing', { field: date === from ? 'from' : 'to', year });
    if (isBusinessDay(date, named.holidays)) days.push(date);
  }
  return { days, years: years.map(({ year }) => year) };
};

function lastDay(text: string): BusinessDate {
  try {
    return businessDate.decode(text, '');
  } catch (error) {
    if (error instanceof FieldError) throw new Error('Every year has a last day');
    throw error;
  }
}
