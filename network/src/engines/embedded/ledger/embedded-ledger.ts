import { join } from 'node:path';
import type { common } from '@hyperledger/fabric-protos';
import { headerHash, headerOf } from '../../../channel';
import type {
  ChaincodeDefinition,
  CommittedBlock,
  Ledger,
  MspManager,
  Policy,
  ProcessedTransaction,
  Signer,
  Simulator,
} from '../ports';
import { newBlock, setCommitHash, setValidationCodes, signBlock, envelopesOf, validationCodesOf } from './block';
import { judgeBlock, type CommittedState, type JudgedBlock } from './block-validation';
import { ChainStore, envelopeAt, type ChainSummary } from './chain-store';
import { verifyBlocks, type ChainVerdict } from './chain-verification';
import { ChannelConfig, type RevocationLists } from './channel-config';
import { commitHash } from './commit-hash';
import { openDatabase, type Database, type Write } from './database';
import { DefinitionReader, definitionMetadataPrefix, lifecycleNamespace, type Definitions } from './definitions';
import { historyOf } from './history';
import { LedgerError, reading, readingAll } from './ledger-error';
import { LedgerSimulator } from './ledger-simulator';
import { hashedStateKey, historyKey, stateKey, stateKeyName, stateRange } from './main-keys';
import type { PrivateTransaction } from './private-application';
import { PrivateStores, type MissingPrivateData } from './private-stores';
import { privateTransaction } from './private-transactions';
import { replayedTransactions } from './replay';
import { databaseKey } from './state-changes';
import { StateView } from './state-view';
import { indexedTransactionId } from './transaction-envelope';
import { decodeStoredValue } from './stored-value';
import { code } from './validation-code';

export interface LedgerOptions {
  /** Holds everything: `main` for the chain and the public state, `private/<MSP ID>` for each organisation's private values. */
  readonly directory: string;
  /** Block 0, needed for a new ledger. An existing one keeps its own and refuses a different one. */
  readonly genesis?: common.Block;
  readonly ordererSigner: Signer;
  /** The organisations with peers, which hold private values; undefined: all of the channel's application. */
  readonly peers?: readonly string[];
  /** Milliseconds since 1970; for the expiry of certificates. */
  readonly now?: () => number;
  /** What is revoked from now on, beside what block 0 says. */
  readonly revoked?: RevocationLists;
}

/** How often transient data of transactions that never came are looked for. */
const TRANSIENT_PURGE_INTERVAL_BLOCKS = 100;

/**
 * The ledger of one channel. A commit is one durable write to the main database; the organisations' private values follow, and are made
 * up from the same block when the process died in between. Nothing is visible to readers before all of it is done.
 */
export class EmbeddedLedger implements Ledger {
  readonly channel: ChannelConfig;
  readonly #database: Database;
  readonly #chain: ChainStore;
  readonly #definitionReader: DefinitionReader;
  readonly #orderer: Signer;
  readonly #listeners = new Set<(block: CommittedBlock) => void>();
  #stores: PrivateStores | undefined;
  #definitions: Definitions;
  #end: ChainSummary;
  #view: StateView | undefined;
  #state: 'ready' | 'committing' | 'failed' | 'closed' = 'ready';

  private constructor(
    database: Database,
    chain: ChainStore,
    channel: ChannelConfig,
    end: ChainSummary,
    orderer: Signer,
  ) {
    this.#database = database;
    this.#chain = chain;
    this.channel = channel;
    this.#end = end;
    this.#orderer = orderer;
    this.#definitionReader = new DefinitionReader(channel);
    this.#definitions = this.#definitionReader.readAll([], () => undefined);
  }

