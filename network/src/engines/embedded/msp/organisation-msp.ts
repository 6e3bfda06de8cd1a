import type { X509Certificate } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import type { NodeRole } from '../ports';
import { canonicalDer, certificateOfPem, chainIdentifier, isP256, organisationalUnits } from './certificate';
import { allowsServerAuthentication, CertificateAuthority } from './certificate-authority';
import { IdentityError, MspConfigError } from './identity-error';
import { MemberIdentity } from './member-identity';

interface UnitRule {
  readonly unit: string;
  /** Chain identifier that the issuing chain must have; undefined: any chain of this organisation. */
  readonly certifiers: Buffer | undefined;
}

/**
 * One organisation's membership service provider (Fabric's MSP of type FABRIC at version 3.0, P-256 keys only). What it says does
 * not depend on the clock, so that every peer judges a transaction in a block alike, whenever it does so.
 */
export class OrganisationMsp {
  readonly mspId: string;
  readonly #authorities: readonly CertificateAuthority[];
  readonly #admins: ReadonlySet<string>;
  readonly #nodeUnits: ReadonlyMap<NodeRole, UnitRule>;
  readonly #requiredUnits: readonly UnitRule[];

  /** @throws MspConfigError */
  constructor(config: msp.FabricMSPConfig) {
    this.mspId = config.getName();
    const roots = config.getRootCertsList_asU8().map((pem) => this.#configured(pem));
    const intermediates = config.getIntermediateCertsList_asU8().map((pem) => this.#configured(pem));
    if (roots.length === 0) throw this.#configError('expected at least one CA certificate');
    this.#authorities = [
      ...roots.map((certificate) => new CertificateAuthority(certificate, true)),
      ...intermediates.map((certificate) => new CertificateAuthority(certificate, false)),
    ];
    for (const { certificate } of this.#authorities) {
      if (!certificate.ca)
        throw this.#configError(
          `CA Certificate did not have the CA attribute, (SN: ${certificate.serialNumber.toLowerCase()})`,
        );
    }
    for (const list of config.getRevocationListList_asU8()) {
      for (const authority of this.#authorities) authority.revoke(list);
    }
    this.#nodeUnits = this.#nodeUnitRules(config.getFabricNodeOus());
    this.#requiredUnits = config.getOrganizationalUnitIdentifiersList().map((unit) => this.#unitRule(unit));
    this.#admins = new Set(
      config.getAdminsList_asU8().map((pem) => canonicalDer(this.#configured(pem)).toString('base64')),
    );
    if (this.#admins.size === 0 && !this.#nodeUnits.has('admin'))
      throw this.#configError('administrators must be declared when no admin ou classification is set');
  }

  /** Node OUs are on: every identity must carry exactly one of them. */
  get hasNodeUnits(): boolean {
    return this.#nodeUnits.size > 0;
  }

  isNamedAdmin(identity: MemberIdentity): boolean {
    return this.#admins.has(identity.canonicalDer.toString('base64'));
  }

  /** @throws IdentityError, and nothing else: what the bytes hold is the choice of whoever sends them. */
  identify(serialized: Uint8Array, pem: Uint8Array): MemberIdentity {
    try {
      return this.#identify(serialized, pem);
    } catch (error) {
      if (error instanceof IdentityError) throw error;
      // OpenSSL and Node report a key or a field that they cannot read in ways of their own, each at the property that is asked for.
      throw new IdentityError(
        'MalformedIdentity',
        'deserialization',
        `parseCertificate failed: ${error instanceof Error ? error.message : 'not a certificate'}`,
        this.mspId,
        { cause: error },
      );
    }
  }

  #identify(serialized: Uint8Array, pem: Uint8Array): MemberIdentity {
    const certificate = this.#certificate(pem);
    const chain = this.#uniqueChain(certificate);
    if (certificate.ca)
      throw this.#invalid(
        'UntrustedCertificate',
        'could not obtain certification chain: An X509 certificate with Basic Constraint: Certificate Authority equals true cannot be used as an identity',
      );
    const [issuer] = chain;
    if (issuer?.hasRevoked(certificate) === true)
      throw this.#invalid(
        'RevokedCertificate',
        'could not validate identity against certification chain: The certificate has been revoked',
      );
    const certifiers = chainIdentifier(chain.map((authority) => authority.certificate));
    const units = organisationalUnits(certificate);
    this.#checkRequiredUnits(units, certifiers);
    const role = this.#role(units, certifiers);
    return new MemberIdentity({ mspId: this.mspId, certificate, role, serialized, units, certifiers });
  }

