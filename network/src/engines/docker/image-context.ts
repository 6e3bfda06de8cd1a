import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageFolder } from '../fabric/chaincode-program';
import { packageClosure } from './package-closure';
import type { NeededPackage } from './package-closure';

/** One of Kessai's images, by its name in the Dockerfile. */
export const IMAGE_PROGRAMS = {
  chaincode: { name: '@kessai/chaincode-host', program: join('dist', 'main.js') },
  admin: { name: '@kessai/cli', program: join('dist', 'main.js') },
} as const;
export type OwnImage = keyof typeof IMAGE_PROGRAMS;

const DOCKERFILE = join(__dirname, '..', '..', '..', 'docker', 'Dockerfile');
const OWN = '@kessai/';
// Of what is installed: types, sources of what was compiled, and words. Of Kessai's packages: tests and what only they use.
const LEFT_OUT = /\.(d\.[cm]?ts|[cm]?ts|map|md|markdown|tsbuildinfo)$|(^|\/)(\.github|\.vscode)\//;
const OWN_LEFT_OUT = /\.test\.js$|(^|\/)(src|node_modules)\/|tsconfig/;
const READABLE = 0o644;
const HASH_LENGTH = 12;

interface ContextFile {
  readonly source: string;
  /** Below the context's folder for the image. */
  readonly place: string;
}

/** What goes into one of Kessai's images: the program and all that it needs, as they are installed and built here. */
export class ImageContext {
  readonly image: OwnImage;
  readonly #base: string;
  readonly #packages: readonly NeededPackage[];

  /** @throws NetworkError `ChaincodeProgramMissing` where the program has not been built. */
  constructor(image: OwnImage, base: string) {
    const { name, program } = IMAGE_PROGRAMS[image];
    this.image = image;
    this.#base = base;
    this.#packages = packageClosure(packageFolder(name, program));
  }

  /** The name of the image of exactly this content: one that has it need not be built again. */
  get tag(): string {
    const hash = createHash('sha256').update(this.#base).update(readFileSync(DOCKERFILE));
    for (const needed of this.#packages) {
      hash.update(`${needed.place} ${needed.version}\n`);
      if (!needed.name.startsWith(OWN)) continue;
      for (const { source, place } of filesOf(needed)) hash.update(place).update(readFileSync(source));
    }
    const version = this.#packages[0]?.version ?? '';
    return `kessai-${this.image}:${version}-${hash.digest('hex').slice(0, HASH_LENGTH)}`;
  }

  /** Writes the folder from which Docker builds the image. */
  writeTo(folder: string): void {
    mkdirSync(folder, { recursive: true });
    copyFileSync(DOCKERFILE, join(folder, 'Dockerfile'));
    for (const { source, place } of this.#packages.flatMap(filesOf)) {
      const target = join(folder, this.image, place);
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(source, target);
      chmodSync(target, READABLE);
    }
  }
}

function filesOf({ name, folder, place }: NeededPackage): readonly ContextFile[] {
  const own = name.startsWith(OWN);
  const files: ContextFile[] = [];
  const collect = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const asFolder = entry.isDirectory() ? `${path}/` : path;
      // Packages within a package have places of their own.
      if (asFolder === 'node_modules/' || LEFT_OUT.test(asFolder) || (own && OWN_LEFT_OUT.test(asFolder))) continue;
      if (entry.isDirectory()) collect(path);
      else if (entry.isFile()) files.push({ source: join(folder, path), place: `${place}/${path}` });
    }
  };
  collect('');
  return files.sort((a, b) => (a.place < b.place ? -1 : 1));
}
