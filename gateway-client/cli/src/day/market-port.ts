import {
  type Json,
  type JsonObject,
  type Method,
  type MspId,
  type Outcome,
  type RequestOf,
  type ResponseOf,
  contracts,
  outcome,
} from '@kessai/interface';

/**
 * The market as the day needs it: a call by its full name, as a member, in wire form. A network is behind it, or a market in memory.
 * A call that is refused throws an error whose `code` is that of the rejection.
 */
export interface MarketPort {
  submit(as: MspId, method: string, request: JsonObject): Promise<Json>;
  /** Several instructions of one member, executed in this order. What is refused does not keep the others from being executed. */
  instruct(as: MspId, instructions: readonly PortInstruction[]): Promise<readonly PortResult[]>;
  evaluate(as: MspId, method: string, request: JsonObject): Promise<Json>;
}

export interface PortInstruction {
  readonly method: string;
  readonly request: JsonObject;
}

export interface PortResult {
  readonly outcome: 'created' | 'exists' | 'refused';
  readonly error?: { readonly code: string; readonly message: string };
}

type Contracts = typeof contracts;
type MethodsOf<C extends keyof Contracts> = Contracts[C]['methods'];

/** Every method's full name, such as `Orders:Place`. */
export type FullName = { [C in keyof Contracts]: `${C}:${keyof MethodsOf<C> & string}` }[keyof Contracts];

type MethodNamed<N extends FullName> = N extends `${infer C}:${infer M}`
  ? C extends keyof Contracts
    ? M extends keyof MethodsOf<C>
      ? MethodsOf<C>[M]
      : never
    : never
  : never;

export type Request<N extends FullName> = RequestOf<MethodNamed<N>>;
export type Response<N extends FullName> = ResponseOf<MethodNamed<N>>;

/** An instruction, its request in the type of its method. */
export function instruction<N extends FullName>(name: N, request: Request<N>): PortInstruction {
  return { method: name, request: methodNamed(name).request.encode(request) as JsonObject };
}

/** The port in the types of the methods' definitions. Counts submits. */
export class Calls {
  readonly #port: MarketPort;
  #submits = 0;

  constructor(port: MarketPort) {
    this.#port = port;
  }

  /** Submits that were answered, refused ones too. */
  get submits(): number {
    return this.#submits;
  }

  async submit<N extends FullName>(as: MspId, name: N, request: Request<N>): Promise<Outcome> {
    const method = methodNamed(name);
    this.#submits += 1;
    const answer = await this.#port.submit(as, name, method.request.encode(request) as JsonObject);
    // What the transport adds, such as the transaction's id, is not the market's answer.
    const { outcome: said } = answer as { readonly outcome?: Json };
    return outcome.decode({ outcome: said }, name);
  }

  /** One member's instructions, executed in this order. @throws an error with the code of the first that was refused */
  async all(as: MspId, instructions: readonly PortInstruction[]): Promise<void> {
    for (const { error } of await this.each(as, instructions)) {
      if (error) throw Object.assign(new Error(error.message), { code: error.code });
    }
  }

  /** The same, telling how each ended. */
  async each(as: MspId, instructions: readonly PortInstruction[]): Promise<readonly PortResult[]> {
    if (instructions.length === 0) return [];
    this.#submits += instructions.length;
    return this.#port.instruct(as, instructions);
  }

  async evaluate<N extends FullName>(as: MspId, name: N, request: Request<N>): Promise<Response<N>> {
    const method = methodNamed(name);
    const answer = await this.#port.evaluate(as, name, method.request.encode(request) as JsonObject);
    return method.response.decode(answer, name) as Response<N>;
  }
}

function methodNamed(name: FullName): Method {
  const [contract = '', method = ''] = name.split(':');
  const found = (contracts as Readonly<Record<string, { readonly methods: Readonly<Record<string, Method>> }>>)[
    contract
  ];
  const definition = found?.methods[method];
  if (!definition) throw new RangeError(`${name} is no method of the market`);
  return definition;
}
