import { expect } from 'chai';
import type { JsonObject } from '../../proof/json.ts';
import { readPresentedText } from '../../proof/presented.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { decodeReceipt, isAsReceipt, toReceipt } from '../../proof/receipt.ts';
import type { Verdict } from '../../proof/verdict.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import { verifyPresented } from '../../proof/verification.ts';
import { toQrProof } from '../../scripts/vectors/issuing.ts';
import { createWorld, VERIFIER } from '../../scripts/vectors/world.ts';

const world = createWorld({ batches: 0 });
const proof = world.proofs.standings[0]!;
const qrText = toQrText(VERIFIER, encodeProof(toQrProof(proof)));
const json = JSON.stringify(
  toVerifiableCredential({
    proof,
    type: world.kinds.tiny.value,
    definition: world.kinds.tiny.definition,
    registry: world.registry.address,
  }),
);
const page = { address: VERIFIER, version: '1.2.3' };

async function check(text: string): Promise<{ verdict: Verdict; receipt: JsonObject }> {
  const presented = readPresentedText(text);
  const verdict = await verifyPresented(presented, world);
  return { verdict, receipt: toReceipt(verdict, presented, page) };
}

describe('a receipt', () => {
  for (const [name, text] of [
    ['the text of a QR', qrText],
    ['a document', json],
  ] as const)
    it(`of ${name} leads to the same verdict again, and says that it holds`, async () => {
      const { verdict, receipt } = await check(text);
      const again = readPresentedText(JSON.stringify(receipt, null, 2));
      expect(again.text).to.equal(text);
      expect(again.receipt).to.deep.include({ genuine: 'genuine', standing: 'in-force' });
      const now = await verifyPresented(again, world);
      expect(now).to.deep.equal(verdict);
      expect(isAsReceipt(now, again.receipt!)).to.equal(true);
    });

  it('no longer holds where the answer is another one', async () => {
    const { verdict, receipt } = await check(qrText);
    const earlier = decodeReceipt(JSON.stringify(receipt))!;
    expect(isAsReceipt({ ...verdict, standing: { code: 'revoked', time: null, reason: null } }, earlier)).to.equal(
      false,
    );
    expect(isAsReceipt({ ...verdict, genuine: 'not-genuine', standing: null }, earlier)).to.equal(false);
  });

  it('holds or not is unknown where now could not be checked', async () => {
    const { verdict, receipt } = await check(qrText);
    const open: Verdict = { ...verdict, genuine: 'could-not-be-checked', standing: null };
    expect(isAsReceipt(open, decodeReceipt(JSON.stringify(receipt))!)).to.equal(null);
  });

  it('proves nothing: what it says of itself does not change the verdict', async () => {
    const { receipt } = await check(qrText);
    const digits = qrText.replace(/\d(?=\d{3}$)/, (digit) => String((Number(digit) + 1) % 10));
    const forged = { ...receipt, presented: { kind: 'qr-text', text: digits } };
    const again = readPresentedText(JSON.stringify(forged));
    const verdict = await verifyPresented(again, world);
    expect(verdict.genuine).to.equal('not-genuine');
    expect(isAsReceipt(verdict, again.receipt!)).to.equal(false);
  });

  it('is read only where it is whole; anything else is taken for a document', async () => {
    const { receipt } = await check(qrText);
    const verdict = receipt.verdict as JsonObject;
    const broken: JsonObject[] = [
      { ...receipt, format: 'eproof-receipt/2' },
      { ...receipt, checkedAt: '2026-02-30' },
      { ...receipt, checkedAt: '\u001b[31m' },
      { ...receipt, verdict: null },
      { ...receipt, verdict: { ...verdict, genuine: 'constructor' } },
      { ...receipt, verdict: { ...verdict, standing: { code: 'toString' } } },
      { ...receipt, verdict: { ...verdict, standing: { code: 7 } } },
      { ...receipt, presented: { kind: 'file', text: qrText } },
      { ...receipt, presented: { kind: 'json', text: null } },
      {},
    ];
    for (const text of [...broken.map((each) => JSON.stringify(each)), '{', `{"a":${'['.repeat(100)}`]) {
      expect(decodeReceipt(text), text).to.equal(null);
      expect(readPresentedText(text), text).to.deep.equal({ kind: 'json', text });
    }
  });
});
