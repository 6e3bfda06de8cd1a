import { EmbeddedLedger, type LedgerOptions } from './embedded-ledger.js';

export { ChannelConfig, type ConfiguredOrganisation } from './channel-config.js';
export type { ChainVerdict } from './chain-verification.js';
export { EmbeddedLedger, type LedgerOptions } from './embedded-ledger.js';
export {
  makeGenesisBlock,
  type BatchSettings,
  type ChannelDescription,
  type GenesisNode,
  type GenesisOrganisation,
} from './genesis.js';
export { LedgerError, type LedgerErrorCode } from './ledger-error.js';
export type { MissingPrivateData } from './private-stores.js';
export { transactionId } from './transaction-envelope.js';

/** Opens a channel's ledger, founding it on `genesis` where there is none. @throws LedgerError */
export async function openLedger(options: LedgerOptions): Promise<EmbeddedLedger> {
  return EmbeddedLedger.open(options);
}
