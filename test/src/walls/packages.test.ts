import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { lint, readPackages, root, type Package } from './house';

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Project {
  readonly extends?: string;
  readonly compilerOptions?: { readonly types?: readonly string[]; readonly lib?: readonly string[] };
  readonly references?: readonly { readonly path: string }[];
}

const packages = readPackages();

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

function readProject(path: string): Project {
  const { config, error } = ts.readConfigFile(join(root, path), (file) => ts.sys.readFile(file)) as {
    config: Project;
    error?: ts.Diagnostic;
  };
  expect(error).toBeUndefined();
  return config;
}

/** `@kessai/orders/book` -> `@kessai/orders`. */
function packagePart(specifier: string): string {
  return specifier.split('/', 2).join('/');
}

/** The packages of the house among the dependencies of one. */
function neighbours({ folder }: Package): string[] {
  return Object.keys(readManifest(folder).dependencies ?? {}).filter((name) => name.startsWith('@kessai/'));
}

/** The packages of the house that only its tests need. */
function testNeighbours({ folder }: Package): string[] {
  return Object.keys(readManifest(folder).devDependencies ?? {});
}

/** The packages that a tsconfig refers to, by name. */
function references(folder: string, file: string): (string | undefined)[] {
  return (readProject(join(folder, file)).references ?? []).map(({ path }) => {
    const target = relative(root, join(root, folder, path.replace(/\/tsconfig(\.test)?\.json$/, '')));
    return packages.find((one) => one.folder === target)?.name;
  });
}

/** What the linter says against importing each dependency from npm where it is declared. */
function objectionsToDependencies(): { folder: string; text: string; verdict: readonly string[] }[] {
  const probes = packages.flatMap(({ folder }) =>
    Object.keys(readManifest(folder).dependencies ?? {})
      .filter((name) => packages.every((one) => one.name !== name))
      .map((name) => ({
        folder,
        text: `export * from '${name}';\n`,
      })),
  );
  const { results } = lint(probes.map(({ folder, text }) => ({ file: `${folder}/src/probe.ts`, text })));
  return probes
    .map((probe, index) => ({ ...probe, verdict: results[index] ?? ['not linted'] }))
    .filter(({ verdict }) => verdict.length > 0);
}

describe('the table of packages is the truth', () => {
  const objections = objectionsToDependencies();

  test('every workspace is in it, under its name', () => {
    expect(packages.map(({ folder }) => folder).sort()).toEqual([...(readManifest('.').workspaces ?? [])].sort());
    for (const { folder, name } of packages) expect(readManifest(folder).name).toBe(name);
  });

  test('the directions it allows have no circle', () => {
    const reached = (name: string, path: readonly string[]): void => {
      expect(path).not.toContain(name);
      for (const next of packages.find((one) => one.name === name)?.imports ?? [])
        reached(packagePart(next), [...path, name]);
    };
    for (const { name } of packages) reached(name, []);
  });

  test.each(packages)('$name depends on nothing that it must not import', (one) => {
    const declared = Object.keys(readManifest(one.folder).dependencies ?? {});
    expect(objections.filter(({ folder }) => folder === one.folder)).toEqual([]);
    expect(neighbours(one).filter((name) => !one.imports.map(packagePart).includes(name))).toEqual([]);
    if (one.pure) expect(declared.sort()).toEqual([...neighbours(one), ...one.libraries].sort());
    expect(testNeighbours(one).sort()).toEqual([...one.testImports].sort());
  });

  test.each(packages)('$name refers to the projects of what it depends on, in both its projects', (one) => {
    expect(references(one.folder, 'tsconfig.json').sort()).toEqual(neighbours(one).sort());
    expect(references(one.folder, 'tsconfig.test.json').sort()).toEqual(
      [one.name, ...neighbours(one), ...testNeighbours(one)].sort(),
    );
  });

  test.each(packages)('$name is compiled by the settings of the house', ({ folder, pure }) => {
    const { compilerOptions, extends: base } = readProject(join(folder, 'tsconfig.json'));
    expect(join(folder, base ?? '')).toBe('tsconfig.base.json');
    if (pure) expect([compilerOptions?.types, compilerOptions?.lib]).toEqual([undefined, undefined]);
    else expect(compilerOptions?.types).toEqual(['node']);
  });

  test.each(packages)('$name has a page of its own', ({ folder }) => {
    expect(readFileSync(join(root, folder, 'README.md'), 'utf8')).toMatch(/^# .+\n\n/);
  });

  test('the root builds every package, and its tests', () => {
    // Programs that use the SDK are no package: a test of theirs holds them to what an outsider has.
    const programs = ['examples'];
    const built = (readProject('tsconfig.json').references ?? []).map(({ path }) => path).sort();
    const ofPackages = packages.flatMap(({ folder }) => [folder, `${folder}/tsconfig.test.json`]);
    expect(built).toEqual([...ofPackages, ...programs].sort());
    const shipped = (readProject('tsconfig.build.json').references ?? []).map(({ path }) => path).sort();
    expect(shipped).toEqual(
      packages
        .filter(({ testing }) => !testing)
        .map(({ folder }) => folder)
        .concat(programs)
        .sort(),
    );
  });
});
