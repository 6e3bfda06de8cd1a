export * from './admin';
export * from './operations';
export * from './profile';
export * from './topology';
export { ROLE_ATTRIBUTE } from './identities';
