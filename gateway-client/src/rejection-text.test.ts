import { describe, expect, test } from '@jest/globals';
import { type Rejection, encodeRejection, marketRejections, refuse } from '@kessai/interface';
import { rejectionIn } from './rejection-text';

const refused: Rejection = refuse('HoldingInsufficient', {
  field: 'quantity',
  account: 'HOUSE' as never,
  unit: 'JP3371200001' as never,
  needed: 100n,
  available: 7n,
});
const json = JSON.stringify(encodeRejection(marketRejections, refused));

describe('a rejection in a message', () => {
  test.each([
    ['bare', ''],
    ["behind the gateway's words", 'chaincode response 500, '],
    ["behind the gateway's and an Error's", 'chaincode response 500, Error: '],
    ['of an evaluate', 'evaluate call to endorser returned error: chaincode response 500, '],
    ['of a simulation', 'error in simulation: transaction returned with failure: Error: '],
    ['behind words with braces', 'txid {0123} {"code":"Other"} in [market]: '],
    ['behind a brace that never closes', 'unbalanced { "'],
  ])('%s is decoded, quantities as bigint', (_, prefix) => {
    expect(rejectionIn(prefix + json)).toEqual(refused);
  });

  test('is decoded whatever follows it', () => {
    expect(rejectionIn(`${json}, and {"more"}`)).toEqual(refused);
  });

  test('may hold braces and quotes in its texts', () => {
    const odd = refuse('FieldMalformed', { field: 'name', reason: 'holds "}" or \\ or {' });
    const wire = JSON.stringify(encodeRejection(marketRejections, odd));
    expect(rejectionIn(`Error: ${wire}.`)).toEqual(odd);
  });

  test.each([
    ['there is none', 'chaincode response 500, TypeError: x is undefined'],
    ['its code is not of the market', '{"code":"NoSuchCode","message":"m"}'],
    ['its payload has another form', '{"code":"HoldingInsufficient","message":"m","field":"quantity"}'],
    ['it is cut off', json.slice(0, -1)],
    ['it is a name of the prototype', '{"code":"toString","message":"m"}'],
  ])('is not seen where %s', (_, message) => {
    expect(rejectionIn(message)).toBeUndefined();
  });
});
