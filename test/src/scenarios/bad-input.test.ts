import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '@kessai/cli';
import { IdentityRefusedError, type Profile, ProfileError, connect } from '@kessai/gateway-client';
import { type JsonObject, decodeRejection, marketRejections } from '@kessai/interface';
import { startEmbedded } from '@kessai/network';
import { describeOnEngines, embeddedByDay, networkOf } from '../support/engines';
import { type Members, advance, membersOf } from '../support/market-day';
import { foundMarket, fund, shinEtsu, tradeDate } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';

interface BadInput {
  readonly what: string;
  readonly method: string;
  readonly request: JsonObject;
  readonly code: string;
  readonly field: string;
  /** The client sees by itself that this can never be right, and sends nothing. */
  readonly seenByClient: boolean;
}

const order = {
  ...{ orderId: 'O-1', isin: shinEtsu, side: 'sell', account: 'AOKI', quantity: '100', price: '4250' },
  timeInForce: 'day',
};
const transfer = { id: 'T-1', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: '100' };
const payment = { id: 'P-1', unit: 'JPY@TrustBankMSP', from: 'AOKI', to: { institution: 'BetaMSP', account: 'BABA' } };

function quantityOf(what: string, quantity: string, code: string): BadInput {
  const common = { method: 'Securities:Transfer', request: { ...transfer, quantity }, field: 'quantity' };
  return { what: `a quantity of ${what}`, ...common, code, seenByClient: code !== 'HoldingInsufficient' };
}

const badInputs: readonly BadInput[] = [
  {
    ...{ what: 'an ISIN whose check digit is wrong', method: 'Orders:Place', seenByClient: true },
    ...{ request: { ...order, isin: 'JP3371200002' }, code: 'IsinInvalid', field: 'isin' },
  },
  {
    ...{ what: 'an ISIN that nobody registered', method: 'Orders:Place', seenByClient: false },
    ...{ request: { ...order, isin: 'US0378331005' }, code: 'InstrumentUnknown', field: 'isin' },
  },
  {
    ...{ what: 'an account that does not exist', method: 'Orders:Place', seenByClient: false },
    ...{ request: { ...order, account: 'NOBODY' }, code: 'AccountUnknown', field: 'account' },
  },
  {
    ...{ what: 'an account of an organisation that is no member', method: 'MoneyTokens:Transfer', seenByClient: false },
    request: { ...payment, to: { institution: 'NobodyMSP', account: 'BABA' }, amount: '1' },
    ...{ code: 'MemberUnknown', field: 'to.institution' },
  },
  {
    ...{ what: "somebody else's account", method: 'Securities:Transfer', seenByClient: false },
    ...{ request: { ...transfer, from: 'BABA' }, code: 'AccountUnknown', field: 'from' },
  },
  quantityOf('nothing', '0', 'FieldOutOfRange'),
  quantityOf('less than nothing', '-1', 'FieldOutOfRange'),
  quantityOf('a fraction', '0.5', 'FieldMalformed'),
  quantityOf('more than is held', '1001', 'HoldingInsufficient'),
  quantityOf('2^63', (2n ** 63n).toString(), 'FieldOutOfRange'),
  {
    ...{ what: 'a number where decimal text is due', method: 'Securities:Transfer', seenByClient: true },
    ...{ request: { ...transfer, quantity: 100 }, code: 'FieldType', field: 'quantity' },
  },
  {
    ...{ what: 'the same id with other content', method: 'Securities:Transfer', seenByClient: false },
    ...{ request: { ...transfer, id: 'DONE', quantity: '2' }, code: 'Conflict', field: 'quantity' },
  },
  {
    ...{ what: 'a field that is missing', method: 'Securities:Transfer', seenByClient: true },
    request: { id: 'T-1', isin: shinEtsu, from: 'AOKI', to: 'ABE' },
    ...{ code: 'FieldMissing', field: 'quantity' },
  },
  {
    ...{ what: 'a field that is none', method: 'Securities:Transfer', seenByClient: true },
    ...{ request: { ...transfer, quanttiy: '1' }, code: 'FieldUnknown', field: 'quanttiy' },
  },
];

const closedPhase: BadInput = {
  ...{ what: 'an order in a closed phase', method: 'Orders:Place', request: order, seenByClient: false },
  ...{ code: 'PhaseClosed', field: '' },
};

