import type { Context } from 'fabric-contract-api';

/** The shim's view of one transaction, as both fabric-shim and fabric-contract-api hand it over. */
export type Stub = Context['stub'];
