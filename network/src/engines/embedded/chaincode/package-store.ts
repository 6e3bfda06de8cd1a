import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageId, readPackage, type ChaincodePackage } from './package';

export interface InstalledPackage {
  readonly packageId: string;
  readonly label: string;
}

/** A package that was asked for and is not installed. */
export class PackageNotFound extends Error {
  readonly code = 'PackageNotFound';

  constructor(id: string) {
    super(`chaincode install package '${id}' not found`);
    this.name = 'PackageNotFound';
  }
}

/** A package that is installed already. */
export class PackageInstalled extends Error {
  readonly code = 'PackageInstalled';

  constructor(id: string) {
    super(`chaincode already successfully installed (package ID '${id}')`);
    this.name = 'PackageInstalled';
  }
}

interface StoredPackage extends InstalledPackage {
  readonly contents: ChaincodePackage;
  readonly file: string;
}

const FILE_NAME = /^(.+)\.([0-9a-f]{64})\.tar\.gz$/;

/** The chaincode packages installed on one organisation's peer: a file each, named as Fabric names them. */
export class PackageStore {
  readonly #directory: string;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #packages = new Map<string, StoredPackage>();

  constructor(directory: string, variables: Readonly<Record<string, string>> = {}) {
    this.#directory = directory;
    this.#variables = variables;
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory).sort()) {
      const match = FILE_NAME.exec(name);
      if (match !== null) {
        this.#remember(readFileSync(join(directory, name)), name);
      }
    }
  }

  list(): readonly InstalledPackage[] {
    return [...this.#packages.values()].map(({ packageId: id, label }) => ({ packageId: id, label }));
  }

  /** What is installed under a package id, or undefined. */
  find(id: string): ChaincodePackage | undefined {
    return this.#packages.get(id)?.contents;
  }

  /** @throws PackageNotFound */
  load(id: string): Uint8Array {
    const stored = this.#packages.get(id);
    if (stored === undefined) {
      throw new PackageNotFound(id);
    }
    return readFileSync(join(this.#directory, stored.file));
  }

  /** @throws PackageError for bytes that are no usable package; PackageInstalled */
  async install(source: Uint8Array): Promise<InstalledPackage> {
    const contents = readPackage(source, this.#variables);
    const id = packageId(contents.label, source);
    if (this.#packages.has(id)) {
      throw new PackageInstalled(id);
    }
    const file = `${id.replace(':', '.')}.tar.gz`;
    await writeDurably(join(this.#directory, file), source);
    this.#remember(source, file);
    return { packageId: id, label: contents.label };
  }

  #remember(source: Uint8Array, file: string): void {
    const contents = readPackage(source, this.#variables);
    const id = packageId(contents.label, source);
    this.#packages.set(id, { packageId: id, label: contents.label, contents, file });
  }
}

/** Writes beside the place and renames, so that a killed process leaves the whole file or none. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid.toString()}.partial`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
