export { DEFAULT_USER, endorsersFor, profileOf, type GatewayOptions, type Profile } from './profile';
