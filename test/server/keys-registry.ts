import type { OwnedKey, RegistryState } from '../../server/chain/registry-state.ts';

const CHAIN = { chainId: 31_337, address: `0x${'5f'.repeat(20)}` };
const BLOCK = { number: 7, time: Math.floor(Date.parse('2026-03-02T00:00:00Z') / 1000) };
const NOBODY = { number: 0, purpose: 'none', validFrom: 0, validUntil: 0, invalidFrom: 0, issuer: 0 } as const;

/** The keys of departments without a batch, as a registry would tell them: an anchor key and a status key each. */
export function createKeysRegistry(issuers: ReadonlyMap<number, { anchor: string; status: string }>): RegistryState {
  const keys = [...issuers].flatMap(([issuer, { anchor, status }]): OwnedKey[] => {
    const window = { issuer, validFrom: 1_700_000_000, validUntil: 0, invalidFrom: 0 };
    return [
      { ...window, number: 1, address: anchor, purpose: 'anchor' },
      { ...window, number: 2, address: status, purpose: 'status' },
    ];
  });
  return {
    ...CHAIN,
    block: BLOCK,
    adminOf: async (issuer) => `0x${`c${issuer}`.repeat(20)}`,
    keysOf: async (issuer) => keys.filter((key) => key.issuer === issuer),
    readKeys: async (addresses) =>
      addresses.map((address) => keys.find((key) => key.address === address) ?? { ...NOBODY, address }),
    readPage: async (issuer) => ({
      ...CHAIN,
      blockNumber: BLOCK.number,
      blockTime: BLOCK.time,
      issuer,
      issuerState: 'active',
      successor: 0,
      profile: new Uint8Array(32),
      batchCount: 0,
      types: [],
      keys: [],
      batches: [],
    }),
    recordsOf: async () => [],
    noticesOf: async () => [],
    statusEventsOf: async () => [],
    judgementsByIssuer: async () => new Map(),
    refusalOf: async () => null,
  };
}
