import type { DayEvent } from '../input';
import type { EventRecord } from './day-record';
import type { DayRun } from './day-run';

/** Each issuer's own word, before the record date ends. */
export async function announce(run: DayRun): Promise<void> {
  await run.inLanes(
    run.day.corporateActions.map(({ issuer, eventId, terms }) => ({
      lane: `${issuer}/${eventId}`,
      run: async () => run.calls.submit(issuer, 'CorporateActions:Announce', { eventId, terms }),
    })),
  );
}

/** Keeps the registers of all instruments at the end of the day. The clock ticks first, so that nothing more can come under that day. */
export async function keepSnapshots(run: DayRun): Promise<void> {
  await run.advance('closed');
  await run.inLanes(
    run.day.instruments.map(({ isin }) => ({
      lane: isin,
      run: async () => run.calls.submit(run.depository, 'Registry:Snapshot', { isin }),
    })),
  );
}

/** Runs the events of each issuer in the order of the file, page by page. */
export async function payEvents(run: DayRun): Promise<void> {
  await run.inLanes(run.day.corporateActions.map((event) => ({ lane: event.issuer, run: () => payEvent(run, event) })));
}

async function payEvent(run: DayRun, { issuer, eventId }: DayEvent): Promise<void> {
  const { calls, depository } = run;
  const { pages } = await calls.evaluate(depository, 'CorporateActions:Pages', { issuer, eventId });
  for (const { institution, page, paid } of pages) {
    if (paid === 'yes') continue;
    await calls.submit(depository, 'CorporateActions:Pay', { issuer, eventId, pages: [{ institution, page }] });
  }
  await calls.submit(depository, 'CorporateActions:Complete', { issuer, eventId });
}

export async function eventRecords(run: DayRun): Promise<readonly EventRecord[]> {
  const { calls, day, depository } = run;
  const records: EventRecord[] = [];
  for (const { issuer, eventId } of day.corporateActions) {
    const { events } = await calls.evaluate(depository, 'CorporateActions:Events', { issuer });
    const event = events.find((one) => one.eventId === eventId);
    if (!event) throw new RangeError(`The ledger does not know the event ${eventId}`);
    const { entitlements } = await calls.evaluate(depository, 'CorporateActions:Entitlements', { issuer, eventId });
    records.push({ issuer, event, entitlements });
  }
  return records;
}
