import { readFileSync } from 'node:fs';
import { ChannelCredentials, type ServiceError } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeServiceFiles } from '@kessai/network';

const answerMs = 15_000;

export interface Shown {
  readonly certificate: string;
  readonly key: string;
}

/** Credentials of a caller that trusts the service, and shows the certificate of these files or none. */
export function showing({ rootCertificate }: ChaincodeServiceFiles, shown?: Shown): ChannelCredentials {
  const own = shown && { key: readFileSync(shown.key), certificate: readFileSync(shown.certificate) };
  return ChannelCredentials.createSsl(readFileSync(rootCertificate), own?.key ?? null, own?.certificate ?? null);
}

/** What comes of a caller that opens the chaincode stream as a peer does: `open`, or why it was refused. */
export async function streamOpens(address: string, credentials: ChannelCredentials): Promise<string> {
  const client = new peer.ChaincodeClient(address, credentials, {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.ssl_target_name_override': 'localhost',
  });
  const stream = client.connect({ deadline: Date.now() + answerMs });
  try {
    return await new Promise<string>((resolve) => {
      // A service that takes the stream speaks first: it registers the chaincode.
      stream.on('data', (message: peer.ChaincodeMessage) => {
        if (message.getType() === peer.ChaincodeMessage.Type.REGISTER) resolve('open');
      });
      stream.on('error', (error: ServiceError) => resolve(error.details));
      stream.on('end', () => resolve('ended'));
    });
  } finally {
    stream.cancel();
    client.close();
  }
}
