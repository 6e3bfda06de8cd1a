import { peer } from '@hyperledger/fabric-protos';
import type { TransactionScope } from '../chaincode/transaction';
import type { AccessControl } from '../endpoints/access';
import { invokedChaincode } from '../endpoints/proposal';
import { messageOf } from '../endpoints/rpc-error';
import type { Ledger } from '../ports';
import { configBlock, configOf } from './config-block';
import { failure, success, utf8, type SystemChaincode } from './system-chaincodes';

const NAME = 'cscc';

/** Queries about the channel. Joining another one is not possible: this engine has one. */
export class ChannelQueries implements SystemChaincode {
  readonly #channel: string;
  readonly #ledger: Ledger;
  readonly #access: AccessControl;

  constructor(channel: string, ledger: Ledger, access: AccessControl) {
    this.#channel = channel;
    this.#ledger = ledger;
    this.#access = access;
  }

  async invoke(args: readonly Uint8Array[], scope: TransactionScope): Promise<peer.Response> {
    const operation = utf8(args[0]);
    if (args.length < 1 || (operation !== 'GetChannels' && operation !== 'JoinBySnapshotStatus' && args.length < 2)) {
      return failure(`Incorrect number of arguments, ${args.length.toString()}`);
    }
    const called = invokedChaincode(scope.signed);
    if (called !== NAME) {
      return failure(`Rejecting invoke of CSCC from another chaincode, original invocation for '${called}'`);
    }
    switch (operation) {
      case 'GetChannels':
        return this.#guarded(operation, undefined, scope, () => Promise.resolve(success(this.#channels())));
      case 'GetConfigBlock':
        return this.#guarded(operation, utf8(args[1]), scope, () => this.#configBlock(utf8(args[1])));
      case 'GetChannelConfig':
        return args[1]?.length === 0
          ? failure('empty channel name provided')
          : this.#guarded(operation, utf8(args[1]), scope, () => this.#config(utf8(args[1])));
      case 'JoinChain':
      case 'JoinChainBySnapshot':
      case 'JoinBySnapshotStatus':
        return failure(`UNIMPLEMENTED: ${operation}: this network has the one channel ${this.#channel}`);
      default:
        return failure(`Requested function ${operation} not found.`);
    }
  }

  async #guarded(
    operation: string,
    channel: string | undefined,
    scope: TransactionScope,
    answer: () => Promise<peer.Response>,
  ): Promise<peer.Response> {
    try {
      this.#access.checkProposal(`${NAME}/${operation}`, channel ?? '', scope.signed);
    } catch (error) {
      const about = channel === undefined ? '' : `[${channel}]`;
      return failure(`access denied for [${operation}]${about}: ${messageOf(error)}`);
    }
    return answer();
  }

  #channels(): Uint8Array {
    const info = new peer.ChannelInfo();
    info.setChannelId(this.#channel);
    const response = new peer.ChannelQueryResponse();
    response.addChannels(info);
    return response.serializeBinary();
  }

  async #configBlock(channel: string): Promise<peer.Response> {
    const block = channel === this.#channel ? await configBlock(this.#ledger) : undefined;
    return block === undefined ? failure(`Unknown channel ID, ${channel}`) : success(block.serializeBinary());
  }

  async #config(channel: string): Promise<peer.Response> {
    const block = channel === this.#channel ? await configBlock(this.#ledger) : undefined;
    const config = block === undefined ? undefined : configOf(block);
    return config === undefined ? failure(`unknown channel ID, ${channel}`) : success(config.serializeBinary());
  }
}
