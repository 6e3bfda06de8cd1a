import { type Rejection, decodeRejection, marketRejections } from '@kessai/interface';

/**
 * The rejection that a node's message carries. The chaincode writes it as one JSON object; on its way the shim, the peer and the
 * gateway each put words of their own before it, which vary between versions and are skipped, not read.
 */
export function rejectionIn(message: string): Rejection | undefined {
  for (let start = message.indexOf('{'); start >= 0; start = message.indexOf('{', start + 1)) {
    const rejection = rejectionAt(message, start);
    if (rejection) return rejection;
  }
  return undefined;
}

function rejectionAt(message: string, start: number): Rejection | undefined {
  const end = endOfObject(message, start);
  if (end === undefined) return undefined;
  let wire: unknown;
  try {
    wire = JSON.parse(message.slice(start, end));
  } catch {
    return undefined;
  }
  return rejectionOf(wire);
}

/** Undefined where it is none of the market's, as far as this version knows. */
export function rejectionOf(wire: unknown): Rejection | undefined {
  const decoded = decodeRejection(marketRejections, wire);
  if (!decoded) return undefined;
  const { message: _, ...rejection } = decoded;
  // The decoder has checked the payload against the table from which the union is derived.
  return rejection as Rejection;
}

/** The index after the brace that closes the one at `start`; braces within strings do not count. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i += 1) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === '{') {
      depth += 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
}
