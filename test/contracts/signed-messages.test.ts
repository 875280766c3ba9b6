import { expect } from 'chai';
import { encodeBytes32String, id, type Signer, ZeroHash } from 'ethers';
import { deployRegistry } from '../../server/chain/deploy-registry.ts';
import {
  anchorFive,
  type Domain,
  type MessageType,
  networkHelpers,
  signBatch,
  signMessage,
  statusAct,
  toBatch,
  toBatchId,
  toDigest,
  toHighS,
} from './registry.ts';

/** With a second batch and a second registry. */
async function anchorTwo() {
  const world = await anchorFive();
  const full = toBatch(world, { root: id('full') });
  await world.registry.anchor([await signBatch(world, full)]);
  const elsewhere = await deployRegistry({ signer: world.carrier, governance: await world.governance.getAddress() });
  const addresses = { anchorKey: await world.anchorKey.getAddress(), statusKey: await world.statusKey.getAddress() };
  return { ...world, addresses, fullId: toBatchId(world.domain, full), elsewhere: elsewhere.address };
}

type Two = Awaited<ReturnType<typeof anchorTwo>>;
type Message = Record<string, unknown>;
type Signed = { v: number; r: string; s: string };

interface Row {
  key: (world: Two) => Signer;
  message: (world: Two) => Message;
  /** What could be put in the place of what was signed, and would be right if it had been. */
  others: (world: Two) => Message[];
  carry: (world: Two, message: Message, nonce: number, signature: Signed) => Promise<unknown>;
  /** Of a signer who may not do this, and of a signature that has no signer. */
  refused: string;
  invalid: string;
}

const withNonce = { refused: 'KeyRefused', invalid: 'SignatureInvalid' };

const rows: Record<MessageType, Row> = {
  Batch: {
    key: (w) => w.anchorKey,
    message: (w) => ({ ...toBatch(w) }),
    others: (w) => [{ issuer: 2 }, { credentialType: w.secondDefinition }, { root: id('other') }, { size: 255 }],
    carry: (w, message, _, signature) => w.registry.anchor([{ ...message, ...signature }]),
    refused: 'BatchKeyRefused',
    invalid: 'BatchSignatureInvalid',
  },
  StatusChange: {
    key: (w) => w.statusKey,
    message: (w) => ({ batch: w.fiveId, act: statusAct.suspend, leaves: 1n, until: 2_000_000, reason: 1 }),
    others: (w) => [
      { batch: w.fullId },
      { act: statusAct.revoke, until: 0 },
      { leaves: 0b10n },
      { until: 0 },
      { until: 2_000_001 },
      { reason: 2 },
    ],
    carry: (w, message, nonce, signature) => w.registry.relayStatus(message, nonce, signature),
    ...withNonce,
  },
  Succession: {
    key: (w) => w.statusKey,
    message: (w) => ({ batch: w.fiveId, leaf: 4, successorBatch: w.fullId, successorLeaf: 200 }),
    others: (w) => [
      { batch: w.fullId },
      { leaf: 3 },
      { successorBatch: w.fiveId, successorLeaf: 1 },
      { successorLeaf: 201 },
    ],
    carry: (w, message, nonce, signature) => w.registry.relaySuccession(message, nonce, signature),
    ...withNonce,
  },
  Extension: {
    key: (w) => w.anchorKey,
    message: (w) => ({ batch: w.fiveId, leaf: 4, validUntil: 21_000, reason: 1 }),
    others: (w) => [{ batch: w.fullId }, { leaf: 3 }, { validUntil: 21_001 }, { reason: 2 }],
    carry: (w, message, nonce, signature) => w.registry.relayExtension(message, nonce, signature),
    ...withNonce,
  },
  Notice: {
    key: (w) => w.anchorKey,
    message: () => ({
      issuer: 1,
      credentialType: 1,
      from: 100,
      to: 200,
      validUntil: 300,
      law: encodeBytes32String('x'),
    }),
    others: () => [
      { issuer: 2 },
      { credentialType: 2 },
      { from: 101 },
      { to: 201 },
      { validUntil: 301 },
      { law: encodeBytes32String('y') },
    ],
    carry: (w, message, nonce, signature) => w.registry.relayNotice(message, nonce, signature),
    ...withNonce,
  },
  KeyRenunciation: {
    key: (w) => w.statusKey,
    message: (w) => ({ key: w.addresses.statusKey }),
    others: (w) => [{ key: w.addresses.anchorKey }],
    carry: (w, message, nonce, signature) => w.registry.relayRenounceKey(message.key, nonce, signature),
    refused: 'KeyNotSigner',
    invalid: 'SignatureInvalid',
  },
};

