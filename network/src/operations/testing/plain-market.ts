import { createPrivateKey } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Network } from '@hyperledger/fabric-gateway';
import { readTopology } from '../../topology';
import type { Organisation, Topology } from '../../topology';
import { exportProfile } from '../export-profile';

/** The fewest that a network of real Fabric can have: four orderers of four organisations, two of them operators that both endorse. */
export function smallTopology(): Topology {
  const whole = readTopology();
  const members = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP'];
  return { ...whole, organisations: whole.organisations.filter(({ mspId }) => members.includes(mspId)) };
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
    await this.submit('Found', {
      id: 'founding',
      name: 'Test market',
      businessDate: '2023-03-30',
      operators: this.#operators.map(({ mspId, name }) => ({ mspId, name })),
      secrets: { operators: 'ab'.repeat(32), board: 'cd'.repeat(32) },
    });
  }

  /** @param wanted an organisation of the topology, by its MSP id, or one that has joined. */
  async admit(wanted: string | Organisation): Promise<void> {
    const known = this.#topology.organisations.find(({ mspId }) => mspId === wanted);
    const { mspId, name, role } = typeof wanted === 'string' ? (known ?? {}) : wanted;
    await this.submit('AdmitMember', { mspId, name, role, secret: 'ef'.repeat(32) });
  }

  /** The clock as an organisation's own peer has it. */
  async clockOf(mspId: string): Promise<unknown> {
    return this.evaluate(mspId, 'Clock');
  }

  async evaluate(mspId: string, method: string): Promise<unknown> {
    const answer = await this.use(mspId, async (network) =>
      network.getContract(this.#topology.chaincode.name, 'Registry').evaluateTransaction(method),
    );
    return JSON.parse(Buffer.from(answer).toString());
  }

  /** Submits a request of the registry as the exchange, endorsed by every operator. */
  async submit(method: string, request: object): Promise<void> {
    await this.use('ExchangeMSP', async (network) =>
      network.getContract(this.#topology.chaincode.name, 'Registry').submit(method, {
        transientData: { request: JSON.stringify(request) },
        endorsingOrganizations: this.#operators.map(({ mspId }) => mspId),
      }),
    );
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

  get #operators(): Topology['organisations'] {
    return this.#topology.organisations.filter(({ role }) => role === 'operator');
  }
}
