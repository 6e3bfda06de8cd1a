import { join } from 'node:path';
import type { Schedulers } from '@kessai/network';

/** This command itself, as `kessai operate` for each operator of a network. */
export const schedulers: Schedulers = { program: join(__dirname, '..', 'bin', 'kessai.js') };
