import { expect } from 'chai';
import { sealBatch } from '../../../proof/batch.ts';
import { toHongKongDay } from '../../../proof/day.ts';
import { encodeHeader } from '../../../proof/header.ts';
import { hashStoredContent } from '../../../server/issuance/content-hash.ts';
import { encodePayload } from '../../../server/issuance/payload.ts';
import { MOST_COPY_DAYS, type SignedOriginal, toCopyHeader } from '../../../server/keys/copy-rule.ts';
import { type BatchToSign, createBatchSigner } from '../../../server/keys/signer.ts';
import { decodeBatchItems, toBatchItems } from '../../../server/keys/signer-message.ts';
import { expectCode } from '../harness.ts';
import { keyOf } from '../instance.ts';

const REGISTRY = { chainId: 31_337, address: `0x${'ab'.repeat(20)}` };
const TODAY = toHongKongDay(Date.now() / 1000);
const DEFINITION = new Uint8Array(32).fill(5);

describe('a copy, before the signer', () => {
  const key = keyOf(10);
  const header = {
    ...{ issuer: 1, credentialType: 2, id: new Uint8Array(6).fill(7), issued: TODAY - 9, validFrom: TODAY - 9 },
    ...{ validUntil: TODAY + 400, partlyUntil: TODAY + 300, holderKey: null },
  };
  const payload = (seed: number) =>
    encodePayload({
      shown: { seed: new Uint8Array(16).fill(seed), values: ['2932801234'] },
      rest: { seed: new Uint8Array(16).fill(seed + 1), values: [null] },
      holder: null,
    }).bytes;

  async function signedBy(signer = key, issuer = 1): Promise<SignedOriginal> {
    const credential = { header: encodeHeader(header), payload: payload(1) };
    const content = hashStoredContent(credential.header, credential.payload);
    const { root } = sealBatch([content, content]);
    const approved = { ...credential, approvedHash: content };
    const { signature } = await createBatchSigner(
      signer,
      REGISTRY,
    )({ issuer, definition: DEFINITION, root, credentials: [approved, approved] });
    return { ...credential, index: 1, size: 2, path: sealBatch([content, content]).inclusionOf(1), signature };
  }

  const copyHeader = { validUntil: TODAY + MOST_COPY_DAYS, holderKey: new Uint8Array(32).fill(9) };

  /** As it comes to the signer's process. */
  function batchOf(original: SignedOriginal, { seed = 3, change = {} } = {}): BatchToSign {
    const copy = { header: encodeHeader({ ...toCopyHeader(header, copyHeader), ...change }), payload: payload(seed) };
    const approvedHash = hashStoredContent(copy.header, copy.payload);
    const { root } = sealBatch([approvedHash]);
    const batch = { issuer: 1, definition: DEFINITION, root, credentials: [{ ...copy, approvedHash, original }] };
    return decodeBatchItems(toBatchItems(batch));
  }

  const sign = createBatchSigner(key, REGISTRY);

  it('is signed where it says what was signed, and ends soon', async () => {
    const { signature } = await sign(batchOf(await signedBy()));
    expect(signature).to.have.length(65);
  });

  it('is not where a key of nobody’s signed the original, or none signed it for this department', async () => {
    await expectCode(sign(batchOf(await signedBy(keyOf(11)))), 'SIGNING_REFUSED');
    await expectCode(sign(batchOf(await signedBy(key, 2))), 'SIGNING_REFUSED');
    const original = await signedBy();
    await expectCode(sign(batchOf({ ...original, signature: new Uint8Array(65) })), 'SIGNING_REFUSED');
    await expectCode(sign(batchOf({ ...original, index: 0, size: 1 })), 'SIGNING_REFUSED');
  });

  it('is not with the seeds of its original, a later end, or another header', async () => {
    const original = await signedBy();
    await expectCode(sign(batchOf(original, { seed: 1 })), 'SIGNING_REFUSED');
    for (const change of [
      { validUntil: TODAY + MOST_COPY_DAYS + 1 },
      { validUntil: null },
      { validFrom: TODAY - 10 },
      { partlyUntil: TODAY + 1 },
      { id: new Uint8Array(6) },
    ])
      await expectCode(sign(batchOf(original, { change })), 'SIGNING_REFUSED');
  });
});
