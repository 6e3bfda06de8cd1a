import { GatewayError } from '@hyperledger/fabric-gateway';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Method,
  type OutcomeAdvice,
  type Role,
  allMethods,
  decodeRejection,
  marketRejections,
  roles,
} from '@kessai/interface';
import { describeOnEngines, networkOf, withEveryNode } from '../support/engines';
import { foundMarket } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

/**
 * Every method is asked for by a member of every role, past the SDK, which would not send what it knows to be refused: instructions are
 * sealed and executed by a cycle, all else is called. Who asks is decided before anything of the request is read, so an empty request tells
 * a refused cell from one that was let in.
 */
const callers: Readonly<Record<Role, string>> = {
  operator: 'CsdMSP',
  institution: 'AlphaMSP',
  'settlement-bank': 'TrustBankMSP',
  issuer: 'ShinEtsuMSP',
  auditor: 'AuditorMSP',
};

/** Who may send no instruction has no inbox. */
const sealing = roles.filter((role) =>
  allMethods().some(({ method }) => isSealed(method) && method.roles.includes(role)),
);

const cells = allMethods().flatMap(({ fullName, method }) => roles.map((role) => ({ fullName, method, role })));

describeOnEngines('the role matrix', (engine) => {
  const connections = new Map<Role, PlainGateway>();
  /** What became of the instructions of each role, by method. */
  const executed = new Map<Role, ReadonlyMap<string, OutcomeAdvice>>();
  let before: unknown;
  const network = networkOf(withEveryNode(engine), foundMarket);

  beforeAll(async () => {
    for (const role of roles) connections.set(role, new PlainGateway(network.current.profile(callers[role])));
    before = await books();
    for (const role of sealing) executed.set(role, await executedAs(role));
  });

  afterAll(() => {
    for (const connection of connections.values()) connection[Symbol.dispose]();
  });

  describe('a refused cell of the role matrix', () => {
    const refused = cells.filter(({ method, role }) => !method.roles.includes(role));

    test.each(refused)(
      '$fullName is not for the role $role and changes nothing',
      async ({ fullName, method, role }) => {
        const refusal = isSealed(method) && !sealing.includes(role) ? 'CollectionUndefined' : 'RoleNotAllowed';
        expect(await answerTo(role, fullName, method)).toBe(refusal);
        expect(await books()).toEqual(before);
      },
    );
  });

  describe('a granted cell of the role matrix', () => {
    const granted = cells.filter(({ method, role }) => method.roles.includes(role));

    test.each(granted)('$fullName is for the role $role', async ({ fullName, method, role }) => {
      // Let in, the empty request is answered, or refused for its form.
      expect(['answered', 'created', 'FieldMissing', 'InstitutionMissing', 'CalendarMissing']).toContain(
        await answerTo(role, fullName, method),
      );
    });
  });

  test('the matrix has a granted and a refused cell for every role', () => {
    expect(sealing).toContain('institution');
    expect(sealing).not.toContain('auditor');
    for (const role of roles) {
      const own = cells.filter((cell) => cell.role === role);
      expect(own.some(({ method }) => method.roles.includes(role))).toBe(true);
      expect(own.some(({ method }) => !method.roles.includes(role))).toBe(true);
    }
  });

  function connectionOf(role: Role): PlainGateway {
    const connection = connections.get(role);
    if (!connection) throw new Error(`No connection as ${role}`);
    return connection;
  }

  /** Every instruction that there is, asked for with an empty request. */
  async function executedAs(role: Role): Promise<ReadonlyMap<string, OutcomeAdvice>> {
    const methods = allMethods().filter(({ method }) => isSealed(method));
    const connection = connectionOf(role);
    const sealed = await connection.seal(methods.map(({ fullName }) => ({ method: fullName, request: {} })));
    return new Map((await connection.outcomesOf(sealed)).map((advice) => [advice.method, advice]));
  }

  /** What a method that was let in by mistake could have changed. */
  async function books(): Promise<unknown> {
    const queries = [
      ...['Registry:Members', 'Registry:Clock', 'Registry:Policy', 'Registry:Supply'],
      ...['Securities:Instruments', 'MoneyTokens:Monies', 'Settlement:Instructions'],
    ];
    return Promise.all(queries.map(async (name) => connectionOf('operator').evaluate(name, {})));
  }

  /** The code of the refusal, or what else became of it. */
  async function answerTo(role: Role, fullName: string, method: Method): Promise<string> {
    const connection = connectionOf(role);
    if (isSealed(method) && sealing.includes(role)) {
      const advice = executed.get(role)?.get(fullName);
      return decodeRejection(marketRejections, advice?.error)?.code ?? advice?.outcome ?? 'not executed';
    }
    try {
      if (isSealed(method)) await connection.seal([{ method: fullName, request: {} }]);
      else if (method.kind === 'evaluate')
        await connection.evaluate(fullName, {}, method.answeredBy === 'operator' ? ['CcpMSP'] : undefined);
      // Whatever is endorsed goes all the way, so that a cell that was let in by mistake does change the ledger.
      else await (await (await connection.endorse(fullName, {})).submit()).getStatus();
      return 'answered';
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return codeOf(error);
    }
  }
});

function isSealed(method: Method): boolean {
  return method.kind === 'submit' && method.sent === 'sealed';
}

function codeOf(error: GatewayError): string {
  const texts = error.details.map(({ message }) => message.slice(message.indexOf('{')));
  const codes = new Set(texts.map((text) => decodeRejection(marketRejections, JSON.parse(text))?.code));
  const [code] = codes;
  if (codes.size !== 1 || code === undefined) throw error;
  return code;
}
