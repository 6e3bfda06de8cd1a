// A cash dividend, from the issuer's announcement to who received what. The issuer announces and looks; an operator of the market closes the
// record date, keeps the register and pays, page by page, each once: what is repeated pays nothing.
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

async function pay(operator: Market, issuer: string): Promise<void> {
  const { sequence, businessDate, phase } = await operator.registry.clock();
  if (phase !== 'closed') await operator.registry.advanceClock({ from: sequence, businessDate, phase: 'closed' });
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
  await announce(issuer, businessDate);
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
