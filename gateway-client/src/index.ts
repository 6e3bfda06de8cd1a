/**
 * Kessai's client: a member of the market connects with its profile and calls the market's methods, each a typed function. What changes the
 * market is sealed as an instruction and executed by the next cycle, which the call waits for.
 *
 *     await using market = await connect('alpha.json');
 *     await market.securities.transfer({ id: 'T-1', isin: 'JP3371200001', from: 'HOUSE', to: 'CLIENT-1', quantity: 100n });
 *     const { holdings } = await market.registry.holdings();
 *     for await (const { cycle, advices } of market.advices.follow({ from: 0 })) console.log(cycle, advices);
 */
export { checkpointers, type ChaincodeEvent, type Checkpointer } from '@hyperledger/fabric-gateway';
export { adviceCheckpoints, type AdviceCheckpoint, type AdvicePosition } from './advice-checkpoint';
export type { AdvicePage } from './advice-reader';
export type { AdviceOptions, MarketAdvices } from './advice-stream';
export type * from './api-types';
export type { DirectMethodClient, QueryClient, SealedMethodClient } from './client-types';
export type { EventOptions, EventStream } from './event-stream';
export type { FilteredBlock, MarketEvents } from './events';
export type { InstructionTimes } from './instruction';
export type { InstructOptions, InstructionRequest } from './instructions';
export { toJson } from './json-form';
export { connect, type Market, type MarketConnection } from './market';
export * from './market-error';
export * from './ledger-order';
export { checkProfile, readProfile } from './profile';
export type {
  CheckedKeylessProfile,
  CheckedProfile,
  Deadlines,
  GatewayOptions,
  KeylessProfile,
  Profile,
  ProfileUse,
} from './profile';
export type { Committed, Instructed, Sealed, Submitted, WireRejection } from './results';
export type { CoverBeat } from './sealer';
export type { CallOptions, ConnectOptions, CoverOptions, InstructionOptions } from './settings';
export type { Signer } from './signing';
export type { Trace, TraceFact } from './trace';
