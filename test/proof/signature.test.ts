import { expect } from 'chai';
import { getBytes, TypedDataEncoder, Wallet } from 'ethers';
import fc from 'fast-check';
import { toHex } from '../../proof/bytes.ts';
import { batchId, checkSignature, recoverSigner } from '../../proof/signature.ts';
import { namedBytes, namedKey, signDigest } from '../../scripts/vectors/seed.ts';
import { expectRefusal, refusalOf } from './refusal.ts';

const REGISTRY = { chainId: 31_337, address: `0x${'e7'.repeat(20)}` };
const FACTS = { issuer: 1, definition: namedBytes('definition', 32), root: namedBytes('root', 32), size: 3 };
const TYPES = {
  Batch: [
    { name: 'issuer', type: 'uint32' },
    { name: 'credentialType', type: 'bytes32' },
    { name: 'root', type: 'bytes32' },
    { name: 'size', type: 'uint16' },
  ],
};
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const key = namedKey('signature');
const digest = batchId(REGISTRY, FACTS);
const signature = signDigest(digest, key);

describe('a batch id', () => {
  it('is the EIP-712 digest that ethers computes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        fc.integer({ min: 1, max: 256 }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        (issuer, size, chainId, contract) => {
          const address = `0x${toHex(contract)}`;
          const expected = TypedDataEncoder.hash(
            { name: 'e-Proof', version: '1', chainId, verifyingContract: address },
            TYPES,
            {
              issuer,
              credentialType: FACTS.definition,
              root: FACTS.root,
              size,
            },
          );
          expect(`0x${toHex(batchId({ chainId, address }, { ...FACTS, issuer, size }))}`).to.equal(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('differs by chain, registry, issuer, type, root and size', () => {
    const ids = [
      digest,
      batchId({ ...REGISTRY, chainId: 1 }, FACTS),
      batchId({ ...REGISTRY, address: `0x${'e8'.repeat(20)}` }, FACTS),
      batchId(REGISTRY, { ...FACTS, issuer: 2 }),
      batchId(REGISTRY, { ...FACTS, definition: FACTS.root }),
      batchId(REGISTRY, { ...FACTS, root: FACTS.definition }),
      batchId(REGISTRY, { ...FACTS, size: 4 }),
    ];
    expect(new Set(ids.map(toHex)).size).to.equal(ids.length);
  });

  it('does not mind the case of the address, and wants 20 bytes', () => {
    expect(toHex(batchId({ ...REGISTRY, address: `0x${'E7'.repeat(20)}` }, FACTS))).to.equal(toHex(digest));
    expectRefusal('TRUST_INVALID', () => batchId({ ...REGISTRY, address: '0xe7' }, FACTS));
  });
});

describe('a signature', () => {
  it('gives back the address of its key, from noble and from ethers', () => {
    const wallet = new Wallet(`0x${toHex(key.secret)}`);
    expect(recoverSigner(digest, signature)).to.equal(key.address).and.to.equal(wallet.address.toLowerCase());
    for (let i = 0; i < 20; i++) {
      const message = namedBytes(`message ${i}`, 32);
      expect(recoverSigner(message, getBytes(wallet.signingKey.sign(message).serialized))).to.equal(key.address);
    }
  });

  it('gives another address, or none, with any bit of it or of the digest flipped', () => {
    for (let bit = 0; bit < 65 * 8; bit += 3) {
      const flipped = signature.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(signerOrCode(digest, flipped)).not.to.equal(key.address);
    }
    for (let bit = 0; bit < 256; bit += 5) {
      const flipped = digest.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(signerOrCode(flipped, signature)).not.to.equal(key.address);
    }
  });

  it('is refused in its other form, with s above half of the order', () => {
    const s = BigInt(`0x${toHex(signature.subarray(32, 64))}`);
    const twin = signature.slice();
    twin.set(bytesOf(ORDER - s), 32);
    twin[64] = 55 - (signature[64] as number);
    expectRefusal('SIGNATURE_MALFORMED', () => checkSignature(twin));
  });

  for (const [name, r, s, v] of [
    ['r of 0', 0n, 1n, 27],
    ['r of the order', ORDER, 1n, 27],
    ['s of 0', 1n, 0n, 27],
    ['s one above half of the order', 1n, (ORDER >> 1n) + 1n, 27],
    ['v of 0', 1n, 1n, 0],
    ['v of 26', 1n, 1n, 26],
    ['v of 29', 1n, 1n, 29],
  ] as const)
    it(`is refused with ${name}`, () => {
      expectRefusal('SIGNATURE_MALFORMED', () => checkSignature(Uint8Array.of(...bytesOf(r), ...bytesOf(s), v)));
    });

  it('is refused with another length, and where its r is no point of the curve', () => {
    expectRefusal('SIGNATURE_MALFORMED', () => checkSignature(signature.subarray(0, 64)));
    expectRefusal('SIGNATURE_MALFORMED', () => checkSignature(Uint8Array.of(...signature, 27)));
    // 5³ + 7 has no square root modulo the field's prime
    expectRefusal('SIGNATURE_MALFORMED', () =>
      recoverSigner(digest, Uint8Array.of(...bytesOf(5n), ...bytesOf(1n), 27)),
    );
  });

  it('may have s of exactly half of the order', () => {
    expect(() => checkSignature(Uint8Array.of(...bytesOf(1n), ...bytesOf(ORDER >> 1n), 28))).not.to.throw();
  });
});

function signerOrCode(message: Uint8Array, candidate: Uint8Array): string {
  try {
    return recoverSigner(message, candidate);
  } catch {
    return refusalOf(() => recoverSigner(message, candidate));
  }
}

function bytesOf(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
}
