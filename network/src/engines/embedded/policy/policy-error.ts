/** A policy that cannot be made ready: `Unsupported` is valid in Fabric, but not built here; `Invalid` is no policy at all. */
export type PolicyErrorCode = 'PolicyUnsupported' | 'PolicyInvalid';

export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly code: PolicyErrorCode;

  constructor(code: PolicyErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
