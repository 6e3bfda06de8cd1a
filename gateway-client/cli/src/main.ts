import { runCommand } from './program';

// Whoever reads the output may have had enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

void runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
