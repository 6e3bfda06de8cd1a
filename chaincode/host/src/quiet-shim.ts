// Imported before anything of fabric-shim. Its loggers write the message of every refused transaction, and at their debug level
// whole arguments: what must stay private. They read this variable once, as they are loaded, and know no level that is quieter.
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = 'CRITICAL';
export {};
