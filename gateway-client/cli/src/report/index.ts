export type { DayReport } from './day-report';
export { makeReport } from './make-report';
export { reportDocument } from './report-document';
export { reportSummary } from './report-summary';
export { reportText } from './report-text';
