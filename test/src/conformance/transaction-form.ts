import { createHash } from 'node:crypto';
import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';

/** A transaction in the form in which two networks are compared: all of it but what is random, which are its signatures. */
export interface TransactionForm {
  readonly type: number;
  readonly transactionId: string;
  /** Both headers, whole. */
  readonly headers: string;
  /** Without transient data, as it goes to orderers. */
  readonly proposal: string;
  /** What was endorsed: read-write sets, public and hashed; response; event. Whole, in hexadecimal. */
  readonly endorsed: string;
  readonly endorsers: readonly string[];
}

export function transactionForm(envelope: common.Envelope): TransactionForm {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = payload.getHeader() ?? new common.Header();
  const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  const headers = hex(header.serializeBinary());
  const type = channelHeader.getType();
  const form = { type, transactionId: channelHeader.getTxId(), headers };
  if (type !== common.HeaderType.ENDORSER_TRANSACTION) return { ...form, proposal: '', endorsed: '', endorsers: [] };
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array());
  const endorsed = actionPayload.getAction();
  const endorsers = endorsed?.getEndorsementsList().map((one) => identityName(one.getEndorser_asU8())) ?? [];
  return {
    ...form,
    proposal: hex(actionPayload.getChaincodeProposalPayload_asU8()),
    endorsed: hex(endorsed?.getProposalResponsePayload_asU8() ?? new Uint8Array()),
    endorsers: endorsers.sort(),
  };
}

/** A validation code's name. */
export function codeName(code: number): string {
  return Object.entries(peer.TxValidationCode).find(([, one]) => one === code)?.[0] ?? code.toString();
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Organisation and the beginning of the certificate's digest. */
export function identityName(bytes: Uint8Array): string {
  const identity = msp.SerializedIdentity.deserializeBinary(bytes);
  const digest = createHash('sha256').update(identity.getIdBytes_asU8()).digest('hex');
  return `${identity.getMspid()} ${digest.slice(0, 16)}`;
}

/** What was endorsed, for people: for the report of a difference. */
export function decodedEndorsement(endorsed: string): unknown {
  const payload = peer.ProposalResponsePayload.deserializeBinary(Buffer.from(endorsed, 'hex'));
  const action = peer.ChaincodeAction.deserializeBinary(payload.getExtension_asU8());
  return {
    proposalHash: hex(payload.getProposalHash_asU8()),
    chaincode: action.getChaincodeId()?.toObject(),
    response: decodedResponse(action.getResponse()),
    event: action.getEvents_asU8().length === 0 ? undefined : decodedEvent(action.getEvents_asU8()),
    results: decodedReadWriteSets(action.getResults_asU8()),
  };
}

export function decodedResponse(response: peer.Response | undefined): unknown {
  return {
    status: response?.getStatus(),
    message: response?.getMessage(),
    payload: Buffer.from(response?.getPayload_asU8() ?? new Uint8Array()).toString(),
  };
}

export function decodedEvent(bytes: Uint8Array): unknown {
  const event = peer.ChaincodeEvent.deserializeBinary(bytes);
  return { ...event.toObject(), payload: Buffer.from(event.getPayload_asU8()).toString() };
}

function decodedReadWriteSets(bytes: Uint8Array): unknown {
  const set = ledger.rwset.TxReadWriteSet.deserializeBinary(bytes);
  return set.getNsRwsetList().map((one) => ({
    namespace: one.getNamespace(),
    set: ledger.rwset.kvrwset.KVRWSet.deserializeBinary(one.getRwset_asU8()).toObject(),
    collections: one.getCollectionHashedRwsetList().map((hashed) => ({
      collection: hashed.getCollectionName(),
      privateHash: hex(hashed.getPvtRwsetHash_asU8()),
      set: ledger.rwset.kvrwset.HashedRWSet.deserializeBinary(hashed.getHashedRwset_asU8()).toObject(),
    })),
  }));
}
