import { type Codec, FieldError, type Json, type TextLimits, parseText } from '@kessai/interface';
import { ResponseMalformedError } from './market-error';

/** A register of millions of rows is a long text; what a peer sends in one message bounds it before this does. */
const responseLimits: TextLimits = { maxLength: 256 * 1024 * 1024, maxDepth: 16 };

export interface Response<R> {
  /** As it came. */
  readonly wire: Json;
  readonly decoded: R;
}

/** @throws ResponseMalformedError */
export function readResponse<R>(method: string, codec: Codec<R>, bytes: Uint8Array): Response<R> {
  try {
    const wire = parseText(Buffer.from(bytes).toString('utf8'), responseLimits);
    return { wire, decoded: codec.decode(wire, '') };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new ResponseMalformedError(method, error.field, { cause: error });
  }
}
