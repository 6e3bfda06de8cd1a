import type { Rejection } from '@kessai/interface';

/** A refusal that comes up where no handler can return it: in a read. */
export class ReadRefused extends Error {
  override readonly name: string = 'ReadRefused';

  constructor(readonly rejection: Rejection) {
    super(rejection.code);
  }
}
