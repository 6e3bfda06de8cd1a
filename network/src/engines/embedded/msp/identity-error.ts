/**
 * Why an identity is refused. `deserialization`: it is not one of the organisation's at all (Fabric's DeserializeIdentity fails);
 * `validation`: it is issued by the organisation, but may not be used (Fabric's Validate fails).
 */
export type IdentityErrorCode =
  | 'MalformedIdentity'
  | 'UnknownOrganisation'
  | 'UnsupportedKey'
  | 'UntrustedCertificate'
  | 'RevokedCertificate'
  | 'InvalidOrganisationalUnit'
  | 'ExpiredCertificate';

export type IdentityCheck = 'deserialization' | 'validation' | 'expiry';

/** The message is in Fabric's words. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: IdentityErrorCode;
  readonly check: IdentityCheck;
  readonly mspId: string | undefined;

  constructor(code: IdentityErrorCode, check: IdentityCheck, message: string, mspId?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.check = check;
    this.mspId = mspId;
  }
}

/** The definition of an organisation's MSP cannot be used. */
export class MspConfigError extends Error {
  override readonly name = 'MspConfigError';
  readonly code = 'MspConfigInvalid';
  readonly mspId: string;

  constructor(mspId: string, message: string) {
    super(message);
    this.mspId = mspId;
  }
}
