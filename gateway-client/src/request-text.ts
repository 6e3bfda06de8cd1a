import {
  FieldError,
  type Json,
  type Method,
  canonicalText,
  decodeText,
  encodeText,
  parseText,
  refusedField,
} from '@kessai/interface';
import { RejectedError } from './market-error';

/**
 * The text of a typed request, after the check that the chaincode will make. A field that is wrong stays here.
 * @throws RejectedError
 */
export function requestText(method: Method, request: unknown): string {
  return refusing(() => {
    checkNames(method, request);
    const text = encoded(method, request);
    decodeText(method.request, text);
    return text;
  });
}

/**
 * The text of a request in wire form, as JSON text or as a value: amounts are decimal strings.
 * @throws RejectedError
 */
export function wireRequestText(method: Method, request: string | Json): string {
  return refusing(() => {
    const value = typeof request === 'string' ? parseText(request) : request;
    method.request.decode(value, '');
    const text = canonicalText(value);
    // Only the text shows what is too long.
    parseText(text);
    return text;
  });
}

/** Encoding passes over what is no field; a name that was mistyped must not be. */
function checkNames(method: Method, request: unknown): void {
  if (request === null || typeof request !== 'object' || Array.isArray(request)) {
    throw new FieldError('FieldType', '', 'must be an object');
  }
  for (const name of Object.keys(request)) {
    if (!method.request.fieldNames.includes(name)) throw new FieldError('FieldUnknown', name, 'is not a field here');
  }
}

function encoded(method: Method, request: unknown): string {
  try {
    return encodeText(method.request, request);
  } catch (error) {
    // A caller without types may pass what has not even the shape to be encoded.
    if (error instanceof TypeError) throw new FieldError('FieldType', '', 'does not have the form of its definition');
    throw error;
  }
}

function refusing<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new RejectedError(refusedField(error), false, { cause: error });
  }
}
