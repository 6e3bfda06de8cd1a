import { type Organisation, type Topology, readTopology } from '@kessai/network';

/** Whose certificate allows less than its organisation may do. */
export const viewer = 'viewer';

// The market's own topology under the names that the sample day knows, with two operators, who both endorse: the more peers there
// are, the longer each transaction takes and nothing else is shown.
const names: Readonly<Record<string, string>> = {
  ExchangeMSP: 'ExchangeMSP',
  CsdMSP: 'CsdMSP',
  AlphaMSP: 'AlphaMSP',
  BetaMSP: 'BetaMSP',
  GammaMSP: 'GammaMSP',
  TrustBankMSP: 'TrustBankMSP',
  ShinEtsuMSP: 'IssuerMSP',
  KeyenceMSP: 'OtherIssuerMSP',
  AuditorMSP: 'AuditorMSP',
};

/** Those who endorse. */
export const operators: readonly string[] = ['ExchangeMSP', 'CsdMSP'];

/** The topology of both networks of a comparison. */
export function twinTopology(): Topology {
  const whole = readTopology();
  const organisations = whole.organisations.flatMap((organisation): Organisation[] => {
    const mspId = names[organisation.mspId];
    const users = [...organisation.users, { name: viewer, kind: 'client', role: viewer } as const];
    return mspId === undefined ? [] : [{ ...organisation, mspId, users }];
  });
  return { ...whole, organisations };
}