/** Everything that a request may get wrong has a code, names the field, and leaves the ledger as it was. */
describeOnEngines(
  'bad input',
  (engine) => {
    const network = networkOf(engine, async (started) => {
      await foundMarket(started);
      await fund(started, 'fund', [
        { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_001n, money: 1_000n },
        { institution: 'AlphaMSP', account: 'ABE', name: 'Abe' },
        { institution: 'BetaMSP', account: 'BABA', name: 'Baba', securities: 1_000n },
      ]);
      const alpha = await started.as('AlphaMSP');
      await alpha.securities.transfer({ id: 'DONE', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 1n });
    });
    let market: Members;
    let plain: PlainGateway;
    let directory: string;

    beforeAll(async () => {
      market = await membersOf(network.current);
      plain = new PlainGateway(network.current.profile('AlphaMSP'));
      directory = await mkdtemp(join(tmpdir(), 'kessai-bad-input-'));
    });
    afterAll(async () => {
      plain[Symbol.dispose]();
      await rm(directory, { recursive: true, force: true });
    });

    /** What must be as it was: what Alpha and Beta hold and have held, and Alpha's orders. */
    async function state(): Promise<unknown> {
      const { alpha, beta } = market;
      const books = [alpha, beta].flatMap(({ registry }) => [registry.holdings(), registry.statement()]);
      return Promise.all([...books, alpha.orders.orders()]);
    }

    async function expectRefused({ method, request, code, field, seenByClient }: BadInput): Promise<void> {
      const before = await state();
      const named = { code, ...(field === '' ? {} : { field }) };
      expect(await refusalByCycle(method, request)).toMatchObject(named);
      const sealed = await plain.submissions();
      const rejected = { name: 'RejectedError', code, rejection: named, sent: !seenByClient };
      await expect(market.alpha.call(method, request)).rejects.toMatchObject(rejected);
      expect(await command(method, request, network.current.profile('AlphaMSP'))).toEqual({
        exitCode: 1,
        document: { error: expect.objectContaining({ ...named, message: expect.stringMatching(/\w/) }) },
      });
      if (seenByClient) expect(await plain.submissions()).toBe(sealed);
      expect(await state()).toEqual(before);
    }

    /** Past the client, which would not send what it knows to be wrong. */
    async function refusalByCycle(method: string, request: JsonObject): Promise<unknown> {
      const [advice] = await plain.outcomesOf(await plain.seal([{ method, request }]));
      expect(advice).toMatchObject({ outcome: 'refused', method, index: 0 });
      return decodeRejection(marketRejections, advice?.error);
    }

    async function command(method: string, request: JsonObject, profile: unknown) {
      const file = join(directory, 'profile.json');
      await writeFile(file, JSON.stringify(profile));
      const told: string[] = [];
      const out = { write: (text: string) => told.push(text) > 0 };
      const args = ['call', method, '--profile', file, '--request', JSON.stringify(request), '--json'];
      const exitCode = await runCommand(args, { out, err: { write: () => true } });
      return { exitCode, document: JSON.parse(told.join('')) as unknown };
    }

    test.each(badInputs)('$what is refused as $code, field $field', async (input) => {
      await expectRefused(input);
    });

    describe('a client certificate', () => {
      let foreign: Profile;

      beforeAll(async () => {
        // Another network with organisations of the same names: its authorities are not ours.
        await using other = await startEmbedded({ directory: join(directory, 'other') });
        foreign = other.profile('AlphaMSP');
      }, 60_000);

      async function expectIdentityRefused({ cert, key }: Profile): Promise<void> {
        const before = await state();
        const impostor: Profile = { ...network.current.profile('AlphaMSP'), cert, key };
        await using client = await connect(impostor);
        const refused = expect.objectContaining({ code: 'IdentityRefused', mspId: 'AlphaMSP' });
        await expect(client.registry.holdings()).rejects.toEqual(refused);
        await expect(client.call('Securities:Transfer', transfer)).rejects.toBeInstanceOf(IdentityRefusedError);
        expect(await command('Registry:Holdings', {}, impostor)).toMatchObject({
          exitCode: 1,
          document: { error: { code: 'IdentityRefused', mspId: 'AlphaMSP' } },
        });
        expect(await state()).toEqual(before);
      }

      test('of a foreign authority is refused, and nothing is told', async () => {
        await expectIdentityRefused(foreign);
      });

      test('of another member is not taken for one of this member', async () => {
        await expectIdentityRefused(network.current.profile('BetaMSP'));
      });
    });

    describe('a profile', () => {
      const fields = ['mspId', 'channel', 'chaincode', 'endpoint', 'tlsRootCert', 'cert', 'key'] as const;

      test.each(fields)('without %s is refused before anything is sent, and the field is named', async (field) => {
        const { [field]: _, ...rest } = network.current.profile('AlphaMSP');
        const refused = connect(rest as Profile);
        await expect(refused).rejects.toBeInstanceOf(ProfileError);
        await expect(refused).rejects.toMatchObject({ code: 'ProfileInvalid', field });
        expect(await command('Registry:Clock', {}, rest)).toMatchObject({
          exitCode: 1,
          document: { error: { code: 'ProfileInvalid', field } },
        });
      });

      test("with another user's key is refused", async () => {
        const mixed = { ...network.current.profile('AlphaMSP'), key: network.current.profile('BetaMSP').key };
        await expect(connect(mixed)).rejects.toMatchObject({ code: 'ProfileInvalid', field: 'key' });
      });
    });

    test('a method that does not exist is refused by its name', async () => {
      const unknown = { code: 'MethodUnknown', method: 'Securities:Steal' };
      await expect(market.alpha.call('Securities:Steal', {})).rejects.toMatchObject({ rejection: unknown });
    });

    test('wrong usage of the command is not a refusal of the market', async () => {
      const told: string[] = [];
      const out = { write: (text: string) => told.push(text) > 0 };
      const exitCode = await runCommand(['call', 'Registry:Clock', '--json'], { out, err: { write: () => true } });
      expect({ exitCode, ...(JSON.parse(told.join('')) as object) }).toMatchObject({
        exitCode: 2,
        error: { code: 'UsageInvalid', option: '--as' },
      });
    });

    test(`${closedPhase.what} is refused as ${closedPhase.code}`, async () => {
      await advance(market.exchange, 'closed', tradeDate);
      await expectRefused(closedPhase);
    });

    test('after all of it the same request, put right, is done', async () => {
      await advance(market.exchange, 'open', '2023-03-31');
      expect(await market.alpha.call('Securities:Transfer', transfer)).toMatchObject({ outcome: 'created' });
      expect(await market.alpha.call('Orders:Place', order)).toMatchObject({ outcome: 'created' });
    });
  },
  embeddedByDay,
);
