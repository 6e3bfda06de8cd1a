import { KEEP } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import { telemetryOf } from '../../directory/telemetry-settings';
import type { TelemetrySettings } from '../../directory/telemetry-settings';
import { withPortOfKeep } from '../../directory/with-chosen-ports';

/**
 * How the process that keeps the directory's network tells of itself. Its metrics have a port from now on.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`, `NetworkDirectoryBusy`.
 */
export async function keepTelemetry({ directory }: { readonly directory: string }): Promise<TelemetrySettings> {
  const { files } = openNetwork(directory);
  return withLock(files, async () => {
    const { record } = openNetwork(directory);
    return telemetryOf(await withPortOfKeep(files, record), KEEP);
  });
}
