import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import {
  checkpointers,
  type ChaincodeEvent,
  type Contract,
  type GatewayError,
  type Proposal,
} from '@hyperledger/fabric-gateway';
import { common, gateway, ledger, peer } from '@hyperledger/fabric-protos';
import { parsePolicyText } from '../policy';
import { CHAINCODE, CHANNEL, HOST, TestNetwork, TestOrganisation } from './testing/test-network';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const MVCC_READ_CONFLICT = 11;
const ENDORSEMENT_POLICY_FAILURE = 10;
const QUARTER_HOUR_MS = 15 * 60 * 1_000;

/** The public keys of a namespace that an endorsed transaction has read. */
function readsOf(prepared: Uint8Array, namespace: string): string[] {
  const envelope = gateway.PreparedTransaction.deserializeBinary(prepared).getEnvelope() ?? new common.Envelope();
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array());
  const response = endorsed.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array();
  const extension = peer.ProposalResponsePayload.deserializeBinary(response).getExtension_asU8();
  const results = peer.ChaincodeAction.deserializeBinary(extension).getResults_asU8();
  return ledger.rwset.TxReadWriteSet.deserializeBinary(results)
    .getNsRwsetList()
    .filter((one) => one.getNamespace() === namespace)
    .flatMap((one) => ledger.rwset.kvrwset.KVRWSet.deserializeBinary(one.getRwset_asU8()).getReadsList())
    .map((read) => read.getKey());
}

async function failureOf(call: Promise<unknown>): Promise<GatewayError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => error as GatewayError,
  );
}

