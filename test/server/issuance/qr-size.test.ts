import { expect } from 'chai';
import { toQrText } from '../../../proof/qr-text.ts';
import { qrExcessBytes } from '../../../server/issuance/qr-size.ts';
import { qrSymbol } from '../../../server/render/qr.ts';

describe('the size of a QR code', () => {
  for (const verifier of ['http://127.0.0.1:3000/', 'https://verify.e-proof.gov.hk/']) {
    it(`is told from the bytes alone, for ${verifier}`, () => {
      let size = 100;
      while (qrExcessBytes(size + 1, verifier) === 0) size++;
      expect(versionOf(size, verifier)).to.equal(24);
      // the estimate may be a byte too careful, never too generous
      expect(versionOf(size + 2, verifier)).to.equal(25);
      expect(qrExcessBytes(size + 10, verifier)).to.be.within(9, 11);
    });
  }
});

function versionOf(sizeBytes: number, verifier: string): number {
  const proof = new Uint8Array(sizeBytes).fill(0xff);
  proof[0] = 0x89;
  return qrSymbol(toQrText(verifier, proof)).version;
}
