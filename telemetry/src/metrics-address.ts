/** The variable of the environment that tells a process of ours where to serve its metrics; unset: nowhere. */
export const METRICS_ADDRESS_VARIABLE = 'KESSAI_METRICS_ADDRESS';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const mostPort = 65_535;

/** `host:port`, `[IPv6 address]:port`; undefined where it is something else. */
export function listenAddressOf(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):([0-9]{1,5})$/i.exec(text) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  return host === undefined || !(port <= mostPort) ? undefined : { host, port };
}
