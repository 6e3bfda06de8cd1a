export * from './memory-ledger';
export * from './memory-market';
