import { type RequestOf, type Securities, refuse } from '@kessai/interface';
import {
  type Money,
  type SubmitHandler,
  created,
  instrumentAt,
  load,
  memberOf,
  moneyAt,
  put,
  settlementUnit,
} from '@kessai/ledger';

type Request = RequestOf<typeof Securities.methods.RegisterInstrument>;

interface State {
  readonly money: Money | undefined;
}

export const registerInstrument: SubmitHandler<Request, State> = {
  load: (reader, instrument) => load(reader, { money: moneyAt(settlementUnit(instrument)) }),

  decide({ money }, instrument, { market }) {
    const issuer = memberOf(market, instrument.issuer);
    if (!issuer) return refuse('MemberUnknown', { field: 'issuer', member: instrument.issuer });
    if (issuer.role !== 'issuer') {
      return refuse('MemberRole', { field: 'issuer', member: issuer.mspId, role: issuer.role, needed: ['issuer'] });
    }
    if (!money) return refuse('MoneyUnknown', { field: 'settlementCurrency', unit: settlementUnit(instrument) });
    return created(put(instrumentAt(instrument.isin), instrument));
  },
};
