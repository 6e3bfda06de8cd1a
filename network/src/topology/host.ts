import { isIPv4, isIPv6 } from 'node:net';
import { organisationFields } from './organisation-fields';
import type { Organisation, Topology } from './topology';
import type { YamlField } from './yaml-field';

/** The address by which a machine reaches itself, and no other one does. */
export const LOOPBACK = '127.0.0.1';

const EVERY_ADDRESS = '0.0.0.0';
const LOCALHOST = 'localhost';
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
// Without a letter in its last part it would be taken for an address.
const DNS_NAME = new RegExp(`^(?=.{1,253}$)(${LABEL}\\.)*(?=[^.]*[a-z])${LABEL}$`);
const FIRST_GROUP_ADDRESS = 224;

/** By which others reach an organisation's nodes. */
export function hostOf({ host }: Pick<Organisation, 'host'>): string {
  return host ?? LOOPBACK;
}

/**
 * The same as clients name it: as a name where it is this machine, since Node.js from version 26 on refuses an IP address as the name of a
 * TLS server, and a client that says no other name takes that of the endpoint.
 */
export function namedHostOf(organisation: Pick<Organisation, 'host'>): string {
  const host = hostOf(organisation);
  return host === LOOPBACK ? LOCALHOST : host;
}

/** Whether a host is this machine for whoever calls it. */
export function isLoopback(host: string): boolean {
  return host === LOCALHOST || (isIPv4(host) && host.startsWith('127.'));
}

/** The address on which an organisation's nodes listen for others. */
export function listenAddressOf(organisation: Pick<Organisation, 'host'>): string {
  return isLoopback(hostOf(organisation)) ? localAddressOf(organisation) : EVERY_ADDRESS;
}

/** The address by which the machine that runs an organisation's nodes reaches them itself. */
export function localAddressOf(organisation: Pick<Organisation, 'host'>): string {
  const host = hostOf(organisation);
  return isLoopback(host) && host !== LOCALHOST ? host : LOOPBACK;
}

/** The host that a field says. @throws TopologyError `FieldValue`. */
export function hostIn(field: YamlField): string {
  const host = field.text();
  const fault = faultOf(host);
  if (fault === undefined) return host;
  return field.fail('FieldValue', `'${host}' ${fault.is}`, fault.remedy);
}

const WRITE = 'Write a DNS name in lower case or an IPv4 address, by which the other organisations reach this one.';

function faultOf(host: string): { readonly is: string; readonly remedy: string } | undefined {
  if (host === '') return { is: 'is no host', remedy: WRITE };
  if (isIPv6(host.replace(/^\[(.*)\]$/, '$1'))) {
    return { is: 'is an IPv6 address, which Fabric’s orderers do not call', remedy: WRITE };
  }
  if (host.includes(':')) {
    return {
      is: 'is more than a host',
      remedy: 'Write the host alone: ports are given under peer and orderer, as { port: 7051 }.',
    };
  }
  if (isIPv4(host)) {
    const first = Number(host.split('.')[0]);
    if (first === 0) return { is: 'is where a machine listens, and nothing that others could call', remedy: WRITE };
    return first >= FIRST_GROUP_ADDRESS ? { is: 'is no address of one machine', remedy: WRITE } : undefined;
  }
  return DNS_NAME.test(host) ? undefined : { is: 'is neither a DNS name nor an IPv4 address', remedy: WRITE };
}

/** Refuses a network of which some cannot reach others. @throws TopologyError `FieldMissing`, `FieldValue`. */
export function checkHosts({ organisations }: Topology, field: YamlField): void {
  const distant = organisations.find((organisation) => !isLoopback(hostOf(organisation)));
  if (distant === undefined) return;
  for (const [index, { mspId, host, hostedBy }] of organisations.entries()) {
    if (hostedBy !== undefined || (host !== undefined && !isLoopback(host))) continue;
    const at = field.items()[index] ?? field;
    const whom = `${distant.mspId}, which is at ${hostOf(distant)}`;
    if (host === undefined) {
      at.fail('FieldMissing', `${mspId} has no host, so it cannot be reached by ${whom}`, 'Add the field host.');
    }
    const { host: own = at } = organisationFields(at);
    own.fail('FieldValue', `the host ${host} of ${mspId} cannot be reached by ${whom}`, WRITE);
  }
}
