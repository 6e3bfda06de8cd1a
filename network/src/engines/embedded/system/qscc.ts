import { common, peer } from '@hyperledger/fabric-protos';
import type { TransactionScope } from '../chaincode/transaction';
import type { AccessControl } from '../endpoints/access';
import { invokedChaincode } from '../endpoints/proposal';
import { messageOf } from '../endpoints/rpc-error';
import type { Ledger } from '../ports';
import { failure, success, utf8, type SystemChaincode } from './system-chaincodes';

const NAME = 'qscc';
const LARGEST_BLOCK_NUMBER = 2n ** 64n - 1n;

/** Queries about blocks and transactions. */
export class LedgerQueries implements SystemChaincode {
  readonly #channel: string;
  readonly #ledger: Ledger;
  readonly #access: AccessControl;

  constructor(channel: string, ledger: Ledger, access: AccessControl) {
    this.#channel = channel;
    this.#ledger = ledger;
    this.#access = access;
  }

  async invoke(args: readonly Uint8Array[], scope: TransactionScope): Promise<peer.Response> {
    if (args.length < 2) {
      return failure(`Incorrect number of arguments, ${args.length.toString()}`);
    }
    const [operation, channel] = [utf8(args[0]), utf8(args[1])];
    const called = invokedChaincode(scope.signed);
    if (called !== NAME) {
      return failure(
        `Rejecting invoke of QSCC from another chaincode because of potential for deadlocks, original invocation for '${called}'`,
      );
    }
    if (operation !== 'GetChainInfo' && args.length < 3) {
      return failure(`missing 3rd argument for ${operation}`);
    }
    if (channel !== this.#channel) {
      return failure(`Invalid chain ID, ${channel}`);
    }
    try {
      this.#access.checkProposal(`${NAME}/${operation}`, channel, scope.signed);
    } catch (error) {
      return failure(`access denied for [${operation}][${channel}]: [${messageOf(error)}]`);
    }
    return this.#answer(operation, args[2] ?? new Uint8Array());
  }

  async #answer(operation: string, argument: Uint8Array): Promise<peer.Response> {
    switch (operation) {
      case 'GetChainInfo':
        return success(this.#chainInfo().serializeBinary());
      case 'GetBlockByNumber':
        return this.#blockByNumber(utf8(argument));
      case 'GetBlockByHash': {
        const block = await this.#ledger.blockByHash(argument);
        return found(
          block,
          `Failed to get block hash ${utf8(argument)}, error no such block hash [${hex(argument)}] in index`,
        );
      }
      case 'GetBlockByTxID': {
        const txId = utf8(argument);
        const block = await this.#ledger.blockByTransaction(txId);
        return found(block, `Failed to get block for txID ${txId}, error no such transaction ID [${txId}] in index`);
      }
      case 'GetTransactionByID':
        return this.#transaction(utf8(argument));
      default:
        return failure(`Requested function ${operation} not found.`);
    }
  }

  #chainInfo(): common.BlockchainInfo {
    const info = new common.BlockchainInfo();
    info.setHeight(Number(this.#ledger.height));
    info.setCurrentblockhash(this.#ledger.currentBlockHash);
    info.setPreviousblockhash(this.#ledger.previousBlockHash);
    return info;
  }

  async #blockByNumber(text: string): Promise<peer.Response> {
    if (!/^\d+$/.test(text)) {
      return failure(`Failed to parse block number with error strconv.ParseUint: parsing "${text}": invalid syntax`);
    }
    const number = BigInt(text);
    if (number > LARGEST_BLOCK_NUMBER) {
      return failure(
        `Failed to parse block number with error strconv.ParseUint: parsing "${text}": value out of range`,
      );
    }
    // The largest number stands for the newest block.
    const wanted = number === LARGEST_BLOCK_NUMBER ? this.#ledger.height - 1n : number;
    return found(
      await this.#ledger.block(wanted),
      `Failed to get block number ${text}, error no such block number [${text}] in index`,
    );
  }

  async #transaction(txId: string): Promise<peer.Response> {
    const transaction = await this.#ledger.transaction(txId);
    if (transaction === undefined) {
      return failure(`Failed to get transaction with id ${txId}, error no such transaction ID [${txId}] in index`);
    }
    const result = new peer.ProcessedTransaction();
    result.setTransactionenvelope(transaction.envelope);
    result.setValidationcode(transaction.validationCode);
    return success(result.serializeBinary());
  }
}

function found(block: common.Block | undefined, absent: string): peer.Response {
  return block === undefined ? failure(absent) : success(block.serializeBinary());
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
