import { GatewayError } from '@hyperledger/fabric-gateway';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Method, type Role, allMethods, decodeRejection, marketRejections, roles } from '@kessai/interface';
import { describeOnEngines, networkOf } from '../support/engines';
import { foundMarket } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

/**
 * Every method is called by a member of every role, past the SDK, which would not send what it knows to be refused. Who asks is decided
 * before anything of the request is read, so an empty request tells a refused cell from one that was let in.
 */
const callers: Readonly<Record<Role, string>> = {
  operator: 'CsdMSP',
  institution: 'AlphaMSP',
  'settlement-bank': 'TrustBankMSP',
  issuer: 'ShinEtsuMSP',
  auditor: 'AuditorMSP',
};

const cells = allMethods().flatMap(({ fullName, method }) => roles.map((role) => ({ fullName, method, role })));

describeOnEngines('the role matrix', (engine) => {
  const connections = new Map<Role, PlainGateway>();
  const network = networkOf(engine, foundMarket);

  beforeAll(() => {
    for (const role of roles) connections.set(role, new PlainGateway(network.current.profile(callers[role])));
  });

  afterAll(() => {
    for (const connection of connections.values()) connection[Symbol.dispose]();
  });

  describe('a refused cell of the role matrix', () => {
    const refused = cells.filter(({ method, role }) => !method.roles.includes(role));

    test.each(refused)(
      '$fullName is not for the role $role and changes nothing',
      async ({ fullName, method, role }) => {
        const before = await connectionOf('operator').height();
        expect(await answerTo(role, fullName, method)).toBe('RoleNotAllowed');
        expect(await connectionOf('operator').height()).toBe(before);
      },
    );
  });

  describe('a granted cell of the role matrix', () => {
    const granted = cells.filter(({ method, role }) => method.roles.includes(role));

    test.each(granted)('$fullName is for the role $role', async ({ fullName, method, role }) => {
      // Let in, the empty request is answered, or refused for its form.
      expect(['answered', 'FieldMissing', 'InstitutionMissing']).toContain(await answerTo(role, fullName, method));
    });
  });

  test('the matrix has a granted and a refused cell for every role', () => {
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

  /** The code of the refusal, or that there was an answer. */
  async function answerTo(role: Role, fullName: string, method: Method): Promise<string> {
    const proposal = connectionOf(role).market.newProposal(fullName, {
      transientData: { request: '{}' },
      endorsingOrganizations: method.kind === 'submit' ? ['ExchangeMSP', 'CcpMSP'] : ['CcpMSP'],
    });
    try {
      if (method.kind === 'evaluate') await proposal.evaluate();
      // Whatever is endorsed goes all the way, so that a cell that was let in by mistake does change the ledger.
      else await (await (await proposal.endorse()).submit()).getStatus();
      return 'answered';
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return codeOf(error);
    }
  }
});

function codeOf(error: GatewayError): string {
  const texts = error.details.map(({ message }) => message.slice(message.indexOf('{')));
  const codes = new Set(texts.map((text) => decodeRejection(marketRejections, JSON.parse(text))?.code));
  const [code] = codes;
  if (codes.size !== 1 || code === undefined) throw error;
  return code;
}
