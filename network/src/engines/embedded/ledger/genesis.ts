import type { common } from '@hyperledger/fabric-protos';
import { genesisBlock, SOLO } from '../../../channel';
import type { ChannelDescription as FullDescription } from '../../../channel';

export { mspConfig } from '../../../channel';
export type {
  BatchSettings,
  ChannelOrganisation as GenesisOrganisation,
  NodeAddress as GenesisNode,
} from '../../../channel';

/** A channel of the engine: one process orders here, and the configuration says so. */
export type ChannelDescription = Omit<FullDescription, 'consensus'>;

/** Block 0 of the engine's channel. */
export function makeGenesisBlock(description: ChannelDescription, now: Date = new Date()): common.Block {
  return genesisBlock({ ...description, consensus: SOLO }, { now });
}
