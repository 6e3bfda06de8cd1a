import type { DayRecord, RegisterAt } from '../day';
import type { DayInstrument } from '../input';
import type { RegisterReport } from './day-report';
import { scaleOf, sum } from './scale';
import type { Names } from './names';

type Row = RegisterAt['rows'][number];

/** The registers of each instrument at the opening, at the close, now, and for the opening as asked now. */
export function registerReports(record: DayRecord, names: Names): readonly RegisterReport[] {
  return record.day.instruments.map((instrument) => reportOf(record, instrument, names));
}

function reportOf(record: DayRecord, { isin }: DayInstrument, names: Names): RegisterReport {
  const registers = {
    opening: record.opening.registers.get(isin),
    openingAskedLater: record.openingAskedLater.get(isin),
    close: record.beforeActions.registers.get(isin),
    now: record.now.registers.get(isin),
  };
  const holders = new Map<string, Row>();
  for (const register of Object.values(registers)) {
    for (const row of register?.rows ?? []) if (!holders.has(keyOf(row))) holders.set(keyOf(row), row);
  }
  const order = record.day.members.map(({ mspId }) => mspId);
  const rows = [...holders.values()]
    .sort((a, b) => order.indexOf(a.institution) - order.indexOf(b.institution) || (a.account < b.account ? -1 : 1))
    .map((holder) => ({
      institution: names.member(holder.institution),
      account: holder.account,
      name: holder.name,
      opening: quantityOf(registers.opening, holder),
      openingAskedLater: quantityOf(registers.openingAskedLater, holder),
      close: quantityOf(registers.close, holder),
      now: quantityOf(registers.now, holder),
    }));
  return {
    instrument: names.instrument(isin),
    isin,
    scale: scaleOf(record.day, isin),
    openingAt: record.opening.at,
    rows,
    total: {
      opening: sum(rows, ({ opening }) => opening),
      openingAskedLater: sum(rows, ({ openingAskedLater }) => openingAskedLater),
      close: sum(rows, ({ close }) => close),
      now: sum(rows, ({ now }) => now),
    },
    issuedNow: registers.now?.issued ?? 0n,
    sameAnswer: rows.every((row) => row.opening === row.openingAskedLater),
  };
}

function quantityOf(register: RegisterAt | undefined, holder: Row): bigint {
  return register?.rows.find((row) => keyOf(row) === keyOf(holder))?.quantity ?? 0n;
}

function keyOf({ institution, account }: Row): string {
  return `${institution}/${account}`;
}
