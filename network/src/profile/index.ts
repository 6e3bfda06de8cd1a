export { DEFAULT_USER, profileOf, type GatewayOptions, type Profile } from './profile';
