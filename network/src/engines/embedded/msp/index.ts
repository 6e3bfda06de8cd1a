export { ChannelMsps } from './channel-msps.js';
export { IdentityError, MspConfigError, type IdentityCheck, type IdentityErrorCode } from './identity-error.js';
export { LocalSigner, type KeyPair } from './local-signer.js';
export { MemberIdentity } from './member-identity.js';
export { OrganisationMsp } from './organisation-msp.js';
