import { readFile } from 'node:fs/promises';
import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto';
import type { Signer } from '@hyperledger/fabric-gateway';
import { FieldError, type MspId, mspId } from '@kessai/interface';
import { ProfileError } from './market-error';

/** How long each step of a call may take, in milliseconds. */
export interface Deadlines {
  readonly evaluateMs: number;
  readonly endorseMs: number;
  /** To hand a transaction to the orderers. */
  readonly submitMs: number;
  /** For a transaction that the orderers took to be committed. */
  readonly commitStatusMs: number;
  /** To find out what became of a transaction of which the orderers' answer is not known. */
  readonly resolveMs: number;
  /**
   * After which such a transaction is handed over again while it is unknown what became of it; one that the orderers took, after five times
   * that.
   */
  readonly resubmitMs: number;
  /** For a cycle to execute what has been sealed. */
  readonly adviceMs: number;
  /** For a signer to make one signature. */
  readonly signMs: number;
}

const deadlineNames: readonly (keyof Deadlines)[] = [
  'evaluateMs',
  'endorseMs',
  'submitMs',
  'commitStatusMs',
  'resolveMs',
  'resubmitMs',
  'adviceMs',
  'signMs',
];

export interface GatewayOptions {
  /** Organisations that endorse, by MSP id. */
  readonly operators?: readonly string[];
  /** How many of them endorse a submit. */
  readonly endorsements?: number;
  readonly deadlines?: Partial<Deadlines>;
  /** Options of the gRPC channel, as `grpc.ssl_target_name_override`: the name that the gateway's TLS certificate bears. */
  readonly [grpcOption: `grpc${'.' | '-node.'}${string}`]: string | number;
}

/** Where and as whom somebody acts who signs elsewhere: the certificate is there, and its key is not. Certificates are PEM texts. */
export interface KeylessProfile {
  readonly mspId: string;
  readonly channel: string;
  readonly chaincode: string;
  /** The operator that hosts the organisation's inbox, by its MSP id: of a member without a node. By default the member itself. */
  readonly hostedBy?: string;
  /** Host and port of the organisation's gateway, or of the operator's that hosts it. */
  readonly endpoint: string;
  readonly tlsRootCert: string;
  readonly cert: string;
  readonly gatewayOptions?: GatewayOptions;
}

/** All that it takes to act for a user of the market. */
export interface Profile extends KeylessProfile {
  /** A PEM text. Whoever holds it acts as the user. */
  readonly key: string;
}

/** A profile of which every field has been checked, and its keys parsed. */
export interface CheckedKeylessProfile extends KeylessProfile {
  readonly mspId: MspId;
  readonly hostedBy?: MspId;
  readonly gatewayOptions: GatewayOptions;
  /** That of the certificate. */
  readonly publicKey: KeyObject;
  /** Undefined where a signer takes its place. */
  readonly privateKey?: KeyObject;
}

/** The same with its key. */
export interface CheckedProfile extends CheckedKeylessProfile, Profile {
  readonly mspId: MspId;
  readonly hostedBy?: MspId;
  readonly gatewayOptions: GatewayOptions;
  readonly privateKey: KeyObject;
}

/** How a profile is to be used. */
export interface ProfileUse {
  /** Signs in the stead of the profile's key, which is then not read. */
  readonly signer?: Signer;
}

/** The organisation whose peer holds the member's own data, endorses what it seals and answers what it asks of itself. */
export function homeOf({ hostedBy, mspId: own }: CheckedKeylessProfile): MspId {
  return hostedBy ?? own;
}

const exportAgain = 'Export it again with "kessai profile export".';

/** @throws ProfileError */
export async function readProfile(path: string): Promise<CheckedProfile>;
export async function readProfile(path: string, use: ProfileUse): Promise<CheckedKeylessProfile>;
export async function readProfile(path: string, use: ProfileUse = {}): Promise<CheckedKeylessProfile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ProfileError('', `The profile ${path} cannot be read. Make it with "kessai profile export".`, {
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words would quote the file, and a key with it.
    throw new ProfileError('', `The profile ${path} is not JSON. ${exportAgain}`);
  }
  return checkProfile(value, use);
}

