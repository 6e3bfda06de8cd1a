import { runCommand } from './program';

// Whoever reads the output may have had enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

// What a command writes holds keys, ledgers and people's business: it is for its user alone.
process.umask(0o077);

void runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
