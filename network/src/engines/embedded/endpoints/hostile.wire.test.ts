import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { credentials, status } from '@grpc/grpc-js';
import type { Contract } from '@hyperledger/fabric-gateway';
import { common, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { LocalSigner } from '../../../identities';
import { startEngine } from '../engine';
import { mutationOf, withUnreadableKey } from '../ledger/test-mutations';
import { code } from '../ledger/validation-code';
import { exchange } from './testing/seek';
import { CHAINCODE, CHANNEL, TestNetwork } from './testing/test-network';

const { Status } = common;

describe('a network among strangers', () => {
  let network: TestNetwork;
  let signer: LocalSigner;
  let alpha: Contract;
  let ordererClient: orderer.AtomicBroadcastClient;

  beforeAll(async () => {
    network = await TestNetwork.start();
    const credential = await network.organisation('AlphaMSP').issue('client');
    signer = new LocalSigner('AlphaMSP', credential.certificate, credential.privateKey);
    alpha = network.clientWith('AlphaMSP', credential, {}, 'AlphaMSP').getNetwork(CHANNEL).getContract(CHAINCODE);
    const { root } = network.connection('AlphaMSP');
    ordererClient = new orderer.AtomicBroadcastClient(network.ordererAddress, credentials.createSsl(root));
  });

  afterAll(async () => {
    ordererClient.close();
    await network.close();
  });

  const broadcast = async (envelope: common.Envelope): Promise<number | undefined> =>
    (await exchange(ordererClient.broadcast(), envelope, () => true))[0]?.getStatus();

  /** A transaction that was endorsed, before its client signs it. */
  const endorsed = async (): Promise<common.Envelope> => {
    const transaction = await alpha.newProposal('put', { arguments: ['key', 'value'] }).endorse();
    const prepared = gateway.PreparedTransaction.deserializeBinary(transaction.getBytes());
    return prepared.getEnvelope() ?? new common.Envelope();
  };

  const signed = (payload: Uint8Array, by = signer): common.Envelope => {
    const envelope = new common.Envelope();
    envelope.setPayload(payload);
    envelope.setSignature(by.sign(payload));
    return envelope;
  };

  const goesOn = async (): Promise<void> => {
    const commit = await alpha.submitAsync('put', { arguments: ['after', 'value'] });
    expect((await commit.getStatus()).code).toBe(code.VALID);
  };

  test('commits go on after a transaction whose endorser has a key that cannot be read', async () => {
    const payload = common.Payload.deserializeBinary((await endorsed()).getPayload_asU8());
    const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
    for (const action of transaction.getActionsList()) {
      const inner = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
      for (const endorsement of inner.getAction()?.getEndorsementsList() ?? [])
        endorsement.setEndorser(withUnreadableKey(endorsement.getEndorser_asU8()));
      action.setPayload(inner.serializeBinary());
    }
    payload.setData(transaction.serializeBinary());
    const committed = new Promise<readonly number[]>((resolve) => {
      network.engine.ledger.onCommit(({ validationCodes }) => {
        resolve(validationCodes);
      });
    });
    expect(await broadcast(signed(payload.serializeBinary()))).toBe(Status.SUCCESS);
    expect(await committed).toEqual([code.ENDORSEMENT_POLICY_FAILURE]);
    await goesOn();
  });

  test('every envelope that is sent to an orderer is answered, and commits go on', async () => {
    const payload = (await endorsed()).getPayload_asU8();
    const edit = fc.record({
      at: fc.nat(9_999).map((tenThousandths) => tenThousandths / 10_000),
      cut: fc.nat(4),
      put: fc.uint8Array({ maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), fc.boolean(), async (edits, isSignedAfter) => {
        const mutate = mutationOf(edits);
        const changed = signed(mutate(payload));
        if (!isSignedAfter) changed.setSignature(mutate(signer.sign(payload)));
        expect([Status.SUCCESS, Status.BAD_REQUEST, Status.FORBIDDEN]).toContain(await broadcast(changed));
      }),
      { numRuns: 200 },
    );
    await goesOn();
  });

  test('an envelope of blanks by nobody takes no time', async () => {
    const payload = common.Payload.deserializeBinary((await endorsed()).getPayload_asU8());
    const header = common.SignatureHeader.deserializeBinary(
      payload.getHeader()?.getSignatureHeader_asU8() ?? new Uint8Array(),
    );
    const identity = Buffer.from(`-----BEGIN X-----${' '.repeat(4_000)}!`);
    header.setCreator(
      Buffer.concat([
        Buffer.from([0x0a, 8]),
        Buffer.from('AlphaMSP'),
        Buffer.from([0x12]),
        lengthOf(identity),
        identity,
      ]),
    );
    payload.getHeader()?.setSignatureHeader(header.serializeBinary());
    const start = performance.now();
    expect(await broadcast(signed(payload.serializeBinary()))).toBe(Status.FORBIDDEN);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('a proposal dated beyond all dates, or not at all, is refused', async () => {
    const { root, address } = network.connection('AlphaMSP');
    const client = new peer.EndorserClient(address, credentials.createSsl(root));
    const proposed = alpha.newProposal('put', { arguments: ['key', 'value'] });
    const dated = async (timestamp: Timestamp | undefined): Promise<string> => {
      const prepared = gateway.ProposedTransaction.deserializeBinary(proposed.getBytes()).getProposal();
      const proposal = peer.Proposal.deserializeBinary(prepared?.getProposalBytes_asU8() ?? new Uint8Array());
      const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
      const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
      channelHeader.setTimestamp(timestamp);
      header.setChannelHeader(channelHeader.serializeBinary());
      proposal.setHeader(header.serializeBinary());
      const request = new peer.SignedProposal();
      request.setProposalBytes(proposal.serializeBinary());
      request.setSignature(signer.sign(request.getProposalBytes_asU8()));
      return new Promise((resolve) => {
        client.processProposal(request, (error, response) => {
          resolve(error?.details ?? `status ${String(response?.getResponse()?.getStatus())}`);
        });
      });
    };
    const now = new Timestamp();
    now.fromDate(new Date());
    const never = new Timestamp();
    never.setSeconds(9e15);
    expect(await dated(now)).toBe('status 200');
    expect(await dated(never)).toContain('request unauthorized due to incorrect timestamp beyond all dates');
    expect(await dated(undefined)).toContain('request unauthorized due to incorrect timestamp 1970-01-01T00:00:00Z');
    client.close();
  });

  test('a message larger than a transaction can be is refused before it is read', async () => {
    const { root, address } = network.connection('AlphaMSP');
    const client = new peer.EndorserClient(address, credentials.createSsl(root));
    const request = new peer.SignedProposal();
    request.setProposalBytes(Buffer.alloc(17 * 1024 * 1024));
    const refusal = await new Promise<number | undefined>((resolve) => {
      client.processProposal(request, (error) => {
        resolve(error?.code);
      });
    });
    expect(refusal).toBe(status.RESOURCE_EXHAUSTED);
    client.close();
  });

  test('when a block cannot be committed, who waits and who comes later is told UNAVAILABLE, and who runs it why', async () => {
    await network.engine.close();
    const failures: Error[] = [];
    network.engine = await startEngine({ ...network.engineOptions, onFailure: (failure) => failures.push(failure) });
    const [first, second] = [await alpha.newProposal('put').endorse(), await alpha.newProposal('put').endorse()];
    jest.spyOn(network.engine.ledger, 'commit').mockRejectedValue(new Error('no space left'));
    const commit = await first.submit();
    await expect(commit.getStatus()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await expect(second.submit()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(failures.map(({ message }) => message)).toEqual(['a block could not be committed: no space left']);
  });
});

/** A length as protobuf writes it, of less than 2^14. */
function lengthOf(bytes: Uint8Array): Buffer {
  return Buffer.from([0x80 | (bytes.length & 0x7f), bytes.length >> 7]);
}
