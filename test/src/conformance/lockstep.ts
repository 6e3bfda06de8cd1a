import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type common, gateway, peer } from '@hyperledger/fabric-protos';
import type { ClientIdentity } from './client-identity';
import type { Differences } from './differences';
import { type Proposal, propose } from './proposals';
import type { Answer, Refusal } from './refusal';
import type { Side } from './side';
import { codeName, decodedEndorsement, decodedResponse, hex, identityName, transactionForm } from './transaction-form';
import type { TwinNetworks } from './twin-networks';

/** One call of a chaincode's function. */
export interface ChaincodeCall {
  readonly mspId: string;
  readonly user?: string;
  readonly chaincode: string;
  readonly args: readonly (string | Uint8Array)[];
  readonly transient?: Readonly<Record<string, Uint8Array>>;
  /** Whose peers endorse, or may answer; empty leaves it to the gateway. */
  readonly organisations: readonly string[];
  /** Whose gateway is asked: the caller's own unless told. */
  readonly at?: string;
  /** Other than now. */
  readonly time?: Date;
}

/** A transaction that both networks endorsed. */
export interface EndorsedTwice {
  readonly name: string;
  readonly proposal: Proposal;
  readonly embedded: common.Envelope;
  readonly native: common.Envelope;
}

/** One thing for each of the two networks. */
export type Requests<Value> = Readonly<Record<Side['name'], Value>>;

/** A signed transaction for each network, and the id by which its block tells it. */
export interface OrderedTwice extends Requests<common.Envelope> {
  readonly id: string;
}

export type Endorsement = { readonly endorsed: EndorsedTwice } | { readonly refused: Refusal };

const primary = 'ExchangeMSP';
const sightAttempts = 120;
const sightPauseMs = 500;

/** Does everything on both networks, in the same order, and compares every answer. */
export class Lockstep {
  readonly differences: Differences;
  /** How many transactions stand in blocks. */
  transactions = 0;
  readonly codes = new Map<string, number>();
  /** Endorsements and queries, those that were accepted and those that were refused. */
  readonly calls = new Map<string, number>();
  /** How often a gateway of the real network saw no peer that it should have asked. */
  outOfSight = 0;
  readonly channel: string;
  /** The first block after the deployment. */
  readonly firstBlock: number;
  readonly #twins: TwinNetworks;
  readonly #seed: number;
  readonly #identities = new Map<string, ClientIdentity>();
  #nonces = 0;
  #lastTime = 0;

  constructor(twins: TwinNetworks, differences: Differences, seed: number) {
    this.differences = differences;
    this.#twins = twins;
    this.channel = twins.native.topology.channel;
    this.firstBlock = twins.firstBlock;
    this.#seed = seed;
  }

