import { StatusCode } from '@hyperledger/fabric-gateway';

const names: ReadonlyMap<number, string> = new Map(Object.entries(StatusCode).map(([name, code]) => [code, name]));

/** Fabric's name for how a transaction was judged when its block was committed, such as VALID. */
export function validationName(code: number): string {
  return names.get(code) ?? code.toString();
}
