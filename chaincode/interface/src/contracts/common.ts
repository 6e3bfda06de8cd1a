import { list, text } from '../codec';
import { accountId, instant, isin, mspId, unit } from '../identifiers';
import { balance, quantity, signed } from '../quantity';
import { phase, role } from '../api';
import { type RejectionOf, fieldPath, rejection } from '../rejection';

const reason = text({ maxLength: 1024 });

function malformed() {
  return rejection({ field: fieldPath, reason }, (r) => `${r.field === '' ? 'The request' : r.field} ${r.reason}.`);
}

/**
 * What any method may refuse, in order of precedence: who asks, the form of the request, when, then the content. Who asks is decided
 * before anything of the request is read.
 */
export const commonRejections = {
  MethodUnknown: rejection(
    { method: text({ maxLength: 200 }) },
    (r) => `There is no method ${r.method}. See "kessai api".`,
  ),
  ArgumentsNotAllowed: rejection(
    { method: text({ maxLength: 200 }) },
    (r) =>
      `${r.method} takes no arguments, which would be public: its request is JSON text in the transient field "request".`,
  ),
  CallerNotClient: rejection(
    {},
    () =>
      'The certificate is not that of a client: its organisational unit must say client. Administrators run the network, not the books.',
  ),
  MarketNotFounded: rejection({}, () => 'The market has not been founded yet. An operator calls Registry:Found first.'),
  CallerUnknown: rejection(
    { caller: mspId },
    (r) => `${r.caller} is not a member of the market. An operator admits it with Registry:AdmitMember.`,
  ),
  RoleNotAllowed: rejection(
    { role, allowed: list(role, { max: 5 }) },
    (r) => `A member with the role ${r.role} may not call this; ${r.allowed.join(', ')} may.`,
  ),
  CertificateRestricted: rejection(
    { attribute: text({ maxLength: 64 }) },
    (r) => `The certificate restricts its holder to "${r.attribute}" (attribute kessai.role), which may not call this.`,
  ),
  TextTooLong: malformed(),
  TextMalformed: malformed(),
  FieldUnknown: malformed(),
  FieldMissing: malformed(),
  FieldType: malformed(),
  FieldTooLong: malformed(),
  TextUnprintable: malformed(),
  FieldMalformed: malformed(),
  FieldOutOfRange: malformed(),
  IsinInvalid: malformed(),
  LeiInvalid: malformed(),
  BicInvalid: malformed(),
  CollectionNotHeld: rejection(
    { collection: text({ maxLength: 200 }) },
    (r) =>
      `This peer does not hold the collection ${r.collection}, or has not received its last values yet. Ask an operator's peer.`,
    { transient: true },
  ),
  RecallNeeded: rejection(
    {},
    () =>
      'This endorser does not hold which ids were used, as after a start of its chaincode. Send the cycle once more with recall: true, so that all endorsers read it.',
  ),
  CollectionUndefined: rejection(
    { collection: text({ maxLength: 200 }) },
    (r) =>
      `The chaincode's definition has no collection ${r.collection}. Add the organisation to the topology and deploy the chaincode again.`,
  ),
  TimestampRefused: rejection(
    { time: instant, earliest: instant, latest: instant },
    (r) =>
      `The transaction is dated ${r.time}; times up to ${r.latest} are accepted here. Set the clock of the machine that sent it, or of the one that refuses it.`,
    { transient: true },
  ),
  Conflict: rejection(
    { field: fieldPath },
    (r) =>
      `The id was used before with another ${r.field}. Use a new id for a new event, or send the first content again.`,
  ),
  PhaseClosed: rejection(
    { phase, allowed: list(phase, { max: 4 }) },
    (r) => `The market is in the phase ${r.phase}; this is accepted in ${r.allowed.join(', ')}.`,
    { transient: true },
  ),
  MemberUnknown: rejection(
    { field: fieldPath, member: mspId },
    (r) => `${r.field}: ${r.member} is not a member of the market.`,
  ),
  MemberRole: rejection(
    { field: fieldPath, member: mspId, role, needed: list(role, { max: 5 }) },
    (r) => `${r.field}: ${r.member} is a member as ${r.role}; here it must be ${r.needed.join(' or ')}.`,
  ),
  NotYours: rejection(
    { field: fieldPath },
    (r) => `${r.field} names what belongs to another organisation. Name one of your own.`,
  ),
  AccountUnknown: rejection(
    { field: fieldPath, institution: mspId, account: accountId },
    (r) => `${r.field}: there is no account ${r.account} at ${r.institution}. It is opened with Registry:OpenAccount.`,
  ),
  InstrumentUnknown: rejection(
    { field: fieldPath, isin },
    (r) =>
      `${r.field}: no instrument ${r.isin} is registered. An operator registers it with Securities:RegisterInstrument.`,
  ),
  MoneyUnknown: rejection(
    { field: fieldPath, unit },
    (r) => `${r.field}: no money ${r.unit} is registered. An operator registers it with MoneyTokens:RegisterMoney.`,
  ),
  SameAccount: rejection({ field: fieldPath }, (r) => `${r.field} must be another account than the one that gives.`),
  LotViolated: rejection(
    { field: fieldPath, lot: quantity },
    (r) => `${r.field} must be a multiple of the trading lot of ${r.lot.toString()}.`,
  ),
  HoldingInsufficient: rejection(
    // Many lines together may need more than one request can name.
    { field: fieldPath, account: accountId, unit, needed: signed, available: balance },
    (r) =>
      `${r.field}: account ${r.account} has ${r.available.toString()} of ${r.unit} available, ${r.needed.toString()} are needed.`,
  ),
  BalanceTooLarge: rejection(
    { field: fieldPath, account: accountId, unit },
    (r) => `${r.field}: account ${r.account} cannot hold more than 2^63 - 1 of ${r.unit}.`,
  ),
} as const;

export type CommonRejection = RejectionOf<typeof commonRejections>;
