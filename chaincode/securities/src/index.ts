import { type Securities, type ResponseOf, publicState } from '@kessai/interface';
import { type EvaluateHandler, type Implementation, type Instrument, instruments as table } from '@kessai/ledger';
import { allot } from './allot';
import { issue } from './issue';
import { registerInstrument } from './register-instrument';
import { transfer } from './transfer';

const instruments: EvaluateHandler<object, ResponseOf<typeof Securities.methods.Instruments>> = async (reader) => {
  const found: Instrument[] = [];
  for await (const { value } of table.below(reader, publicState)) found.push(value);
  return { instruments: found };
};

/** Instruments, their issuance and their way to the first holders. */
export const securities: Implementation<typeof Securities> = {
  RegisterInstrument: registerInstrument,
  Instruments: instruments,
  Issue: issue,
  Allot: allot,
  Transfer: transfer,
};
