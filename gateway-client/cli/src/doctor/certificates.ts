import { NetworkError, WARNING_DAYS, expiringWithin, networkCommand, openNetwork } from '@kessai/network';
import { type Check, fine, wanting } from './check';

/** Whether the certificates of the directory's network are good for the next weeks; nothing where there is no network. */
export function certificates(directory: string): readonly Check[] {
  try {
    const network = openNetwork(directory);
    const subject = { name: 'Certificates', engines: [network.record.engine], needed: false };
    const expiring = expiringWithin(network);
    const [first] = expiring;
    if (first === undefined) return [fine(subject, `good for ${WARNING_DAYS} days or more`)];
    const others = expiring.length === 1 ? '' : ` and ${expiring.length - 1} more`;
    const found = `${first.bearer}: ${first.daysLeft < 0 ? 'expired' : `${first.daysLeft} days left`}${others}`;
    return [wanting(subject, 'old', found, `Run: ${networkCommand(directory, 'certificates', 'renew')}`)];
  } catch (error) {
    // What a broken directory lacks is told by whatever opens it.
    if (error instanceof NetworkError) return [];
    throw error;
  }
}
