import { businessId, eventTerms, exceedsWhole, object, text } from '@kessai/interface';
import { type PlacedItem, readJsonList } from './json-file';
import type { DayEvent } from './market-day';
import type { Reference } from './reference';

const eventCodec = object({ issuer: text({ maxLength: 32 }), eventId: businessId, terms: eventTerms });

type Item = PlacedItem<ReturnType<typeof eventCodec.decode>>;

/** The events, with terms as CorporateActions:Announce takes them: amounts are decimal strings in smallest units. */
export function readCorporateActions(directory: string, reference: Reference): readonly DayEvent[] {
  const { value, faults } = readJsonList(directory, 'corporate-actions.json', eventCodec);
  reference.faults.push(...faults);
  const ids = new Set<string>();
  const kinds = new Set<string>();
  return value.flatMap((at): DayEvent[] => {
    const { issuer: key, eventId, terms } = at.item;
    const issuer = reference.member(at, 'issuer', key, 'issuer');
    const id = `${key}/${eventId}`;
    if (ids.has(id)) reference.refuse(at, 'eventId', `${eventId} was used before by ${key}`);
    ids.add(id);
    const kind = `${terms.isin}/${terms.kind}/${terms.recordDate}`;
    if (kinds.has(kind))
      reference.refuse(at, 'terms.kind', 'there is one of a kind for an instrument and a record date');
    kinds.add(kind);
    if (!issuer) return [];
    checkTerms(reference, at, issuer.mspId);
    return [{ issuer: issuer.mspId, eventId, terms }];
  });
}

function checkTerms(reference: Reference, at: Item, issuer: DayEvent['issuer']): void {
  const { terms } = at.item;
  const instrument = reference.instruments.get(terms.isin);
  if (!instrument) reference.instrument({ fault: (field, reason) => at.fault(`terms.${field}`, reason) }, terms.isin);
  else if (instrument.issuer !== issuer) reference.refuse(at, 'terms.isin', `${terms.isin} is another issuer's`);
  const { plan } = reference;
  if (plan && terms.recordDate !== plan.businessDate) {
    reference.refuse(at, 'terms.recordDate', `must be the day's own date ${plan.businessDate}, when it is run`);
  }
  if (terms.kind === 'stock-split') {
    reference.account(at, 'terms.residue', issuer, terms.residue);
    if (terms.ratio.numerator <= terms.ratio.denominator) {
      reference.refuse(at, 'terms.ratio', 'must give more new securities than there are old ones');
    }
    if (instrument && terms.supplyCap < instrument.supplyCap) {
      reference.refuse(at, 'terms.supplyCap', 'is less than is authorised in instruments.csv');
    }
    return;
  }
  reference.money(at, 'terms.unit', terms.unit);
  reference.account(at, 'terms.payer', issuer, terms.payer);
  const { withholding = [] } = terms;
  if (terms.rate.numerator === 0n) reference.refuse(at, 'terms.rate', 'must be more than nothing');
  for (const [index, { account, rate }] of withholding.entries()) {
    const tax = `terms.withholding[${index.toString()}]`;
    reference.account(at, `${tax}.account`, issuer, account);
    if (rate.numerator === 0n) reference.refuse(at, `${tax}.rate`, 'must be more than nothing');
  }
  if (exceedsWhole(withholding.map(({ rate }) => rate))) {
    reference.refuse(at, 'terms.withholding', 'cannot be more than the income');
  }
}
