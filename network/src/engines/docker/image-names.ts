import { OLDEST_FABRIC } from '../native/fabric-programs';

/** Fabric's official images of the oldest version that works. */
export const FABRIC_IMAGES = {
  orderer: `hyperledger/fabric-orderer:${OLDEST_FABRIC}`,
  peer: `hyperledger/fabric-peer:${OLDEST_FABRIC}`,
} as const;

const NODE_IMAGE = 'node:20.20.2-bookworm-slim';

/** What Kessai's own images are made of: the official image of Node.js, or the one that KESSAI_NODE_IMAGE names. */
export function nodeImage(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['KESSAI_NODE_IMAGE'] ?? '';
  return named === '' ? NODE_IMAGE : named;
}
