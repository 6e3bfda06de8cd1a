/** What `_lifecycle` refuses, in a peer's words. */
export class LifecycleError extends Error {
  readonly code = 'LifecycleRefused';
  /** The status of the chaincode's response: 404 for what does not exist, otherwise 500. */
  readonly status: number;

  constructor(message: string, status = 500) {
    super(message);
    this.name = 'LifecycleError';
    this.status = status;
  }
}
