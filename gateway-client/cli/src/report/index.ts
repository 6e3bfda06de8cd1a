export type { DayReport } from './day-report';
export { makeReport } from './make-report';
export { reportDocument } from './report-document';
export { reportPage } from './page';
export { reportSummary, reportText } from './report-text';
