export { InputError, faultText, type InputFault } from './input-fault';
export * from './market-day';
export { readMarketDay } from './read-market-day';
export type { NetworkOrganisation } from './reference';
