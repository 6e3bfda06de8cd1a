import type { JsonObject } from '@kessai/interface';
import type { Call } from '@kessai/ledger/tools';

type Spoil = (call: Call, name: string) => Call;

const field =
  (value: (old: JsonObject[string] | undefined) => JsonObject[string] | undefined): Spoil =>
  (call, name) => {
    const { [name]: old, ...rest } = call.request;
    const changed = value(old);
    return { ...call, request: changed === undefined ? rest : { ...rest, [name]: changed } };
  };

/** What can be wrong with a request: its form, its content, who sends it. */
const spoils: readonly Spoil[] = [
  field(() => undefined),
  field(() => 17),
  field(() => ''),
  field(() => 'x'.repeat(2_000)),
  field(() => 'a\0b'),
  field(() => '-5'),
  field(() => '99999999999999999999'),
  field(() => ({ deeper: [] })),
  field(() => null),
  field(() => 'JP3371200002'),
  field((old) => (typeof old === 'string' ? `${old} ` : [])),
  field((old) => (typeof old === 'string' ? `${old}é🙂` : {})),
  (call) => ({ ...call, request: { ...call.request, further: true } }),
  (call) => ({ ...call, caller: 'TrustBankMSP' }),
  (call) => ({ ...call, caller: 'AuditorMSP' }),
  (call) => ({ ...call, caller: 'GammaMSP' }),
  (call) => ({ ...call, caller: 'IssuerMSP' }),
  (call) => ({ ...call, caller: 'ExchangeMSP' }),
];

/** A call with one thing changed, which most often makes it one to refuse. */
export function spoilt(call: Call, random: () => number): Call {
  const names = Object.keys(call.request);
  const spoil = spoils[Math.floor(random() * spoils.length)];
  const name = names[Math.floor(random() * names.length)];
  return spoil === undefined || name === undefined ? call : spoil(call, name);
}
