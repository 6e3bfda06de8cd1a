import { text } from './codec';

/** Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal. */
export const transactionId = text({
  minLength: 64,
  maxLength: 64,
  pattern: /^[0-9a-f]{64}$/,
  description: 'a transaction id of 64 hexadecimal digits',
});
