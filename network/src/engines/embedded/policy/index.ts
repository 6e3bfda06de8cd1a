export {
  blockValidationPolicy,
  ChannelPolicies,
  defaultEndorsementPolicy,
  lifecycleEndorsementPolicy,
} from './channel-policies.js';
export { signersOf, type IdentityPolicy } from './evaluation.js';
export { PolicyError, type PolicyErrorCode } from './policy-error.js';
export { anyOf, parsePolicyText } from './policy-text.js';
export { organisationsOf } from './signature-policy.js';
