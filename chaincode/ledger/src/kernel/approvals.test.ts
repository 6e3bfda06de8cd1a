import { beforeEach, describe, expect, test } from '@jest/globals';
import { isRejection } from '@kessai/interface';
import fc from 'fast-check';
import type { MemoryMarket } from '../tools';
import { contentsOf, holdingOf, sealed } from '../tools/depot-day';
import { sampleInstrument } from '../tools/sample-market';
import { openDepot } from '../tools/sample-contract';
import { limitOfSequencesMs, sequences } from '../tools/sequences';

const tries = sequences(process.env, 50, 1_250);
const limitMs = limitOfSequencesMs(process.env, 60_000);

let market: MemoryMarket;
beforeEach(async () => {
  market = await openDepot();
});

const gamma = { mspId: 'GammaMSP', role: 'institution', name: 'Gamma Securities' };
const admit = (caller: string, request = gamma) => market.submit(caller, 'Depot:Admit', request);

const issue = {
  ...{ id: 'issue-1', isin: sampleInstrument.isin as string, account: 'TREASURY', quantity: '100' },
};
const ask = (caller: string, request = issue) => market.submit(caller, 'Depot:Issue', request);
const issued = () => holdingOf(market, 'IssuerMSP', 'TREASURY');

describe('an act of two operators', () => {
  test('is noted with the first and takes effect with the second', async () => {
    expect(await admit('ExchangeMSP')).toEqual({ outcome: 'created', awaiting: ['operator'] });
    expect(await market.evaluate('GammaMSP', 'Market:Progress')).toMatchObject({ code: 'CallerUnknown' });
    expect(contentsOf(market, ['approval'])).toHaveLength(1);
    expect(await admit('CsdMSP')).toEqual({ outcome: 'created' });
    expect(await market.evaluate('GammaMSP', 'Market:Progress')).toMatchObject({ number: 2 });
    expect(contentsOf(market, ['approval'])).toEqual([]);
  });

  test('sent by the same operator again still awaits another', async () => {
    await admit('ExchangeMSP');
    expect(await admit('ExchangeMSP')).toEqual({ outcome: 'exists', awaiting: ['operator'] });
    expect(await admit('CsdMSP')).toEqual({ outcome: 'created' });
  });

  test('is one with one content: another is refused by the field that differs, and approves nothing', async () => {
    await admit('ExchangeMSP');
    expect(await admit('CsdMSP', { ...gamma, role: 'issuer' })).toEqual({ code: 'Conflict', field: 'role' });
    expect(await admit('CcpMSP')).toEqual({ outcome: 'created' });
  });

  test('that has taken effect exists for any of them, and conflicts with any other content', async () => {
    await admit('ExchangeMSP');
    await admit('CsdMSP');
    for (const operator of ['ExchangeMSP', 'CsdMSP', 'CcpMSP']) {
      expect(await admit(operator)).toEqual({ outcome: 'exists' });
      expect(await admit(operator, { ...gamma, name: 'Other' })).toEqual({ code: 'Conflict', field: 'name' });
    }
  });

  test('may be approved within one cycle, and what follows in it sees the effect', async () => {
    sealed(market, 'ExchangeMSP', [{ method: 'Depot:Admit', request: gamma }]);
    sealed(market, 'CsdMSP', [{ method: 'Depot:Admit', request: gamma }]);
    const own = { method: 'Depot:Peek', request: { id: 'p-1', member: 'AlphaMSP' } };
    sealed(market, 'GammaMSP', [own]);
    expect(await market.cycle()).toMatchObject([
      ...[{ outcome: 'created', awaiting: ['operator'] }, { outcome: 'created' }, { outcome: 'created' }],
    ]);
  });

  test('of the same operator twice in one cycle has one approval', async () => {
    const act = { method: 'Depot:Admit', request: gamma };
    sealed(market, 'ExchangeMSP', [act, act]);
    expect(await market.cycle()).toMatchObject([
      { outcome: 'created', awaiting: ['operator'] },
      { outcome: 'exists', awaiting: ['operator'] },
    ]);
  });

  test('is refused at once where it would be refused when it takes effect', async () => {
    await market.submit('ExchangeMSP', 'Depot:MoveClock', { businessDate: '2023-03-01', phase: 'closed' });
    expect(await ask('ExchangeMSP')).toMatchObject({ code: 'PhaseClosed' });
    expect(contentsOf(market, ['approval'])).toEqual([]);
  });

  test('changes no balance before it takes effect', async () => {
    await ask('ExchangeMSP');
    await ask('CsdMSP');
    expect(await issued()).toEqual([0n, 0n]);
    expect(contentsOf(market, ['holding', 'supply', 'journal'])).toEqual([]);
  });
});

