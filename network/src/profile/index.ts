export { DEFAULT_USER, endorsersFor, profileOf, type Profile } from './profile';
