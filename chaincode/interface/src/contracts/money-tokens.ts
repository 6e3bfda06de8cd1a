import { count, list, object, optional } from '../codec';
import { anyPhase, businessHours, defineContract, evaluate, everyone, submit } from '../api';
import { accountId, accountRef, bankReference, businessId, currency, mspId, unit } from '../identifiers';
import { balance, quantity } from '../quantity';
import { fieldPath, rejection } from '../rejection';

/** A money token: one currency of one issuer. */
export const money = object({
  unit,
  currency,
  issuer: mspId,
  /** Decimals of the currency in its smallest unit, as ISO 4217 has them: 0 for JPY, 2 for USD. */
  decimals: count(0, 4),
  registerPages: count(1, 4_096),
});

/** Tokens of a settlement bank against deposits (Plan 2 of the paper). */
export const MoneyTokens = defineContract({
  name: 'MoneyTokens',
  summary: 'Money on the ledger: registered per currency and issuer, minted against deposits, transferred, burnt.',
  methods: {
    RegisterMoney: submit({
      summary: 'Registers a currency of a settlement bank as money of the market.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'unit',
      approval: 'two-operators',
      request: money,
    }),
    Monies: evaluate({
      summary: 'All registered monies.',
      roles: everyone,
      answeredBy: 'own',
      request: object({}),
      response: object({ monies: list(money, { max: 10_000 }) }),
    }),
    Mint: submit({
      summary: 'Issues tokens against a deposit, once for each, to an account of an institution or issuer.',
      roles: ['settlement-bank'],
      phases: businessHours,
      idField: 'id',
      request: object({ id: businessId, currency, to: accountRef, amount: quantity, depositReference: bankReference }),
    }),
    Transfer: submit({
      summary: 'Pays from an own account to any account of an institution, issuer or bank.',
      roles: ['institution', 'issuer', 'settlement-bank'],
      phases: businessHours,
      idField: 'id',
      request: object({ id: businessId, unit, from: accountId, to: accountRef, amount: quantity }),
    }),
    Burn: submit({
      summary: 'Gives tokens of an own account back to their issuer against a payout off the ledger.',
      roles: ['institution', 'issuer', 'settlement-bank'],
      phases: businessHours,
      idField: 'id',
      request: object({ id: businessId, unit, from: accountId, amount: quantity, payoutReference: bankReference }),
    }),
    Outstanding: evaluate({
      summary:
        "Tokens outstanding of the calling bank's money and who holds them; operators and auditors name the money.",
      roles: ['settlement-bank', 'operator', 'auditor'],
      answeredBy: 'operator',
      request: object({ unit: optional(unit) }),
      response: object({
        monies: list(
          object({
            unit,
            outstanding: balance,
            holders: list(object({ institution: mspId, account: accountId, amount: quantity }), { max: 10_000_000 }),
          }),
          { max: 10_000 },
        ),
      }),
    }),
  },
  rejections: {
    UnitMismatch: rejection(
      { field: fieldPath, expected: unit },
      (r) => `${r.field} must be ${r.expected}: the currency and its issuer.`,
    ),
    ReferenceUsed: rejection(
      { field: fieldPath, id: businessId },
      (r) =>
        `${r.field} was used before, with the id ${r.id}: one deposit is credited once, one payout asked for once. Nothing was booked again.`,
    ),
    CurrencyUnknown: rejection(
      { field: fieldPath, currency },
      (r) =>
        `${r.field}: ${r.currency} is no currency with a minor unit in ISO 4217; metals and codes for tests have none.`,
    ),
    DecimalsWrong: rejection(
      { field: fieldPath, currency, expected: count(0, 4) },
      (r) => `${r.field} must be ${r.expected.toString()}: those of ${r.currency} in ISO 4217.`,
    ),
    NotYourMoney: rejection({ field: fieldPath, unit }, (r) => `${r.field}: ${r.unit} is the money of another bank.`),
  },
});
