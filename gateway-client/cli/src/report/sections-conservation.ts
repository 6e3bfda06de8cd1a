import { grouped } from '../terminal/number-format';
import type { DayReport } from './day-report';
import { phrase } from './phrase';
import { type Section, type TextBlock, counted, numbers, section, table, text, texts } from './report-model';

/**
 * That nothing was made or lost, unit by unit.
 *
 * @param shown as many units at most, those first that are not conserved; by default all.
 */
export function conservationSection({ conservation }: DayReport, shown = Number.POSITIVE_INFINITY): Section {
  const broken = conservation.filter(({ issued, held }) => issued !== held);
  const sound = conservation.filter(({ issued, held }) => issued === held);
  const ordered = conservation.length > shown ? [...broken, ...sound].slice(0, shown) : conservation;
  const rows = ordered.map(({ unit, decimals, issued, held, holders }) => [
    ...[unit, grouped(issued, decimals), grouped(held, decimals), grouped(issued - held, decimals), grouped(holders)],
  ]);
  return section(
    'conservation',
    phrase`Conservation: what is issued is held`,
    table({ columns: [...texts('Unit'), ...numbers('Issued', 'Held', 'Difference', 'Holders')], rows }),
    verdict(conservation.length, rows.length, broken.length),
  );
}

function verdict(units: number, shown: number, broken: number): TextBlock {
  const all = shown < units ? `${counted(units, 'unit')}, ${grouped(shown)} of them shown` : counted(units, 'unit');
  return text(
    broken === 0
      ? phrase`Nothing was made or lost: the difference is 0 in each unit (${all}).`
      : phrase`NOT conserved: in ${counted(broken, 'unit')} the difference is not 0 (${all}).`,
  );
}

export function cashSection({ cash }: DayReport): Section {
  const rows = cash.map(({ member, currency, decimals, available, locked }) => [
    ...[member, currency],
    ...[available, locked, available + locked].map((amount) => grouped(amount, decimals)),
  ]);
  return section(
    'money',
    phrase`Money at the end, by member`,
    table({ columns: [...texts('Member', 'Currency'), ...numbers('Available', 'Locked', 'Total')], rows }),
  );
}
