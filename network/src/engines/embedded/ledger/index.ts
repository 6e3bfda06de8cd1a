import { EmbeddedLedger, type LedgerOptions } from './embedded-ledger';

export { ChannelConfig, type ConfiguredOrganisation } from './channel-config';
export type { ChainVerdict } from './chain-verification';
export { EmbeddedLedger, type LedgerOptions } from './embedded-ledger';
export {
  makeGenesisBlock,
  type BatchSettings,
  type ChannelDescription,
  type GenesisNode,
  type GenesisOrganisation,
} from './genesis';
export { LedgerError, type LedgerErrorCode } from './ledger-error';
export type { MissingPrivateData } from './private-stores';
export { transactionId } from './transaction-envelope';

/** Opens a channel's ledger, founding it on `genesis` where there is none. @throws LedgerError */
export async function openLedger(options: LedgerOptions): Promise<EmbeddedLedger> {
  return EmbeddedLedger.open(options);
}
