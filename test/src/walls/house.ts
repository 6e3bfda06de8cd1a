import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The root of the checkout, seen from what this file is compiled to. */
export const root = join(__dirname, '..', '..', '..');

/** A row of the table in scripts/walls.mjs. */
export interface Package {
  readonly folder: string;
  readonly name: string;
  readonly pure: boolean;
  /** What a pure package imports from npm. */
  readonly libraries: readonly string[];
  readonly testing: boolean;
  readonly imports: readonly string[];
  /** What its tests may import beside those. */
  readonly testImports: readonly string[];
  readonly entries: readonly string[];
}

/** A text to lint as if it were `file`; with `typed` the file must exist, and the rules that need types run too. */
export interface Snippet {
  readonly file: string;
  readonly text: string;
  readonly typed?: boolean;
}

/** The table of packages, and for each snippet what the linter says: `rule: message`. One process lints them all. */
export function lint(snippets: readonly Snippet[]): { packages: readonly Package[]; results: readonly string[][] } {
  const script = join(root, 'scripts', 'lint-snippets.mjs');
  const child = spawnSync(process.execPath, [script], {
    cwd: root,
    input: JSON.stringify(snippets),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.status !== 0) throw new Error(`The linter did not run: ${child.stderr}`);
  return JSON.parse(child.stdout) as { packages: readonly Package[]; results: readonly string[][] };
}

/** The table of packages alone. */
export function readPackages(): readonly Package[] {
  return lint([]).packages;
}
