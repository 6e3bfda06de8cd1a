import { eventPagesAtOnce } from '@kessai/interface';
import type { EventRecord } from './day-record';
import type { DayRun } from './day-run';
import { instruction } from './market-port';

/** Each issuer's own word, before the record date ends. */
export async function announce(run: DayRun): Promise<void> {
  await run.byMember(
    run.day.corporateActions.map(({ issuer: as, eventId, terms }) => ({
      as,
      act: instruction('CorporateActions:Announce', { eventId, terms }),
    })),
  );
}

/** Keeps the registers of all instruments at the end of the day. */
export async function keepSnapshots(run: DayRun): Promise<void> {
  await run.advance('closed');
  await run.calls.all(
    run.depository,
    run.day.instruments.map(({ isin }) => instruction('Registry:Snapshot', { isin })),
  );
}

/** Runs the events in the order of the file: all pages of one, then its end. */
export async function payEvents(run: DayRun): Promise<void> {
  const { calls, depository } = run;
  for (const { issuer, eventId } of run.day.corporateActions) {
    for (let more = true; more;) {
      const { pages } = await calls.evaluate(depository, 'CorporateActions:Pages', { issuer, eventId });
      const due = pages.filter(({ paid }) => paid !== 'yes');
      more = due.length === eventPagesAtOnce;
      await calls.all(depository, [
        ...due.map((page) => instruction('CorporateActions:Pay', { issuer, eventId, pages: [page] })),
        ...(more ? [] : [instruction('CorporateActions:Complete', { issuer, eventId })]),
      ]);
    }
  }
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
