import { marketContracts, runWorker } from '@kessai/chaincode-host';
import { poisonContract } from './poison-contract';

runWorker([...marketContracts, poisonContract]);
