import { common, msp, peer } from '@hyperledger/fabric-protos';
import { ChannelMsps } from '../msp';
import { ChannelPolicies } from '../policy';
import { envelopesOf } from './block';
import { LedgerError } from './ledger-error';

/** An organisation of the channel's application: the name of its group in the configuration, and its MSP id. */
export interface ConfiguredOrganisation {
  readonly name: string;
  readonly mspId: string;
}

/** What organisations' authorities have revoked, by MSP id: lists in PEM or DER form. */
export type RevocationLists = ReadonlyMap<string, readonly Uint8Array[]>;

/** The channel's configuration as block 0 gives it, but for what has been revoked since. */
export class ChannelConfig {
  readonly channelId: string;
  readonly config: common.Config;
  readonly msps: ChannelMsps;
  readonly policies: ChannelPolicies;
  readonly applicationOrganisations: readonly ConfiguredOrganisation[];
  readonly ordererOrganisations: readonly ConfiguredOrganisation[];
  readonly #resourcePolicies: ReadonlyMap<string, string>;

  /** @throws LedgerError GenesisInvalid when the block holds no usable configuration. */
  constructor(genesis: common.Block, now: () => number = Date.now, revoked: RevocationLists = new Map()) {
    try {
      const [envelope] = envelopesOf(genesis);
      if (envelope === undefined) throw new Error('the block is empty');
      const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
      const header = common.ChannelHeader.deserializeBinary(
        payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
      );
      const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
      const channelGroup = config?.getChannelGroup();
      if (header.getType() !== common.HeaderType.CONFIG || config === undefined || channelGroup === undefined)
        throw new Error('it holds no channel configuration');
      const application = organisationsIn(channelGroup, 'Application');
      const ordering = organisationsIn(channelGroup, 'Orderer');
      if (application.length === 0) throw new Error('the channel has no application organisations');
      for (const { config: own } of [...application, ...ordering]) {
        for (const list of revoked.get(own.getName()) ?? []) own.addRevocationList(list);
      }
      this.channelId = header.getChannelId();
      this.config = config;
      this.msps = new ChannelMsps(
        application.map((organisation) => organisation.config),
        ordering.map((organisation) => organisation.config),
        now,
      );
      this.policies = new ChannelPolicies(channelGroup, this.msps);
      this.#resourcePolicies = resourcePoliciesIn(channelGroup);
      this.applicationOrganisations = application.map(({ name, config: own }) => ({ name, mspId: own.getName() }));
      this.ordererOrganisations = ordering.map(({ name, config: own }) => ({ name, mspId: own.getName() }));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'malformed';
      throw new LedgerError('GenesisInvalid', `block 0 cannot be used: ${reason}`, { cause: error });
    }
  }

  /** The path of the policy that the channel's access control list has for a resource; undefined leaves it to a peer's default. */
  policyOfResource(resource: string): string | undefined {
    return this.#resourcePolicies.get(resource);
  }
}

function resourcePoliciesIn(channelGroup: common.ConfigGroup): ReadonlyMap<string, string> {
  const value = channelGroup.getGroupsMap().get('Application')?.getValuesMap().get('ACLs')?.getValue_asU8();
  if (value === undefined) return new Map();
  const entries = [...peer.ACLs.deserializeBinary(value).getAclsMap().entries()];
  return new Map(
    entries.flatMap(([resource, access]) => {
      const reference = access.getPolicyRef();
      if (reference === '') return [];
      return [[resource, reference.startsWith('/') ? reference : `/Channel/Application/${reference}`]];
    }),
  );
}

function organisationsIn(
  channelGroup: common.ConfigGroup,
  section: 'Application' | 'Orderer',
): readonly { readonly name: string; readonly config: msp.FabricMSPConfig }[] {
  const groups = channelGroup.getGroupsMap().get(section)?.getGroupsMap().entries() ?? [];
  return [...groups].map(([name, group]) => {
    const value = group.getValuesMap().get('MSP')?.getValue_asU8();
    if (value === undefined) throw new Error(`organisation ${name} has no MSP`);
    const config = msp.MSPConfig.deserializeBinary(value).getConfig_asU8();
    return { name, config: msp.FabricMSPConfig.deserializeBinary(config) };
  });
}