  get sides(): readonly [Side, Side] {
    return [this.#twins.embedded, this.#twins.native];
  }

  /** How many blocks there are. */
  get height(): number {
    return this.#twins.native.watch(primary).height;
  }

  async propose(call: ChaincodeCall): Promise<Proposal> {
    this.#nonces += 1;
    const nonce = createHash('sha256')
      .update(`${this.#seed.toString()}/${this.#nonces.toString()}`)
      .digest()
      .subarray(0, 24);
    return propose({
      client: this.identity(call.mspId, call.user),
      channel: this.channel,
      chaincode: call.chaincode,
      args: call.args.map((arg) => Buffer.from(arg)),
      transient: call.transient ?? {},
      nonce,
      time: call.time ?? this.#now(),
    });
  }

  /** Endorsed by both, or refused by both: what differs is kept. */
  async endorse(call: ChaincodeCall): Promise<Endorsement> {
    const name = this.#nameOf('endorse', call);
    return this.endorseProposal(name, await this.propose(call), call.organisations, call.at);
  }

  /** @param at whose gateway is asked. */
  async endorseProposal(
    name: string,
    proposal: Proposal,
    organisations: readonly string[],
    at = proposal.client.mspId,
  ): Promise<Endorsement> {
    const request = new gateway.EndorseRequest();
    request.setTransactionId(proposal.transactionId);
    request.setChannelId(proposal.channel);
    request.setProposedTransaction(proposal.message);
    request.setEndorsingOrganizationsList([...organisations]);
    const ask = async (side: Side) => side.endorse(at, request);
    const [embedded, native] = await this.#inSight(await this.#both(ask), ask);
    this.differences.compare(name, endorsementForm(embedded), endorsementForm(native));
    this.#count('endorsements', native);
    if ('refused' in native) return native;
    if ('refused' in embedded) return embedded;
    this.#explain(name, embedded.value, native.value);
    return { endorsed: { name, proposal, embedded: embedded.value, native: native.value } };
  }

  async evaluate(call: ChaincodeCall): Promise<Answer<Uint8Array>> {
    const name = this.#nameOf('evaluate', call);
    return this.evaluateProposal(name, await this.propose(call), call.organisations, call.at);
  }

  /** @param ordered gives the payload an order, where peers give it none. */
  async evaluateProposal(
    name: string,
    proposal: Proposal,
    organisations: readonly string[],
    at = proposal.client.mspId,
    ordered?: (payload: Uint8Array) => Uint8Array,
  ): Promise<Answer<Uint8Array>> {
    const request = new gateway.EvaluateRequest();
    request.setTransactionId(proposal.transactionId);
    request.setChannelId(proposal.channel);
    request.setProposedTransaction(proposal.message);
    request.setTargetOrganizationsList([...organisations]);
    const ask = async (side: Side) => side.evaluate(at, request);
    const [embedded, native] = await this.#inSight(await this.#both(ask), ask);
    this.differences.compare(name, responseForm(embedded, ordered), responseForm(native, ordered));
    this.#count('queries', native);
    return 'value' in native ? { value: native.value.getPayload_asU8() } : native;
  }

  /** Asks one peer itself, past its gateway. */
  async processProposal(name: string, proposal: Proposal, at: string): Promise<void> {
    const [embedded, native] = await this.#both(async (side) => side.processProposal(at, proposal.message));
    this.differences.compare(name, proposalForm(embedded), proposalForm(native));
  }

  /**
   * Orders transactions on the real network, and then on the embedded one in the same blocks. Blocks, codes and commit statuses are
   * compared.
   *
   * @returns the validation code of each.
   */
  async commit(group: readonly EndorsedTwice[]): Promise<readonly string[]> {
    const signed = await Promise.all(
      group.map(async ({ proposal, ...envelopes }) => ({
        id: proposal.transactionId,
        embedded: await sign(proposal.client, envelopes.embedded),
        native: await sign(proposal.client, envelopes.native),
      })),
    );
    await this.order(signed);
    return Promise.all(group.map(async (one) => this.#status(one)));
  }

  /** The same for transactions that are signed already, whatever is in them. */
  async order(signed: readonly OrderedTwice[]): Promise<readonly string[]> {
    const [embedded, native] = this.sides;
    const watch = native.watch(primary);
    const before = watch.height;
    await native.order(signed.map((one) => one.native));
    const done = (): readonly peer.FilteredTransaction[] =>
      watch.blocks.slice(before).flatMap((block) => block.getFilteredTransactionsList());
    await watch.reached(`${signed.length.toString()} more transactions`, () => done().length >= signed.length);
    for (const block of watch.blocks.slice(before)) {
      const ids = block.getFilteredTransactionsList().map((one) => one.getTxid());
      await embedded.order(ids.flatMap((id) => signed.find((one) => one.id === id)?.embedded ?? []));
      await embedded.cut();
    }
    const height = watch.height;
    await this.everywhere(height);
    for (let number = before; number < height; number += 1) this.#compareBlock(number);
    this.transactions += signed.length;
    const codes = new Map(done().map((one) => [one.getTxid(), codeName(one.getTxValidationCode())]));
    return signed.map(({ id }) => codes.get(id) ?? 'not in a block');
  }

  /** Where both networks have a transaction. @throws RangeError where none is. */
  placeOf(transactionId: string): { readonly block: number; readonly transaction: number } {
    for (const block of this.#twins.native.watch(primary).blocks.toReversed()) {
      const transaction = block.getFilteredTransactionsList().findIndex((one) => one.getTxid() === transactionId);
      if (transaction >= 0) return { block: block.getNumber(), transaction };
    }
    throw new RangeError(`There is no transaction ${transactionId}`);
  }

  /** Every peer of both networks has so many blocks. */
  async everywhere(height: number): Promise<void> {
    await Promise.all(
      this.sides.flatMap((side) =>
        side.topology.organisations.map(async ({ mspId }) => {
          const watch = side.watch(mspId);
          await watch.reached(`${height.toString()} blocks`, () => watch.height >= height);
        }),
      ),
    );
  }

  identity(mspId: string, user = 'user1'): ClientIdentity {
    const name = `${mspId}/${user}`;
    const found = this.#identities.get(name) ?? this.#twins.native.identity(mspId, user);
    this.#identities.set(name, found);
    return found;
  }

  #count(kind: string, answer: Answer<unknown>): void {
    const named = 'refused' in answer ? `${kind} refused` : kind;
    this.calls.set(named, (this.calls.get(named) ?? 0) + 1);
  }

  async #status({ name, proposal }: EndorsedTwice): Promise<string> {
    const request = new gateway.CommitStatusRequest();
    request.setTransactionId(proposal.transactionId);
    request.setChannelId(proposal.channel);
    request.setIdentity(proposal.client.creator);
    const signed = new gateway.SignedCommitStatusRequest();
    const bytes = request.serializeBinary();
    signed.setRequest(bytes);
    signed.setSignature(await proposal.client.sign(bytes));
    const answers = await this.#both(async (side) => side.commitStatus(proposal.client.mspId, signed));
    const [embedded, native] = answers.map((answer) => ('value' in answer ? answer.value.toObject() : answer));
    this.differences.compare(`commit status of ${name}`, embedded, native);
    const [, answer] = answers;
    const code = 'value' in answer ? codeName(answer.value.getResult()) : answer.refused.status;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    return code;
  }

  #compareBlock(number: number): void {
    const [embedded, native] = this.sides.map((side) => side.watch(primary).blocks[number]?.toObject());
    this.differences.compare(`filtered block ${number.toString()}`, embedded, native);
  }

