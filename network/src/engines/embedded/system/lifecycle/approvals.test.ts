import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { peer } from '@hyperledger/fabric-protos';
import type { Simulator } from '../../ports';
import { LifecycleState, type Approval } from './approvals';
import type { ChaincodeParameters } from './definition';

const OWN = 'AlphaMSP';
const MSP_IDS = [OWN, 'BetaMSP'];

/** State in which what a transaction writes is there at once, as if it had been committed in between. */
class CommittedState {
  readonly values = new Map<string, Uint8Array>();
  writes: string[] = [];

  get simulator(): Simulator {
    const put = (key: string, value: Uint8Array): void => {
      this.values.set(key, value);
      this.writes.push(key);
    };
    const state: Partial<Simulator> = {
      get: (_namespace, key) => Promise.resolve(this.values.get(key)),
      put: (_namespace, key, value) => {
        put(key, value);
      },
      getPrivate: (_namespace, collection, key) => Promise.resolve(this.values.get(`${collection} ${key}`)),
      putPrivate: (_namespace, collection, key, value) => {
        put(`${collection} ${key}`, value);
      },
      getPrivateHash: (_namespace, collection, key) => {
        const value = this.values.get(`${collection} ${key}`);
        return Promise.resolve(value === undefined ? undefined : createHash('sha256').update(value).digest());
      },
    };
    return state as Simulator;
  }
}

const parameters = (changes: Partial<ChaincodeParameters> = {}): ChaincodeParameters => ({
  version: '1.0',
  initRequired: false,
  endorsementPlugin: '',
  validationPlugin: '',
  validationParameter: new Uint8Array(),
  collections: new peer.CollectionConfigPackage(),
  ...changes,
});

const approval = (sequence: bigint, changes: Partial<Approval> = {}): Approval => ({
  chaincode: 'market',
  sequence,
  parameters: parameters(),
  packageId: 'market_1:00',
  ...changes,
});

describe('approving and committing a chaincode definition', () => {
  const start = (): { state: LifecycleState; committed: CommittedState } => {
    const committed = new CommittedState();
    return { committed, state: new LifecycleState(committed.simulator) };
  };

  test('an approval is written under the keys that Fabric uses, in the organisation’s own collection', async () => {
    const { state, committed } = start();
    await state.approve(OWN, approval(1n));
    expect(committed.writes).toEqual(
      [
        'namespaces/fields/market#1/EndorsementInfo',
        'namespaces/fields/market#1/ValidationInfo',
        'namespaces/fields/market#1/Collections',
        'namespaces/metadata/market#1',
        'chaincode-sources/fields/market#1/PackageID',
        'chaincode-sources/metadata/market#1',
      ].map((key) => `_implicit_org_AlphaMSP ${key}`),
    );
  });

  test('what is left open gets the channel’s defaults', async () => {
    const { state } = start();
    await state.approve(OWN, approval(1n));
    const { parameters: stored, packageId } = await state.approved(OWN, 'channel', 'market', 0n);
    const policy = peer.ApplicationPolicy.deserializeBinary(stored.validationParameter);
    expect([stored.endorsementPlugin, stored.validationPlugin, packageId]).toEqual(['escc', 'vscc', 'market_1:00']);
    expect(policy.getChannelConfigPolicyReference()).toBe('/Channel/Application/Endorsement');
  });

  test.each([
    [0n, 'requested sequence is 0, but first definable sequence number is 1'],
    [2n, 'requested sequence 2 is larger than the next available sequence number 1'],
  ])('of a new chaincode, sequence %d is refused', async (sequence, message) => {
    await expect(start().state.approve(OWN, approval(sequence))).rejects.toThrow(message);
  });

  test('the same approval again is refused, with another package it is taken and writes no more than that', async () => {
    const { state, committed } = start();
    await state.approve(OWN, approval(1n));
    await expect(state.approve(OWN, approval(1n))).rejects.toThrow(
      'attempted to redefine uncommitted sequence (1) for namespace market with unchanged content',
    );
    committed.writes = [];
    await state.approve(OWN, approval(1n, { packageId: 'market_1:11' }));
    expect(committed.writes).toEqual(['_implicit_org_AlphaMSP chaincode-sources/fields/market#1/PackageID']);
  });

  test('who has approved is told by hashes alone, with the fields that differ', async () => {
    const { state } = start();
    await state.approve(OWN, approval(1n));
    const same = await state.readiness('market', { sequence: 1n, parameters: parameters() }, MSP_IDS);
    expect(Object.fromEntries(same.approvals)).toEqual({ AlphaMSP: true, BetaMSP: false });
    expect(Object.fromEntries(same.mismatches)).toEqual({ BetaMSP: ['ChaincodeParameters'] });
    const other = await state.readiness('market', { sequence: 1n, parameters: parameters({ version: '2.0' }) }, [OWN]);
    expect(other.mismatches.get(OWN)).toEqual(['EndorsementInfo']);
  });

  test('a commit needs the next sequence and the own organisation’s approval', async () => {
    const { state } = start();
    const definition = { sequence: 1n, parameters: parameters() };
    await expect(state.commit('market', definition, MSP_IDS, OWN)).rejects.toThrow(
      'chaincode definition not agreed to by this org (AlphaMSP)',
    );
    await expect(state.commit('other', { ...definition, sequence: 3n }, MSP_IDS, OWN)).rejects.toThrow(
      'requested sequence is 3, but new definition must be sequence 1',
    );
  });

  test('of a committed definition, an approval that differs is refused, and one of an organisation that comes late is taken', async () => {
    const { state } = start();
    await state.approve(OWN, approval(1n));
    await state.commit('market', { sequence: 1n, parameters: parameters() }, MSP_IDS, OWN);
    expect(await state.committed('market')).toMatchObject({ sequence: 1n, parameters: { version: '1.0' } });
    await expect(
      state.approve('BetaMSP', approval(1n, { parameters: parameters({ version: '2.0' }) })),
    ).rejects.toThrow(
      "attempted to redefine the current committed sequence (1) for namespace market with different parameters: expected Version '1.0' does not match passed Version '2.0'",
    );
    await state.approve('BetaMSP', approval(1n));
    await expect(state.approve(OWN, approval(1n))).rejects.toThrow(
      'attempted to redefine the current committed sequence (1) for namespace market',
    );
  });
});
