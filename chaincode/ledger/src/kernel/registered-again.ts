import { type Codec, type Rejection, canonicalText, refuse } from '@kessai/interface';
import { type Decision, alreadyDone } from './decision';
import { differingField } from './differing-field';

/**
 * What it means to register what is there already. Ids are remembered for two business days only, so whoever keeps a thing for ever
 * compares with what it has kept.
 */
export function registeredAgain<T>(codec: Codec<T>, first: T, again: T): Decision | Rejection {
  const field = differingField(canonicalText(codec.encode(first)), canonicalText(codec.encode(again)));
  return field === undefined ? alreadyDone : refuse('Conflict', { field });
}
