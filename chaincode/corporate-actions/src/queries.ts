import {
  type AccountId,
  type BusinessId,
  type CorporateActions,
  type MspId,
  type Rejection,
  type RequestOf,
  type ResponseOf,
  collectionOf,
  eventPagesAtOnce,
  isRejection,
  refuse,
  securityUnit,
} from '@kessai/interface';
import {
  type Context,
  type EvaluateHandler,
  type RangeReader,
  accountNames,
  load,
  memberOf,
  present,
} from '@kessai/ledger';
import { taxOf } from './entitlement';
import { eventAt, events as eventTable, paidPageAt, paidPages, pagesOf } from './event';
import { loadEvent } from './running';

type Api = typeof CorporateActions.methods;
type Row = ResponseOf<Api['Entitlements']>['entitlements'][number];

export const pages: EvaluateHandler<RequestOf<Api['Pages']>, ResponseOf<Api['Pages']>> = async (
  reader,
  { issuer, eventId },
  context,
) => {
  if (!memberOf(context.market, issuer)) return refuse('MemberUnknown', { field: 'issuer', member: issuer });
  const running = await loadEvent(reader, issuer, eventId, context);
  if (isRejection(running)) return running;
  const due = pagesOf(running.event, issuer, running.snapshot);
  const { paid } = await load(reader, {
    paid: due.map(({ institution, page }) => paidPageAt(issuer, eventId, institution, page)),
  });
  const unpaid = due.filter((_, index) => !paid[index]);
  const done = due.filter((_, index) => paid[index]);
  const named = [
    ...unpaid.map((page) => ({ ...page, paid: 'no' as const })),
    ...done.map((page) => ({ ...page, paid: 'yes' as const })),
  ];
  return { issuer, eventId, pages: named.slice(0, eventPagesAtOnce) };
};

export const events: EvaluateHandler<RequestOf<Api['Events']>, ResponseOf<Api['Events']>> = async (
  reader,
  request,
  context,
) => {
  const issuer = issuerAsked(request.issuer, context);
  if (typeof issuer !== 'string') return issuer;
  const found: ResponseOf<Api['Events']>['events'][number][] = [];
  for await (const { value } of eventTable.below(reader, collectionOf(issuer))) {
    const { eventId, terms, status, registerDate, holders, held, gross, tax, residueNumerator: numerator } = value;
    const { denominator } = terms.kind === 'cash-dividend' ? terms.rate : terms.ratio;
    const residue = { numerator, denominator };
    found.push({ eventId, terms, status, ...present({ registerDate }), holders, held, gross, tax, residue });
  }
  return { events: found };
};

export const entitlements: EvaluateHandler<RequestOf<Api['Entitlements']>, ResponseOf<Api['Entitlements']>> = async (
  reader,
  { issuer, eventId },
  { caller, market },
) => {
  if (!memberOf(market, issuer)) return refuse('MemberUnknown', { field: 'issuer', member: issuer });
  if (caller.role === 'issuer' && caller.mspId !== issuer) return refuse('NotYours', { field: 'issuer' });
  const { event } = await load(reader, { event: eventAt(issuer, eventId) });
  if (!event) return refuse('EventUnknown', { field: 'eventId', eventId });
  const only = caller.role === 'institution' ? caller.mspId : undefined;
  const unit = event.terms.kind === 'cash-dividend' ? event.terms.unit : securityUnit(event.terms.isin);
  return { unit, entitlements: await rowsOf(reader, issuer, eventId, only) };
};

async function rowsOf(
  reader: RangeReader,
  issuer: MspId,
  eventId: BusinessId,
  only: MspId | undefined,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const names = new Map<MspId, ReadonlyMap<AccountId, string>>();
  const below = only === undefined ? [eventId] : [eventId, only];
  for await (const { parts, value } of paidPages.below(reader, collectionOf(issuer), ...below)) {
    const institution = parts[1] as MspId;
    const known = names.get(institution) ?? (await accountNames(reader, institution));
    names.set(institution, known);
    for (const { account, held, gross, taxes } of value.rows) {
      const name = known.get(account);
      if (name === undefined) throw new Error('A holder has an account');
      const tax = taxOf({ taxes });
      rows.push({ institution, account, name, held, gross, taxes, tax, net: gross - tax });
    }
  }
  return rows.sort((a, b) => compare(a.institution, b.institution) || compare(a.account, b.account));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function issuerAsked(issuer: MspId | undefined, { caller, market }: Context): MspId | Rejection {
  if (caller.role === 'issuer') {
    return issuer === undefined || issuer === caller.mspId ? caller.mspId : refuse('NotYours', { field: 'issuer' });
  }
  if (issuer === undefined) return refuse('InstitutionMissing', { field: 'issuer' });
  return memberOf(market, issuer) ? issuer : refuse('MemberUnknown', { field: 'issuer', member: issuer });
}
