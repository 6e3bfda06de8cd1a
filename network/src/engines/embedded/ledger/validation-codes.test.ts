import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { common, peer } from '@hyperledger/fabric-protos';
import { signEnvelope, TestChannel, TestAuthority, type InvokeOptions } from './test-support';
import { code } from './validation-code';

let channel: TestChannel;

beforeAll(async () => {
  channel = await TestChannel.create();
  await channel.define({
    name: 'trade',
    collections: [
      { name: 'ab', members: "OR('A.member','B.member')", endorsement: "AND('B.peer','C.peer')" },
      { name: 'plain', members: "OR('A.member')" },
    ],
  });
});
afterAll(() => channel.remove());

async function anEnvelope(options: InvokeOptions = {}): Promise<Uint8Array> {
  const { envelope } = await channel.invoke((simulator) => {
    simulator.put('trade', 'k', Buffer.from('v'));
  }, options);
  return envelope;
}

async function codeOf(...envelopes: readonly Uint8Array[]): Promise<number | undefined> {
  return (await channel.ledger.commit(envelopes)).validationCodes.at(-1);
}

/** The same envelope with something changed and signed again by the same client. */
async function changed(change: (payload: common.Payload, header: common.ChannelHeader) => void): Promise<Uint8Array> {
  const envelope = common.Envelope.deserializeBinary(await anEnvelope());
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
  );
  change(payload, header);
  payload.getHeader()?.setChannelHeader(header.serializeBinary());
  return signEnvelope(payload, channel.organisation('A').client);
}

describe('an envelope', () => {
  test('that is in order is valid', async () => {
    expect(await codeOf(await anEnvelope())).toBe(code.VALID);
  });

  test.each([
    ['no envelope', Buffer.from('ffff', 'hex'), code.INVALID_OTHER_REASON],
    ['an empty one', Buffer.alloc(0), code.BAD_COMMON_HEADER],
    ['one whose payload is malformed', Buffer.from('0a02ffff', 'hex'), code.BAD_PAYLOAD],
  ])('%s: %#', async (_, bytes, expected) => {
    expect(await codeOf(bytes)).toBe(expected);
  });

  test('with a header of another type or epoch', async () => {
    const typed = await changed((_, header) => {
      header.setType(common.HeaderType.MESSAGE);
    });
    const dated = await changed((_, header) => {
      header.setEpoch(1);
    });
    expect(await codeOf(typed)).toBe(code.BAD_COMMON_HEADER);
    expect(await codeOf(dated)).toBe(code.BAD_COMMON_HEADER);
  });

  test('with a bad signature, of a stranger, or for another channel', async () => {
    const tampered = common.Envelope.deserializeBinary(await anEnvelope());
    tampered.setSignature(channel.organisation('B').client.sign(tampered.getPayload_asU8()));
    expect(await codeOf(tampered.serializeBinary())).toBe(code.BAD_CREATOR_SIGNATURE);
    const stranger = await (await TestAuthority.create('A')).signer('A', 'client');
    expect(await codeOf(await anEnvelope({ creator: stranger }))).toBe(code.BAD_CREATOR_SIGNATURE);
    const elsewhere = await changed((_, header) => {
      header.setChannelId('elsewhere');
    });
    expect(await codeOf(elsewhere)).toBe(code.BAD_CREATOR_SIGNATURE);
  });

  test("with another transaction's id", async () => {
    const renamed = await changed((_, header) => {
      header.setTxId('00'.repeat(32));
    });
    expect(await codeOf(renamed)).toBe(code.BAD_PROPOSAL_TXID);
  });

  test('whose endorsed proposal is another one, or with two actions', async () => {
    const swapped = await changed((_, header) => {
      header.setTimestamp(undefined);
    });
    expect(await codeOf(swapped)).toBe(code.INVALID_ENDORSER_TRANSACTION);
    const doubled = await changed((payload) => {
      const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
      transaction.addActions(transaction.getActionsList()[0]);
      payload.setData(transaction.serializeBinary());
    });
    expect(await codeOf(doubled)).toBe(code.INVALID_ENDORSER_TRANSACTION);
  });

  test('that comes twice, in one block or in two', async () => {
    const envelope = await anEnvelope();
    expect(await codeOf(envelope, envelope)).toBe(code.DUPLICATE_TXID);
    expect(await codeOf(envelope)).toBe(code.DUPLICATE_TXID);
  });

  test('of a configuration change is refused as a whole, clearly, and the ledger goes on', async () => {
    const height = channel.ledger.height;
    const config = await changed((_, header) => {
      header.setType(common.HeaderType.CONFIG);
    });
    await expect(channel.ledger.commit([await anEnvelope(), config])).rejects.toMatchObject({ code: 'Unsupported' });
    expect(channel.ledger.height).toBe(height);
    expect(await codeOf(await anEnvelope())).toBe(code.VALID);
  });
});

describe('endorsement', () => {
  test("by too few organisations fails the chaincode's policy", async () => {
    expect(await codeOf(await anEnvelope({ endorsers: ['A'] }))).toBe(code.ENDORSEMENT_POLICY_FAILURE);
  });

  test('is wanted for a transaction that only reads, too', async () => {
    const { envelope } = await channel.invoke(() => undefined, { endorsers: ['A'] });
    expect(await codeOf(envelope)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
  });

  test.each([
    ['ab', ['A', 'B'], code.ENDORSEMENT_POLICY_FAILURE],
    ['ab', ['B', 'C'], code.VALID],
    ['plain', ['B', 'C'], code.VALID],
    ['plain', ['A'], code.ENDORSEMENT_POLICY_FAILURE],
    // The implicit collection of an organisation is written with its own word alone.
    ['_implicit_org_C', ['C'], code.VALID],
    ['_implicit_org_C', ['A', 'B'], code.ENDORSEMENT_POLICY_FAILURE],
  ])(
    "of writes to collection %s by %j: the collection's policy decides, else the chaincode's",
    async (collection, endorsers, expected) => {
      const { envelope } = await channel.invoke(
        (simulator) => {
          simulator.putPrivate('trade', collection, 'k', Buffer.from('v'));
        },
        { endorsers },
      );
      expect(await codeOf(envelope)).toBe(expected);
    },
  );

  test('of a chaincode that is not defined, or of a system namespace', async () => {
    expect(await codeOf(await anEnvelope({ chaincode: 'nothing' }))).toBe(code.INVALID_CHAINCODE);
    const { envelope } = await channel.invoke((simulator) => {
      simulator.put('lscc', 'trade', Buffer.from('v'));
    });
    expect(await codeOf(envelope)).toBe(code.INVALID_CHAINCODE);
  });

  test('of a definition follows the lifecycle policy', async () => {
    const { envelope } = await channel.invoke(
      (simulator) => {
        simulator.put('_lifecycle', 'namespaces/metadata/other', Buffer.from('v'));
      },
      { endorsers: ['C'], chaincode: '_lifecycle', version: 'syscc' },
    );
    expect(await codeOf(envelope)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
  });
});
