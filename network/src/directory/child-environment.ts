/**
 * What a process of a network is given of its starter's environment: where programs are, how times and texts are written, and how much a
 * runtime may take. All else is its starter's own, tokens and passwords among it, and variables that would change Fabric's configuration.
 */
const PASSED = new RegExp(
  `^(${[
    ...['PATH', 'LD_LIBRARY_PATH', 'TMPDIR', 'TZ', 'LANG', 'LC_[A-Z]+'],
    ...['NODE_OPTIONS', 'GODEBUG', 'GOGC', 'GOMAXPROCS', 'GOMEMLIMIT'],
    // By this a run of the project's tests finds what it has started, and ends it.
    'RUN_OF_TESTS',
    ...['FABRIC_LOGGING_SPEC', 'KESSAI_(WATCHDOG|INSTRUCTION)_SECONDS', 'KESSAI_BATCHED_IO', 'KESSAI_STREAM_COUNTS'],
  ].join('|')})$`,
);

/** @param own what the process needs itself. */
export function childEnvironment(
  own: Readonly<Record<string, string>> = {},
  starter: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const passed = Object.entries(starter).filter(([name]) => PASSED.test(name));
  return { ...Object.fromEntries(passed), ...own };
}
