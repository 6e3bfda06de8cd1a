export { certificateOfPem } from './certificate';
export { ChannelMsps, MAXIMUM_IDENTITY_BYTES } from './channel-msps';
export { IdentityError, MspConfigError, type IdentityCheck, type IdentityErrorCode } from './identity-error';
export { LocalSigner, type KeyPair } from './local-signer';
export { MemberIdentity } from './member-identity';
export { OrganisationMsp } from './organisation-msp';
