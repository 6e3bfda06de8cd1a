import { workerData } from 'node:worker_threads';
import type { Guarded } from './orphan-guard';

const lookMs = 500;

const { parent } = workerData as Guarded;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, lookMs);
