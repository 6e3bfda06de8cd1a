import {
  type Instant,
  type MspId,
  type Registry,
  type Rejection,
  type RequestOf,
  type ResponseOf,
  refuse,
} from '@kessai/interface';
import { type Context, type EvaluateHandler, type RangeReader, accountNames, instrumentAt, load } from '@kessai/ledger';
import { holdersOf } from './books-of';
import { type Owners, liveRegister, registerAsOf } from './register-state';

type Method = typeof Registry.methods.Register;
type Row = ResponseOf<Method>['rows'][number];

/** The register of owners of an instrument, as far as the caller may see it. */
export const register: EvaluateHandler<RequestOf<Method>, ResponseOf<Method>> = async (
  reader,
  { isin, asOf },
  context,
) => {
  const { instrument } = await load(reader, { instrument: instrumentAt(isin) });
  if (!instrument) return refuse('InstrumentUnknown', { field: 'isin', isin });
  const outside = refusedInstant(asOf, context);
  if (outside) return outside;
  const { caller, clock, market } = context;
  if (caller.role === 'issuer' && instrument.issuer !== caller.mspId) {
    return refuse('NotYourInstrument', { field: 'isin', isin });
  }
  const seesAll = caller.role !== 'institution';
  const institutions = seesAll ? holdersOf(market, instrument.issuer) : [caller.mspId];
  const { owners, issued } =
    asOf === undefined
      ? await liveRegister(reader, instrument, institutions)
      : await registerAsOf(reader, instrument, institutions, asOf, clock);
  const rows: Row[] = [];
  for (const [institution, own] of owners) rows.push(...(await rowsOf(reader, institution, own)));
  return {
    isin,
    asOf: asOf ?? present(context),
    // A cycle may be dated as early as the last one: before that nothing can come any more.
    final: asOf !== undefined && asOf < context.finalBefore,
    total: rows.reduce((sum, { quantity }) => sum + quantity, 0n),
    ...(seesAll ? { issued } : {}),
    rows,
  };
};

function refusedInstant(asOf: Instant | undefined, context: Context): Rejection | undefined {
  if (asOf === undefined) return undefined;
  const { founded } = context.market;
  if (asOf < founded) return refuse('AsOfTooEarly', { field: 'asOf', founded });
  const time = present(context);
  return asOf > time ? refuse('AsOfInFuture', { field: 'asOf', time }) : undefined;
}

/** The time of the query, but never before the last cycle: what the ledger says is no older than that. */
function present({ time, finalBefore }: Context): Instant {
  return time > finalBefore ? time : finalBefore;
}

async function rowsOf(reader: RangeReader, institution: MspId, owners: Owners): Promise<readonly Row[]> {
  const held = [...owners].filter(([, { quantity }]) => quantity > 0n);
  if (held.length === 0) return [];
  const names = await accountNames(reader, institution);
  return held
    .map(([account, { quantity, locked }]) => ({
      institution,
      account,
      name: names.get(account) ?? account,
      quantity,
      locked,
    }))
    .sort((a, b) => (a.account < b.account ? -1 : 1));
}
