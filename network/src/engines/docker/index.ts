export { lookForCompose } from './compose-command';
export { findDockerTools, startDocker, stopDocker } from './docker-network';
export { FABRIC_IMAGES, nodeImage } from './image-names';
