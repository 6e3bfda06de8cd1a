// Tells the process that started jest, message by message, what has begun, what has ended and how, so that the count is right
// even where the run never ends. See scripts/test.mjs.
export default class CountingReporter {
  onTestFileStart({ path }) {
    process.send?.({ event: 'began', path });
  }

  onTestFileResult({ path }, { testResults, testExecError }) {
    const named = (...statuses) =>
      testResults.filter(({ status }) => statuses.includes(status)).map(({ fullName }) => fullName);
    process.send?.({
      event: 'ended',
      path,
      passed: named('passed').length,
      // A suite that cannot run holds tests that did not pass: one failure at the least.
      failed: named('failed').length + (testExecError === undefined ? 0 : 1),
      skipped: named('pending', 'skipped', 'disabled', 'todo'),
    });
  }

  onRunComplete() {
    process.send?.({ event: 'complete' });
  }
}
