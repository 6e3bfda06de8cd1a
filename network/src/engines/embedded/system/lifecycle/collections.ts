import { common, msp, peer } from '@hyperledger/fabric-protos';
import type { MspManager } from '../../ports';
import { LifecycleError } from './lifecycle-error';

const NAME = /^[A-Za-z0-9-]+([A-Za-z0-9_-]+)*$/;
const { Classification } = msp.MSPPrincipal;

/** Checks the collections of a proposed definition, alone and against what is committed. @throws LifecycleError */
export function checkCollections(
  proposed: peer.CollectionConfigPackage | undefined,
  committed: peer.CollectionConfigPackage | undefined,
  organisations: MspManager,
): void {
  const collections = staticCollections(proposed);
  const names = new Set<string>();
  for (const collection of collections) {
    const name = collection.getName();
    if (!NAME.test(name)) {
      throw new LifecycleError(
        `invalid collection name '${name}'. Names can only consist of alphanumerics, '_', and '-' and cannot begin with '_'`,
      );
    }
    if (names.has(name)) {
      throw new LifecycleError(`collection-name: ${name} -- found duplicate in collection configuration`);
    }
    names.add(name);
    checkPeerCounts(collection);
    checkMemberPolicy(collection, organisations);
  }
  checkAgainstCommitted(collections, committed);
}

function staticCollections(configuration: peer.CollectionConfigPackage | undefined): peer.StaticCollectionConfig[] {
  return (configuration?.getConfigList() ?? []).map((entry) => {
    const collection = entry.getStaticCollectionConfig();
    if (collection === undefined) {
      throw new LifecycleError('collection configuration is empty');
    }
    return collection;
  });
}

function checkPeerCounts(collection: peer.StaticCollectionConfig): void {
  const [name, maximum, required] = [
    collection.getName(),
    collection.getMaximumPeerCount(),
    collection.getRequiredPeerCount(),
  ];
  if (maximum < required) {
    throw new LifecycleError(
      `collection-name: ${name} -- maximum peer count (${maximum.toString()}) cannot be less than the required peer count (${required.toString()})`,
    );
  }
  if (required < 0) {
    throw new LifecycleError(
      `collection-name: ${name} -- requiredPeerCount (${required.toString()}) cannot be less than zero`,
    );
  }
}

function checkMemberPolicy(collection: peer.StaticCollectionConfig, organisations: MspManager): void {
  const name = collection.getName();
  const memberPolicy = collection.getMemberOrgsPolicy();
  if (memberPolicy === undefined) {
    throw new LifecycleError(`collection member policy is not set for collection '${name}'`);
  }
  const policy = memberPolicy.getSignaturePolicy();
  if (policy === undefined) {
    throw new LifecycleError(`collection member org policy is empty for collection '${name}'`);
  }
  checkOnlyOr(policy.getRule(), name);
  for (const principal of policy.getIdentitiesList()) {
    checkMember(principal, name, organisations);
  }
}

function checkOnlyOr(rule: common.SignaturePolicy | undefined, name: string): void {
  const combination = rule?.getNOutOf();
  if (combination === undefined) {
    return;
  }
  if (combination.getN() !== 1) {
    throw new LifecycleError(
      `collection-name: ${name} -- error in member org policy: signature policy is not an OR concatenation, NOutOf ${combination.getN().toString()}`,
    );
  }
  for (const part of combination.getRulesList()) {
    checkOnlyOr(part, name);
  }
}

function checkMember(principal: msp.MSPPrincipal, name: string, organisations: MspManager): void {
  const bytes = principal.getPrincipal_asU8();
  const classification = principal.getPrincipalClassification();
  switch (classification) {
    case Classification.ROLE:
      checkOrganisation(msp.MSPRole.deserializeBinary(bytes).getMspIdentifier(), name, organisations);
      break;
    case Classification.ORGANIZATION_UNIT:
      checkOrganisation(msp.OrganizationUnit.deserializeBinary(bytes).getMspIdentifier(), name, organisations);
      break;
    case Classification.IDENTITY:
      try {
        organisations.identify(bytes);
      } catch {
        throw new LifecycleError(`collection-name: ${name} -- contains an identity that is not part of the channel`);
      }
      break;
    default:
      throw new LifecycleError(
        `collection-name: ${name} -- principal type ${classification.toString()} is not supported`,
      );
  }
}

function checkOrganisation(mspId: string, name: string, organisations: MspManager): void {
  if (!organisations.mspIds.includes(mspId)) {
    throw new LifecycleError(`collection-name: ${name} -- collection member '${mspId}' is not part of the channel`);
  }
}

function checkAgainstCommitted(
  proposed: readonly peer.StaticCollectionConfig[],
  committed: peer.CollectionConfigPackage | undefined,
): void {
  const before = staticCollections(committed);
  if (before.length > 0 && proposed.length === 0) {
    throw new LifecycleError('the proposed collection config does not contain previously defined collections');
  }
  for (const collection of before) {
    const successor = proposed.find((candidate) => candidate.getName() === collection.getName());
    if (successor === undefined) {
      throw new LifecycleError(
        `existing collection [${collection.getName()}] missing in the proposed collection configuration`,
      );
    }
    if (successor.getBlockToLive() !== collection.getBlockToLive()) {
      throw new LifecycleError(
        `the BlockToLive in an existing collection [${collection.getName()}] modified. Existing value [${collection.getBlockToLive().toString()}]`,
      );
    }
  }
}
