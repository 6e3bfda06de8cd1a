import type { OnProgress } from '@kessai/network';
import { Option } from 'commander';
import { openSampleMarket, runSampleDay } from '../demo/sample-market';
import type { Progress } from '../terminal/progress';

/** What `kessai up --sample` puts on the network: a market before its first trade, or one that has had its first day. */
export type Sample = 'market' | 'day';

export function sampleOption(): Option {
  return new Option(
    '--sample [what]',
    'deploy, and found a market: members, instruments and holdings of the day that ships; "day": the whole day is run',
  )
    .choices(['market', 'day'])
    .preset('market')
    .conflicts('operate');
}

/** Puts the sample on a network that runs. @returns what there is now, as a sentence. */
export async function putSample(
  sample: Sample,
  directory: string,
  progress: Progress,
  onProgress: OnProgress,
): Promise<{ readonly sample: 'opened' | 'went-on' | 'day-run'; readonly text: string }> {
  const request = { directory, onStage: (name: string) => progress.step(name), onProgress };
  if (sample === 'day') {
    await runSampleDay(request);
    return { sample: 'day-run', text: 'The day that ships has been run on it.' };
  }
  const done = await openSampleMarket(request);
  const text =
    done === 'opened'
      ? 'Its market is open: kessai call Registry:Holdings --as AlphaMSP'
      : 'Its market had gone on already, and stays as it is.';
  return { sample: done, text };
}
