export { CertificateAuthority } from './certificate-authority';
export type { Credential, NodeOu, SigningRequest, TlsRequest } from './certificate-authority';
export { certificateFacts } from './certificate-facts';
export type { CertificateFacts, CertificateState } from './certificate-facts';
export { chaincodeCertificates, organisationCertificates } from './certificate-places';
export type { CertificatePlace, CertificateUse } from './certificate-places';
export { ChaincodeServiceFiles } from './chaincode-service-files';
export { makeIdentities, makeOrganisation, reissueUser } from './make-identities';
export { tlsRootFile } from './msp-folder';
export {
  earlierCertificatesFile,
  localRevocationListFile,
  OrganisationFiles,
  seenAs,
  signingCertificateFile,
  signingKeyFile,
} from './organisation-files';
export type { NodeFiles } from './organisation-files';
export { renewCertificate } from './renew-certificate';
export { revokedCertificates, revokeSerials } from './revocation-list';
export { isSerial, normalSerial, revocationListDer } from './revocation-list-form';
export type { RevokedCertificate } from './revocation-list-form';
export { ATTRIBUTES_OID, ROLE_ATTRIBUTE } from './role-attribute';
export { LocalSigner } from './signer';