/**
 * Checks each field of a profile, that its certificates and key are what they say, that the key belongs to the certificate, and
 * that the certificates are valid now.
 * @throws ProfileError naming the first field that is wrong.
 */
export function checkProfile(value: unknown): CheckedProfile;
export function checkProfile(value: unknown, use: ProfileUse): CheckedKeylessProfile;
export function checkProfile(value: unknown, { signer }: ProfileUse = {}): CheckedKeylessProfile {
  if (!isRecord(value)) throw new ProfileError('', `A profile is a JSON object. ${exportAgain}`);
  const profile = {
    mspId: mspIdOf(textField(value, 'mspId'), 'mspId'),
    channel: patternField(value, 'channel', /^[a-z][a-z0-9.-]{0,248}$/, 'the name of a channel'),
    chaincode: patternField(value, 'chaincode', /^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$/, 'the name of a chaincode'),
    ...(value['hostedBy'] === undefined ? {} : { hostedBy: mspIdOf(textField(value, 'hostedBy'), 'hostedBy') }),
    endpoint: endpointField(value),
    tlsRootCert: textField(value, 'tlsRootCert'),
    cert: textField(value, 'cert'),
    gatewayOptions: gatewayOptionsOf(value['gatewayOptions']),
  };
  for (const certificate of certificatesOf(profile.tlsRootCert, 'tlsRootCert'))
    checkValidity(certificate, 'tlsRootCert');
  const certificate = signingCertificateOf(profile.cert);
  const { publicKey } = certificate;
  if (signer) return { ...profile, publicKey };
  const checked: CheckedProfile = { ...profile, publicKey, ...keyOf(value, certificate) };
  return checked;
}

function textField(value: Readonly<Record<string, unknown>>, field: string): string {
  const member = value[field];
  if (member === undefined) throw new ProfileError(field, `The profile has no "${field}". ${exportAgain}`);
  if (typeof member !== 'string') throw new ProfileError(field, `"${field}" must be a text. ${exportAgain}`);
  if (member.trim() === '') throw new ProfileError(field, `"${field}" is empty. ${exportAgain}`);
  return member;
}

function keyOf(
  value: Readonly<Record<string, unknown>>,
  certificate: X509Certificate,
): Pick<CheckedProfile, 'key' | 'privateKey'> {
  if (value['key'] === undefined) {
    const remedy = 'Or give connect a signer, which signs in its stead.';
    throw new ProfileError('key', `The profile has no "key". ${exportAgain} ${remedy}`);
  }
  const key = textField(value, 'key');
  const privateKey = privateKeyOf(key);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ProfileError('key', `"key" is not the key of the certificate in "cert". ${exportAgain}`);
  }
  return { key, privateKey };
}

function patternField(
  value: Readonly<Record<string, unknown>>,
  field: string,
  pattern: RegExp,
  description: string,
): string {
  const text = textField(value, field);
  if (!pattern.test(text)) throw new ProfileError(field, `"${field}" must be ${description}. ${exportAgain}`);
  return text;
}

function endpointField(value: Readonly<Record<string, unknown>>): string {
  const endpoint = textField(value, 'endpoint');
  const port = Number(/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})$/.exec(endpoint)?.[1] ?? 0);
  if (port < 1 || port > 65_535) {
    throw new ProfileError(
      'endpoint',
      `"endpoint" must be a host and a port, such as gateway.example:7051. ${exportAgain}`,
    );
  }
  return endpoint;
}

function mspIdOf(text: string, field: string): MspId {
  try {
    return mspId.decode(text, field);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new ProfileError(field, `"${field}" ${error.reason}. ${exportAgain}`, { cause: error });
  }
}

