import '../quiet-shim';
import Bootstrap from 'fabric-shim/lib/contract-spi/bootstrap.js';

/** Reads contract metadata as fabric-shim does, checked against the schema that Fabric publishes. @throws Error */
export function checkedMetadata(file: string): unknown {
  return Bootstrap.loadAndValidateMetadata(file);
}
