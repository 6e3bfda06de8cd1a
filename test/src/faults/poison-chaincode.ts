import { join } from 'node:path';
import { runSupervisor } from '@kessai/chaincode-host';

runSupervisor(join(__dirname, 'poison-worker.js'));
