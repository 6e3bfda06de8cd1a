export {
  blockValidationPolicy,
  ChannelPolicies,
  defaultEndorsementPolicy,
  lifecycleEndorsementPolicy,
} from './channel-policies';
export { signersOf, type IdentityPolicy } from './evaluation';
export { PolicyError, type PolicyErrorCode } from './policy-error';
export { anyOf, parsePolicyText } from './policy-text';
export { organisationsOf } from './signature-policy';
