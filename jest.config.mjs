// The tests run as compiled by `tsc -b`, so that what is tested is what is shipped and types are checked once.
export default {
  roots: [
    '<rootDir>/chaincode',
    '<rootDir>/gateway-client',
    '<rootDir>/network',
    '<rootDir>/telemetry',
    '<rootDir>/test',
  ],
  testMatch: ['**/dist/**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
  testTimeout: 30_000,
};
