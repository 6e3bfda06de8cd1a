import { ledger, peer } from '@hyperledger/fabric-protos';

const { rwset } = ledger;

/** Namespaces of a read-write set that need no chaincode's endorsement policy of their own. */
const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(['_lifecycle', 'lscc', 'qscc', 'cscc']);

/**
 * Says which chaincodes and collections a simulation touched, and so whose endorsement policies the transaction must meet.
 * A chaincode's own policy counts where it wrote public keys or wrote nothing; a collection's where it was written or read in plain.
 * Policies of single keys are not named here: the gateway looks them up when it chooses who endorses.
 */
export function interestOf(publicResults: Uint8Array, privateReads: ReadonlySet<string>): peer.ChaincodeInterest {
  const interest = new peer.ChaincodeInterest();
  const reads = [...privateReads].map((read) => read.split('\0'));
  for (const namespace of rwset.TxReadWriteSet.deserializeBinary(publicResults).getNsRwsetList()) {
    const name = namespace.getNamespace();
    if (SYSTEM_NAMESPACES.has(name)) {
      continue;
    }
    const collectionsRead = new Set(reads.filter(([from]) => from === name).map(([, collection = '']) => collection));
    const collectionsWritten = new Set(
      namespace
        .getCollectionHashedRwsetList()
        .filter(hasWrites)
        .map((collection) => collection.getCollectionName()),
    );
    const publicSet = rwset.kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8());
    const wrotePublicly = publicSet.getWritesList().length + publicSet.getMetadataWritesList().length > 0;
    if (wrotePublicly || collectionsWritten.size === 0) {
      interest.addChaincodes(callOf(name));
    }
    for (const collection of new Set([...collectionsWritten, ...collectionsRead])) {
      const call = callOf(name);
      call.setCollectionNamesList([collection]);
      call.setNoPrivateReads(!collectionsRead.has(collection));
      interest.addChaincodes(call);
    }
  }
  return interest;
}

function callOf(name: string): peer.ChaincodeCall {
  const call = new peer.ChaincodeCall();
  call.setName(name);
  return call;
}

function hasWrites(collection: ledger.rwset.CollectionHashedReadWriteSet): boolean {
  const hashed = rwset.kvrwset.HashedRWSet.deserializeBinary(collection.getHashedRwset_asU8());
  return hashed.getHashedWritesList().length + hashed.getMetadataWritesList().length > 0;
}
