import {
  type AccountId,
  FieldError,
  type Isin,
  type MspId,
  type Role,
  type Unit,
  accountId,
  accountKind,
  businessDate,
  count,
  currency,
  currencyDecimals,
  displayName,
  freeText,
  isBusinessDay,
  isin,
  moneyUnit,
  mspId,
  role,
} from '@kessai/interface';
import { coded, counted, memberKey, withFallback, written } from './columns';
import { parsePositive } from './decimal';
import type { InputFault } from './input-fault';
import { readJsonObject } from './json-file';
import type { DayAccount, DayInstrument, DayMember, DayMoney, DayPlan } from './market-day';
import { type Columns, type Placed, type RowOf, readTable } from './table-file';

/** Anything in the input that can be found fault with by the name of a field. */
export interface Locatable {
  readonly fault: (field: string, reason: string) => InputFault;
}

/** An organisation of the network on which the day is to run. */
export interface NetworkOrganisation {
  readonly mspId: string;
  readonly role: string;
}

const accountKeepers: readonly Role[] = ['institution', 'issuer', 'settlement-bank'];

/**
 * Members, monies, instruments and accounts of the day, and the faults found so far. What the other files name is looked up here. A name
 * that is not found is a fault, unless the file that would hold it has faults itself: then it may stand on a line that is wrong.
 */
export class Reference {
  readonly faults: InputFault[] = [];
  readonly plan: DayPlan | undefined;
  readonly members = new Map<string, DayMember>();
  readonly monies = new Map<Unit, DayMoney>();
  readonly instruments = new Map<Isin, DayInstrument>();
  readonly accounts = new Map<string, DayAccount>();
  readonly #directory: string;
  readonly #organisations: readonly NetworkOrganisation[] | undefined;
  readonly #incomplete = new Set<string>();

  constructor(directory: string, organisations?: readonly NetworkOrganisation[]) {
    this.#directory = directory;
    this.#organisations = organisations;
    this.plan = this.#readPlan();
    this.#readMembers();
    this.#readMonies();
    this.#readInstruments();
    this.#readAccounts();
  }

