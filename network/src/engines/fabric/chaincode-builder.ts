import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivate } from '../../identities/msp-folder';

/** The file of what a builder puts in the place of a package's placeholders. */
export const CONNECTION_VALUES = 'connection.sed';

/** Fabric's external builder programs, for a chaincode that runs as a service: there is nothing to build, only to be reached. */
const PROGRAMS = {
  // Arguments: the package's code, its metadata.
  detect: `grep -Eq '"type"[[:space:]]*:[[:space:]]*"ccaas"' "$2/metadata.json"\n`,
  // Arguments: the package's code, its metadata, where the result is to lie.
  build: `mkdir -p "$3"
cp "$1/connection.json" "$3/connection.json"
if [ -d "$1/META-INF" ]; then cp -R "$1/META-INF" "$3/META-INF"; fi
`,
  // Arguments: the result of build, where the peer looks for what it needs to know.
  release: `umask 077
mkdir -p "$2/chaincode/server"
sed -f "\${0%/*}/../${CONNECTION_VALUES}" "$1/connection.json" > "$2/chaincode/server/connection.json"
if [ -d "$1/META-INF" ]; then cp -R "$1/META-INF/." "$2/"; fi
`,
} as const;

/**
 * Writes the builder of one peer. A package is the same for every organisation, so it names what differs in placeholders, and
 * this peer's builder puts its own values in their place.
 */
export async function writeBuilder(folder: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const programs = join(folder, 'bin');
  await mkdir(programs, { recursive: true });
  for (const [name, text] of Object.entries(PROGRAMS)) {
    const file = join(programs, name);
    await writeFile(file, `#!/bin/sh\nset -e\n${text}`);
    await chmod(file, 0o700);
  }
  await writePrivate(join(folder, CONNECTION_VALUES), replacements(variables));
}

/** The values as an editing script: each is put in as the inside of a JSON string. */
function replacements(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    const inside = JSON.stringify(value).slice(1, -1);
    return `s|{{[.]${name}}}|${inside.replace(/[\\&|]/g, '\\$&')}|g\n`;
  });
  return lines.join('');
}
