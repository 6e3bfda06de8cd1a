export { type BenchReport, runBench } from './run-bench';
export { resultsDocument, resultsText } from './bench-result';
export { fullRound, scenarioNames } from './scenarios';
