import { describe, expect, test } from '@jest/globals';
import { callerOf } from './caller';
import { type CertificateSubject, certificateOf } from './tools/certificates';

function callerWith(subject: Partial<CertificateSubject>) {
  const idBytes = certificateOf({ name: 'user1', units: ['client'], ...subject });
  return callerOf({ getCreator: () => ({ mspid: 'BankMSP', idBytes }) });
}

describe('the caller, as its certificate says', () => {
  test.each(['client', 'admin', 'peer', 'orderer'] as const)('a certificate with OU %s is that of a %s', (unit) => {
    expect(callerWith({ units: [unit] })).toEqual({ mspId: 'BankMSP', nodeRole: unit, restriction: undefined });
  });

  test('affiliations beside the node OU are not roles', () => {
    expect(callerWith({ units: ['client', 'department1', 'org1'] }).nodeRole).toBe('client');
  });

  test.each([[[]], [['Client']], [['department1']], [['client', 'admin']]])('OUs %j give no role', (units) => {
    expect(callerWith({ units }).nodeRole).toBeUndefined();
  });

  test('a common name that looks like an OU is only a name', () => {
    expect(callerWith({ units: ['client'], name: 'x\nOU=admin,OU=admin' }).nodeRole).toBe('client');
  });

  test('the attribute kessai.role restricts; other attributes do not', () => {
    const attributes = JSON.stringify({ attrs: { 'hf.Affiliation': '', 'kessai.role': 'viewer' } });
    expect(callerWith({ attributes }).restriction).toBe('viewer');
    expect(callerWith({ attributes: '{"attrs":{"hf.EnrollmentID":"user1"}}' }).restriction).toBeUndefined();
    expect(callerWith({ attributes: '{}' }).restriction).toBeUndefined();
  });

  test.each(['{"attrs":{"kessai.role":""}}', '{"attrs":{"kessai.role":5}}', 'not JSON', '{"attrs":null}'])(
    'attributes %j leave nobody unrestricted',
    (attributes) => {
      expect(callerWith({ attributes }).restriction).toBe('(unreadable)');
    },
  );

  test('a long list of attributes is read', () => {
    const attributes = JSON.stringify({ attrs: { filler: 'x'.repeat(500), 'kessai.role': 'auditor' } });
    expect(callerWith({ attributes }).restriction).toBe('auditor');
  });

  test('what is no certificate is an error', () => {
    const getCreator = () => ({ mspid: 'BankMSP', idBytes: Buffer.from('no certificate') });
    expect(() => callerOf({ getCreator })).toThrow();
  });
});
