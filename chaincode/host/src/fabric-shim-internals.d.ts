// What this package uses of fabric-shim beyond its published types. Each is imported by one file only.

declare module 'fabric-shim/lib/contract-spi/chaincodefromcontract.js' {
  import type { Contract } from 'fabric-contract-api';
  import type { ChaincodeInterface, ChaincodeResponse, ChaincodeStub } from 'fabric-shim';

  class ChaincodeFromContract implements ChaincodeInterface {
    constructor(contracts: (new () => Contract)[], serializers: unknown, metadata: unknown);
    Init(stub: ChaincodeStub): Promise<ChaincodeResponse>;
    Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse>;
  }
  export = ChaincodeFromContract;
}

declare module 'fabric-shim/lib/server.js' {
  import type { Server, ServerCredentials } from '@grpc/grpc-js';
  import type { ChaincodeInterface } from 'fabric-shim';

  class ChaincodeServer {
    readonly _server: Server;
    readonly _credentials: ServerCredentials;
    constructor(chaincode: ChaincodeInterface, options: Readonly<Record<string, unknown>>);
    connect(stream: unknown): void;
  }
  export = ChaincodeServer;
}

declare module 'fabric-shim/lib/contract-spi/bootstrap.js' {
  const Bootstrap: {
    /** Reads contract metadata and checks it against the schema that Fabric publishes. @throws Error */
    loadAndValidateMetadata(file: string): unknown;
  };
  export = Bootstrap;
}
