import { common, peer } from '@hyperledger/fabric-protos';
import { transientRequestKey } from '@kessai/interface';
import { type EndorsedTwice, type Lockstep, sign } from './lockstep';
import { operators } from './twin-topology';

type Change = (envelope: common.Envelope) => common.Envelope;

/** What somebody may do to an endorsed transaction before signing it, so that peers find it invalid. */
const changes: Readonly<Record<string, Change>> = {
  'an endorsement is left out': endorsed((action) => {
    action.setEndorsementsList(action.getEndorsementsList().slice(0, 1));
  }),
  'one endorsement stands twice': endorsed((action) => {
    const [first] = action.getEndorsementsList();
    action.setEndorsementsList(first === undefined ? [] : [first, first]);
  }),
  'no endorsement is left': endorsed((action) => {
    action.setEndorsementsList([]);
  }),
  'an endorsement’s signature is broken': endorsed((action) => {
    action.getEndorsementsList()[0]?.setSignature(Buffer.from('3006020101020101', 'hex'));
  }),
  'another signed the endorsement': endorsed((action) => {
    const [first, second] = action.getEndorsementsList();
    first?.setEndorser(second?.getEndorser_asU8() ?? '');
  }),
  'the result is another': endorsed((action) => {
    const response = peer.ProposalResponsePayload.deserializeBinary(action.getProposalResponsePayload_asU8());
    const chaincodeAction = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
    chaincodeAction.setEvents('');
    response.setExtension$(chaincodeAction.serializeBinary());
    action.setProposalResponsePayload(response.serializeBinary());
  }),
  'the result is for another proposal': endorsed((action) => {
    const response = peer.ProposalResponsePayload.deserializeBinary(action.getProposalResponsePayload_asU8());
    response.setProposalHash('another');
    action.setProposalResponsePayload(response.serializeBinary());
  }),
  'there is no result': endorsed((action) => {
    action.setProposalResponsePayload('');
  }),
  'the proposal is another': actionPayload((payload) => {
    payload.setChaincodeProposalPayload('another');
  }),
  'there is no action': transaction((payload) => {
    payload.setData(new peer.Transaction().serializeBinary());
  }),
  'there are two actions': transaction((payload) => {
    const actions = peer.Transaction.deserializeBinary(payload.getData_asU8());
    actions.setActionsList([...actions.getActionsList(), ...actions.getActionsList()]);
    payload.setData(actions.serializeBinary());
  }),
  'it has no data': transaction((payload) => {
    payload.setData('');
  }),
};

/** Transactions that orderers take and peers find invalid. */
export async function compareInvalid(lockstep: Lockstep): Promise<void> {
  for (const [what, change] of Object.entries(changes)) {
    const endorsement = await anyTransaction(lockstep);
    if (endorsement === undefined) continue;
    const { proposal } = endorsement;
    const [embedded, native] = await Promise.all(
      [endorsement.embedded, endorsement.native].map(async (one) => sign(proposal.client, change(one))),
    );
    if (embedded === undefined || native === undefined) continue;
    lockstep.differences.beginStep(`invalid: ${what}`);
    const [code = ''] = await lockstep.order([{ id: proposal.transactionId, embedded, native }]);
    lockstep.codes.set(code, (lockstep.codes.get(code) ?? 0) + 1);
  }
}

/** One that would be valid: a cycle that takes nothing. */
async function anyTransaction(lockstep: Lockstep): Promise<EndorsedTwice | undefined> {
  const operator = { mspId: 'ExchangeMSP', chaincode: 'market' };
  const asked = await lockstep.evaluate({ ...operator, args: ['Market:Progress'], organisations: ['CsdMSP'] });
  if (!('value' in asked)) return undefined;
  const { number } = JSON.parse(Buffer.from(asked.value).toString()) as { readonly number: number };
  const answer = await lockstep.endorse({
    ...operator,
    args: ['Market:Cycle'],
    transient: { [transientRequestKey]: Buffer.from(JSON.stringify({ number: number + 1, submissions: [] })) },
    organisations: operators,
  });
  return 'endorsed' in answer ? answer.endorsed : undefined;
}

function transaction(change: (payload: common.Payload) => void): Change {
  return (envelope) => {
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    change(payload);
    const changed = new common.Envelope();
    changed.setPayload(payload.serializeBinary());
    return changed;
  };
}

function actionPayload(change: (payload: peer.ChaincodeActionPayload) => void): Change {
  return transaction((payload) => {
    const actions = peer.Transaction.deserializeBinary(payload.getData_asU8());
    for (const action of actions.getActionsList()) {
      const inner = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
      change(inner);
      action.setPayload(inner.serializeBinary());
    }
    payload.setData(actions.serializeBinary());
  });
}

function endorsed(change: (action: peer.ChaincodeEndorsedAction) => void): Change {
  return actionPayload((payload) => {
    const action = payload.getAction() ?? new peer.ChaincodeEndorsedAction();
    // A gateway lists them as they came in.
    action.setEndorsementsList(sorted(action.getEndorsementsList()));
    change(action);
    payload.setAction(action);
  });
}

function sorted(endorsements: readonly peer.Endorsement[]): peer.Endorsement[] {
  const endorser = (one: peer.Endorsement): Buffer => Buffer.from(one.getEndorser_asU8());
  return [...endorsements].sort((one, other) => Buffer.compare(endorser(one), endorser(other)));
}
