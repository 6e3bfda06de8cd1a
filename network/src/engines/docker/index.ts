export { dockerRestarter, findDockerTools, startDocker, stopDocker } from './docker-network';
export { whyNoDocker } from './why-no-docker';
