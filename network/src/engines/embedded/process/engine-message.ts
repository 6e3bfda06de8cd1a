import type { NetworkErrorRecord } from '../../../directory/network-error';

/** What the engine process says to the one that started it, once. */
export type EngineMessage = { readonly ready: true } | { readonly failed: NetworkErrorRecord };
