/**
 * A plain Fabric gateway program: it imports nothing of Kessai. It opens an account and reads what it is advised of that. What it needs
 * to know of the market:
 * - a request travels as transient data under `request`, never as an argument, which would be public;
 * - what changes the market is sealed with `Market:Instruct`, which the sender's own peer endorses, and executed by the next cycle;
 * - `Market:Advices` tells what became of it: cycle by cycle all that happened to the sender.
 *
 *     node program.js PROFILE.json ACCOUNT
 */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { type Contract, connect, hash, signers } from '@hyperledger/fabric-gateway';

interface Profile {
  readonly mspId: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly endpoint: string;
  readonly tlsRootCert: string;
  readonly cert: string;
  readonly key: string;
  readonly gatewayOptions?: grpc.ClientOptions;
}

interface Advice {
  readonly kind: string;
  readonly transactionId?: string;
}

async function main([path = '', account = '']: readonly string[]): Promise<void> {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as Profile;
  const credentials = grpc.credentials.createSsl(Buffer.from(profile.tlsRootCert));
  const client = new grpc.Client(profile.endpoint, credentials, profile.gatewayOptions);
  const gateway = connect({
    client,
    identity: { mspId: profile.mspId, credentials: Buffer.from(profile.cert) },
    signer: signers.newPrivateKeySigner(createPrivateKey(profile.key)),
    hash: hash.sha256,
  });
  const market = gateway.getNetwork(profile.channel).getContract(profile.chaincode);
  /** The request, and that the own peer endorses or answers it. */
  const asked = (request: object) => ({
    transientData: { request: JSON.stringify(request) },
    endorsingOrganizations: [profile.mspId],
  });
  try {
    const before = await evaluate(market, 'Market:Progress', asked({}));

    // The hash of what is sealed is public; the salt keeps it from being guessed.
    const salt = randomBytes(32).toString('hex');
    const instruction = { method: 'Registry:OpenAccount', request: { account, name: 'Plain client', kind: 'client' } };
    const sealed = await market.submitAsync('Market:Instruct', asked({ salt, instructions: [instruction] }));
    const { successful } = await sealed.getStatus();
    if (!successful) throw new Error('The transaction is not valid: nothing was sealed');

    const advice = await adviceOn(sealed.getTransactionId(), async () =>
      evaluate(market, 'Market:Advices', asked({ from: Number(before['number']) + 1 })),
    );
    const { accounts } = await evaluate(market, 'Registry:Accounts', asked({}));
    console.log(JSON.stringify({ advice, accounts }));
  } finally {
    gateway.close();
    client.close();
  }
}

type Answer = Readonly<Record<string, unknown>>;

async function evaluate(market: Contract, method: string, options: Parameters<Contract['evaluate']>[1]) {
  return JSON.parse(Buffer.from(await market.evaluate(method, options)).toString()) as Answer;
}

/** Asks until a cycle has executed what the transaction sealed. */
async function adviceOn(transactionId: string, ask: () => Promise<Answer>): Promise<Advice> {
  const askEveryMs = 200;
  for (;;) {
    const { pages } = (await ask()) as { readonly pages?: readonly { readonly advices: readonly Advice[] }[] };
    const advices = pages?.flatMap((page) => page.advices);
    const found = advices?.find((advice) => advice.kind === 'outcome' && advice.transactionId === transactionId);
    if (found) return found;
    await pause(askEveryMs);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
