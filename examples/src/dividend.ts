// A cash dividend, from the issuer's announcement to who received what. The issuer announces, for the next business day, and looks; an operator
// of the market leads it to the end of that day, keeps the register and pays, page by page, each once: what is repeated pays nothing.
//   node dividend.js ISSUERS-PROFILE OPERATORS-PROFILE [EVENT-ID]
import { type Market, connect } from '@kessai/gateway-client';

const [issuers = 'shinetsu.json', operators = 'csd.json', eventId = 'DIVIDEND-1'] = process.argv.slice(2);

const isin = 'JP3371200001';

async function announce(issuer: Market, recordDate: string): Promise<void> {
  await issuer.corporateActions.announce({
    eventId,
    terms: {
      kind: 'cash-dividend',
      isin,
      recordDate,
      // 20 yen for each share.
      rate: { numerator: 20n, denominator: 1n },
      unit: 'JPY@TrustBankMSP',
      payer: 'TREASURY',
    },
  });
  console.log(`announced for the register at the end of ${recordDate}`);
}

/** Whoever trades on the current business day does not know of the event, so its record date is a later one. */
function nextWeekday(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  do day.setUTCDate(day.getUTCDate() + 1);
  while (day.getUTCDay() % 6 === 0);
  return day.toISOString().slice(0, 10);
}

async function toEndOf(operator: Market, recordDate: string): Promise<void> {
  const { businessDate: today } = await operator.registry.clock();
  const steps = [
    [today, 'closed'],
    [recordDate, 'open'],
    [recordDate, 'closed'],
  ] as const;
  for (const [businessDate, phase] of steps) {
    const { sequence: from } = await operator.registry.clock();
    await operator.registry.advanceClock({ from, businessDate, phase });
  }
}

async function pay(operator: Market, issuer: string): Promise<void> {
  await operator.registry.snapshot({ isin });
  const { pages } = await operator.corporateActions.pages({ issuer, eventId });
  for (const { institution, page, paid } of pages) {
    if (paid === 'yes') continue;
    await operator.corporateActions.pay({ issuer, eventId, pages: [{ institution, page }] });
  }
  await operator.corporateActions.complete({ issuer, eventId });
  console.log(`paid in ${pages.length.toString()} pages of holders`);
}

async function main(): Promise<void> {
  await using issuer = await connect(issuers);
  await using operator = await connect(operators);
  const { businessDate } = await issuer.registry.clock();
  const recordDate = nextWeekday(businessDate);
  await announce(issuer, recordDate);
  await toEndOf(operator, recordDate);
  await pay(operator, issuer.mspId);

  const { events } = await issuer.corporateActions.events();
  const event = events.find((one) => one.eventId === eventId);
  const { entitlements } = await issuer.corporateActions.entitlements({ issuer: issuer.mspId, eventId });
  for (const { institution, account, held, net } of entitlements) {
    console.log(`${institution} ${account}: ${net.toString()} for ${held.toString()}`);
  }
  console.log(
    `${event?.status ?? 'unknown'}: ${(event?.gross ?? 0n).toString()} to ${(event?.holders ?? 0).toString()} holders`,
  );
}

void main();
