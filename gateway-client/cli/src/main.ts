import { runCommand } from './program';

/** How long a command that has said all may be kept by what is still open of it, such as a call that was given up. */
const openMs = 2_000;

// What a command writes holds keys, ledgers and people's business: it is for its user alone.
process.umask(0o077);

void runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(code), openMs).unref();
});
