import { type Method, type MethodEntry, allMethods } from '@kessai/interface';

/** `Contract:Method`, as Fabric names a transaction function. */
export function fullNameOf(method: Method): string {
  const entry = allMethods().find((candidate) => candidate.method === method);
  if (!entry) throw new Error('The method is of no contract of the market');
  return entry.fullName;
}

export function methodNamed(name: string): MethodEntry | undefined {
  return allMethods().find(({ fullName }) => fullName === name);
}