  #certificate(pem: Uint8Array): X509Certificate {
    const certificate = certificateOfPem(pem);
    if (certificate === undefined)
      throw new IdentityError('MalformedIdentity', 'deserialization', 'could not decode the PEM structure', this.mspId);
    if (!isP256(certificate))
      throw new IdentityError(
        'UnsupportedKey',
        'deserialization',
        "failed to import certificate's public key: only ECDSA keys on P-256 are supported",
        this.mspId,
      );
    return certificate;
  }

  /** As Go's x509 does for Fabric, one second after the certificate begins to be valid, whatever the clock says. */
  #uniqueChain(certificate: X509Certificate): readonly CertificateAuthority[] {
    const at = Date.parse(certificate.validFrom) + 1000;
    if (!allowsServerAuthentication(certificate))
      throw this.#untrusted('x509: certificate specifies an incompatible key usage');
    const chains = this.#chains(certificate, at, 0);
    const [chain] = chains;
    if (chain === undefined)
      throw this.#untrusted(`x509: certificate signed by unknown authority${this.#hint(certificate)}`);
    if (chains.length > 1)
      throw new IdentityError(
        'UntrustedCertificate',
        'deserialization',
        `this MSP only supports a single validation chain, got ${chains.length.toString()}`,
        this.mspId,
      );
    return chain;
  }

  #chains(certificate: X509Certificate, at: number, depth: number): readonly (readonly CertificateAuthority[])[] {
    if (depth > this.#authorities.length) return [];
    return this.#authorities
      .filter(
        (authority) =>
          !authority.certificate.raw.equals(certificate.raw) && authority.hasIssued(certificate, at, depth),
      )
      .flatMap((authority) =>
        authority.isRoot
          ? [[authority]]
          : this.#chains(authority.certificate, at, depth + 1).map((rest) => [authority, ...rest]),
      );
  }

  #hint(certificate: X509Certificate): string {
    const candidate = this.#authorities.find((authority) => authority.isNamedAsIssuerOf(certificate));
    if (candidate === undefined || certificate.verify(candidate.certificate.publicKey)) return '';
    return ` (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "${candidate.commonName}")`;
  }

  #checkRequiredUnits(units: readonly string[], certifiers: Buffer): void {
    if (this.#requiredUnits.length === 0) return;
    const matched = this.#requiredUnits.some(
      (rule) => units.includes(rule.unit) && rule.certifiers?.equals(certifiers) === true,
    );
    if (matched) return;
    throw this.#invalid(
      'InvalidOrganisationalUnit',
      units.length === 0
        ? "could not validate identity's OUs: the identity certificate does not contain an Organizational Unit (OU)"
        : `could not validate identity's OUs: none of the identity's organizational units ${describeUnits(units, certifiers)} are in MSP ${this.mspId}`,
    );
  }

  #role(units: readonly string[], certifiers: Buffer): NodeRole | undefined {
    if (!this.hasNodeUnits) return undefined;
    const roles: NodeRole[] = [];
    for (const unit of units) {
      for (const [role, rule] of this.#nodeUnits) {
        if (rule.unit !== unit) continue;
        if (rule.certifiers?.equals(certifiers) === false)
          throw this.#unitError(
            `certifiersIdentifier does not match: ${describeUnits(units, certifiers)}, MSP: [${this.mspId}]`,
          );
        roles.push(role);
      }
    }
    const described = `OUs: ${describeUnits(units, certifiers)}, MSP: [${this.mspId}]`;
    const [role] = roles;
    if (role === undefined)
      throw this.#unitError(
        `the identity does not have an OU that resolves to client, peer, orderer, or admin role. ${described}`,
      );
    if (roles.length > 1)
      throw this.#unitError(
        `the identity must have a client, a peer, an orderer, or an admin OU role to be valid, not a combination of them. ${described}`,
      );
    return role;
  }

  #nodeUnitRules(config: msp.FabricNodeOUs | undefined): ReadonlyMap<NodeRole, UnitRule> {
    const rules = new Map<NodeRole, UnitRule>();
    if (config?.getEnable() !== true) return rules;
    const identifiers: readonly (readonly [NodeRole, msp.FabricOUIdentifier | undefined])[] = [
      ['client', config.getClientOuIdentifier()],
      ['peer', config.getPeerOuIdentifier()],
      ['admin', config.getAdminOuIdentifier()],
      ['orderer', config.getOrdererOuIdentifier()],
    ];
    for (const [role, identifier] of identifiers) {
      if (identifier !== undefined) rules.set(role, this.#unitRule(identifier));
    }
    return rules;
  }

  #unitRule(identifier: msp.FabricOUIdentifier): UnitRule {
    const unit = identifier.getOrganizationalUnitIdentifier();
    const pem = identifier.getCertificate_asU8();
    return { unit, certifiers: pem.length === 0 ? undefined : this.#certifiersOf(pem) };
  }

  #certifiersOf(pem: Uint8Array): Buffer {
    const certificate = this.#configured(pem);
    const authority = this.#authorities.find((candidate) => candidate.certificate.raw.equals(certificate.raw));
    if (authority === undefined)
      throw this.#configError('Failed adding OU. Certificate not in root or intermediate certs.');
    const above = authority.isRoot ? [] : this.#uniqueChain(certificate);
    return chainIdentifier([certificate, ...above.map((parent) => parent.certificate)]);
  }

  #configured(pem: Uint8Array): X509Certificate {
    const certificate = certificateOfPem(pem);
    if (certificate === undefined) throw this.#configError('could not decode pem bytes of a certificate');
    return certificate;
  }

  #configError(message: string): MspConfigError {
    return new MspConfigError(this.mspId, message);
  }

  #untrusted(reason: string): IdentityError {
    return new IdentityError(
      'UntrustedCertificate',
      'deserialization',
      `the supplied identity is not valid: ${reason}`,
      this.mspId,
    );
  }

  #unitError(reason: string): IdentityError {
    return this.#invalid('InvalidOrganisationalUnit', `could not validate identity's OUs: ${reason}`);
  }

  #invalid(
    code: 'UntrustedCertificate' | 'RevokedCertificate' | 'InvalidOrganisationalUnit',
    message: string,
  ): IdentityError {
    return new IdentityError(code, 'validation', message, this.mspId);
  }
}

function describeUnits(units: readonly string[], certifiers: Buffer): string {
  const prefix = certifiers.subarray(0, 8).toString('hex').toUpperCase();
  return `[${units.map((unit) => `${unit}(${prefix})`).join(' ')}]`;
}