describe('an act of two operators and the issuer', () => {
  const senders = ['ExchangeMSP', 'CsdMSP', 'IssuerMSP'] as const;
  const orders = senders.flatMap((a) =>
    senders.flatMap((b) => senders.flatMap((c) => (new Set([a, b, c]).size === 3 ? [[a, b, c] as const] : []))),
  );

  test.each(orders)('takes effect with the last of %s, %s, %s', async (first, second, third) => {
    for (const sender of [first, second]) {
      const answer = await ask(sender);
      expect(answer).toMatchObject({ outcome: 'created', awaiting: expect.anything() as unknown });
      expect(await issued()).toEqual([0n, 0n]);
    }
    expect(await ask(third)).toEqual({ outcome: 'created' });
    expect(await issued()).toEqual([100n, 0n]);
    for (const sender of [...senders, 'CcpMSP']) expect(await ask(sender)).toEqual({ outcome: 'exists' });
    expect(await issued()).toEqual([100n, 0n]);
  });

  test('says whose approvals are missing', async () => {
    expect(await ask('ExchangeMSP')).toEqual({ outcome: 'created', awaiting: ['operator', 'issuer'] });
    expect(await ask('IssuerMSP')).toEqual({ outcome: 'created', awaiting: ['operator'] });
    expect(await ask('IssuerMSP')).toEqual({ outcome: 'exists', awaiting: ['operator'] });
  });

  test('is not approved by another issuer', async () => {
    await ask('ExchangeMSP');
    expect(await ask('OtherIssuerMSP')).toMatchObject({ code: 'NotYourInstrument', field: 'isin' });
    await ask('CsdMSP');
    expect(await issued()).toEqual([0n, 0n]);
  });

  test('is not told to another issuer, who learns the same before it was asked for, while it waits and afterwards', async () => {
    const answers = [await ask('OtherIssuerMSP')];
    for (const sender of senders) {
      await ask(sender);
      answers.push(await ask('OtherIssuerMSP'), await ask('OtherIssuerMSP', { ...issue, quantity: '5' }));
    }
    const refused = { code: 'NotYourInstrument', field: 'isin', isin: issue.isin };
    expect(answers).toEqual(answers.map(() => refused));
  });

  test('is not approved by a third operator in the issuer’s place', async () => {
    for (const operator of ['ExchangeMSP', 'CsdMSP', 'CcpMSP']) {
      expect(await ask(operator)).toMatchObject({ awaiting: expect.arrayContaining(['issuer']) as unknown });
    }
    expect(await issued()).toEqual([0n, 0n]);
  });

  test(
    'takes effect exactly once, when all have asked for it, however often and in whatever order they ask',
    async () => {
      const senderOf = fc.constantFrom('ExchangeMSP', 'CsdMSP', 'CcpMSP', 'IssuerMSP', 'OtherIssuerMSP');
      const sends = fc.array(fc.record({ sender: senderOf, other: fc.boolean() }), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(sends, async (all) => {
          market = await openDepot();
          const approvals = new Set<string>();
          let first: boolean | undefined;
          for (const { sender, other } of all) {
            const done = approvals.has('IssuerMSP') && approvals.size >= 3;
            const answer = await ask(sender, other ? { ...issue, quantity: '101' } : issue);
            if (sender === 'OtherIssuerMSP') expect(answer).toMatchObject({ code: 'NotYourInstrument' });
            else if (first !== undefined && first !== other)
              expect(answer).toEqual({ code: 'Conflict', field: 'quantity' });
            else if (done) expect(answer).toEqual({ outcome: 'exists' });
            else {
              expect(isRejection(answer) ? answer.code : answer.outcome).toBe(
                approvals.has(sender) ? 'exists' : 'created',
              );
              first = other;
              approvals.add(sender);
            }
            const effective = approvals.has('IssuerMSP') && approvals.size >= 3;
            expect(await issued()).toEqual([effective ? (first === true ? 101n : 100n) : 0n, 0n]);
          }
        }),
        tries,
      );
    },
    limitMs,
  );
});
