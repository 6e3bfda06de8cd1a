/** A certificate that its authority has taken back. */
export interface RevokedCertificate {
  /** As `normalSerial` writes it. */
  readonly serialNumber: string;
  readonly revokedAt: Date;
}

/** By this name Fabric knows a revocation list in PEM form. */
const LABEL = 'X509 CRL';
const PEM = new RegExp(`^-----BEGIN ${LABEL}-----([A-Za-z0-9+/=\\s]+)-----END ${LABEL}-----`);

export function revocationListPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${LABEL}-----\n${lines.join('\n')}\n-----END ${LABEL}-----\n`;
}

/** The DER form of a list that is given in that or in PEM form. */
export function revocationListDer(list: Uint8Array): Buffer {
  const bytes = Buffer.from(list);
  const [, content] = PEM.exec(bytes.toString('latin1')) ?? [];
  return content === undefined ? bytes : Buffer.from(content, 'base64');
}

/** One text for a serial number, however it is written: hexadecimal in lower case, without leading zeros, colons or prefix. */
export function normalSerial(serial: string): string {
  return BigInt(`0x${serial.replace(/^0x|[:\s]/gi, '')}`).toString(16);
}

/** Whether a text can be a serial number. */
export function isSerial(text: string): boolean {
  return /^(0x)?[0-9a-f]{1,2}(:?[0-9a-f]{2})*$/i.test(text);
}
