import type { DayRecord } from '../day';
import { grouped } from '../terminal/number-format';
import type { DividendReport, Scale, SplitReport } from './day-report';
import { scaleOf, sum } from './scale';
import type { Names } from './names';

interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export function dividendReports({ day, events }: DayRecord, names: Names): readonly DividendReport[] {
  return events.flatMap(({ event, entitlements }): DividendReport[] => {
    const { terms, residue } = event;
    if (terms.kind !== 'cash-dividend') return [];
    const scale = scaleOf(day, terms.isin);
    const holders = entitlements.map(({ institution, account, name, held, gross, tax, net }) => ({
      institution: names.member(institution),
      ...{ account, name, held, gross, tax, net },
    }));
    return [
      {
        instrument: names.instrument(terms.isin),
        scale,
        recordDate: terms.recordDate,
        rate: `${scale.currency} ${rateText(terms.rate, scale)}`,
        tax: terms.withholding?.map(({ rate }) => percent(rate)).join(' and ') ?? 'none',
        holders,
        total: {
          held: sum(holders, ({ held }) => held),
          gross: sum(holders, ({ gross }) => gross),
          tax: sum(holders, ({ tax }) => tax),
          net: sum(holders, ({ net }) => net),
        },
        rounding: ratioText(residue),
      },
    ];
  });
}

export function splitReports({ day, events }: DayRecord, names: Names): readonly SplitReport[] {
  return events.flatMap(({ event, entitlements }): SplitReport[] => {
    const { terms, residue } = event;
    if (terms.kind !== 'stock-split') return [];
    const holders = entitlements.map(({ institution, account, name, held, net }) => ({
      institution: names.member(institution),
      account,
      name,
      before: held,
      after: held + net,
    }));
    return [
      {
        instrument: names.instrument(terms.isin),
        scale: scaleOf(day, terms.isin),
        recordDate: terms.recordDate,
        ratio: `${terms.ratio.numerator} for ${terms.ratio.denominator}`,
        holders,
        total: { before: sum(holders, ({ before }) => before), after: sum(holders, ({ after }) => after) },
        rounding: ratioText(residue),
      },
    ];
  });
}

/** Money for one whole security. */
function rateText({ numerator, denominator }: Fraction, { decimals, moneyDecimals }: Scale): string {
  const whole = numerator * 10n ** BigInt(decimals);
  if (whole % denominator === 0n) return grouped(whole / denominator, moneyDecimals);
  return `${grouped(whole, moneyDecimals)}/${grouped(denominator)}`;
}

/** A fraction as people say it: `275`, or `1/3` where it is not whole. */
function ratioText({ numerator, denominator }: Fraction): string {
  return numerator % denominator === 0n
    ? grouped(numerator / denominator)
    : `${grouped(numerator)}/${grouped(denominator)}`;
}

/** A rate in percent, to three decimals, rounded down. */
function percent({ numerator, denominator }: Fraction): string {
  return `${grouped((numerator * 100_000n) / denominator, 3)} %`;
}
