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

const FILE_NAME = /^(.+)\.([0-9a-f]{64})\.tar\.gz$/;

/** The chaincode packages installed on one organisation's peer: a file each, named as Fabric names them. */
export class PackageStore {
  readonly #directory: string;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #labels = new Map<string, string>();

  constructor(directory: string, variables: Readonly<Record<string, string>> = {}) {
    this.#directory = directory;
    this.#variables = variables;
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory).sort()) {
      const [, label, digest] = FILE_NAME.exec(name) ?? [];
      if (label !== undefined && digest !== undefined) {
        this.#labels.set(`${label}:${digest}`, label);
      }
    }
  }

  list(): readonly InstalledPackage[] {
    return [...this.#labels].map(([id, label]) => ({ packageId: id, label }));
  }

  has(id: string): boolean {
    return this.#labels.has(id);
  }

  /** What an installed package says. @throws PackageNotFound; PackageError where this peer lacks a value that it asks for */
  read(id: string): ChaincodePackage {
    return readPackage(this.load(id), this.#variables);
  }

  /** @throws PackageNotFound */
  load(id: string): Uint8Array {
    if (!this.#labels.has(id)) {
      throw new PackageNotFound(id);
    }
    return readFileSync(this.#fileOf(id));
  }

  /** @throws PackageError for bytes that are no usable package; PackageInstalled */
  async install(source: Uint8Array): Promise<InstalledPackage> {
    const { label } = readPackage(source, this.#variables);
    const id = packageId(label, source);
    if (this.#labels.has(id)) {
      throw new PackageInstalled(id);
    }
    await writeDurably(this.#fileOf(id), source);
    this.#labels.set(id, label);
    return { packageId: id, label };
  }

  #fileOf(id: string): string {
    return join(this.#directory, `${id.replace(':', '.')}.tar.gz`);
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
