import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { AbiCoder, id, keccak256, toBeHex, toUtf8Bytes, zeroPadBytes } from 'ethers';
import {
  anchorFive,
  ethers,
  inSeconds,
  issuerState,
  judgement,
  keyPurpose,
  networkHelpers,
  provider,
  signMessage,
  statusAct,
  toBatch,
  toBatchId,
  typeState,
} from './registry.ts';

type Key = number | string;

/** The slot of a mapping's entry, by the keys on the way to it. */
function slotOf(slot: number, ...keys: readonly Key[]): bigint {
  const coder = AbiCoder.defaultAbiCoder();
  const place = keys.reduce<string>(
    (outer, key) => {
      const type = typeof key === 'number' ? 'uint256' : key.length === 42 ? 'address' : 'bytes32';
      return keccak256(coder.encode([type, 'bytes32'], [key, outer]));
    },
    toBeHex(slot, 32),
  );
  return BigInt(place);
}

/** The fields of one slot, the first in the lowest bits. */
function unpack(word: bigint, bits: readonly number[]): bigint[] {
  let rest = word;
  const fields = bits.map((size) => {
    const field = rest & ((1n << BigInt(size)) - 1n);
    rest >>= BigInt(size);
    return field;
  });
  expect(rest, 'nothing stands above the fields').to.equal(0n);
  return fields;
}

const README = readFileSync(new URL('../../contracts/README.md', import.meta.url), 'utf8');

/** What the README says that each slot holds. */
function documentedSlots(): Map<string, string> {
  const table = README.split('## Storage')[1]?.split('\n## ')[0] ?? '';
  const rows = [...table.matchAll(/^\| (\d+(?:, \d+)*)\s*\| (.+?)\s*\|/gm)];
  return new Map(rows.map(([, slot, holds]) => [slot as string, holds as string]));
}