function gatewayOptionsOf(value: unknown): GatewayOptions {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new ProfileError('gatewayOptions', '"gatewayOptions" must be an object.');
  for (const [name, option] of Object.entries(value)) checkGatewayOption(name, option);
  // Each member has just been checked to be of the form that the type states.
  return value as GatewayOptions;
}

function checkGatewayOption(name: string, option: unknown): void {
  const field = `gatewayOptions.${name}`;
  if (name === 'operators') {
    if (!Array.isArray(option) || option.length === 0) {
      throw new ProfileError(field, `"${field}" must list the MSP ids of the operators.`);
    }
    for (const [index, entry] of option.entries()) {
      const at = `${field}[${index.toString()}]`;
      if (typeof entry !== 'string') throw new ProfileError(at, `"${at}" must be a text.`);
      mspIdOf(entry, at);
    }
  } else if (name === 'endorsements') {
    if (!isPositiveInteger(option)) throw new ProfileError(field, `"${field}" must be a whole number of at least 1.`);
  } else if (name === 'deadlines') {
    checkDeadlines(option, field);
  } else if (/^grpc(-node)?\../.test(name)) {
    if (typeof option !== 'string' && typeof option !== 'number') {
      throw new ProfileError(field, `"${field}" must be a text or a number.`);
    }
  } else {
    const known = 'operators, endorsements, deadlines and options of the gRPC channel, which begin with "grpc."';
    throw new ProfileError(field, `"${field}" is not known; there are ${known}.`);
  }
}

function checkDeadlines(value: unknown, field: string): void {
  if (!isRecord(value)) throw new ProfileError(field, `"${field}" must be an object.`);
  for (const [name, deadline] of Object.entries(value)) {
    const at = `${field}.${name}`;
    if (!deadlineNames.some((known) => known === name)) {
      throw new ProfileError(at, `"${at}" is not known; there are ${deadlineNames.join(', ')}.`);
    }
    if (!isPositiveInteger(deadline))
      throw new ProfileError(at, `"${at}" must be a number of milliseconds, at least 1.`);
  }
}

/** The certificate of who signs: the first one of the field. */
function signingCertificateOf(pem: string): X509Certificate {
  const [certificate] = certificatesOf(pem, 'cert');
  checkValidity(certificate, 'cert');
  requireKnownCurve(certificate.publicKey, 'cert');
  return certificate;
}

function certificatesOf(pem: string, field: string): readonly [X509Certificate, ...X509Certificate[]] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    const [first, ...others] = blocks.map((block) => new X509Certificate(block));
    if (!first) throw new Error('no certificate');
    return [first, ...others];
  } catch (error) {
    throw new ProfileError(field, `"${field}" is not a certificate in PEM form. ${exportAgain}`, { cause: error });
  }
}

function checkValidity(certificate: X509Certificate, field: string): void {
  const now = Date.now();
  if (Date.parse(certificate.validTo) < now) {
    throw new ProfileError(
      field,
      `The certificate in "${field}" expired on ${certificate.validTo}. Have it renewed and export the profile again.`,
    );
  }
  if (Date.parse(certificate.validFrom) > now) {
    throw new ProfileError(
      field,
      `The certificate in "${field}" is valid from ${certificate.validFrom} on. Check this machine's clock.`,
    );
  }
}

function privateKeyOf(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause is left out: nothing of a key goes into an error.
    throw new ProfileError('key', `"key" is not a private key in PEM form. ${exportAgain}`);
  }
  requireKnownCurve(key, 'key');
  return key;
}

function requireKnownCurve({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, field: string): void {
  const curve = asymmetricKeyDetails?.namedCurve;
  if (asymmetricKeyType !== 'ed25519' && curve !== 'prime256v1' && curve !== 'secp384r1') {
    throw new ProfileError(field, `"${field}" must be of the curve P-256, P-384 or Ed25519, which Fabric accepts.`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
