export { CertificateAuthority } from './certificate-authority';
export type { Credential, NodeOu, SigningRequest, TlsRequest } from './certificate-authority';
export { ChaincodeServiceFiles } from './chaincode-service-files';
export { makeIdentities, makeOrganisation, renewIdentities } from './make-identities';
export { tlsRootFile } from './msp-folder';
export { OrganisationFiles, seenAs, signingCertificateFile, signingKeyFile } from './organisation-files';
export type { NodeFiles } from './organisation-files';
export { ATTRIBUTES_OID, ROLE_ATTRIBUTE } from './role-attribute';
export { LocalSigner } from './signer';