describe('EProofRegistry: storage', () => {
  const LAW = zeroPadBytes(toUtf8Bytes('L.N. 95 of 2022'), 32);
  const [EARLY, SECONDS_A_DAY] = [id('a batch that is not anchored'), 86_400];
  let address: string;

  /** The same word from the node's storage and from the proof that it gives of it. */
  async function read(slot: bigint): Promise<bigint> {
    const key = toBeHex(slot, 32);
    const word = BigInt(await ethers.provider.getStorage(address, slot));
    const { storageProof } = (await provider.request({
      method: 'eth_getProof',
      params: [address, [key], 'latest'],
    })) as { storageProof: { key: string; value: string }[] };
    expect(storageProof.map((entry) => [BigInt(entry.key), BigInt(entry.value)])).to.deep.equal([[slot, word]]);
    return word;
  }

  const number = (value: number | string): bigint => BigInt(value);

  /** A world in which every kind of entry is there, and what each slot must hold of it. */
  async function fill() {
    const world = await networkHelpers.loadFixture(anchorFive);
    address = await world.registry.getAddress();
    const { fiveId } = world;
    const addressOf = async (signer: { getAddress(): Promise<string> }) => await signer.getAddress();
    const [governance, otherAdmin, statusKey, stranger, carrier] = [
      await addressOf(world.governance),
      await addressOf(world.otherAdmin),
      await addressOf(world.statusKey),
      await addressOf(world.stranger),
      await addressOf(world.carrier),
    ];
    const timeOf = async (send: () => Promise<unknown>): Promise<bigint> => {
      await send();
      return BigInt(await networkHelpers.time.latest());
    };
    const anchoredAt = BigInt(await networkHelpers.time.latest());
    const keyAdded = (await world.registry.readKeys([statusKey]))[0].key.validFrom as bigint;
    const today = Math.floor((Number(anchoredAt) + 8 * 3600) / SECONDS_A_DAY);
    const status = { batch: fiveId, until: 0, reason: 1 };
    const byStatus = world.as(world.statusKey);
    const revoke = { ...status, act: statusAct.revoke, leaves: 0b1n, nonce: 0 };
    const signature = await signMessage(world, 'StatusChange', revoke, world.statusKey);
    await world.registry.relayStatus(revoke, 0, signature);
    const since = await timeOf(() =>
      byStatus.postStatus({ ...status, act: statusAct.suspend, leaves: 0b10n, until: today + 9 }),
    );
    await timeOf(() => byStatus.postStatus({ ...status, act: statusAct.suspend, leaves: 0b10000n }));
    const liftedAt = await timeOf(() =>
      world.as(world.anchorKey).postStatus({ ...status, act: statusAct.reinstate, leaves: 0b10n }),
    );
    const next = toBatch(world, { root: id('next'), size: 4 });
    await world.registry.anchor([{ ...next, ...(await signMessage(world, 'Batch', next, world.anchorKey)) }]);
    const nextId = toBatchId(world.domain, next);
    const namedAt = await timeOf(() =>
      byStatus.nameSuccessor({ batch: fiveId, leaf: 2, successorBatch: nextId, successorLeaf: 3 }),
    );
    const extendedAt = await timeOf(() =>
      world.as(world.anchorKey).extend({ batch: fiveId, leaf: 3, validUntil: today + 77, reason: 8 }),
    );
    const notice = { issuer: 1, credentialType: 1, from: today, to: today + 1, validUntil: today + 2, law: LAW };
    const postedAt = await timeOf(() => world.as(world.anchorKey).postNotice(notice));
    const withdrawnAt = await timeOf(() => world.as(world.admin).withdrawNotice(1, 1, 0));
    await world.as(world.admin).closeCredentialType(1, 2);
    await world.as(world.admin).voidBatch(1, EARLY);
    await world.as(world.admin).endorseBatch(1, fiveId);
    await world.as(world.admin).endKey(1, statusKey, BigInt(await inSeconds(10)) + 1_000n);
    const endsAt = (await world.registry.readKeys([statusKey]))[0].key.validUntil as bigint;
    const invalidFrom = namedAt + 1n;
    await world.as(world.admin).reportCompromise(1, statusKey, invalidFrom);
    await world.as(world.governance).proposeRecovery(1, stranger);
    await inSeconds(14 * SECONDS_A_DAY);
    const recoveredAt = await timeOf(() => world.registry.executeRecovery(1));
    await world.as(world.stranger).transferAdmin(1, carrier);
    const proposedAt = await timeOf(() => world.as(world.governance).proposeRecovery(2, governance));
    await world.as(world.otherAdmin).objectToRecovery(2);
    await world.as(world.governance).setGuardian(governance);
    const pausedAt = await timeOf(() => world.as(world.governance).pause());
    await world.as(world.governance).endIssuer(2, 1);

    const [five, one] = [fiveId, 1];
    const expected: [slot: string, holds: string, [slot: bigint, bits: number[], fields: bigint[]][]][] = [
      [
        '0',
        '`guardian`, `pausedUntil`, when the last pause began',
        [[0n, [160, 40, 40], [number(governance), pausedAt + 3n * 86_400n, pausedAt]]],
      ],
      ['1', '`issuerCount`', [[1n, [32], [2n]]]],
      [
        '2',
        'issuer → admin, successor, state, recoveredAt (one slot), profile (one slot), offered (one slot)',
        [
          [slotOf(2, one), [160, 32, 8, 40], [number(stranger), 0n, number(issuerState.active), recoveredAt]],
          [slotOf(2, one) + 1n, [256], [number(id('profile 1'))]],
          [slotOf(2, one) + 2n, [160], [number(carrier)]],
          [slotOf(2, 2), [160, 32, 8, 40], [number(otherAdmin), 1n, number(issuerState.ended), 0n]],
        ],
      ],
      [
        '3',
        'issuer → proposed admin, proposedAt, objected (one slot)',
        [[slotOf(3, 2), [160, 40, 8], [number(governance), proposedAt, 1n]]],
      ],
      [
        '4, 5',
        "empty (OpenZeppelin's EIP712 keeps their place)",
        [
          [4n, [256], [0n]],
          [5n, [256], [0n]],
        ],
      ],
      [
        '6',
        'key → issuer, number, purpose, validFrom, validUntil, invalidFrom, nonce (one slot)',
        [
          [
            slotOf(6, statusKey),
            [32, 32, 8, 40, 40, 40, 64],
            [1n, 2n, number(keyPurpose.status), keyAdded, endsAt, invalidFrom, 1n],
          ],
        ],
      ],
      ['7', 'issuer → number → key', [[slotOf(7, one, 2), [160], [number(statusKey)]]]],
      ['8', 'issuer → how many keys', [[slotOf(8, one), [32], [2n]]]],
      [
        '9',
        'issuer → definition → number, state, noticeCount (one slot)',
        [
          [slotOf(9, one, world.definition), [32, 8, 32], [1n, number(typeState.open), 1n]],
          [slotOf(9, one, world.secondDefinition), [32, 8, 32], [2n, number(typeState.closed), 0n]],
        ],
      ],
      ['10', 'issuer → number → definition', [[slotOf(10, one, 2), [256], [number(world.secondDefinition)]]]],
      ['11', 'issuer → how many types', [[slotOf(11, one), [32], [2n]]]],
      [
        '12',
        'batch id → issuer, number, type, size, key, anchoredAt, judgement, flagged (one slot)',
        [
          [
            slotOf(12, five),
            [32, 32, 32, 16, 32, 40, 8, 8],
            [1n, 0n, 1n, 5n, 1n, anchoredAt, number(judgement.endorsed), 0n],
          ],
        ],
      ],
      ['13', 'issuer → number → batch id', [[slotOf(13, one, 1), [256], [number(nextId)]]]],
      ['14', 'issuer → how many batches', [[slotOf(14, one), [32], [2n]]]],
      ['15', 'issuer → batch id → void before it was anchored', [[slotOf(15, one, EARLY), [8], [1n]]]],
      [
        '16',
        'issuer → batch id → `revoked`, `suspended`, `amended` (three slots)',
        [
          [slotOf(16, one, five), [256], [0b1n]],
          [slotOf(16, one, five) + 1n, [256], [0b10000n]],
          [slotOf(16, one, five) + 2n, [256], [0b11110n]],
        ],
      ],
      [
        '17',
        'batch id → leaf → suspension: issuer, key, since, until, liftKey, liftedAt (one slot)',
        [[slotOf(17, five, 1), [32, 32, 40, 24, 32, 40], [1n, 2n, since, number(today + 9), 1n, liftedAt]]],
      ],
      [
        '18',
        'batch id → leaf → successor: issuer, number, leaf, keyIssuer, key, time (one slot)',
        [[slotOf(18, five, 2), [32, 32, 8, 32, 32, 40], [1n, 1n, 3n, 1n, 2n, namedAt]]],
      ],
      [
        '19',
        'batch id → leaf → extension: validUntil, keyIssuer, key, time (one slot)',
        [[slotOf(19, five, 3), [24, 32, 32, 40], [number(today + 77), 1n, 1n, extendedAt]]],
      ],
      [
        '20',
        'issuer → type → index → notice: from, to, validUntil, key, postedAt, withdrawnAt (one slot), law (one slot)',
        [
          [
            slotOf(20, one, 1, 0),
            [24, 24, 24, 32, 40, 40],
            [number(today), number(today + 1), number(today + 2), 1n, postedAt, withdrawnAt],
          ],
          [slotOf(20, one, 1, 0) + 1n, [256], [number(LAW)]],
        ],
      ],
    ];
    return expected;
  }

  it('is laid out as the README says, slot by slot and field by field, in storage and in proofs of it', async () => {
    const expected = await fill();
    for (const [slot, holds, entries] of expected)
      for (const [place, bits, fields] of entries)
        expect(unpack(await read(place), bits), `slot ${slot}: ${holds}`).to.deep.equal(fields);
    expect(documentedSlots()).to.deep.equal(new Map(expected.map(([slot, holds]) => [slot, holds])));
  });

  it('holds nothing behind the last slot', async () => {
    await fill();
    for (const slot of [21n, 22n, slotOf(21, 1)]) expect(await read(slot)).to.equal(0n);
  });
});
