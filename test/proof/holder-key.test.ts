import { expect } from 'chai';
import { toBase64Url, toHex } from '../../proof/bytes.ts';
import {
  checkHolderKey,
  checkHolderSignature,
  compressHolderKey,
  decodeHolderKey,
  hashHolderKey,
  isSignedByHolder,
  normalizeHolderSignature,
} from '../../proof/holder-key.ts';
import { judgePresentation, presentationMessage } from '../../proof/presentation.ts';
import { issueBatch } from '../../scripts/vectors/issuing.ts';
import { present } from '../../scripts/vectors/presenting.ts';
import { createWorld, HOLDER, NOW, tinyClaims, VERIFIER } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const HASH = { name: 'ECDSA', hash: 'SHA-256' };

/** A key as a browser keeps one: nobody can read its secret. */
async function createDevice() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
  const key = compressHolderKey(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
  const sign = async (message: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign(HASH, privateKey, Uint8Array.from(message)));
  return { key, sign, privateKey, publicKey };
}

describe('the key of a holder', () => {
  it('signs in WebCrypto, where it cannot be read, what this room verifies', async () => {
    const { key, sign, privateKey, publicKey } = await createDevice();
    expect(privateKey.extractable).to.equal(false);
    checkHolderKey(key);
    let high = 0;
    for (let i = 0; i < 24; i++) {
      const message = Uint8Array.of(i, 1, 2);
      const signature = await sign(message);
      const normal = normalizeHolderSignature(signature);
      if (toHex(normal) !== toHex(signature)) {
        high++;
        expectRefusal('SIGNATURE_MALFORMED', () => checkHolderSignature(signature));
        expect(isSignedByHolder(message, signature, key)).to.equal(false);
      }
      checkHolderSignature(normal);
      expect(isSignedByHolder(message, normal, key)).to.equal(true);
      expect(isSignedByHolder(Uint8Array.of(i, 1, 3), normal, key)).to.equal(false);
      expect(await crypto.subtle.verify(HASH, publicKey, Uint8Array.from(normal), message)).to.equal(true);
    }
    expect(high).to.be.above(0).and.below(24);
  });

  it('presents a credential that was bound to it', async () => {
    const { key, sign } = await createDevice();
    const { registry, kinds, keys } = createWorld({ batches: 0 });
    const department = { registry, place: 0, issuer: 1, kind: kinds.tiny, number: 1, key: keys.anchor };
    const [proof] = issueBatch(department, [
      { name: 'device', claims: tinyClaims('EX-1'), holderKey: hashHolderKey(key) },
    ]);
    const nonce = crypto.getRandomValues(new Uint8Array(16));
    const facts = { proof: proof!, holderKey: key, audience: VERIFIER, nonce, issuedAt: NOW, expiresAt: NOW + 300 };
    const signature = normalizeHolderSignature(await sign(presentationMessage(facts)));
    expect(judgePresentation({ ...facts, signature }, { audiences: [VERIFIER], nonce }, NOW)).to.equal('HOLDER_SIGNED');
  });

  it('is verified by WebCrypto where this room signed', async () => {
    const { publicKey } = await createDevice();
    const presentation = present(createWorld({ batches: 0 }).proofs.bound[0]!);
    const own = await crypto.subtle.importKey('raw', Uint8Array.from(HOLDER.key), CURVE, true, ['verify']);
    const verify = (key: CryptoKey) =>
      crypto.subtle.verify(
        HASH,
        key,
        Uint8Array.from(presentation.signature),
        Uint8Array.from(presentationMessage(presentation)),
      );
    expect(await verify(own)).to.equal(true);
    expect(await verify(publicKey)).to.equal(false);
  });

  it('is a text of 44 characters', () => {
    const text = toBase64Url(HOLDER.key);
    expect(text).to.have.length(44);
    expect(toHex(decodeHolderKey(text))).to.equal(toHex(HOLDER.key));
  });

  it('is refused where it is no compressed point, without repeating it', () => {
    const x = HOLDER.key.slice(1);
    for (const bytes of [[], [...HOLDER.key, 0], [4, ...x], [0, ...x], [2, ...new Uint8Array(32).fill(255)]])
      expectRefusal('FIELD_INVALID', () => checkHolderKey(Uint8Array.from(bytes)));
    for (const text of ['', 'x', `${toBase64Url(HOLDER.key)}=`, toBase64Url(x), '*'.repeat(44)])
      expectRefusal('FIELD_INVALID', () => decodeHolderKey(text));
    expect(() => decodeHolderKey('S3CRET?')).to.throw(/^"holderKey" (?!.*S3CRET)/);
    for (const length of [0, 33, 64, 65, 66])
      expectRefusal('FIELD_INVALID', () => compressHolderKey(new Uint8Array(length).fill(4)));
  });
});
