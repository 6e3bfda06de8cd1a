import { common, msp, peer } from '@hyperledger/fabric-protos';
import type { ClientIdentity } from './client-identity';
import type { ChaincodeCall, Lockstep } from './lockstep';
import type { Proposal } from './proposals';
import { operators } from './twin-topology';

const quarterHourMs = 15 * 60 * 1_000;

/** A call that is refused only for what is done to its proposal. */
export const honest: ChaincodeCall = {
  mspId: 'AlphaMSP',
  chaincode: 'market',
  args: ['Registry:Clock'],
  organisations: operators,
};

type Change = (lockstep: Lockstep, proposal: Proposal) => Promise<Proposal> | Proposal;

/** Proposals that no peer takes, and what is wrong with them. */
const proposals: Readonly<Record<string, { readonly call?: Partial<ChaincodeCall>; readonly change?: Change }>> = {
  'nothing is wrong': {},
  'a chaincode that is not there': { call: { chaincode: 'nobody' } },
  'no chaincode': { call: { chaincode: '' } },
  'no arguments': { call: { args: [] } },
  'a method that is not there': { call: { args: ['Registry:Nothing'] } },
  'an argument too many': { call: { args: ['Registry:Clock', 'public'] } },
  'a misspelt transient field': { call: { transient: { requst: Buffer.from('{}') } } },
  'a request that is not UTF-8': { call: { transient: { request: Buffer.from([0xff, 0xfe]) } } },
  'a request that is not JSON': { call: { transient: { request: Buffer.from('{') } } },
  'an organisation that is not there': { call: { organisations: ['NobodyMSP'] } },
  'no organisation named, with private data': {
    call: { organisations: [], transient: { request: Buffer.from('{}') } },
  },
  'no organisation named': { call: { organisations: [] } },
  'an old timestamp': { call: { time: new Date(Date.now() - quarterHourMs - 60_000) } },
  'a timestamp ahead': { call: { time: new Date(Date.now() + quarterHourMs + 60_000) } },
  'another channel': { change: rebuilt((header) => header.setChannelId('elsewhere')) },
  'another channel, no organisation named': {
    call: { organisations: [] },
    change: rebuilt((header) => header.setChannelId('elsewhere')),
  },
  'no channel': { change: rebuilt((header) => header.setChannelId('')) },
  'another transaction id': { change: rebuilt((header) => header.setTxId('ab'.repeat(32))) },
  'another type of header': { change: rebuilt((header) => header.setType(common.HeaderType.CONFIG)) },
  'an epoch': { change: rebuilt((header) => header.setEpoch(1)) },
  'no timestamp': { change: rebuilt((header) => header.clearTimestamp()) },
  'no extension': { change: rebuilt((header) => header.setExtension$('')) },
  'another organisation’s name': { change: asCreator((_, bytes) => renamed(bytes, 'BetaMSP')) },
  'an organisation’s name that is not there': { change: asCreator((_, bytes) => renamed(bytes, 'NobodyMSP')) },
  'no creator': { change: asCreator(() => new Uint8Array()) },
  'a creator that is none': { change: asCreator(() => Buffer.from('somebody')) },
  'another’s signature': {
    change: async (lockstep, proposal) =>
      resigned(proposal, await lockstep.identity('BetaMSP').sign(bytesOf(proposal))),
  },
  'a broken signature': { change: (_, proposal) => resigned(proposal, Buffer.from('3006020101020101', 'hex')) },
  'no signature': { change: (_, proposal) => resigned(proposal, new Uint8Array()) },
  'no proposal': { change: (_, proposal) => withBytes(proposal, new Uint8Array()) },
  'a proposal that is none': { change: (_, proposal) => withBytes(proposal, Buffer.from([0x0a, 0xff])) },
};

/** Sends proposals that are refused by every door: a gateway's endorsing and evaluating, and a peer's endorser. */
export async function compareProposals(lockstep: Lockstep): Promise<void> {
  for (const [what, { call = {}, change }] of Object.entries(proposals)) {
    const made = await lockstep.propose({ ...honest, ...call });
    const proposal = change === undefined ? made : await change(lockstep, made);
    const organisations = call.organisations ?? operators;
    await lockstep.endorseProposal(`endorse: ${what}`, proposal, organisations);
    // Of several organisations a gateway asks the one whose peer it believes to be furthest, which is chance.
    const asked = organisations.slice(0, 1);
    await lockstep.evaluateProposal(`evaluate: ${what}`, proposal, asked);
    await lockstep.processProposal(`process proposal: ${what}`, proposal, 'CsdMSP');
  }
}

