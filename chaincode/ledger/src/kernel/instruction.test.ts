import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Collection, isRejection, refuse } from '@kessai/interface';
import type { MemoryMarket } from '../tools';
import {
  adviceOf,
  clockTo,
  contentsOf,
  deposit,
  holdingOf,
  misbehave,
  note,
  peek,
  sealed,
  settle,
  trade,
  transfer,
} from '../tools/depot-day';
import { openDepot } from '../tools/sample-contract';
import { created } from './decision';
import { ReadRefused } from './read-refused';
import type { Reader, StateKey } from './state';

let market: MemoryMarket;
beforeEach(async () => {
  market = await openDepot();
  await deposit(market, 'AlphaMSP', 'A-1', 100);
});

/** What a cycle of these instructions of Alpha comes to. */
function cycleOf(...instructions: readonly Parameters<typeof sealed>[2][number][]) {
  sealed(market, 'AlphaMSP', instructions);
  return market.cycle();
}

describe('an instruction', () => {
  test.each([
    'Depot:Nothing',
    'Nothing:Transfer',
    'Depot',
    'toString',
    'Depot:constructor',
    'Market:Check',
    'Depot:Noted',
  ])('of the method %s, which is none to be sealed, is refused', async (method) => {
    expect(await cycleOf({ method, request: {} }, transfer('t-1', 1, 'BetaMSP'))).toMatchObject([
      { code: 'MethodUnknown', method },
      { outcome: 'created' },
    ]);
  });

  test.each(['Market:Cycle', 'Market:Instruct', 'Registry:Found'])(
    'of %s, which is sent directly, is refused',
    async (method) => {
      expect(await cycleOf({ method, request: {} })).toEqual([{ code: 'SentDirectly', method }]);
    },
  );

  test('is refused for the first of its reasons, in the order of the table of rejections', async () => {
    await market.submit('ExchangeMSP', 'Depot:MoveClock', { businessDate: '2023-03-01', phase: 'closed' });
    const expired = { goodUntil: '2023-03-01T00:00:00.000Z' };
    const early = { notBefore: '2999-01-01T00:00:00.000Z' };
    const wrong = transfer('t-1', 1_000, 'BetaMSP');
    const viewer = { mspId: 'IssuerMSP', nodeRole: 'client', restriction: 'viewer' } as const;
    const malformed = { ...wrong, request: { ...wrong.request, quantity: '0' }, ...expired };
    const seen: string[] = [];
    for (const [caller, instruction] of [
      [viewer, malformed],
      [{ ...viewer, mspId: 'AlphaMSP' }, malformed],
      ['AlphaMSP', malformed],
      ['AlphaMSP', { ...wrong, ...expired, ...early }],
      ['AlphaMSP', { ...wrong, ...early }],
      ['AlphaMSP', wrong],
    ] as const) {
      market.seal(caller as never, [instruction]);
      const [answer] = await market.cycle();
      seen.push(isRejection(answer) ? answer.code : 'created');
    }
    await market.submit('ExchangeMSP', 'Depot:MoveClock', { businessDate: '2023-03-02', phase: 'open' });
    seen.push(...(await cycleOf(wrong)).map((answer) => (isRejection(answer) ? answer.code : 'created')));
    expect(seen).toEqual([
      ...['RoleNotAllowed', 'CertificateRestricted', 'FieldOutOfRange', 'InstructionExpired', 'InstructionTooEarly'],
      ...['PhaseClosed', 'HoldingInsufficient'],
    ]);
  });

  test('is accepted in its phases alone, by the clock as instructions before it have left it', async () => {
    sealed(market, 'AlphaMSP', [transfer('t-1', 1, 'BetaMSP')]);
    sealed(market, 'ExchangeMSP', [clockTo('2023-03-01', 'closed')]);
    sealed(market, 'AlphaMSP', [transfer('t-2', 1, 'BetaMSP')]);
    sealed(market, 'ExchangeMSP', [clockTo('2023-03-02', 'open')]);
    sealed(market, 'AlphaMSP', [transfer('t-3', 1, 'BetaMSP')]);
    const [first, , second, , third] = await market.cycle();
    expect([first, third]).toMatchObject([{ outcome: 'created' }, { outcome: 'created' }]);
    expect(second).toMatchObject({ code: 'PhaseClosed', phase: 'closed' });
    expect(await adviceOf(market, 'AlphaMSP', 2)).toMatchObject({
      clock: { businessDate: '2023-03-02', phase: 'open', sequence: 2, cycle: 2 },
    });
  });

  test('sees what those before it have written, posted, made and remembered', async () => {
    expect(
      await cycleOf(note('n-1', 'spring'), note('n-2', 'summer'), note('n-3', 'spring'), trade('deal', 'BetaMSP')),
    ).toHaveLength(4);
    sealed(market, 'AlphaMSP', [trade('late', 'BetaMSP')]);
    sealed(market, 'CsdMSP', [settle('s-1', 'deal'), settle('s-2', 'late', 'pending'), settle('s-3', 'deal')]);
    expect(await market.cycle()).toMatchObject([
      { outcome: 'created' },
      { outcome: 'created' },
      { outcome: 'created' },
      { code: 'TradeNotMatched', status: 'settled' },
    ]);
    const own = market.ledger.contents('AlphaMSP').filter(({ key }) => key.startsWith('note/'));
    expect(own).toEqual([
      { key: 'note/before', value: '{"earlier":[],"words":"summer"}' },
      { key: 'note/last', value: '{"earlier":[1],"words":"spring"}' },
    ]);
  });

  test('adds lines to the log of its cycle, which is written once', async () => {
    await cycleOf(note('n-1', 'spring'), note('n-2', 'summer'));
    await cycleOf(note('n-3', 'autumn'));
    const logs = market.ledger.contents('operators').filter(({ key }) => key.startsWith('note-log/'));
    expect(logs).toEqual([
      {
        key: 'note-log/0000000002',
        value: '{"lines":[{"by":"AlphaMSP","words":"spring"},{"by":"AlphaMSP","words":"summer"}]}',
      },
      { key: 'note-log/0000000003', value: '{"lines":[{"by":"AlphaMSP","words":"autumn"}]}' },
    ]);
  });
});

