/** An organisation of a small market, with a peer of its own. */
export interface SmallMember {
  readonly mspId: string;
  readonly name: string;
  readonly role: 'operator' | 'institution';
  /** Where it runs, when the organisations run on several machines. */
  readonly host?: string;
  /** Whether it runs an orderer too, as all do unless it is said otherwise. */
  readonly orders?: boolean;
}

/** The topology of a market with few members, of whom two operators endorse, as a file: JSON is YAML too. */
export function marketTopology(members: readonly SmallMember[]): string {
  return JSON.stringify({
    channel: 'market',
    chaincode: { name: 'market', version: '1', endorsement: { outOf: 2, role: 'operator' } },
    collections: {
      own: { roles: ['institution'], readers: ['operator'] },
      shared: [
        { name: 'operators', roles: ['operator'] },
        { name: 'board', roles: ['operator', 'institution'] },
      ],
    },
    users: [
      { name: 'admin', kind: 'admin' },
      { name: 'user1', kind: 'client' },
    ],
    organisations: members.map(({ orders = true, ...one }) => ({
      ...one,
      domain: `${one.name.toLowerCase()}.market.example`,
      peer: {},
      ...(orders ? { orderer: {} } : {}),
    })),
  });
}
