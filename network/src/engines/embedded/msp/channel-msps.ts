import { createHash } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import type { MspManager } from '../ports';
import { IdentityError } from './identity-error';
import type { MemberIdentity } from './member-identity';
import { OrganisationMsp } from './organisation-msp';

/** Identities are few and used again and again; this many are kept, the oldest goes first. */
const CACHED_IDENTITIES = 2_000;

/**
 * A serialised identity larger than this is refused before anything else is done with it: it comes from anybody, before any signature is
 * checked. A certificate of Fabric's takes about one of these sixteen kibibytes.
 */
export const MAXIMUM_IDENTITY_BYTES = 16 * 1024;

/** The organisations of a channel, of the application and of the ordering service. */
export class ChannelMsps implements MspManager {
  /** Those of the application, which endorse and approve; one that only orders is known by `identify` all the same. */
  readonly mspIds: readonly string[];
  readonly #msps: ReadonlyMap<string, OrganisationMsp>;
  readonly #members = new Map<string, MemberIdentity>();
  readonly #now: () => number;

  /** @throws MspConfigError */
  constructor(
    application: readonly msp.FabricMSPConfig[],
    ordering: readonly msp.FabricMSPConfig[] = [],
    now: () => number = Date.now,
  ) {
    this.#msps = new Map(
      [...ordering, ...application].map((config) => [config.getName(), new OrganisationMsp(config)]),
    );
    this.mspIds = application.map((config) => config.getName());
    this.#now = now;
  }

  /** For someone who calls now: an expired certificate is refused. @throws IdentityError */
  identify(serialized: Uint8Array): MemberIdentity {
    const identity = this.member(serialized);
    if (identity.expiresAt.getTime() < this.#now())
      throw new IdentityError(
        'ExpiredCertificate',
        'expiry',
        `identity expired at ${identity.expiresAt.toISOString()}`,
        identity.mspId,
      );
    return identity;
  }

  /**
   * For a signature in a block or an endorsement: expiry is not looked at, since a block's transactions must be judged alike by whoever
   * validates them, at whatever time. @throws IdentityError
   */
  member(serialized: Uint8Array): MemberIdentity {
    if (serialized.length > MAXIMUM_IDENTITY_BYTES)
      throw new IdentityError(
        'MalformedIdentity',
        'deserialization',
        `an identity of ${serialized.length.toString()} bytes is larger than the ${MAXIMUM_IDENTITY_BYTES.toString()} that are accepted`,
      );
    const key = createHash('sha256').update(serialized).digest('hex');
    const known = this.#members.get(key);
    if (known !== undefined) return known;
    // Only who passes is remembered, so that strangers cannot fill the memory.
    const identity = this.#decode(serialized);
    if (this.#members.size >= CACHED_IDENTITIES) {
      const oldest = this.#members.keys().next();
      if (oldest.done !== true) this.#members.delete(oldest.value);
    }
    this.#members.set(key, identity);
    return identity;
  }

  msp(mspId: string): OrganisationMsp | undefined {
    return this.#msps.get(mspId);
  }

  #decode(serialized: Uint8Array): MemberIdentity {
    let message: msp.SerializedIdentity;
    try {
      message = msp.SerializedIdentity.deserializeBinary(serialized);
    } catch (error) {
      throw new IdentityError(
        'MalformedIdentity',
        'deserialization',
        `could not deserialize a SerializedIdentity: ${error instanceof Error ? error.message : 'malformed'}`,
      );
    }
    const mspId = message.getMspid();
    const organisation = this.#msps.get(mspId);
    if (organisation === undefined)
      throw new IdentityError(
        'UnknownOrganisation',
        'deserialization',
        `MSP ${mspId} is not defined on channel`,
        mspId,
      );
    return organisation.identify(Uint8Array.from(serialized), message.getIdBytes_asU8());
  }
}
