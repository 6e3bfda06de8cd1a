import type { BusinessId } from '@kessai/interface';
import type { DayDeposit } from '../input';
import type { DayRun } from './day-run';
import { instruction } from './market-port';

/** The market with its operators. */
export async function found(run: DayRun): Promise<void> {
  const { calls, day, exchange } = run;
  const operators = day.members.filter(({ role }) => role === 'operator');
  await calls.submit(exchange, 'Registry:Found', {
    id: 'FOUNDING' as BusinessId,
    name: day.market.name,
    businessDate: day.market.businessDate,
    operators: operators.map(({ mspId, name }) => ({ mspId, name })),
    secrets: { operators: run.newSecret(), board: run.newSecret() },
    ...(run.policy === undefined ? {} : { policy: run.policy }),
  });
}

/** The other members, whom two operators admit. */
export async function admit(run: DayRun): Promise<void> {
  const others = run.day.members.filter(({ role }) => role !== 'operator');
  await run.asOperators(
    others.map(({ mspId, role, name }) => instruction('Registry:AdmitMember', { mspId, role, name })),
  );
}

/** Monies, instruments and accounts: monies first, for an instrument names the one it settles in. */
export async function register(run: DayRun): Promise<void> {
  const { day } = run;
  await Promise.all([
    run.asOperators(day.monies.map((money) => instruction('MoneyTokens:RegisterMoney', money))),
    run.byMember(
      day.accounts.map(({ member: as, account, name, kind }) => ({
        as,
        act: instruction('Registry:OpenAccount', { account, name, kind }),
      })),
    ),
  ]);
  await run.asOperators(
    day.instruments.map(({ code: _, ...instrument }) => instruction('Securities:RegisterInstrument', instrument)),
  );
}

/** Tokens against deposits. */
export async function mint(run: DayRun, when: DayDeposit['when']): Promise<void> {
  const deposits = run.day.deposits.filter((deposit) => deposit.when === when);
  await run.byMember(
    deposits.map(({ bank: as, mint: request }) => ({ as, act: instruction('MoneyTokens:Mint', request) })),
  );
}

/** From the issuer to the underwriters and on to their clients. */
export async function issue(run: DayRun): Promise<void> {
  const { day } = run;
  const issuerOf = new Map(day.instruments.map(({ isin, issuer }) => [isin, issuer]));
  const issuer = (isin: (typeof day.issuances)[number]['isin']): (typeof day.instruments)[number]['issuer'] => {
    const found = issuerOf.get(isin);
    if (found === undefined) throw new RangeError(`The day has no instrument ${isin}`);
    return found;
  };
  await run.asOperatorsAndIssuer(
    day.issuances.map((request) => ({ issuer: issuer(request.isin), act: instruction('Securities:Issue', request) })),
  );
  await run.asOperatorsAndIssuer(
    day.allotments.map((request) => ({ issuer: issuer(request.isin), act: instruction('Securities:Allot', request) })),
  );
  await run.byMember(
    day.distributions.map(({ institution: as, ...request }) => ({
      as,
      act: instruction('Securities:Transfer', request),
    })),
  );
}
