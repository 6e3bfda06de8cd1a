import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Writes a Fabric program's configuration file, `core.yaml` or `orderer.yaml`, to a folder of its own. */
export async function writeConfiguration(
  folder: string,
  name: 'core' | 'orderer',
  configuration: object,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.yaml`), stringify(configuration));
}