  /**
   * What the rows of a file become. A row that has not the form of its columns, or becomes nothing, leaves the file incomplete: what other
   * files name may stand on it.
   */
  read<C extends Columns, T>(file: string, columns: C, become: (at: Placed<RowOf<C>>) => T | null): readonly T[] {
    const { rows, faults } = readTable(this.#directory, file, columns);
    this.faults.push(...faults);
    if (faults.length > 0) this.#incomplete.add(file);
    return rows.flatMap((at) => {
      const value = become(at);
      if (value !== null) return [value];
      this.#incomplete.add(file);
      return [];
    });
  }

  /** Whether every row of these files has become something. */
  isComplete(...files: readonly string[]): boolean {
    return files.every((file) => !this.#incomplete.has(file));
  }

  member(at: Locatable, field: string, key: string, ...needed: readonly Role[]): DayMember | null {
    const found = this.members.get(key);
    if (!found) return this.#unknown(at, field, `there is no member ${key} in members.csv`, 'members.csv');
    if (needed.length === 0 || needed.includes(found.role)) return found;
    return this.refuse(at, field, `${key} is a member as ${found.role}; here it must be ${needed.join(' or ')}`);
  }

  instrument(at: Locatable, code: Isin): DayInstrument | null {
    const reason = `${code} is not an instrument of instruments.csv`;
    return this.instruments.get(code) ?? this.#unknown(at, 'isin', reason, 'instruments.csv');
  }

  money(at: Locatable, field: string, unit: Unit): DayMoney | null {
    const reason = `there is no money ${unit} in monies.csv`;
    return this.monies.get(unit) ?? this.#unknown(at, field, reason, 'monies.csv');
  }

  account(at: Locatable, field: string, institution: MspId, account: AccountId): DayAccount | null {
    const reason = `there is no account ${account} at ${institution} in accounts.csv`;
    return this.accounts.get(accountKey(institution, account)) ?? this.#unknown(at, field, reason, 'accounts.csv');
  }

  /** A positive number with at most so many decimals, in units of the last of them. */
  amount(at: Locatable, field: string, value: string, decimals: number): bigint | null {
    try {
      return parsePositive(value, decimals);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      return this.refuse(at, field, error.reason);
    }
  }

  /** Tells a fault. @returns null, which stands for what could not be read. */
  refuse(at: Locatable, field: string, reason: string): null {
    this.faults.push(at.fault(field, reason));
    return null;
  }

  #unknown(at: Locatable, field: string, reason: string, file: string): null {
    return this.isComplete(file) ? this.refuse(at, field, reason) : null;
  }

  #readPlan(): DayPlan | undefined {
    const { value, faults, fault } = readJsonObject(this.#directory, 'market.json', {
      name: displayName,
      businessDate,
      nextBusinessDate: businessDate,
      noonAfterRound: count(1, 1_000),
      settledOneByOne: count(0, 1_000),
    });
    this.faults.push(...faults);
    for (const field of ['businessDate', 'nextBusinessDate'] as const) {
      // The market of the day has no calendar yet.
      if (value && !isBusinessDay(value[field], []))
        this.refuse({ fault }, field, `${value[field]} is no business day`);
    }
    if (value && value.nextBusinessDate <= value.businessDate) {
      this.refuse({ fault }, 'nextBusinessDate', `must be later than ${value.businessDate}`);
    }
    return value;
  }

  #readMembers(): void {
    const columns = { member: memberKey, mspId: coded(mspId), role: coded(role), name: coded(displayName) };
    this.read('members.csv', columns, (at) => {
      const { member: shortName, ...rest } = at.row;
      if (this.members.has(shortName)) return this.refuse(at, 'member', `${shortName} is named twice`);
      if ([...this.members.values()].some((other) => other.mspId === rest.mspId)) {
        return this.refuse(at, 'mspId', `${rest.mspId} is named twice`);
      }
      this.#checkOrganisation(at, rest);
      return this.members.set(shortName, { shortName, ...rest });
    });
    const operators = [...this.members.values()].filter((member) => member.role === 'operator');
    if (operators.length === 0 && this.isComplete('members.csv')) {
      this.faults.push({ file: 'members.csv', line: 1, column: 1, field: '', reason: 'names no operator' });
    }
  }

  #checkOrganisation(at: Locatable, { mspId: id, role: asRole }: Pick<DayMember, 'mspId' | 'role'>): void {
    if (!this.#organisations) return;
    const found = this.#organisations.find((organisation) => organisation.mspId === id);
    const known = this.#organisations.map((organisation) => organisation.mspId).join(', ');
    if (!found) this.refuse(at, 'mspId', `${id} is no organisation of the network; there are ${known}`);
    else if (found.role !== asRole) this.refuse(at, 'role', `${id} is ${found.role} in the network`);
  }

  #readMonies(): void {
    const columns = {
      currency: coded(currency),
      bank: memberKey,
      decimals: counted(0, 4),
      registerPages: withFallback(counted(1, 4_096), 1),
    };
    this.read('monies.csv', columns, (at) => {
      const { bank, ...rest } = at.row;
      const issuer = this.member(at, 'bank', bank, 'settlement-bank');
      this.#checkDecimals(at, rest);
      if (!issuer) return null;
      const unit = moneyUnit(rest.currency, issuer.mspId);
      if (this.monies.has(unit)) return this.refuse(at, 'currency', `${rest.currency} of ${bank} is named twice`);
      return this.monies.set(unit, { ...rest, unit, issuer: issuer.mspId });
    });
  }

  #checkDecimals(at: Locatable, { currency: code, decimals }: Pick<DayMoney, 'currency' | 'decimals'>): void {
    const expected = currencyDecimals(code);
    if (expected === undefined) {
      this.refuse(at, 'currency', `${code} is no currency with a minor unit in ISO 4217`);
    } else if (decimals !== expected) {
      this.refuse(at, 'decimals', `must be ${expected}: those of ${code} in ISO 4217`);
    }
  }

  #readInstruments(): void {
    const columns = {
      isin: coded(isin),
      code: coded(freeText(12)),
      name: coded(displayName),
      issuer: memberKey,
      lot: written,
      authorised: written,
      currency: coded(currency),
      bank: memberKey,
      decimals: withFallback(counted(0, 8), 0),
      priceDecimals: withFallback(counted(0, 6), 0),
      registerPages: withFallback(counted(1, 4_096), 1),
    };
    this.read('instruments.csv', columns, (at) => {
      const { issuer: issuerKey, bank: bankKey, lot: lotText, authorised, currency: code, ...rest } = at.row;
      const issuer = this.member(at, 'issuer', issuerKey, 'issuer');
      const bank = this.member(at, 'bank', bankKey, 'settlement-bank');
      const lot = this.amount(at, 'lot', lotText, rest.decimals);
      const supplyCap = this.amount(at, 'authorised', authorised, rest.decimals);
      const money = bank && this.money(at, 'currency', moneyUnit(code, bank.mspId));
      if (this.instruments.has(rest.isin)) return this.refuse(at, 'isin', `${rest.isin} is named twice`);
      if (!issuer || !bank || !money || lot === null || supplyCap === null) return null;
      const settled = { settlementCurrency: code, settlementBank: bank.mspId };
      return this.instruments.set(rest.isin, { ...rest, ...settled, issuer: issuer.mspId, lot, supplyCap });
    });
  }

  #readAccounts(): void {
    const columns = {
      member: memberKey,
      account: coded(accountId),
      name: coded(displayName),
      kind: coded(accountKind),
    };
    this.read('accounts.csv', columns, (at) => {
      const { member: key, account, name, kind } = at.row;
      const member = this.member(at, 'member', key, ...accountKeepers);
      if (!member) return null;
      const id = accountKey(member.mspId, account);
      if (this.accounts.has(id)) return this.refuse(at, 'account', `${account} of ${key} is named twice`);
      return this.accounts.set(id, { member: member.mspId, account, name, kind });
    });
  }
}

function accountKey(member: MspId, account: AccountId): string {
  return `${member}/${account}`;
}