  /** @throws LedgerError */
  static async open(options: LedgerOptions): Promise<EmbeddedLedger> {
    const { directory, genesis, ordererSigner, peers, now, revoked } = options;
    const database = await openDatabase(join(directory, 'main'));
    try {
      const chain = new ChainStore(database);
      const end = (await chain.summary()) ?? (await found(chain, genesis));
      const first = await chain.block(0);
      if (first === undefined) throw new LedgerError('LedgerUnreadable', `block 0 is missing in ${directory}`);
      checkGenesis(first, genesis);
      const opened = new EmbeddedLedger(database, chain, new ChannelConfig(first, now, revoked), end, ordererSigner);
      const holders = opened.channel.applicationOrganisations.map(({ mspId }) => mspId);
      await opened.#openState(
        join(directory, 'private'),
        holders.filter((mspId) => peers?.includes(mspId) !== false),
      );
      return opened;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  get msps(): MspManager {
    return this.channel.msps;
  }

  get height(): bigint {
    return BigInt(this.#end.height);
  }

  get currentBlockHash(): Uint8Array {
    return this.#end.blockHash;
  }

  get previousBlockHash(): Uint8Array {
    return this.#end.previousHash;
  }

  async block(number: bigint): Promise<common.Block | undefined> {
    return number < this.height ? this.#chain.block(Number(number)) : undefined;
  }

  async blockByHash(hash: Uint8Array): Promise<common.Block | undefined> {
    return this.#chain.blockByHash(hash);
  }

  async blockByTransaction(txId: string): Promise<common.Block | undefined> {
    const place = this.#chain.transactionPlace(txId);
    return place === undefined ? undefined : this.block(BigInt(place.block));
  }

  async transaction(txId: string): Promise<ProcessedTransaction | undefined> {
    const place = this.#chain.transactionPlace(txId);
    const block = place && (await this.block(BigInt(place.block)));
    if (place === undefined || block === undefined) return undefined;
    return {
      envelope: envelopeAt(block, place.index),
      validationCode: place.validationCode,
      blockNumber: BigInt(place.block),
    };
  }

  policy(path: string): Policy | undefined {
    return this.channel.policies.policy(path);
  }

  policyOfResource(resource: string): string | undefined {
    return this.channel.policyOfResource(resource);
  }

  definition(chaincode: string): ChaincodeDefinition | undefined {
    return this.#definitions.get(chaincode);
  }

  definitions(): readonly ChaincodeDefinition[] {
    return this.#definitions.chaincodes;
  }

  /** @throws LedgerError Unsupported for an organisation that is not in the channel's application. */
  simulate(txId: string, mspId: string): Simulator {
    const view = this.#openView();
    view.privateStore(mspId);
    return new LedgerSimulator({
      txId,
      mspId,
      view: view.acquire(),
      definitionReader: this.#definitionReader,
      history: (at, namespace, key) => historyOf(this.#database, this.#chain, at, namespace, key),
    });
  }

  async keepPrivate(txId: string, mspId: string, privateResults: Uint8Array): Promise<void> {
    await this.#openStores().keep(txId, mspId, privateResults, this.#end.height);
  }

  async privateDataOf(number: bigint, mspId: string): Promise<ReadonlyMap<number, Uint8Array>> {
    return this.#openStores().dataOf(Number(number), mspId);
  }

  /** Private values that an organisation should hold and does not. */
  async missingPrivateData(): Promise<readonly MissingPrivateData[]> {
    return this.#openStores().missing();
  }

  /** Checks every block's place in the chain, its data and its signatures. */
  async verifyChain(): Promise<ChainVerdict> {
    return verifyBlocks(this.#end.height, (number) => this.#chain.block(number), this.channel);
  }

  /** @throws LedgerError CommitInProgress, or Unsupported for a configuration change; nothing is changed then. */
  async commit(envelopes: readonly Uint8Array[]): Promise<CommittedBlock> {
    if (this.#state === 'committing') throw new LedgerError('CommitInProgress', 'a block is being committed');
    if (this.#state !== 'ready') throw new LedgerError('LedgerClosed', `the ledger is ${this.#state}`);
    if (envelopes.length === 0) throw new LedgerError('Unsupported', 'a block without transactions is not made');
    this.#state = 'committing';
    let written = false;
    try {
      const number = this.#end.height;
      const judged = await judgeBlock(number, envelopes, this.channel, this.#definitions, this.#committedState());
      const block = newBlock(number, this.#end.blockHash, envelopes);
      signBlock(block, this.#orderer, 0);
      written = true;
      const end = await this.#write(block, judged);
      await this.#follow(number, end, judged);
      this.#state = 'ready';
      return this.#announce(number, block, judged);
    } catch (error) {
      // After the main write only opening again brings the private values up to it.
      this.#state = written ? 'failed' : 'ready';
      throw error;
    }
  }

  onCommit(listener: (block: CommittedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#listeners.clear();
    await this.#stores?.close();
    await this.#database.close();
  }

  async #openState(directory: string, holders: readonly string[]): Promise<void> {
    this.#definitions = await this.#readDefinitions();
    const stores = await PrivateStores.open(
      directory,
      holders,
      () => this.#definitions,
      (namespace, collection, keyHash) => {
        const bytes = this.#database.getSync(hashedStateKey(namespace, collection, keyHash));
        return bytes === undefined ? undefined : decodeStoredValue(bytes);
      },
    );
    this.#stores = stores;
    try {
      await this.#catchUp(stores);
      await stores.purgeTransient(this.#end.height);
      this.#view = new StateView(this.#database, stores, this.#definitions);
    } catch (error) {
      await stores.close();
      throw error;
    }
  }

  /** The private values of blocks that were committed when the process died, or that a wiped store has to read again. */
  async #catchUp(stores: PrivateStores): Promise<void> {
    for (let number = stores.applied; number < this.#end.height; number += 1) {
      const block = await this.#chain.block(number);
      if (block === undefined) throw new LedgerError('LedgerUnreadable', `block ${number.toString()} is missing`);
      await stores.apply(number, replayedTransactions(envelopesOf(block), validationCodesOf(block)));
    }
  }

  async #write(block: common.Block, { transactions, changes }: JudgedBlock): Promise<ChainSummary> {
    const number = headerOf(block).getNumber();
    const codes = transactions.map(({ validationCode }) => validationCode);
    const hash = commitHash(codes, changes.all(), this.#end.commitHash);
    setValidationCodes(block, codes);
    setCommitHash(block, hash);
    const history = transactions.flatMap(({ validationCode, sets }, index) =>
      validationCode === code.VALID ? historyWrites(number, index, sets) : [],
    );
    return this.#chain.append(block, transactions, hash, [...changes.writes(), ...history]);
  }

  /** What hangs on a block that is on disk: definitions, private values; and only then what readers see. */
  async #follow(number: number, end: ChainSummary, { transactions, changes }: JudgedBlock): Promise<void> {
    const stores = this.#openStores();
    if (changes.changesIn(lifecycleNamespace).length > 0) this.#definitions = await this.#readDefinitions();
    const privateTransactions: readonly PrivateTransaction[] = transactions.map(
      ({ txId, validationCode, sets }, index) => privateTransaction(index, txId, validationCode, sets),
    );
    await stores.apply(number, privateTransactions);
    const previous = this.#view;
    this.#view = new StateView(this.#database, stores, this.#definitions);
    previous?.release();
    this.#end = end;
    if (end.height % TRANSIENT_PURGE_INTERVAL_BLOCKS === 0) await stores.purgeTransient(end.height);
  }

  #announce(number: number, block: common.Block, { transactions }: JudgedBlock): CommittedBlock {
    const committed: CommittedBlock = {
      number: BigInt(number),
      block,
      validationCodes: transactions.map(({ validationCode }) => validationCode),
      txIds: transactions.map(({ txId }) => txId),
    };
    for (const listener of [...this.#listeners]) {
      try {
        listener(committed);
      } catch (error) {
        // The block is committed whatever a listener makes of it.
        process.emitWarning(error instanceof Error ? (error.stack ?? error.message) : String(error), {
          type: 'CommitListenerFailed',
        });
      }
    }
    return committed;
  }

  #committedState(): CommittedState {
    const view = this.#openView();
    const read: CommittedState['read'] = (address) => {
      const bytes = reading(() => this.#database.getSync(databaseKey(address)));
      return bytes === undefined ? undefined : decodeStoredValue(bytes);
    };
    return {
      read,
      scan: (namespace, start) => readingAll(view.range(namespace, start, '')),
      metadata: (namespace, collection, key) => read({ namespace, collection, key })?.metadata,
      hasTransaction: (txId) => reading(() => this.#chain.hasTransaction(txId)),
    };
  }

  async #readDefinitions(): Promise<Definitions> {
    const names: string[] = [];
    const range = stateRange(lifecycleNamespace, definitionMetadataPrefix, `${definitionMetadataPrefix}\u{10ffff}`);
    for await (const key of this.#database.keys(range))
      names.push(stateKeyName(lifecycleNamespace, key).slice(definitionMetadataPrefix.length));
    return this.#definitionReader.readAll(names, (key) => {
      const bytes = this.#database.getSync(stateKey(lifecycleNamespace, key));
      return bytes === undefined ? undefined : decodeStoredValue(bytes).value;
    });
  }

  #openView(): StateView {
    if (this.#view === undefined || this.#state === 'closed')
      throw new LedgerError('LedgerClosed', 'the ledger is closed');
    return this.#view;
  }

  #openStores(): PrivateStores {
    if (this.#stores === undefined || this.#state === 'closed')
      throw new LedgerError('LedgerClosed', 'the ledger is closed');
    return this.#stores;
  }
}

async function found(chain: ChainStore, genesis: common.Block | undefined): Promise<ChainSummary> {
  if (genesis === undefined) throw new LedgerError('GenesisMissing', 'a new ledger needs block 0');
  // Read once before it is written, so that what could not be opened again is not founded.
  new ChannelConfig(genesis);
  const block = genesis.cloneMessage();
  setValidationCodes(
    block,
    envelopesOf(block).map(() => code.VALID),
  );
  const transactions = envelopesOf(block).map((envelope) => ({
    txId: indexedTransactionId(envelope),
    validationCode: code.VALID,
  }));
  return chain.append(block, transactions, new Uint8Array(), []);
}

function checkGenesis(own: common.Block, given: common.Block | undefined): void {
  if (given === undefined) return;
  if (!headerHash(headerOf(own)).equals(headerHash(headerOf(given))))
    throw new LedgerError('GenesisMismatch', 'the ledger was founded on a different block 0');
}

function historyWrites(
  block: number,
  transaction: number,
  sets: JudgedBlock['transactions'][number]['sets'],
): readonly Write[] {
  return sets.flatMap(({ namespace, writes }) =>
    writes.map((write): Write => ({
      type: 'put',
      key: historyKey(namespace, write.getKey(), block, transaction),
      value: Buffer.alloc(0),
    })),
  );
}
