import { NetworkError, otherMachines } from '@kessai/network';
import { type Check, fine, wanting } from './check';

/** Whether the nodes of other machines can be connected to from here; nothing where the directory is not a part of a network. */
export async function machinesInReach(directory: string): Promise<readonly Check[]> {
  const subject = { name: 'Other machines', engines: ['native'] as const, needed: false };
  try {
    const nodes = await otherMachines({ directory });
    if (nodes.length === 0) return [];
    const silent = nodes.filter(({ answers }) => !answers);
    if (silent.length === 0) return [fine(subject, `all of their ${nodes.length} nodes answer`)];
    const found = silent.map(({ mspId, kind, endpoint }) => `${endpoint} (${kind} of ${mspId})`).join(', ');
    const remedy =
      'Have them run kessai up; see that the host’s name is known here, and that the firewalls let its port through.';
    return [wanting(subject, 'missing', `no answer from ${found}`, remedy)];
  } catch (error) {
    // What a broken directory lacks is told by whatever opens it.
    if (error instanceof NetworkError) return [];
    throw error;
  }
}
