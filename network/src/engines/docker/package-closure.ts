import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package that a program needs at run time. */
export interface NeededPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** Where it goes, below the folder that the program is put in, so that Node.js finds the same packages from there. */
  readonly place: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * The package in the folder and all that it needs at run time, as they are installed here.
 *
 * @throws RangeError where one is not installed.
 */
export function packageClosure(folder: string): readonly NeededPackage[] {
  const root = realpathSync(folder);
  const found = new Map<string, NeededPackage>();
  const manifest = manifestOf(root);
  const first = { name: manifest.name, version: manifest.version, folder: root, place: placed('', manifest.name) };
  found.set(root, first);
  // What is found on the way is looked at too.
  for (const current of found.values()) {
    for (const [name, optional] of dependenciesOf(manifestOf(current.folder))) {
      const holder = holderOf(name, current.folder);
      if (holder === undefined) {
        if (optional) continue;
        throw new RangeError(`${name}, which ${current.name} needs, is not installed`);
      }
      const real = realpathSync(join(holder, 'node_modules', name));
      if (found.has(real)) continue;
      const { version } = manifestOf(real);
      found.set(real, { name, version, folder: real, place: placed(found.get(holder)?.place ?? '', name) });
    }
  }
  return [...found.values()];
}

/** The nearest folder from there upwards whose node_modules has the package. */
function holderOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function placed(holder: string, name: string): string {
  return [holder, 'node_modules', name].filter((part) => part !== '').join('/');
}

function dependenciesOf({ dependencies = {}, optionalDependencies = {} }: Manifest): readonly [string, boolean][] {
  return [
    ...Object.keys(dependencies).map((name): [string, boolean] => [name, name in optionalDependencies]),
    ...Object.keys(optionalDependencies).map((name): [string, boolean] => [name, true]),
  ];
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
