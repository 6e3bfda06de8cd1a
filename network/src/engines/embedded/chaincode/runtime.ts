import { peer } from '@hyperledger/fabric-protos';
import type { AccessControl } from '../endpoints/access';
import { parse } from '../endpoints/parse';
import type { SystemChaincodes } from '../system/system-chaincodes';
import { sequenceOf } from '../system/lifecycle/definition';
import { LIFECYCLE } from '../system/lifecycle/serializer';
import { RunnableChaincodes, type RunnableChaincode } from './definitions';
import { ChaincodeLauncher } from './launcher';
import type { ChaincodePackage } from './package';
import type { PackageStore } from './package-store';
import { ChaincodeCall, RequestRefused, type TransactionScope } from './transaction';
import { messageOf } from '../endpoints/rpc-error';

const { Type } = peer.ChaincodeMessage;

/** Fabric notes here, in the chaincode's own namespace, for which version Init has run. */
const INITIALIZED_KEY = '\u0000\u{10FFFF}initialized';

const LEGACY_LIFECYCLE = 'lscc';

export interface ChaincodeOutcome {
  readonly response: peer.Response;
  readonly event: peer.ChaincodeEvent | undefined;
}

/** A chaincode that did not give a response; the message is a peer's. */
export class ExecutionFailed extends Error {
  readonly code = 'ExecutionFailed';

  constructor(message: string) {
    super(message);
    this.name = 'ExecutionFailed';
  }
}

/** Runs chaincode for one organisation's peer: services over their streams, system chaincodes in place. */
export class ChaincodeRuntime {
  readonly runnable: RunnableChaincodes;
  readonly #packages: PackageStore;
  readonly #system: SystemChaincodes;
  readonly #access: AccessControl;
  readonly #timeout_ms: number;
  readonly #launchers = new Map<string, ChaincodeLauncher>();

  constructor(
    runnable: RunnableChaincodes,
    packages: PackageStore,
    system: SystemChaincodes,
    access: AccessControl,
    timeout_ms: number,
  ) {
    this.runnable = runnable;
    this.#packages = packages;
    this.#system = system;
    this.#access = access;
    this.#timeout_ms = timeout_ms;
  }

  /**
   * Finds out which version of a chaincode a transaction will run. The sequence number read becomes part of the transaction's
   * read set, so that a definition that changes before the commit invalidates it.
   * @throws ChaincodeNotRunnable
   */
  async prepare(scope: TransactionScope, chaincode: string): Promise<RunnableChaincode> {
    const { simulator } = scope;
    if (simulator === undefined) {
      throw new ExecutionFailed(
        `could not get current sequence for chaincode '${chaincode}' on channel '': could not get state for key namespaces/fields/${chaincode}/Sequence: invalid channel-less operation`,
      );
    }
    const sequence = await sequenceOf(chaincode, (key) => simulator.get(LIFECYCLE, key));
    // A peer looks for what is not defined among the chaincodes of Fabric 1, where nothing is here.
    if (sequence === 0n) await simulator.get(LEGACY_LIFECYCLE, chaincode);
    return this.runnable.find(chaincode, sequence);
  }

  /**
   * Runs a chaincode to its response.
   * @throws ExecutionFailed
   */
  async execute(scope: TransactionScope, chaincode: string, input: peer.ChaincodeInput): Promise<ChaincodeOutcome> {
    let message: peer.ChaincodeMessage;
    try {
      message = await this.#invoke(scope, chaincode, input);
    } catch (error) {
      throw new ExecutionFailed(`failed to execute transaction ${scope.txId}: ${messageOf(error)}`);
    }
    const payload = message.getPayload_asU8();
    if (message.getType() === Type.ERROR) {
      throw new ExecutionFailed(`transaction returned with failure: ${Buffer.from(payload).toString('utf8')}`);
    }
    const event = message.getChaincodeEvent();
    event?.setChaincodeId(chaincode);
    event?.setTxId(scope.txId);
    return { response: parse(peer.Response, 'Response', payload), event };
  }

  /** The process that served a package has ended. */
  serviceEnded(packageId: string): void {
    this.#launchers.get(packageId)?.serviceEnded();
  }

  close(): void {
    for (const launcher of this.#launchers.values()) {
      launcher.close();
    }
  }

