import { grouped, seconds } from '../terminal/number-format';
import type { DayReport } from './day-report';
import { type Phrase, phrase } from './phrase';
import { type ReportModel, type Section, counted, list, moneyText, quantityText, section } from './report-model';
import { conservationSection } from './sections-conservation';
import { viewSections } from './sections-privacy';
import { tradeSection } from './sections-trades';

/** Of the trades between two members as many are shown. */
const tradesShown = 3;
/** Of other things as many, so that a day with many of them still fits a screen. */
const shownOf = { units: 3, securities: 2, corporateActions: 2 } as const;

/** What matters of a day at a glance, on one screen: who sees what, that nothing is made or lost, and what was done. */
export function summaryModel(report: DayReport): ReportModel {
  const { market, businessDate } = report;
  return {
    title: phrase`${market}: the business day ${businessDate}`,
    lead: [],
    sections: [
      ...viewSections(report, tradesShown),
      conservationSection(report, shownOf.units),
      tradeSection(report, shownOf.securities),
      summarySection(report, shownOf.corporateActions),
    ],
  };
}

/** What was done, a line each. @param shown as many corporate actions at most; by default all. */
export function summarySection(report: DayReport, shown = Number.POSITIVE_INFINITY): Section {
  const actions = actionLines(report);
  const few = actions.slice(0, shown);
  const more = actions.length - few.length;
  return section(
    'done',
    phrase`What was done`,
    list([
      settlementLine(report),
      ...few,
      ...(more > 0 ? [phrase`And ${counted(more, 'corporate action')} more.`] : []),
      registerLine(report),
      speedLine(report),
    ]),
  );
}

function settlementLine({ trades, settlement }: DayReport): Phrase {
  const settled = trades.filter(({ status }) => status === 'settled').length;
  const signOffs = counted(settlement.cycles.length, 'sign-off');
  return phrase`${grouped(settled)} of ${counted(trades.length, 'trade')} settled delivery versus payment, in ${signOffs}.`;
}

function actionLines({ dividends, splits }: DayReport): readonly Phrase[] {
  return [
    ...dividends.map(
      ({ instrument, scale, total }) =>
        phrase`Dividend of ${instrument}: ${scale.currency} ${moneyText(total.net, scale)} paid, ${moneyText(total.tax, scale)} withheld.`,
    ),
    ...splits.map(
      ({ instrument, ratio, total, scale }) =>
        phrase`Split of ${instrument}, ${ratio}: ${quantityText(total.before, scale)} became ${quantityText(total.after, scale)}.`,
    ),
  ];
}

function registerLine({ registers }: DayReport): Phrase {
  return registers.every(({ sameAnswer }) => sameAnswer)
    ? phrase`The registers as of the opening, asked again at the end, have not changed.`
    : phrase`The registers as of the opening, asked again at the end, HAVE CHANGED.`;
}

function speedLine({ stages }: DayReport): Phrase {
  const submits = stages.reduce((total, stage) => total + stage.submits, 0);
  const elapsedMs = stages.reduce((total, stage) => total + stage.elapsedMs, 0);
  return phrase`${counted(submits, 'instruction was', 'instructions were')} answered in ${seconds(elapsedMs)} seconds.`;
}