/** Queries of a peer's own chaincodes. */
export async function compareSystemChaincodes(lockstep: Lockstep): Promise<void> {
  const { channel } = lockstep;
  const queries: readonly (readonly [string, readonly (string | Uint8Array)[]])[] = [
    ['qscc', []],
    ['qscc', ['GetChainInfo']],
    ['qscc', ['GetChainInfo', 'elsewhere']],
    ['qscc', ['GetBlockByNumber', channel]],
    ['qscc', ['GetBlockByNumber', channel, 'x']],
    ['qscc', ['GetBlockByNumber', channel, '100000000']],
    ['qscc', ['GetBlockByHash', channel, 'none']],
    ['qscc', ['GetTransactionByID', channel, 'none']],
    ['qscc', ['GetTransactionByID', channel, '']],
    ['qscc', ['GetBlockByTxID', channel, 'none']],
    ['qscc', ['Nothing', channel]],
    ['cscc', ['GetChannels']],
    ['cscc', ['JoinChain']],
    ['cscc', ['Nothing']],
    ['_lifecycle', ['QueryChaincodeDefinition']],
    ['_lifecycle', ['QueryChaincodeDefinition', '']],
    ['_lifecycle', ['QueryInstalledChaincodes', '']],
    ['_lifecycle', ['Nothing', '']],
  ];
  for (const [chaincode, args] of queries) {
    for (const [mspId, user] of [
      ['AlphaMSP', 'user1'],
      ['CsdMSP', 'admin'],
    ] as const) {
      const call = { mspId, user, chaincode, args, organisations: [] };
      const proposal = await lockstep.propose(call);
      const what = `${chaincode} ${args.map((arg) => Buffer.from(arg).toString()).join(' ')} as ${mspId}/${user}`;
      const ordered = args[0] === 'QueryInstalledChaincodes' ? installedInOrder : undefined;
      await lockstep.evaluateProposal(`evaluate ${what}`, proposal, [], mspId, ordered);
      // An endorsement is over the bytes, in whatever order they come.
      if (!ordered) await lockstep.endorseProposal(`endorse ${what}`, proposal, ['CsdMSP']);
    }
  }
}

function installedInOrder(payload: Uint8Array): Uint8Array {
  const result = peer.lifecycle.QueryInstalledChaincodesResult.deserializeBinary(payload);
  result.setInstalledChaincodesList(
    [...result.getInstalledChaincodesList()].sort((one, other) => one.getLabel().localeCompare(other.getLabel())),
  );
  return result.serializeBinary();
}

function rebuilt(change: (header: common.ChannelHeader) => unknown): Change {
  return async (_, { client, message, ...rest }) => {
    const proposal = peer.Proposal.deserializeBinary(message.getProposalBytes_asU8());
    const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
    const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    change(channelHeader);
    header.setChannelHeader(channelHeader.serializeBinary());
    proposal.setHeader(header.serializeBinary());
    const transactionId = channelHeader.getTxId();
    return {
      ...rest,
      transactionId,
      channel: channelHeader.getChannelId(),
      client,
      message: await signed(client, proposal),
    };
  };
}

function asCreator(change: (client: ClientIdentity, creator: Uint8Array) => Uint8Array): Change {
  return async (_, { client, message, ...rest }) => {
    const proposal = peer.Proposal.deserializeBinary(message.getProposalBytes_asU8());
    const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
    const signatureHeader = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
    signatureHeader.setCreator(change(client, signatureHeader.getCreator_asU8()));
    header.setSignatureHeader(signatureHeader.serializeBinary());
    proposal.setHeader(header.serializeBinary());
    return { ...rest, client, message: await signed(client, proposal) };
  };
}

async function signed(client: ClientIdentity, proposal: peer.Proposal): Promise<peer.SignedProposal> {
  const message = new peer.SignedProposal();
  const bytes = proposal.serializeBinary();
  message.setProposalBytes(bytes);
  message.setSignature(await client.sign(bytes));
  return message;
}

function bytesOf({ message }: Proposal): Uint8Array {
  return message.getProposalBytes_asU8();
}

function resigned(proposal: Proposal, signature: Uint8Array): Proposal {
  const message = proposal.message.clone();
  message.setSignature(signature);
  return { ...proposal, message };
}

function withBytes(proposal: Proposal, bytes: Uint8Array): Proposal {
  const message = proposal.message.clone();
  message.setProposalBytes(bytes);
  return { ...proposal, message };
}

/** The identity under another organisation's name. */
function renamed(creator: Uint8Array, mspId: string): Uint8Array {
  const identity = msp.SerializedIdentity.deserializeBinary(creator);
  identity.setMspid(mspId);
  return identity.serializeBinary();
}
