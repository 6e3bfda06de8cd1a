import { type NetworkStanding, networkCommand, standingOf } from '@kessai/network';
import type { Left } from './command-scope';

/** What a command that was cut off has left of the network in a directory, by what stood there before it. */
export function leftOfNetwork(
  directory: string,
  before: NetworkStanding,
  now: NetworkStanding = standingOf(directory),
): readonly Left[] {
  const command = (...words: readonly string[]): string => networkCommand(directory, ...words);
  const [up, down] = [command('up'), command('down')];
  if (now.restoring !== undefined) {
    const what = 'A snapshot is half in the place of what was there';
    return [
      { what, commands: now.restoring === '' ? {} : { 'complete its restoring': command('restore', now.restoring) } },
    ];
  }
  const left: Left[] = [];
  if (now.made && !before.made) {
    const what = `The network's directory ${directory}, with its keys, has been made`;
    left.push({ what, commands: { 'remove it': command('down', '--purge') } });
  }
  const changed = changeOf(before, now);
  if (changed === 'fewer') left.push({ what: runsText(now), commands: { 'start what does not run': up } });
  if (changed === 'more') left.push({ what: runsText(now), commands: { 'start the rest': up, 'end what runs': down } });
  return left;
}

function changeOf(before: NetworkStanding, now: NetworkStanding): 'fewer' | 'more' | 'none' {
  if (now.running < before.running || now.schedulers < before.schedulers) return 'fewer';
  return now.running > before.running || now.schedulers > before.schedulers ? 'more' : 'none';
}

function runsText({ running, nodes, schedulers }: NetworkStanding): string {
  const own = running === 0 ? 'No node of the network runs' : `${running} of the network's ${nodes} nodes run`;
  return nodes === 1 && running === 1
    ? `The network runs, with ${schedulers} schedulers`
    : `${own}, and ${schedulers} schedulers`;
}