describe('an unmodified gateway client and an unmodified chaincode', () => {
  let network: TestNetwork;
  let clockShift_ms = 0;
  let alpha: Contract;

  const contractOf = async (mspId: string, chaincode = CHAINCODE): Promise<Contract> =>
    (await network.client(mspId)).getNetwork(CHANNEL).getContract(chaincode);

  beforeAll(async () => {
    network = await TestNetwork.start({
      settings: { chaincodeTimeout_ms: 1_000, now: () => Date.now() + clockShift_ms },
    });
    await network.deploy('both', "AND('AlphaMSP.peer', 'BetaMSP.peer')");
    await network.deploy('withGamma', "AND('AlphaMSP.peer', 'GammaMSP.peer')");
    alpha = await contractOf('AlphaMSP');
  });

  afterAll(async () => {
    await network.close();
  });

  test('what one organisation submits another evaluates', async () => {
    const beta = await contractOf('BetaMSP');
    await alpha.submitTransaction('put', 'colour', 'blue');
    expect(text(await beta.evaluateTransaction('get', 'colour'))).toBe('blue');
  });

  test('the chaincode sees who calls', async () => {
    const gamma = await contractOf('GammaMSP');
    expect(text(await gamma.evaluateTransaction('caller'))).toBe('GammaMSP');
  });

  test('who touches private data reads the definition of the chaincode, and so dies with it', async () => {
    const definition = ['Collections', 'EndorsementInfo', 'Sequence', 'ValidationInfo'];
    const lifecycleReads = async (name: string, ...args: string[]): Promise<string[]> => {
      const endorsed = await alpha
        .newProposal(name, { arguments: args, endorsingOrganizations: ['AlphaMSP'] })
        .endorse();
      return readsOf(endorsed.getBytes(), '_lifecycle');
    };
    expect(await lifecycleReads('put', 'colour', 'red')).toEqual(['namespaces/fields/test/Sequence']);
    const whole = [...definition.map((field) => `namespaces/fields/test/${field}`), 'namespaces/metadata/test'];
    expect(await lifecycleReads('putPrivate', 'all', 'secret')).toEqual(whole);
    expect(await lifecycleReads('getPrivate', 'all', 'secret')).toEqual(whole);
    expect(await lifecycleReads('getPrivateHash', 'all', 'secret')).toEqual(whole);
  });

  test('many keys are written and read in one message each', async () => {
    await alpha.submitTransaction('writeBatch', 'batch1', 'batch2');
    expect(text(await alpha.evaluateTransaction('getMany', 'batch1', 'absent', 'batch2'))).toBe(
      'value of batch1,,value of batch2',
    );
  });

  test('a range longer than one message comes whole, and page by page with a bookmark', async () => {
    const keys = Array.from({ length: 230 }, (_, index) => `range${index.toString().padStart(3, '0')}`);
    await alpha.submitTransaction('writeBatch', ...keys);
    expect(text(await alpha.evaluateTransaction('range', 'range', 'rangf'))).toBe(keys.join(','));
    const first: unknown = JSON.parse(text(await alpha.evaluateTransaction('page', 'range', 'rangf', '200')));
    expect(first).toEqual({ keys: keys.slice(0, 200), bookmark: 'range200', count: 200 });
    const second: unknown = JSON.parse(
      text(await alpha.evaluateTransaction('page', 'range', 'rangf', '200', 'range200')),
    );
    expect(second).toEqual({ keys: keys.slice(200), bookmark: '', count: 30 });
  });

  test('the history of a key is newest first', async () => {
    await alpha.submitTransaction('put', 'past', 'one');
    await alpha.submitTransaction('put', 'past', 'two');
    await alpha.submitTransaction('delete', 'past');
    expect(text(await alpha.evaluateTransaction('history', 'past'))).toBe('deleted,two,one');
  });

  test('a rich query is refused as by a peer with LevelDB', async () => {
    const error = await failureOf(alpha.evaluateTransaction('query', '{}'));
    expect(error.details[0]?.message).toContain('ExecuteQuery not supported for leveldb');
  });

  test('two transactions that read and write one key conflict: the second is invalid', async () => {
    const increment = (): Proposal => alpha.newProposal('increment', { arguments: ['counter'] });
    const [first, second] = [await increment().endorse(), await increment().endorse()];
    expect(await (await first.submit()).getStatus()).toMatchObject({ successful: true });
    expect(await (await second.submit()).getStatus()).toMatchObject({ successful: false, code: MVCC_READ_CONFLICT });
    expect(text(await alpha.evaluateTransaction('get', 'counter'))).toBe('1');
  });

  test('a chaincode may call another in the same transaction, but neither itself nor one of another channel', async () => {
    await network.deployBeside('other');
    await alpha.submitTransaction('invoke', 'other', 'put', 'shared', 'through');
    expect(text(await alpha.evaluateTransaction('invoke', 'other', 'get', 'shared'))).toBe('200 through');
    expect(text(await alpha.evaluateTransaction('get', 'shared'))).toBe('');
    const itself = await failureOf(alpha.evaluateTransaction('invoke', CHAINCODE, 'caller'));
    expect(itself.details[0]?.message).toMatch(/INVOKE_CHAINCODE failed: .*\(testchannel\) exists$/);
    const elsewhere = await failureOf(alpha.evaluateTransaction('invoke', 'other/elsewhere', 'caller'));
    expect(elsewhere.details[0]?.message).toContain('Failed to get policy manager for channel [elsewhere]');
  });

  describe('endorsement', () => {
    test('a policy that needs two organisations is met without the client naming them', async () => {
      const both = await contractOf('AlphaMSP', 'both');
      await both.submitTransaction('put', 'agreed', 'yes');
      expect(text(await both.evaluateTransaction('get', 'agreed'))).toBe('yes');
    });

    test('a client of an organisation that the policy does not name gets the endorsements of those it does', async () => {
      const both = await contractOf('GammaMSP', 'both');
      await both.submitTransaction('put', 'asked by Gamma', 'yes');
      expect(text(await both.evaluateTransaction('get', 'asked by Gamma'))).toBe('yes');
    });

    test('answers that differ are refused, naming the organisation whose answer did', async () => {
      const error = await failureOf((await contractOf('AlphaMSP', 'both')).submitTransaction('random', 'dice'));
      expect(error).toMatchObject({ name: 'EndorseError', code: status.ABORTED });
      expect(error.message).toContain(
        'failed to collect enough transaction endorsements, see attached details for more info',
      );
      // By the address at which the gateway knows the peer, as on Fabric, and not by the name that clients use.
      const address = network.peerAddress('BetaMSP').replace('localhost', HOST);
      expect(error.details).toEqual([{ address, mspId: 'BetaMSP', message: 'ProposalResponsePayloads do not match' }]);
    });

    test('too few endorsements, chosen by the client, make the transaction invalid at its commit', async () => {
      const both = await contractOf('AlphaMSP', 'both');
      const proposal = both.newProposal('put', { arguments: ['k', 'v'], endorsingOrganizations: ['AlphaMSP'] });
      const commit = await (await proposal.endorse()).submit();
      expect(await commit.getStatus()).toMatchObject({ successful: false, code: ENDORSEMENT_POLICY_FAILURE });
    });

    test('a key’s own policy is met without the client naming its organisations, and replaces the chaincode’s', async () => {
      const policy = Buffer.from(parsePolicyText("AND('AlphaMSP.peer', 'GammaMSP.peer')").serializeBinary()).toString(
        'hex',
      );
      await alpha.submitTransaction('put', 'guarded', 'one');
      await alpha.submitTransaction('setPolicy', 'guarded', policy);
      expect(text(await alpha.evaluateTransaction('getPolicy', 'guarded'))).toBe(policy);
      await alpha.submitTransaction('put', 'guarded', 'two');
      const alone = alpha.newProposal('put', { arguments: ['guarded', 'three'], endorsingOrganizations: ['AlphaMSP'] });
      const commit = await (await alone.endorse()).submit();
      expect(await commit.getStatus()).toMatchObject({ code: ENDORSEMENT_POLICY_FAILURE });
      expect(text(await alpha.evaluateTransaction('get', 'guarded'))).toBe('two');
    });

    test('an error of the chaincode reaches the client with its status and message', async () => {
      const evaluated = await failureOf(alpha.evaluateTransaction('fail', 'not today'));
      expect(evaluated).toMatchObject({ code: status.UNKNOWN });
      expect(evaluated.message).toContain(
        'evaluate call to endorser returned error: chaincode response 500, not today',
      );
      expect(evaluated.details[0]?.message).toBe('chaincode response 500, not today');
      const submitted = await failureOf(alpha.submitTransaction('fail', 'not today'));
      expect(submitted).toMatchObject({ name: 'EndorseError', code: status.ABORTED });
      expect(submitted.details[0]?.message).toBe('chaincode response 500, not today');
    });

    test('a chaincode that never answers fails its transaction only', async () => {
      const hanging = failureOf(alpha.evaluateTransaction('hang'));
      expect(text(await alpha.evaluateTransaction('caller'))).toBe('AlphaMSP');
      const error = await hanging;
      expect(error.code).toBe(status.ABORTED);
      expect(error.details[0]?.message).toMatch(
        /^error in simulation: failed to execute transaction [0-9a-f]{64}: error sending: timeout expired while executing transaction$/,
      );
    });

    test('an unknown chaincode and an unknown channel', async () => {
      const unknown = await failureOf((await contractOf('AlphaMSP', 'nothing')).evaluateTransaction('get'));
      expect(unknown).toMatchObject({ code: status.FAILED_PRECONDITION });
      expect(unknown.message).toContain('no peers available to evaluate chaincode nothing in channel testchannel');
      const elsewhere = (await network.client('AlphaMSP')).getNetwork('elsewhere').getContract(CHAINCODE);
      expect((await failureOf(elsewhere.evaluateTransaction('get', 'a'))).code).toBe(status.UNAVAILABLE);
    });
  });

  describe('private data', () => {
    const put = (
      contract: Contract,
      collection: string,
      key: string,
      endorsingOrganizations?: string[],
    ): Promise<Uint8Array> =>
      contract.submit('putPrivate', {
        arguments: [collection, key],
        transientData: { value: 'secret' },
        ...(endorsingOrganizations === undefined ? {} : { endorsingOrganizations }),
      });

    test('members read the value, others only its hash', async () => {
      await put(alpha, 'alphaBeta', 'price');
      expect(text(await (await contractOf('BetaMSP')).evaluateTransaction('getPrivate', 'alphaBeta', 'price'))).toBe(
        'secret',
      );
      const gamma = await contractOf('GammaMSP');
      expect(text(await gamma.evaluateTransaction('getPrivateHash', 'alphaBeta', 'price'))).toBe(
        '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
      );
    });

    test('where a collection is for members only, others are refused at simulation', async () => {
      const gamma = await contractOf('GammaMSP');
      const read = await failureOf(
        gamma.evaluate('getPrivate', { arguments: ['alphaBeta', 'price'], endorsingOrganizations: ['AlphaMSP'] }),
      );
      expect(read.details[0]?.message).toContain(
        'tx creator does not have read access permission on privatedata in chaincodeName:test collectionName: alphaBeta',
      );
      const written = await failureOf(put(gamma, 'alphaBeta', 'price', ['AlphaMSP']));
      expect(written.details[0]?.message).toContain('tx creator does not have write access permission');
      const missing = await failureOf(alpha.evaluateTransaction('getPrivate', 'nowhere', 'price'));
      expect(missing.details[0]?.message).toContain('collection testchannel/test/nowhere could not be found');
    });

    test('a range is read by a query, and never together with a write', async () => {
      await put(alpha, 'all', 'r1');
      await put(alpha, 'all', 'r2');
      expect(text(await alpha.evaluateTransaction('rangePrivate', 'all', 'r', 's'))).toBe('r1,r2');
    });

    test('what is purged is gone for its members', async () => {
      await put(alpha, 'all', 'purged');
      await alpha.submitTransaction('purgePrivate', 'all', 'purged');
      expect(text(await alpha.evaluateTransaction('getPrivate', 'all', 'purged'))).toBe('');
    });

    test('transient data does not go to an organisation outside the collection unless the client names it', async () => {
      const withGamma = await contractOf('AlphaMSP', 'withGamma');
      const error = await failureOf(put(withGamma, 'open', 'price'));
      expect(error.code).toBe(status.FAILED_PRECONDITION);
      expect(error.message).toContain(
        'requires endorsement from organisation(s) that are not in the distribution policy of the private data collection(s): [open]; retry specifying trusted endorsing organizations to protect transient data',
      );
      await put(withGamma, 'open', 'price', ['AlphaMSP', 'GammaMSP']);
      expect(text(await withGamma.evaluateTransaction('getPrivate', 'open', 'price'))).toBe('secret');
    });

    test.each([['named by the client', ['GammaMSP']] as const, ['found by the gateway', undefined] as const])(
      'a collection with a policy of its own is written with that endorsement alone, %s',
      async (how, organisations) => {
        const gamma = await contractOf('GammaMSP', 'both');
        await put(gamma, 'inbox', how, organisations === undefined ? undefined : [...organisations]);
        const other = await contractOf('AlphaMSP', 'both');
        expect(text(await other.evaluateTransaction('getPrivate', 'inbox', how))).toBe('secret');
      },
    );

    test('the same endorsement writes to no other collection, and the chaincode’s endorsers do not write to that one', async () => {
      const commit = async (collection: string, endorsingOrganizations: string[]): Promise<number> => {
        const both = await contractOf('GammaMSP', 'both');
        const transientData = { value: 'secret' };
        const options = { arguments: [collection, 'smuggled'], transientData, endorsingOrganizations };
        const sent = await (await both.newProposal('putPrivate', options).endorse()).submit();
        return (await sent.getStatus()).code;
      };
      expect(await commit('all', ['GammaMSP'])).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(await commit('inbox', ['AlphaMSP', 'BetaMSP'])).toBe(ENDORSEMENT_POLICY_FAILURE);
    });
  });

  describe('events', () => {
    const next = async (count: number, events: AsyncIterable<ChaincodeEvent>): Promise<string[]> => {
      const payloads: string[] = [];
      for await (const event of events) {
        payloads.push(`${event.eventName} ${text(event.payload)}`);
        if (payloads.length === count) {
          break;
        }
      }
      return payloads;
    };

    test('a listener receives what is committed from then on, and from a block on', async () => {
      const client = await network.client('BetaMSP');
      const start = network.engine.ledger.height;
      const live = await client.getNetwork(CHANNEL).getChaincodeEvents(CHAINCODE);
      await alpha.submitTransaction('putWithEvent', 'e1', 'v');
      await alpha.submitTransaction('putWithEvent', 'e2', 'v');
      expect(await next(2, live)).toEqual(['written e1', 'written e2']);
      const replayed = await client.getNetwork(CHANNEL).getChaincodeEvents(CHAINCODE, { startBlock: start });
      expect(await next(2, replayed)).toEqual(['written e1', 'written e2']);
    });

    test('a checkpoint goes on after the last event that was handled', async () => {
      const channel = (await network.client('BetaMSP')).getNetwork(CHANNEL);
      const checkpointer = checkpointers.inMemory();
      const start = network.engine.ledger.height;
      await alpha.submitTransaction('putWithEvent', 'c1', 'v');
      await alpha.submitTransaction('putWithEvent', 'c2', 'v');
      for await (const event of await channel.getChaincodeEvents(CHAINCODE, { startBlock: start })) {
        await checkpointer.checkpointChaincodeEvent(event);
        break;
      }
      const rest = await channel.getChaincodeEvents(CHAINCODE, { checkpoint: checkpointer });
      expect(await next(1, rest)).toEqual(['written c2']);
    });

    test('an invalid transaction has no events', async () => {
      const events = await (await network.client('BetaMSP')).getNetwork(CHANNEL).getChaincodeEvents('both');
      const both = await contractOf('AlphaMSP', 'both');
      const unsupported = both.newProposal('putWithEvent', {
        arguments: ['bad', ''],
        endorsingOrganizations: ['AlphaMSP'],
      });
      await (await (await unsupported.endorse()).submit()).getStatus();
      await both.submitTransaction('putWithEvent', 'good', '');
      expect(await next(1, events)).toEqual(['written good']);
    });
  });

  describe('who is refused', () => {
    const refused = /access denied: channel \[testchannel\] creator org \[AlphaMSP\]/;

    test('a client of a foreign CA that claims to be of Alpha', async () => {
      const foreign = await (await TestOrganisation.create('AlphaMSP')).issue('client');
      const contract = network
        .clientWith('AlphaMSP', foreign, {}, 'AlphaMSP')
        .getNetwork(CHANNEL)
        .getContract(CHAINCODE);
      const evaluated = await failureOf(contract.evaluateTransaction('caller'));
      expect(evaluated).toMatchObject({ code: status.FAILED_PRECONDITION });
      expect(evaluated.details[0]?.message).toMatch(refused);
      const submitted = await failureOf(contract.submitTransaction('put', 'a', 'b'));
      expect(submitted).toMatchObject({ code: status.ABORTED });
      expect(submitted.details[0]?.message).toMatch(refused);
    });

    test('a signature that is not the creator’s', async () => {
      const organisation = network.organisation('AlphaMSP');
      const [one, other] = [await organisation.issue('client'), await organisation.issue('client')];
      const mixed = { certificate: one.certificate, privateKey: other.privateKey };
      const contract = network.clientWith('AlphaMSP', mixed, {}, 'AlphaMSP').getNetwork(CHANNEL).getContract(CHAINCODE);
      expect((await failureOf(contract.evaluateTransaction('caller'))).details[0]?.message).toMatch(refused);
    });

    test('an organisation that is not in the channel', async () => {
      const stranger = await (await TestOrganisation.create('DeltaMSP')).issue('client');
      const contract = network
        .clientWith('DeltaMSP', stranger, {}, 'AlphaMSP')
        .getNetwork(CHANNEL)
        .getContract(CHAINCODE);
      expect((await failureOf(contract.evaluateTransaction('caller'))).details[0]?.message).toBe(
        'error validating proposal: access denied: channel [testchannel] creator org unknown, creator is malformed',
      );
    });

    test.each([QUARTER_HOUR_MS + 5_000, -QUARTER_HOUR_MS - 5_000])(
      'a proposal %d ms off the peer’s clock',
      async (shift_ms) => {
        clockShift_ms = shift_ms;
        try {
          const error = await failureOf(alpha.evaluateTransaction('caller'));
          expect(error.code).toBe(status.UNAVAILABLE);
          expect(error.details[0]?.message).toMatch(
            /^request unauthorized due to incorrect timestamp \S+Z, peer time \S+Z, peer.authentication.timewindow 15m0s$/,
          );
        } finally {
          clockShift_ms = 0;
        }
      },
    );

    test('the same proposal once it is committed', async () => {
      const proposal = alpha.newProposal('put', { arguments: ['once', '1'] });
      await (await (await proposal.endorse()).submit()).getStatus();
      const error = await failureOf(proposal.endorse());
      expect(error.details[0]?.message).toMatch(
        /^duplicate transaction found \[[0-9a-f]{64}\]\. Creator \[[0-9a-f]+\]$/,
      );
    });

    test('a transaction that its submitter’s organisation did not sign', async () => {
      const transaction = await alpha.newProposal('put', { arguments: ['x', 'y'] }).endorse();
      const other = await network.client('AlphaMSP');
      const bytes = transaction.getBytes();
      const resigned = other.newSignedTransaction(bytes, Buffer.from('not a signature'));
      const error = await failureOf(resigned.submit());
      expect(error).toMatchObject({ name: 'SubmitError', code: status.ABORTED });
      expect(error.message).toContain(
        "received unsuccessful response from orderer: status=FORBIDDEN, info=implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied: permission denied",
      );
    });
  });
});