describe('an instruction that is refused or fails', () => {
  const ways = [
    ['is refused after it posted', misbehave('m-1', 'refuse'), 'SameAccount'],
    ['is refused in its load', misbehave('m-1', 'refuse-in-load'), 'SameAccount'],
    ['throws after it posted', misbehave('m-1', 'throw'), 'InstructionFailed'],
    ['throws in its load', misbehave('m-1', 'throw-in-load'), 'InstructionFailed'],
    ['makes value', misbehave('m-1', 'make-value'), 'InstructionFailed'],
    ['writes a holding', misbehave('m-1', 'write-kind', 'holding'), 'InstructionFailed'],
    ['adds to a log of a kind that is the kernel’s', misbehave('m-1', 'append-kind', 'trades'), 'InstructionFailed'],
  ] as const;

  test.each(ways)('because it %s leaves no trace but its outcome', async (_how, instruction, code) => {
    const control = await openDepot();
    await deposit(control, 'AlphaMSP', 'A-1', 100);
    for (const one of [market, control])
      sealed(one, 'AlphaMSP', [note('n-1', 'spring'), transfer('t-1', 5, 'BetaMSP')]);
    sealed(market, 'AlphaMSP', [instruction, note('n-2', 'summer')]);
    sealed(control, 'AlphaMSP', [note('n-2', 'summer')]);
    const results = await market.cycle();
    await control.cycle();
    expect(results).toMatchObject([
      ...[{ outcome: 'created' }, { outcome: 'created' }, { code }, { outcome: 'created' }],
    ]);
    const rest = (one: MemoryMarket) => contentsOf(one).filter((entry) => !JSON.stringify(entry).includes('ids-tail'));
    expect(rest(market)).toEqual(rest(control));
    expect(await market.evaluate('AlphaMSP', 'Depot:Noted', { words: 'm-1' })).toEqual({ cycles: [] });
    expect((await adviceOf(market, 'AlphaMSP', 2))?.advices).toEqual([]);
    // Its id is free.
    expect(await market.submit('AlphaMSP', instruction.method, instruction.request)).toMatchObject({ code });
  });

  test('by a defect is told to whoever watches the chaincode, with its cause', async () => {
    await cycleOf(misbehave('m-1', 'throw'), misbehave('m-2', 'write-kind', 'supply'));
    expect(market.failures).toEqual([
      { method: 'Depot:Misbehave', cause: new Error('A defect in decide') },
      { method: 'Depot:Misbehave', cause: new Error('A contract does not write the kind supply') },
    ]);
  });

  test.each([
    ...['holding', 'supply', 'journal', 'trades', 'trade-status', 'party-trades', 'party-trade-status'],
    ...[
      'advice',
      'cycle',
      'progress',
      'ids',
      'ids-tail',
      'captured-ids',
      'captured-ids-tail',
      'approval',
      'sealed',
      'secret',
    ],
  ])('because it writes the kind %s has not written it', async (kind) => {
    const [written, appended] = await cycleOf(
      misbehave('m-1', 'write-kind', kind),
      misbehave('m-2', 'append-kind', kind),
    );
    expect([written, appended]).toMatchObject([{ code: 'InstructionFailed' }, { code: 'InstructionFailed' }]);
    expect(JSON.stringify(contentsOf(market))).not.toContain('forbidden');
  });

  test('lets a kind of its own be written', async () => {
    expect(await cycleOf(misbehave('m-1', 'write-kind', 'holding-note'))).toMatchObject([{ outcome: 'created' }]);
  });
});

