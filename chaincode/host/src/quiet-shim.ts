// Imported before anything else of fabric-shim. Its loggers write the message of every refused transaction, and at their debug level
// whole arguments: what must stay private. They read this variable as they are loaded, and know no level that is quieter.
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = 'CRITICAL';

import { Shim } from 'fabric-shim';

// Below their level they still format every line before they drop it, several for each message of the peer.
for (const name of [
  'lib/handler.js',
  'lib/stub.js',
  'lib/iterators.js',
  'lib/chaincode.js',
  'lib/server.js',
  'contracts-spi/chaincodefromcontract.js',
  'contracts-spi/datamarshall.js',
]) {
  Shim.newLogger(name).silent = true;
}
