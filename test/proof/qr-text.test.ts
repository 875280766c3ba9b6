import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../proof/bytes.ts';
import { encodeProof } from '../../proof/proof.ts';
import { decodeDigits, decodeQrText, toDigits, toQrText } from '../../proof/qr-text.ts';
import { hide } from '../../scripts/vectors/issuing.ts';
import { createWorld, VERIFIER } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const bytes = fc
  .tuple(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 300 }))
  .map(([first, rest]) => Uint8Array.of(first, ...rest));

describe('digits', () => {
  it('are one to one with bytes that do not start with zero', () => {
    fc.assert(fc.property(bytes, (original) => toHex(decodeDigits(toDigits(original))) === toHex(original)));
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 200n }),
        (number) => toDigits(decodeDigits(`${number}`)) === `${number}`,
      ),
    );
  });

  it('are never made of bytes that start with zero', () => {
    expect(() => toDigits(Uint8Array.of(0, 1))).to.throw(TypeError);
    expect(() => toDigits(new Uint8Array(0))).to.throw(TypeError);
  });

  for (const wrong of ['', '0', '01', '-1', '1.0', '1e9', '0x1f', '1 2', '١', '１'])
    it(`are refused as ${JSON.stringify(wrong)}`, () => {
      expectRefusal('DIGITS_INVALID', () => decodeDigits(wrong));
    });

  it('are at most 7,000', () => {
    expect(decodeDigits('9'.repeat(7_000))).to.have.length.above(2_900);
    expectRefusal('TOO_LARGE', () => decodeDigits('9'.repeat(7_001)));
    expectRefusal('TOO_LARGE', () => decodeDigits('9'.repeat(5_000_000)));
  });
});

describe('the text of a QR', () => {
  const { proofs } = createWorld();
  const proof = encodeProof(proofs.standings[0]!);
  const verifiers = [VERIFIER, 'http://127.0.0.1:3000/'];

  it('gives back its proof, from either verifier, with space around it, and as digits alone', () => {
    for (const verifier of verifiers)
      expect(toHex(decodeQrText(` ${toQrText(verifier, proof)}\n`, verifiers))).to.equal(toHex(proof));
    expect(toHex(decodeQrText(toDigits(proof), verifiers))).to.equal(toHex(proof));
  });

  for (const address of [
    'https://verify.example.evil/',
    'https://verify.example@evil.example/',
    'https://verify.example/en/',
    'https://verify.example/?x=1',
    'https://verify.example',
    'http://verify.example/',
    'HTTPS://verify.example/',
    'https://evil.example/https://verify.example/',
  ])
    it(`is refused where it leads to ${address}`, () => {
      expectRefusal('QR_OTHER_HOST', () => decodeQrText(`${address}#${toDigits(proof)}`, verifiers));
    });

  it('is refused with the host that it leads to, in characters that cannot turn the sentence round', () => {
    expect(() => decodeQrText('https://evil.example/x#1', verifiers)).to.throw(/leads to evil\.example, which/);
    expect(() => decodeQrText('https://\u202eelpmaxe.live/#1', verifiers)).to.throw(/leads to \?elpmaxe\.live, which/);
    expect(() => decodeQrText(`https://${'a'.repeat(10_000)}/#1`, verifiers)).to.throw(/^.{0,130}$/);
  });

  for (const text of [
    '',
    '   ',
    'hello',
    'javascript:alert(1)#1',
    '{"a":1}',
    'https://verify.example/',
    'https://verify.example/#',
  ])
    it(`is no e-Proof as ${JSON.stringify(text)}`, () => {
      expectRefusal('QR_TEXT_INVALID', () => decodeQrText(text, verifiers));
    });

  it('is no e-Proof, rather than a broken one, as the number of a licence or a telephone', () => {
    expectRefusal('QR_TEXT_INVALID', () => decodeQrText('2231000123', verifiers));
    expectRefusal('QR_TEXT_INVALID', () => decodeQrText('9'.repeat(377), verifiers));
  });

  it('is long enough for the shortest proof that there can be', () => {
    const [one] = [proofs.beforeCompromise];
    const shortest = {
      ...one,
      header: { ...one.header, credentialType: 1, issued: 0, validFrom: 0, validUntil: null },
      shown: hide(0, one.shown),
      rest: hide(1, one.rest),
      locator: null,
    };
    const digits = toDigits(encodeProof(shortest));
    expect(encodeProof(shortest)).to.have.length(157);
    expect(digits).to.have.length(378);
    expect(toHex(decodeQrText(digits, verifiers))).to.equal(toHex(encodeProof(shortest)));
  });

  it('is a broken e-Proof where our address carries no digits', () => {
    expectRefusal('DIGITS_INVALID', () => decodeQrText(`${VERIFIER}#12a`, verifiers));
    expectRefusal('DIGITS_INVALID', () => decodeQrText(`${VERIFIER}#1#2`, verifiers));
    expectRefusal('TOO_LARGE', () => decodeQrText(`${VERIFIER}#${'1'.repeat(7_001)}`, verifiers));
  });
});
