/**
 * A plain Fabric gateway program: it imports nothing of Kessai. It reads a profile, opens an account by a submit, receives the event of
 * it, and reads the account back by an evaluate. What it needs to know of the market: requests travel as transient data under
 * `request`, and two operators endorse.
 *
 *     node program.js PROFILE.json ACCOUNT ENDORSER ENDORSER
 */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';

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

async function main([path = '', account = '', ...endorsingOrganizations]: readonly string[]): Promise<void> {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as Profile;
  const credentials = grpc.credentials.createSsl(Buffer.from(profile.tlsRootCert));
  const client = new grpc.Client(profile.endpoint, credentials, profile.gatewayOptions);
  const gateway = connect({
    client,
    identity: { mspId: profile.mspId, credentials: Buffer.from(profile.cert) },
    signer: signers.newPrivateKeySigner(createPrivateKey(profile.key)),
    hash: hash.sha256,
  });
  try {
    const network = gateway.getNetwork(profile.channel);
    const contract = network.getContract(profile.chaincode, 'Registry');
    const events = await network.getChaincodeEvents(profile.chaincode);

    const request = JSON.stringify({ account, name: 'Plain client', kind: 'client' });
    const submitted = await contract.submitAsync('OpenAccount', { transientData: { request }, endorsingOrganizations });
    const commit = await submitted.getStatus();

    let received: { readonly name: string; readonly payload: string } | undefined;
    for await (const event of events) {
      if (event.transactionId !== submitted.getTransactionId()) continue;
      received = { name: event.eventName, payload: Buffer.from(event.payload).toString() };
      break;
    }
    events.close();

    const accounts = Buffer.from(await contract.evaluate('Accounts')).toString();
    const answer = Buffer.from(submitted.getResult()).toString();
    console.log(JSON.stringify({ committed: commit.successful, answer, event: received, accounts }));
  } finally {
    gateway.close();
    client.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
