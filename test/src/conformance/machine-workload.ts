import type { ChaincodeCall, EndorsedTwice, Lockstep } from './lockstep';
import type { Operation } from './machine-chaincode';
import { machine, machineEndorsers } from './machine-deployment';
import { type Choice, keyPolicy, queryOf, table, transactionOf } from './machine-operations';
import { operators } from './twin-topology';

const callers = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP', 'AuditorMSP'];
const longestGroup = 6;
const queriesOfRound = 4;

interface Transaction {
  readonly operations: readonly Operation[];
  /** Who endorses; empty leaves it to the gateway. */
  readonly organisations?: readonly string[];
  readonly mspId?: string;
}

/** Transactions and queries made of random numbers, of a chaincode that does what it is told: what a market has no use for. */
export class MachineWorkload {
  readonly #lockstep: Lockstep;
  readonly #choice: Choice;

  constructor(lockstep: Lockstep, choice: Choice) {
    this.#lockstep = lockstep;
    this.#choice = choice;
  }

  async run(transactions: number): Promise<void> {
    await this.#commit([{ operations: [['putMany', '', 'row', ...table]] }]);
    await this.#conflicts();
    await this.#phantoms();
    await this.#keyPolicies();
    while (this.#lockstep.transactions < transactions) await this.#round();
    await this.#pages();
    await this.#refusals();
  }

  /** Two read the same and write; and one reads, in public, in private or by hash, what another has deleted or purged. */
  async #conflicts(): Promise<void> {
    await this.#commit([
      {
        operations: [
          ['put', 'c0', 'v'],
          ['putPrivate', 'open', 'c0', 'v'],
          ['putPrivate', 'closed', 'c0', 'v'],
          ['event', 'begun', 'c0'],
        ],
        mspId: 'CsdMSP',
      },
    ]);
    const write: Operation = ['put', 'c1', 'w'];
    await this.#commit([
      {
        operations: [
          ['get', 'c0'],
          ['put', 'c0', 'w'],
        ],
      },
      {
        operations: [
          ['get', 'c0'],
          ['put', 'c0', 'x'],
        ],
      },
      { operations: [['deletePrivate', 'open', 'c0']] },
      { operations: [['getPrivate', 'open', 'c0'], write] },
      { operations: [['purgePrivate', 'closed', 'c0']], mspId: 'ExchangeMSP' },
      { operations: [['privateHash', 'closed', 'c0'], write] },
      { operations: [['getMany', 'closed', 'c0'], write], mspId: 'ExchangeMSP' },
      { operations: [['getPolicy', 'c0'], write] },
    ]);
  }

  /** A range is read; a key in it is written, deleted or changed by another that comes first: in its block, or in one before. */
  async #phantoms(): Promise<void> {
    const readers: readonly Operation[] = [
      ['range', 'p0', 'p9'],
      ['firstOf', 'p0', 'p9', '2'],
      ['range', 't000', 't110'],
      ['range', 'p3', 'p3'],
    ];
    const writers: readonly Operation[] = [
      ['put', 'p5', 'later'],
      ['delete', 'p1'],
      ['delete', 't050'],
      ['put', 'p3', 'there again'],
    ];
    await this.#commit([{ operations: ['p1', 'p3', 'p7'].map((key): Operation => ['put', key, 'first']) }]);
    for (const [index, writer] of writers.entries()) {
      const reading = readers.map((reader, number) => ({
        operations: [reader, ['put', `reader${number.toString()}`, 'read'] as const],
      }));
      const group = await this.#endorse([{ operations: [writer] }, ...reading]);
      if (index % 2 === 0) {
        await this.#lockstep.commit(group);
      } else {
        await this.#lockstep.commit(group.slice(0, 1));
        await this.#lockstep.commit(group.slice(1));
      }
    }
  }

  /** Who must endorse a key that has a policy of its own, by the gateway's choice; and while the policy changes. */
  async #keyPolicies(): Promise<void> {
    const exchange = { mspId: 'ExchangeMSP', organisations: [] };
    await this.#commit([{ operations: [['put', 's0', 'v']], ...exchange }]);
    await this.#commit([{ operations: [['setPolicy', 's0', keyPolicy(2, operators)]], ...exchange }]);
    await this.#commit([{ operations: [['put', 's0', 'by both']], ...exchange }]);
    await this.#commit([{ operations: [['put', 's0', 'by one']], organisations: ['ExchangeMSP'] }]);
    await this.#commit([
      { operations: [['setPolicy', 's0', '']] },
      { operations: [['put', 's0', 'while it changes']] },
      { operations: [['put', 's1', 'another']] },
    ]);
    await this.#commit([{ operations: [['putPrivate', 'policed', 's0', 'v']], ...exchange }]);
    await this.#commit([{ operations: [['putPrivate', 'policed', 's0', 'v']], organisations: ['CsdMSP'] }]);
    await this.#commit([{ operations: [['putPrivate', 'open', 's0', 'by no member']], organisations: ['AlphaMSP'] }]);
  }

  async #round(): Promise<void> {
    const choice = this.#choice;
    const size = 1 + choice.below(longestGroup);
    const group = await this.#endorse(
      Array.from({ length: size }, () => ({ operations: transactionOf(choice), organisations: this.#endorsers() })),
    );
    if (group.length > 0) {
      // What comes in a later block has seen as little of the others as what shares theirs.
      const first = choice.percent(40) ? 1 + choice.below(group.length) : group.length;
      await this.#lockstep.commit(group.slice(0, first));
      if (first < group.length) await this.#lockstep.commit(group.slice(first));
    }
    const queries = Array.from({ length: queriesOfRound }, () => ({
      operations: queryOf(choice),
      organisations: [choice.of(machineEndorsers)],
    }));
    await Promise.all(queries.map(async (query) => this.#lockstep.evaluate(this.#call(query))));
  }

  #endorsers(): readonly string[] {
    const kind = this.#choice.below(100);
    if (kind < 65) return operators;
    if (kind < 75) return ['ExchangeMSP'];
    if (kind < 85) return ['CsdMSP'];
    return kind < 93 ? ['AlphaMSP'] : machineEndorsers;
  }

  /** Every page of the table, from bookmark to bookmark. */
  async #pages(): Promise<void> {
    for (const size of ['50', '1000']) {
      let bookmark = '';
      do {
        const operations: readonly Operation[] = [['page', 't', 'u', size, bookmark]];
        const answer = await this.#lockstep.evaluate(this.#call({ operations, organisations: ['CsdMSP'] }));
        if ('refused' in answer) return;
        const [page] = JSON.parse(Buffer.from(answer.value).toString()) as readonly { readonly bookmark: string }[];
        bookmark = page?.bookmark ?? '';
      } while (bookmark !== '');
    }
  }

  /** What the chaincode itself refuses, and how it may answer. */
  async #refusals(): Promise<void> {
    const calls: readonly (readonly string[])[] = [
      ...['200', '202', '399', '400', '404', '499', '500', '0', '-1'].map((status) => ['status', status]),
      ...[['fail', 'as told'], ['fail', ''], ['do', '[["unknown"]]'], ['do'], []],
      ['do', JSON.stringify([['large', '2000000']])],
      ['do', JSON.stringify([['event', '', 'without a name']])],
    ];
    for (const args of calls) {
      for (const organisations of [operators, ['AlphaMSP']]) {
        const call = { mspId: 'BetaMSP', chaincode: machine, args, organisations };
        await this.#lockstep.endorse(call);
        await this.#lockstep.evaluate({ ...call, organisations: organisations.slice(0, 1) });
      }
    }
  }

  async #commit(transactions: readonly Transaction[]): Promise<void> {
    const group = await this.#endorse(transactions);
    if (group.length > 0) await this.#lockstep.commit(group);
  }

  /** Those that are not refused, in their order. */
  async #endorse(transactions: readonly Transaction[]): Promise<readonly EndorsedTwice[]> {
    const calls = transactions.map((one) => this.#call(one));
    const answers = await Promise.all(calls.map(async (call) => this.#lockstep.endorse(call)));
    return answers.flatMap((answer) => ('endorsed' in answer ? [answer.endorsed] : []));
  }

  #call({ operations, organisations = operators, mspId }: Transaction): ChaincodeCall {
    return {
      mspId: mspId ?? this.#choice.of(callers),
      chaincode: machine,
      args: ['do', JSON.stringify(operations)],
      organisations,
    };
  }
}
