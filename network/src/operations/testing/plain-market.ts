import { createPrivateKey, randomBytes } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Network, Status } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { poll } from '../../poll';
import { readTopology } from '../../topology';
import type { Organisation, Topology } from '../../topology';
import { exportProfile } from '../organisations/export-profile';

/** The fewest that a network of real Fabric can have: four orderers of four organisations, two of them operators that both endorse. */
export function smallTopology(): Topology {
  const whole = readTopology();
  const members = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP'];
  return { ...whole, organisations: whole.organisations.filter(({ mspId }) => members.includes(mspId)) };
}

const CYCLE_MS = 30_000;

/** What an operator has sealed, and where that stands. */
interface Submission {
  readonly member: string;
  readonly transactionId: string;
  readonly place: { readonly block: number; readonly transaction: number };
}

/** The market on a network in a directory, as a plain Fabric Gateway client sees it. */
export class PlainMarket {
  readonly #directory: () => string;
  readonly #topology: Topology;

  /** @param directory is asked for at each call, since a suite has it only when it runs. */
  constructor(directory: () => string, topology: Topology) {
    this.#directory = directory;
    this.#topology = topology;
  }

  /** Founded by the operators, whose date is 2023-03-30. */
  async found(): Promise<void> {
    await this.#submit('ExchangeMSP', 'Registry:Found', this.#operators, {
      id: 'founding',
      name: 'Test market',
      businessDate: '2023-03-30',
      operators: this.#operators.map(({ mspId, name }) => ({ mspId, name })),
      secrets: { operators: 'ab'.repeat(32), board: 'cd'.repeat(32) },
    });
  }

  /**
   * By two operators, in a cycle that is made for it.
   * @param wanted an organisation of the topology, by its MSP id, or one that has joined.
   */
  async admit(wanted: string | Organisation): Promise<void> {
    const known = this.#topology.organisations.find(({ mspId }) => mspId === wanted);
    const { mspId, name, role } = typeof wanted === 'string' ? (known ?? {}) : wanted;
    const instructions = [{ method: 'Registry:AdmitMember', request: { mspId, name, role } }];
    const submissions: Submission[] = [];
    for (const operator of this.#operators.slice(0, 2)) {
      const request = { salt: randomBytes(32).toString('hex'), instructions };
      const status = await this.#submit(operator.mspId, 'Market:Instruct', [operator], request);
      const place = { block: Number(status.blockNumber), transaction: await this.#numberInBlock(status) };
      submissions.push({ member: operator.mspId, transactionId: status.transactionId, place });
    }
    await this.#cycle(submissions);
  }

  /** The clock as an organisation's own peer has it. */
  async clockOf(mspId: string): Promise<unknown> {
    return this.evaluate(mspId, 'Clock');
  }

  async evaluate(mspId: string, method: string): Promise<unknown> {
    return this.#ask(mspId, `Registry:${method}`);
  }

  /** Connects as an organisation for one use. */
  async use<Result>(mspId: string, what: (network: Network) => Promise<Result>): Promise<Result> {
    const profile = exportProfile({ directory: this.#directory(), mspId });
    const credentials = grpc.credentials.createSsl(Buffer.from(profile.tlsRootCert));
    const client = new grpc.Client(profile.endpoint, credentials, profile.gatewayOptions);
    const gateway = connect({
      client,
      identity: { mspId: profile.mspId, credentials: Buffer.from(profile.cert) },
      signer: signers.newPrivateKeySigner(createPrivateKey(profile.key)),
      hash: hash.sha256,
    });
    try {
      return await what(gateway.getNetwork(profile.channel));
    } finally {
      gateway.close();
      client.close();
    }
  }

  async #ask(mspId: string, method: string): Promise<unknown> {
    const answer = await this.use(mspId, async (network) =>
      network.getContract(this.#topology.chaincode.name).evaluateTransaction(method),
    );
    return JSON.parse(Buffer.from(answer).toString());
  }

  /** @throws Error where it is not valid on the ledger. */
  async #submit(by: string, method: string, endorsers: readonly Organisation[], request: object): Promise<Status> {
    return this.use(by, async (network) => {
      const proposal = network.getContract(this.#topology.chaincode.name).newProposal(method, {
        transientData: { request: JSON.stringify(request) },
        endorsingOrganizations: endorsers.map(({ mspId }) => mspId),
      });
      const status = await (await (await proposal.endorse()).submit()).getStatus();
      if (!status.successful) throw new Error(`${method} ended as ${status.code.toString()}`);
      return status;
    });
  }

  async #numberInBlock({ transactionId }: Status): Promise<number> {
    const bytes = await this.use('ExchangeMSP', async (network) =>
      network.getContract('qscc').evaluateTransaction('GetBlockByTxID', this.#topology.channel, transactionId),
    );
    const transactions = common.Block.deserializeBinary(bytes).getData()?.getDataList_asU8() ?? [];
    return transactions.findIndex((envelope) => idOf(envelope) === transactionId);
  }

  /** Tries until the operators have what was sealed at each other's peers. */
  async #cycle(submissions: readonly Submission[]): Promise<void> {
    let failure: unknown;
    const isMade = await poll(CYCLE_MS, async () => {
      const { number } = (await this.#ask('ExchangeMSP', 'Market:Progress')) as { readonly number: number };
      const request = { number: number + 1, submissions };
      try {
        await this.#submit('ExchangeMSP', 'Market:Cycle', this.#operators, request);
        return true;
      } catch (error) {
        failure = error;
        return false;
      }
    });
    if (!isMade) throw failure;
  }

  get #operators(): Topology['organisations'] {
    return this.#topology.organisations.filter(({ role }) => role === 'operator');
  }
}

function idOf(envelope: Uint8Array): string {
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
  const header = payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array();
  return common.ChannelHeader.deserializeBinary(header).getTxId();
}
