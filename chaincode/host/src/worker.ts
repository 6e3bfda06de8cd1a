import { marketContracts } from './implementations';
import { runWorker } from './run-worker';

runWorker(marketContracts);
