import { count, list, object } from '../codec';
import { anyPhase, businessHours, defineContract, evaluate, everyone, submit } from '../api';
import { accountId, accountRef, businessId, currency, displayName, isin, mspId } from '../identifiers';
import { balance, quantity } from '../quantity';
import { fieldPath, rejection } from '../rejection';

/** Reference data of an instrument, public on the channel. */
export const instrument = object({
  isin,
  name: displayName,
  issuer: mspId,
  /** Quantities count units of 10^-decimals of one security. */
  decimals: count(0, 8),
  /** Prices count units of 10^-priceDecimals of the money's smallest unit. */
  priceDecimals: count(0, 6),
  /** Orders and trades are in multiples of this quantity. */
  lot: quantity,
  /** Authorised quantity: issuance above it is refused. */
  supplyCap: quantity,
  /** The money that trades in it settle in. */
  settlementCurrency: currency,
  settlementBank: mspId,
  /** Pages over which the holders of one institution are spread: more for a security with very many holders. */
  registerPages: count(1, 4_096),
});

/** Issuance of securities and their way to the first holders. */
export const Securities = defineContract({
  name: 'Securities',
  summary: 'Registers instruments, issues them to the issuer, allots them to institutions, moves them among accounts.',
  methods: {
    RegisterInstrument: submit({
      summary: 'Registers an instrument of an admitted issuer.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'isin',
      approval: 'two-operators',
      request: instrument,
    }),
    Instruments: evaluate({
      summary: 'All registered instruments.',
      roles: everyone,
      answeredBy: 'own',
      request: object({}),
      response: object({ instruments: list(instrument, { max: 100_000 }) }),
    }),
    Issue: submit({
      summary:
        "Issues a quantity to an account of the issuer, within the instrument's supply cap, when the issuer and two operators have asked for it.",
      roles: ['operator', 'issuer'],
      phases: businessHours,
      idField: 'id',
      approval: 'two-operators-and-issuer',
      request: object({ id: businessId, isin, account: accountId, quantity }),
    }),
    Allot: submit({
      summary:
        'Allots from an account of the issuer to an account of an institution, its underwriter, when the issuer and two operators have asked for it.',
      roles: ['operator', 'issuer'],
      phases: businessHours,
      idField: 'id',
      approval: 'two-operators-and-issuer',
      request: object({ id: businessId, isin, from: accountId, to: accountRef, quantity }),
    }),
    Transfer: submit({
      summary: 'Moves a quantity between two accounts of the calling institution, as from its own to a client.',
      roles: ['institution'],
      phases: businessHours,
      idField: 'id',
      request: object({ id: businessId, isin, from: accountId, to: accountId, quantity }),
    }),
  },
  rejections: {
    SupplyCapExceeded: rejection(
      { field: fieldPath, cap: quantity, issued: balance },
      (r) => `${r.field}: ${r.issued.toString()} are issued of at most ${r.cap.toString()}.`,
    ),
  },
});