  async #invoke(
    scope: TransactionScope,
    chaincode: string,
    input: peer.ChaincodeInput,
  ): Promise<peer.ChaincodeMessage> {
    if (this.#system.has(chaincode)) {
      const response = await this.#system.invoke(chaincode, input.getArgsList_asU8(), scope);
      const completed = new peer.ChaincodeMessage();
      completed.setType(Type.COMPLETED);
      completed.setTxid(scope.txId);
      completed.setChannelId(scope.channelId);
      completed.setPayload(response.serializeBinary());
      return completed;
    }
    let definition: RunnableChaincode;
    let isInit: boolean;
    try {
      definition = await this.prepare(scope, chaincode).catch((error: unknown) => {
        throw new ExecutionFailed(
          `[channel ${scope.channelId}] failed to get chaincode container info for ${chaincode}: ${messageOf(error)}`,
        );
      });
      isInit = await initialise(scope, chaincode, input, definition);
    } catch (error) {
      throw new ExecutionFailed(`invalid invocation: ${messageOf(error)}`);
    }
    const stream = await this.#launcher(definition.packageId).ready();
    const message = new peer.ChaincodeMessage();
    message.setType(isInit ? Type.INIT : Type.TRANSACTION);
    message.setPayload(input.serializeBinary());
    message.setTxid(scope.txId);
    message.setChannelId(scope.channelId);
    message.setProposal(scope.signed);
    try {
      return await stream.execute(new ChaincodeCall(scope, chaincode, isInit), message, this.#timeout_ms);
    } catch (error) {
      throw new ExecutionFailed(`error sending: ${messageOf(error)}`);
    }
  }

  #launcher(packageId: string): ChaincodeLauncher {
    let launcher = this.#launchers.get(packageId);
    if (launcher === undefined) {
      const { connection } = this.#read(packageId);
      launcher = new ChaincodeLauncher(packageId, connection, (request, call) => this.#invokeFrom(request, call));
      this.#launchers.set(packageId, launcher);
    }
    return launcher;
  }

  #read(packageId: string): ChaincodePackage {
    try {
      return this.#packages.read(packageId);
    } catch (error) {
      throw new ExecutionFailed(
        `could not launch chaincode ${packageId}: error building chaincode: ${messageOf(error)}`,
      );
    }
  }

  /** A chaincode calls another one: same transaction, same read-write set, the other's namespace. */
  async #invokeFrom(request: Uint8Array, caller: ChaincodeCall): Promise<Uint8Array> {
    const specification = parse(peer.ChaincodeSpec, 'ChaincodeSpec', request);
    const fullName = specification.getChaincodeId()?.getName() ?? '';
    const [nameAndVersion = '', ...channelParts] = fullName.split('/');
    const [name = ''] = nameAndVersion.split(':');
    const { scope } = caller;
    const named = channelParts.join('/');
    const channel = named === '' ? scope.channelId : named;
    if (!this.#system.has(name)) this.#checkCall(channel, scope);
    if (channel !== scope.channelId) {
      throw new RequestRefused(`failed to find ledger for channel: ${channel}`);
    }
    const input = specification.getInput() ?? new peer.ChaincodeInput();
    try {
      return (await this.#invoke(scope, name, input)).serializeBinary();
    } catch (error) {
      throw new RequestRefused(`execute failed: ${messageOf(error)}`);
    }
  }

  #checkCall(channel: string, scope: TransactionScope): void {
    try {
      this.#access.checkProposal('peer/ChaincodeToChaincode', channel, scope.signed);
    } catch (error) {
      throw new RequestRefused(messageOf(error));
    }
  }
}

/** Enforces that Init runs once a version where the definition asks for it; whether this call is that Init. */
async function initialise(
  scope: TransactionScope,
  chaincode: string,
  input: peer.ChaincodeInput,
  definition: RunnableChaincode,
): Promise<boolean> {
  let needed = false;
  if (definition.initRequired && scope.simulator !== undefined) {
    const value = await scope.simulator.get(chaincode, INITIALIZED_KEY);
    needed = value === undefined || Buffer.from(value).toString('utf8') !== definition.version;
  }
  if (input.getIsInit()) {
    if (!definition.initRequired) {
      throw new ExecutionFailed(`chaincode '${chaincode}' does not require initialization but called as init`);
    }
    if (!needed) {
      throw new ExecutionFailed(`chaincode '${chaincode}' is already initialized but called as init`);
    }
    scope.simulator?.put(chaincode, INITIALIZED_KEY, Buffer.from(definition.version, 'utf8'));
    return true;
  }
  if (needed) {
    throw new ExecutionFailed(
      `chaincode '${chaincode}' has not been initialized for this version, must call as init first`,
    );
  }
  return false;
}
