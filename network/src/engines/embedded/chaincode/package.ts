import { createHash } from 'node:crypto';
import { ArchiveError, readTarGz } from './tar';

/** Where a chaincode service listens, as the package's connection.json says it. */
export interface ConnectionInfo {
  readonly address: string;
  /** How long a peer waits for the service before it gives a transaction up. */
  readonly dialTimeout_ms: number;
  readonly tls: ConnectionTls | undefined;
}

export interface ConnectionTls {
  readonly rootCert: string;
  /** Name that the certificate must bear; undefined means the host of the address. */
  readonly domain: string | undefined;
  readonly client: { readonly cert: string; readonly key: string } | undefined;
}

export interface ChaincodePackage {
  readonly label: string;
  readonly type: string;
  readonly connection: ConnectionInfo;
}

/** A chaincode package that this engine cannot install; the message is a peer's. */
export class PackageError extends Error {
  readonly code = 'PackageInvalid';

  constructor(message: string) {
    super(message);
    this.name = 'PackageError';
  }
}

const LABEL = /^[A-Za-z0-9][A-Za-z0-9_.+-]*$/;
const SERVICE_TYPES: ReadonlySet<string> = new Set(['ccaas', 'external']);
const DEFAULT_DIAL_TIMEOUT_MS = 3_000;

export function packageId(label: string, source: Uint8Array): string {
  return `${label}:${createHash('sha256').update(source).digest('hex')}`;
}

/**
 * Reads a chaincode package: metadata.json and code.tar.gz with a connection.json in it.
 * @param variables values for `{{.name}}` in connection.json, as Fabric's builder for chaincode as a service fills them per peer.
 * @throws PackageError
 */
export function readPackage(source: Uint8Array, variables: Readonly<Record<string, string>> = {}): ChaincodePackage {
  const outer = regularFiles(source);
  const metadataFile = outer.get('metadata.json');
  const code = outer.get('code.tar.gz');
  const parsing = 'could not parse as a chaincode install package';
  if (code === undefined) {
    throw new PackageError(`${parsing}: did not find a code package inside the package`);
  }
  if (metadataFile === undefined) {
    throw new PackageError(`${parsing}: did not find any package metadata (missing metadata.json)`);
  }
  const metadata = readJson(metadataFile, `${parsing}: could not unmarshal metadata.json as json`);
  const label = textField(metadata, 'label');
  const type = textField(metadata, 'type').toLowerCase();
  if (!LABEL.test(label)) {
    throw new PackageError(
      `${parsing}: invalid label '${label}'. Label must be non-empty, can only consist of alphanumerics, symbols from '.+-_', and can only begin with alphanumerics`,
    );
  }
  if (!SERVICE_TYPES.has(type)) {
    throw new PackageError(
      `could not build chaincode: this engine runs chaincode as a service only: chaincode type should be ccaas, it is ${type}`,
    );
  }
  const connection = innerFile(code, 'connection.json');
  if (connection === undefined) {
    throw new PackageError(
      'could not build chaincode: external builder failed: connection.json not found in source folder',
    );
  }
  return { label, type, connection: readConnection(connection, variables) };
}

function regularFiles(source: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const entry of unpack(source, 'could not parse as a chaincode install package')) {
    if (entry.type !== '0') {
      throw new PackageError(
        `could not parse as a chaincode install package: tar entry ${entry.name} is not a regular file, type ${entry.type.charCodeAt(0).toString()}`,
      );
    }
    files.set(entry.name.replace(/^\.\//, ''), entry.content);
  }
  return files;
}

function innerFile(code: Uint8Array, name: string): Uint8Array | undefined {
  const entry = unpack(code, 'could not build chaincode').find(
    (candidate) => candidate.type === '0' && candidate.name.replace(/^\.\//, '') === name,
  );
  return entry?.content;
}

function unpack(source: Uint8Array, doing: string): ReturnType<typeof readTarGz> {
  try {
    return readTarGz(source);
  } catch (error) {
    if (error instanceof ArchiveError) {
      throw new PackageError(`${doing}: ${error.message}`);
    }
    throw error;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

function readJson(bytes: Uint8Array, failure: string): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value === 'object' && value !== null) {
      return value as JsonObject;
    }
  } catch {
    // The same answer as for a document that is no object.
  }
  throw new PackageError(failure);
}

function textField(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

function readConnection(bytes: Uint8Array, variables: Readonly<Record<string, string>>): ConnectionInfo {
  const doing = 'could not build chaincode: external builder failed';
  const json = readJson(bytes, `${doing}: malformed chaincode info at 'connection.json'`);
  const field = (name: string): string => fill(textField(json, name), variables, doing);
  const address = field('address');
  if (address === '') {
    throw new PackageError(`${doing}: chaincode address not provided`);
  }
  const timeout = field('dial_timeout');
  const dialTimeout_ms = timeout === '' ? DEFAULT_DIAL_TIMEOUT_MS : duration_ms(timeout, doing);
  return { address, dialTimeout_ms, tls: json['tls_required'] === true ? readTls(json, field, doing) : undefined };
}

function readTls(json: JsonObject, field: (name: string) => string, doing: string): ConnectionTls {
  const [rootCert, key, cert, domain] = [
    field('root_cert'),
    field('client_key'),
    field('client_cert'),
    field('domain'),
  ];
  const clientAuth = json['client_auth_required'] === true;
  if (clientAuth && key === '') {
    throw new PackageError(`${doing}: chaincode tls key not provided`);
  }
  if (clientAuth && cert === '') {
    throw new PackageError(`${doing}: chaincode tls cert not provided`);
  }
  if (rootCert === '') {
    throw new PackageError(`${doing}: chaincode tls root cert not provided`);
  }
  return { rootCert, domain: domain === '' ? undefined : domain, client: clientAuth ? { cert, key } : undefined };
}

function fill(template: string, variables: Readonly<Record<string, string>>, doing: string): string {
  return template.replace(/\{\{\s*\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g, (_match, name: string) => {
    const value = variables[name];
    if (value === undefined) {
      throw new PackageError(`${doing}: connection.json names {{.${name}}}, for which this peer has no value`);
    }
    return value;
  });
}

/** Go's longest duration has fewer; finding the parts of a long one takes the square of its length. */
const DURATION_CHARACTERS = 64;
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A Go duration such as 10s or 1m30s. */
function duration_ms(value: string, doing: string): number {
  let total = 0;
  if (value.length > DURATION_CHARACTERS) {
    throw new PackageError(`${doing}: invalid duration of ${value.length.toString()} characters`);
  }
  const rest = value.replace(/(\d+(?:\.\d+)?)(ms|s|m|h)/g, (_match, amount: string, unit: string) => {
    total += Number(amount) * (UNITS_MS[unit] ?? 0);
    return '';
  });
  if (rest !== '' || total <= 0) {
    throw new PackageError(`${doing}: invalid duration ${value}`);
  }
  return total;
}
