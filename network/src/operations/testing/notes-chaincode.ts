import { createRequire } from 'node:module';
import type { PlainMarket } from './plain-market';

/**
 * A chaincode on Fabric's own shim that does what it is told and checks nothing, so that what is valid is the peers' decision alone:
 * `caller`; `confide COLLECTION KEY`, of what the transient field `value` has; `confided COLLECTION KEY`; `both COLLECTION KEY`, which
 * writes the public key of that name beside.
 */
export const NOTES_CHAINCODE = `
const { readFileSync } = require('node:fs');
const shim = require(${JSON.stringify(createRequire(__filename).resolve('fabric-shim'))});
const { env } = process;
class Notes {
  async Init() { return shim.success(); }
  async Invoke(stub) {
    const { fcn, params: [collection, key] } = stub.getFunctionAndParameters();
    if (fcn === 'caller') return shim.success(Buffer.from(stub.getCreator().mspid));
    if (fcn === 'confided') return shim.success(Buffer.from(await stub.getPrivateData(collection, key)));
    await stub.putPrivateData(collection, key, stub.getTransient().get('value'));
    if (fcn === 'both') await stub.putState(key, Buffer.from('public'));
    return shim.success();
  }
}
shim.server(new Notes(), {
  ccid: env.CHAINCODE_ID,
  address: env.CHAINCODE_SERVER_ADDRESS,
  tlsProps: {
    key: readFileSync(env.CHAINCODE_TLS_KEY_FILE),
    cert: readFileSync(env.CHAINCODE_TLS_CERT_FILE),
    clientCACerts: readFileSync(env.CHAINCODE_TLS_CLIENT_CA_FILE),
  },
}).start();
`;

const CHAINCODE = 'market';

/** What the chaincode does in a market, by name. */
export class Notes {
  readonly #market: PlainMarket;

  constructor(market: PlainMarket) {
    this.#market = market;
  }

  /** The validation code of a transaction that the organisations named endorse, and which an organisation sends. */
  async write(by: string, endorsers: readonly string[], ...args: readonly [string, string, string]): Promise<number> {
    const [name, ...rest] = args;
    return this.#market.use(by, async (network) => {
      const proposal = network.getContract(CHAINCODE).newProposal(name, {
        arguments: rest,
        transientData: { value: `of ${by}` },
        endorsingOrganizations: [...endorsers],
      });
      return (await (await (await proposal.endorse()).submit()).getStatus()).code;
    });
  }

  /** What an organisation's own peer, or its host's, answers. */
  async read(by: string, name: string, ...args: readonly string[]): Promise<string> {
    const answer = await this.#market.use(by, async (network) =>
      network.getContract(CHAINCODE).evaluateTransaction(name, ...args),
    );
    return Buffer.from(answer).toString();
  }
}