  async #both<Value>(ask: (side: Side) => Promise<Value>): Promise<[Value, Value]> {
    const [embedded, native] = this.sides;
    return Promise.all([ask(embedded), ask(native)]);
  }

  /**
   * Asks the real network again while its gateway has lost sight of other peers, which says nothing about what is asked: peers that lose
   * a connection take each other for dead until the next sign of life.
   */
  async #inSight<Value>(
    [embedded, first]: readonly [Answer<Value>, Answer<Value>],
    ask: (side: Side) => Promise<Answer<Value>>,
  ): Promise<readonly [Answer<Value>, Answer<Value>]> {
    let native = first;
    for (let attempt = 0; attempt < sightAttempts && isOutOfSight(native) && !isOutOfSight(embedded); attempt += 1) {
      this.outOfSight += 1;
      await wait(sightPauseMs);
      native = await ask(this.#twins.native);
    }
    return [embedded, native];
  }

  /** Two that differ are told by what they say, beside their bytes. */
  #explain(name: string, embedded: common.Envelope, native: common.Envelope): void {
    const [one, other] = [transactionForm(embedded).endorsed, transactionForm(native).endorsed];
    if (one === other) return;
    this.differences.compare(`${name}, decoded`, decodedEndorsement(one), decodedEndorsement(other));
  }

  #nameOf(kind: string, { mspId, user, args, chaincode }: ChaincodeCall): string {
    const step = this.differences.nextStep();
    const who = user === undefined ? mspId : `${mspId}/${user}`;
    return `${step.toString()}: ${kind} ${chaincode} ${Buffer.from(args[0] ?? '').toString()} as ${who}`;
  }

  /** Later than any proposal before: the market's clock takes nothing that is dated before it. */
  #now(): Date {
    this.#lastTime = Math.max(Date.now(), this.#lastTime + 1);
    return new Date(this.#lastTime);
  }
}

export async function sign(client: ClientIdentity, envelope: common.Envelope): Promise<common.Envelope> {
  envelope.setSignature(await client.sign(envelope.getPayload_asU8()));
  return envelope;
}

function isOutOfSight(answer: Answer<unknown>): boolean {
  if (!('refused' in answer)) return false;
  return /failed to find any endorsing peers|no peers available to evaluate|unavailability of peers/.test(
    answer.refused.message,
  );
}

function endorsementForm(answer: Answer<common.Envelope>): unknown {
  return 'value' in answer ? transactionForm(answer.value) : answer;
}

function responseForm(answer: Answer<peer.Response>, ordered?: (payload: Uint8Array) => Uint8Array): unknown {
  if ('refused' in answer) return answer;
  const response = answer.value.clone();
  if (ordered) response.setPayload(ordered(response.getPayload_asU8()));
  return decodedResponse(response);
}

function proposalForm(answer: Answer<peer.ProposalResponse>): unknown {
  if ('refused' in answer) return answer;
  const endorser = answer.value.getEndorsement()?.getEndorser_asU8();
  return {
    response: decodedResponse(answer.value.getResponse()),
    payload: hex(answer.value.getPayload_asU8()),
    endorser: endorser === undefined ? undefined : identityName(endorser),
  };
}
