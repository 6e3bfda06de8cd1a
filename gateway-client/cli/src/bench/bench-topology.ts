import { type Topology, newOrganisation, readTopology, withOrganisation } from '@kessai/network';
import { CommandError } from '../terminal/command-error';

/**
 * The market that ships, or one with so many organisations in all. Those beyond its own are institutions without a node, hosted by its operators in turn.
 * @throws CommandError UsageInvalid where it has more than that by itself.
 */
export function topologyWith(members: number | undefined): Topology {
  const shipped = readTopology();
  const own = shipped.organisations.length;
  if (members === undefined) return shipped;
  if (members < own) {
    throw new CommandError(
      'UsageInvalid',
      `The market that ships has ${own.toString()} organisations, more than ${members.toString()}.`,
      `Give --members a number from ${own.toString()} on.`,
      { option: '--members', least: own },
    );
  }
  const hosts = shipped.organisations.filter(({ role }) => role === 'operator').map(({ mspId }) => mspId);
  let topology = shipped;
  for (let n = own; n < members; n += 1) {
    const number = (n + 1).toString();
    const hostedBy = hosts[n % hosts.length] ?? '';
    const choice = { mspId: `Hosted${number}MSP`, name: `Hosted ${number}`, hostedBy };
    topology = withOrganisation(topology, newOrganisation(choice, topology));
  }
  return topology;
}
