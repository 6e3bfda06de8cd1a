import { type RequestOf, Securities, refuse } from '@kessai/interface';
import {
  type Instrument,
  type Money,
  type SubmitHandler,
  created,
  instrumentAt,
  load,
  memberOf,
  moneyAt,
  put,
  registeredAgain,
  settlementUnit,
} from '@kessai/ledger';

type Request = RequestOf<typeof Securities.methods.RegisterInstrument>;

interface State {
  readonly registered: Instrument | undefined;
  readonly money: Money | undefined;
}

export const registerInstrument: SubmitHandler<Request, State> = {
  load: (reader, instrument) =>
    load(reader, { registered: instrumentAt(instrument.isin), money: moneyAt(settlementUnit(instrument)) }),

  decide({ registered, money }, instrument, { market }) {
    if (registered) return registeredAgain(Securities.methods.RegisterInstrument.request, registered, instrument);
    const issuer = memberOf(market, instrument.issuer);
    if (!issuer) return refuse('MemberUnknown', { field: 'issuer', member: instrument.issuer });
    if (issuer.role !== 'issuer') {
      return refuse('MemberRole', { field: 'issuer', member: issuer.mspId, role: issuer.role, needed: ['issuer'] });
    }
    if (!money) return refuse('MoneyUnknown', { field: 'settlementCurrency', unit: settlementUnit(instrument) });
    return created(put(instrumentAt(instrument.isin), instrument));
  },
};
