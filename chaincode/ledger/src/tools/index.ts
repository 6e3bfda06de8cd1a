export * from './auditor';
export * from './golden';
export * from './market-fixture';
export * from './memory-ledger';
export * from './memory-market';
export * from './random-calls';
export * from './sample-market';
export * from './sample-postings';
