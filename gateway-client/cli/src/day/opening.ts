import type { BusinessId } from '@kessai/interface';
import type { DayDeposit } from '../input';
import type { DayRun } from './day-run';

const ownsCollection = ['institution', 'issuer', 'settlement-bank'];

/** The market and its members. Each admission changes the list of members, so they go one after another. */
export async function found(run: DayRun): Promise<void> {
  const { calls, day, exchange } = run;
  const operators = day.members.filter(({ role }) => role === 'operator');
  await calls.submit(exchange, 'Registry:Found', {
    id: 'FOUNDING' as BusinessId,
    name: day.market.name,
    businessDate: day.market.businessDate,
    operators: operators.map(({ mspId, name }) => ({ mspId, name })),
    secrets: { operators: run.newSecret(), board: run.newSecret() },
  });
  for (const { mspId, role, name } of day.members) {
    if (role === 'operator') continue;
    const secret = ownsCollection.includes(role) ? { secret: run.newSecret() } : {};
    await calls.submit(exchange, 'Registry:AdmitMember', { mspId, role, name, ...secret });
  }
}

/** Monies, instruments and accounts: monies first, for an instrument names the one it settles in. */
export async function register(run: DayRun): Promise<void> {
  const { calls, day, exchange, depository } = run;
  await run.inLanes([
    ...day.monies.map((money) => ({
      lane: money.unit,
      run: async () => calls.submit(exchange, 'MoneyTokens:RegisterMoney', money),
    })),
    ...day.accounts.map(({ member, account, name, kind }) => ({
      lane: `${member}/${account}`,
      run: async () => calls.submit(member, 'Registry:OpenAccount', { account, name, kind }),
    })),
  ]);
  await run.inLanes(
    day.instruments.map(({ code: _, ...instrument }) => ({
      lane: instrument.isin,
      run: async () => calls.submit(depository, 'Securities:RegisterInstrument', instrument),
    })),
  );
}

/** Tokens against deposits. What a bank has issued is one balance, so its tokens are minted one after another. */
export async function mint(run: DayRun, when: DayDeposit['when']): Promise<void> {
  await run.inLanes(
    run.day.deposits
      .filter((deposit) => deposit.when === when)
      .map(({ bank, mint: request }) => ({
        lane: `${bank}/${request.currency}`,
        run: async () => run.calls.submit(bank, 'MoneyTokens:Mint', request),
      })),
  );
}

/** From the issuer to the underwriters and on to their clients. */
export async function issue(run: DayRun): Promise<void> {
  const { calls, day, depository } = run;
  await run.inLanes(
    day.issuances.map((request) => ({
      lane: request.isin,
      run: async () => calls.submit(depository, 'Securities:Issue', request),
    })),
  );
  await run.inLanes(
    day.allotments.map((request) => ({
      lane: request.isin,
      run: async () => calls.submit(depository, 'Securities:Allot', request),
    })),
  );
  await run.inLanes(
    day.distributions.map(({ institution, ...request }) => ({
      lane: `${institution}/${request.isin}/${request.from}`,
      run: async () => calls.submit(institution, 'Securities:Transfer', request),
    })),
  );
}
