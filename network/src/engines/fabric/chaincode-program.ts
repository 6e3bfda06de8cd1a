import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NetworkError } from '../../directory/network-error';

const HOST_PACKAGE = '@kessai/chaincode-host';

/** Kessai's chaincode, wherever the package manager put it. @throws NetworkError `ChaincodeProgramMissing`. */
export function chaincodeProgram(): string {
  return join(packageFolder(HOST_PACKAGE, join('dist', 'main.js')), 'dist', 'main.js');
}

/** The folder of a package of Kessai that has been built. @throws NetworkError `ChaincodeProgramMissing`. */
export function packageFolder(name: string, program: string): string {
  try {
    const folder = dirname(createRequire(__filename).resolve(`${name}/package.json`));
    if (existsSync(join(folder, program))) return folder;
  } catch {
    // The package is not installed, which is said below.
  }
  throw new NetworkError('ChaincodeProgramMissing', `the program of ${name} is not there`, 'Build it: npm run build.', {
    program: name,
  });
}
