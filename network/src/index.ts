export * from './admin';
export * from './operations';
export * from './profile';
export * from './topology';
export { findFabricPrograms, whyNoFabric } from './engines/native';
export { ROLE_ATTRIBUTE } from './identities';
export { findFabricProgram, OLDEST_FABRIC, type FabricProgram, type FabricProgramName } from './engines/native';
export { ChaincodeServiceFiles, OrganisationFiles } from './identities';
export type { CertificateFacts, CertificateState, CertificateUse } from './identities';
