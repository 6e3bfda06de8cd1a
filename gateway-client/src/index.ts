/**
 * Kessai's client: a member of the market connects with its profile and calls the market's methods, each a typed function.
 *
 *     await using market = await connect('alpha.json');
 *     await market.securities.transfer({ id: 'T-1', isin: 'JP3371200001', from: 'HOUSE', to: 'CLIENT-1', quantity: 100n });
 *     const { holdings } = await market.registry.holdings();
 */
export { checkpointers, type ChaincodeEvent, type Checkpointer } from '@hyperledger/fabric-gateway';
export type { ContractClient, ContractClients, MethodClient, Written } from './client-types';
export type { EventOptions, EventStream } from './event-stream';
export type { FilteredBlock, MarketEvents } from './events';
export { connect, type Market, type MarketConnection } from './market';
export * from './market-error';
export { checkProfile, readProfile } from './profile';
export type { CheckedProfile, Deadlines, GatewayOptions, Profile } from './profile';
export type { CallOptions, ConnectOptions } from './settings';
export type { Submitted } from './submission';
export type { Trace, TraceFact } from './trace';