describe('a read', () => {
  /** A peer that cannot give what stands in a collection. */
  function without(collection: Collection, error: Error): Reader {
    const { reader } = market.ledger.simulate();
    return {
      async read(keys: readonly StateKey[]) {
        if (keys.some((key) => key.collection === collection)) throw error;
        return reader.read(keys);
      },
    };
  }

  /** The outcomes that a cycle at such a peer would tell Alpha. */
  async function outcomesAt(reader: Reader): Promise<unknown> {
    const decision = await market.decideCycle({ number: 2, submissions: [waiting()] }, reader);
    if (isRejection(decision)) return decision;
    const page = decision.writes.find(({ collection, key }) => collection === 'AlphaMSP' && key.startsWith('advice/'));
    return (JSON.parse(page?.value ?? '') as { outcomes: { runs: unknown }[] }).outcomes[0]?.runs;
  }
  const waiting = () =>
    sealed(market, 'AlphaMSP', [peek('p-1', 'TrustBankMSP'), peek('p-2', 'IssuerMSP'), transfer('t-1', 1, 'BetaMSP')]);

  test('of a collection that there is not refuses the instruction that needs it, and others go on', async () => {
    const refused = new ReadRefused(refuse('CollectionUndefined', { collection: 'TrustBankMSP' }));
    expect(await outcomesAt(without('TrustBankMSP', refused))).toMatchObject([
      { method: 'Depot:Peek', outcome: 'refused', error: { code: 'CollectionUndefined', collection: 'TrustBankMSP' } },
      { method: 'Depot:Peek', outcome: 'created' },
      { method: 'Depot:Transfer', outcome: 'created' },
    ]);
    expect(market.failures).toEqual([]);
  });

  test('of a collection that this peer does not hold ends the cycle: another peer may hold it', async () => {
    const refused = new ReadRefused(refuse('CollectionNotHeld', { collection: 'TrustBankMSP' }));
    await expect(outcomesAt(without('TrustBankMSP', refused))).rejects.toThrow('CollectionNotHeld');
  });

  test('that fails in any other way ends the cycle, and no instruction is said to have failed', async () => {
    await expect(outcomesAt(without('TrustBankMSP', new Error('The peer has gone')))).rejects.toThrow('has gone');
    expect(market.failures).toEqual([]);
  });

  test('that fails beside one of a collection that there is not ends the cycle too', async () => {
    const undefinedCollection = without(
      'TrustBankMSP',
      new ReadRefused(refuse('CollectionUndefined', { collection: 'TrustBankMSP' })),
    );
    const failing: Reader = {
      async read(keys) {
        // Only when it is read by itself, after the round of all was refused.
        if (keys.every(({ collection }) => collection === 'IssuerMSP')) throw new Error('The peer has gone');
        return undefinedCollection.read(keys);
      },
    };
    await expect(outcomesAt(failing)).rejects.toThrow('has gone');
    expect(market.failures).toEqual([]);
  });

  test('that fails and is caught by a handler ends the cycle all the same', async () => {
    market = await openDepot({
      Peek: {
        load: async (reader: Reader) => {
          const key = { collection: 'TrustBankMSP', key: 'note/x' };
          return reader.read([key]).catch(() => []);
        },
        decide: () => created(),
      } as never,
    });
    await expect(
      market.decideCycle(
        { number: 1, submissions: [sealed(market, 'AlphaMSP', [peek('p-1', 'TrustBankMSP')])] },
        without('TrustBankMSP', new Error('The peer has gone')),
      ),
    ).rejects.toThrow('has gone');
  });

  test('of a stored value of another form ends the cycle: a defect must not decide', async () => {
    market.ledger.commit({ versions: new Map() }, [{ collection: 'IssuerMSP', key: 'note/last', value: '{"odd":1}' }]);
    await expect(outcomesAt(market.ledger.simulate().reader)).rejects.toThrow('is not a field here');
  });
});

describe('what happens to a balance', () => {
  test('is in the journal of its member, by the instruction that caused it', async () => {
    await cycleOf(transfer('t-1', 5, 'BetaMSP'), transfer('t-2', 7, 'BetaMSP'));
    expect(await market.evaluate('BetaMSP', 'Market:Advices', { from: 2 })).toMatchObject({
      pages: [
        {
          postings: [
            { reference: 'Depot:Transfer t-1', account: 'A-1', change: '5', lockedChange: '0' },
            { reference: 'Depot:Transfer t-2', account: 'A-1', change: '7', lockedChange: '0' },
          ],
        },
      ],
    });
    expect(await holdingOf(market, 'BetaMSP')).toEqual([12n, 0n]);
  });
});
