import type { DayReport } from './day-report';
import { phrase } from './phrase';
import type { ReportModel } from './report-model';
import { summarySection } from './report-summary';
import { cashSection, conservationSection } from './sections-conservation';
import { phaseSections, stageSection } from './sections-course';
import { dividendSections, registerSections, splitSections } from './sections-holders';
import { sightSection, viewSections } from './sections-privacy';
import { settlementSection } from './sections-settlement';
import { boardSections, issuanceSection, priceSection, tradeSection } from './sections-trades';

/** All of a day: who sees what and that nothing is made or lost, then what was done, in its order. */
export function wholeReport(report: DayReport): ReportModel {
  const { market, businessDate, clock } = report;
  return {
    title: phrase`${market}: the business day ${businessDate}`,
    lead: [phrase`The market has moved on to ${clock.businessDate}, phase ${clock.phase}.`],
    sections: [
      ...viewSections(report),
      sightSection(report),
      conservationSection(report),
      summarySection(report),
      ...phaseSections(report),
      issuanceSection(report),
      ...boardSections(report),
      tradeSection(report),
      priceSection(report),
      settlementSection(report),
      ...dividendSections(report),
      ...splitSections(report),
      ...registerSections(report),
      cashSection(report),
      stageSection(report),
    ].filter(({ blocks }) => blocks.length > 0),
  };
}
