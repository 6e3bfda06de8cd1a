import { marketContracts, runWorker } from '@kessai/chaincode-host';
import { keysContract } from './keys-contract';

runWorker([...marketContracts, keysContract]);
