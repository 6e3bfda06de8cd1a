import type { Market } from '@kessai/gateway-client';

/**
 * The same connection, whose submits return when `reached` says that every peer has their block. Peers take a block each at its own
 * time: to whoever acts next through another peer a request that has just been committed may still be unknown.
 */
export function untilEverywhere(market: Market, reached: (height: bigint) => Promise<void>): Market {
  const settled = async (answer: unknown): Promise<unknown> => {
    const block = blockOf(answer);
    if (block !== undefined) await reached(block + 1n);
    return answer;
  };
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
          return wrap(value);
        }
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(value, target, args);
          return answer instanceof Promise ? answer.then(settled) : answer;
        };
      },
    });
  return wrap(market);
}

/** A block by which all of a submit is committed; undefined where this is no answer to one. */
function blockOf(answer: unknown): bigint | undefined {
  if (Array.isArray(answer)) return answer.map(blockOf).reduce(later, undefined);
  if (typeof answer !== 'object' || answer === null) return undefined;
  if (!('transactionId' in answer && 'blockNumber' in answer && 'outcome' in answer)) return undefined;
  return BigInt(answer.blockNumber as bigint | string);
}

function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