const types = Object.keys(rows) as MessageType[];

for (const type of types) {
  const { key, message, others, carry, refused, invalid } = rows[type];
  const hasNonce = type !== 'Batch';
  const signAs = (world: Two, nonce: number, domain: Domain = world.domain) =>
    signMessage({ domain }, type, hasNonce ? { ...message(world), nonce } : message(world), key(world));

  describe(`EProofRegistry: the signed message ${type}`, () => {
    let world: Two;
    beforeEach(async () => {
      world = await networkHelpers.loadFixture(anchorTwo);
    });

    it('is taken as it was signed', async () => {
      await carry(world, message(world), 0, await signAs(world, 0));
    });

    it('is refused with any other value in any field', async () => {
      const signature = await signAs(world, 0);
      for (const changed of others(world)) {
        await expect(
          carry(world, { ...message(world), ...changed }, 0, signature),
          JSON.stringify(Object.keys(changed)),
        ).to.be.revertedWithCustomError(world.registry, refused);
      }
    });

    it('has a test of every field', () => {
      const tried = others(world).flatMap((changed) => Object.keys(changed));
      expect(new Set(tried)).to.deep.equal(new Set(Object.keys(message(world))));
    });

    it('is refused where it was signed for another chain, registry, name or version', async () => {
      for (const changed of [
        { chainId: 1n },
        { verifyingContract: world.elsewhere },
        { name: 'e-proof' },
        { version: '2' },
      ]) {
        const signature = await signAs(world, 0, { ...world.domain, ...changed });
        await expect(carry(world, message(world), 0, signature)).to.be.revertedWithCustomError(world.registry, refused);
      }
    });

    it('is refused with s in the upper half of the order', async () => {
      await expect(carry(world, message(world), 0, toHighS(await signAs(world, 0)))).to.be.revertedWithCustomError(
        world.registry,
        invalid,
      );
    });

    it('is refused with every v but 27 and 28, and without a signature, and says what had to be signed', async () => {
      const signature = await signAs(world, 0);
      const digest = toDigest(world.domain, type, hasNonce ? { ...message(world), nonce: 0 } : message(world));
      const wrong = [0, 1, 26, 29, 255, signature.v - 27].map((v) => ({ ...signature, v }));
      for (const bad of [...wrong, { v: 27, r: ZeroHash, s: ZeroHash }, { ...signature, r: ZeroHash }]) {
        await expect(carry(world, message(world), 0, bad))
          .to.be.revertedWithCustomError(world.registry, invalid)
          .withArgs(...(hasNonce ? [digest] : [0, digest]));
      }
    });

    it('is refused with the signature of any other message', async () => {
      for (const other of types.filter((candidate) => candidate !== type)) {
        const row = rows[other];
        const signed = other === 'Batch' ? row.message(world) : { ...row.message(world), nonce: 0 };
        const signature = await signMessage(world, other, signed, key(world));
        await expect(carry(world, message(world), 0, signature), other).to.be.revertedWithCustomError(
          world.registry,
          refused,
        );
      }
    });

    if (!hasNonce) return;

    it('is refused a second time', async () => {
      const signature = await signAs(world, 0);
      await carry(world, message(world), 0, signature);
      await expect(carry(world, message(world), 0, signature))
        .to.be.revertedWithCustomError(world.registry, 'KeyInvalidNonce')
        .withArgs(key(world), 0, 1);
    });

    it('is refused out of turn', async () => {
      for (const nonce of [1, 2]) {
        await expect(carry(world, message(world), nonce, await signAs(world, nonce)))
          .to.be.revertedWithCustomError(world.registry, 'KeyInvalidNonce')
          .withArgs(key(world), nonce, 0);
      }
    });

    it('is refused when another message of the key has used up its nonce', async () => {
      const change = { batch: world.fiveId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 };
      const used = await signMessage(world, 'StatusChange', { ...change, nonce: 0 }, key(world));
      await world.registry.relayStatus(change, 0, used);
      await expect(carry(world, message(world), 0, await signAs(world, 0)))
        .to.be.revertedWithCustomError(world.registry, 'KeyInvalidNonce')
        .withArgs(key(world), 0, 1);
      await carry(world, message(world), 1, await signAs(world, 1));
      expect(await world.registry.nonces(key(world))).to.equal(2n);
    });
  });
}
