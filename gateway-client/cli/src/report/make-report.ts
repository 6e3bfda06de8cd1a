import type { MspId, Unit } from '@kessai/interface';
import type { DayRecord } from '../day';
import type { DayInstrument, MarketDay } from '../input';
import type { CashLine, ConservationLine, DayReport, IssuanceLine, OrderSummary } from './day-report';
import { dividendReports, splitReports } from './event-reports';
import { Names } from './names';
import { phaseLines } from './phase-lines';
import { registerReports } from './register-reports';
import { scaleOf, sum } from './scale';
import { sightReport } from './sight-report';
import { TradeBook, viewComparison } from './trade-reports';

/** Makes the report of what the ledger answered. */
export function makeReport(record: DayRecord): DayReport {
  const { day } = record;
  const names = new Names(day);
  const book = new TradeBook(record, names);
  return {
    market: day.market.name,
    businessDate: day.market.businessDate,
    clock: { businessDate: record.clock.businessDate, phase: record.clock.phase },
    issuance: day.instruments.map((instrument) => issuanceOf(record, instrument, names)),
    boardsAtNoon: record.noonBoards.map(({ isin, bids, asks }) => ({
      instrument: names.instrument(isin),
      scale: scaleOf(day, isin),
      bids,
      asks,
    })),
    orders: ordersOf(record, names),
    trades: book.lines,
    turnover: book.turnover(),
    rejectedTrades: book.rejected(),
    settlement: book.settlement(),
    dividends: dividendReports(record, names),
    splits: splitReports(record, names),
    registers: registerReports(record, names),
    views: viewComparison(record, book, names),
    sights: sightReport(record, names),
    conservation: record.supply.map((line) => conservationOf(day, line, names)),
    cash: cashOf(record, names),
    stages: record.stages,
    phases: phaseLines(record),
  };
}

function issuanceOf({ day, opening }: DayRecord, instrument: DayInstrument, names: Names): IssuanceLine {
  const { isin, code, issuer, supplyCap } = instrument;
  const register = opening.registers.get(isin);
  const rows = register?.rows ?? [];
  const allotments = day.allotments.filter((allotment) => allotment.isin === isin);
  const institutions = [...new Set(allotments.map(({ to }) => to.institution))];
  return {
    instrument: names.instrument(isin),
    code,
    isin,
    issuer: names.member(issuer),
    scale: scaleOf(day, isin),
    authorised: supplyCap,
    issued: register?.issued ?? 0n,
    allotted: institutions.map((institution) => ({
      institution: names.member(institution),
      quantity: sum(
        rows.filter((row) => row.institution === institution),
        ({ quantity }) => quantity,
      ),
    })),
    keptByIssuer: sum(
      rows.filter((row) => row.institution === issuer),
      ({ quantity }) => quantity,
    ),
    distributed: sum(
      rows.filter((row) => isClient(day, row.institution, row.account)),
      ({ quantity }) => quantity,
    ),
  };
}

function isClient(day: MarketDay, institution: MspId, account: string): boolean {
  return day.accounts.some((one) => one.member === institution && one.account === account && one.kind === 'client');
}

function ordersOf({ day, refusedOrders, matchings }: DayRecord, names: Names): OrderSummary {
  return {
    placed: day.orders.length - refusedOrders.length,
    matchings,
    cancelled: day.cancels.length,
    refused: refusedOrders.map(({ institution, order, message }) => ({
      who: names.holder(institution, order.account),
      instrument: names.instrument(order.isin),
      side: order.side,
      quantity: order.quantity,
      price: order.price,
      scale: scaleOf(day, order.isin),
      reason: message,
    })),
  };
}

function conservationOf(day: MarketDay, line: DayRecord['supply'][number], names: Names): ConservationLine {
  const { unit, issued, held, holders } = line;
  return { unit: names.unit(unit), decimals: decimalsOf(day, unit), issued, held, holders };
}

function decimalsOf(day: MarketDay, unit: Unit): number {
  const units = [...day.monies, ...day.instruments.map(({ isin, decimals }) => ({ unit: isin, decimals }))];
  return units.find((one) => one.unit === unit)?.decimals ?? 0;
}

function cashOf({ day, cash }: DayRecord, names: Names): readonly CashLine[] {
  return day.monies.flatMap(({ unit, currency, decimals }) => {
    const lines = cash.filter((line) => line.unit === unit);
    const members = [...new Set(lines.map(({ institution }) => institution))];
    return members.map((member): CashLine => {
      const own = lines.filter(({ institution }) => institution === member);
      return {
        member: names.member(member),
        currency,
        decimals,
        available: sum(own, ({ available }) => available),
        locked: sum(own, ({ locks }) => sum(locks, ({ quantity }) => quantity)),
      };
    });
  });
}
