import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { hashContent } from '../../../proof/batch.ts';
import { toHex } from '../../../proof/bytes.ts';
import { createGroupHasher, REST, SHOWN } from '../../../proof/commitment.ts';
import { hashStoredContent } from '../../../server/issuance/content-hash.ts';
import {
  decodePayload,
  encodePayload,
  encryptPayload,
  type Payload,
  toApproved,
} from '../../../server/issuance/payload.ts';
import { createCipher } from '../../../server/keys/cipher.ts';

const HEADER = Uint8Array.of(7, 7, 7);
const CONTACT = { email: 'canary@example.hk', language: 'en' } as Payload['holder'];

describe('a stored payload', () => {
  it('has the content hash of its claims, whoever the holder is', () => {
    const hasher = createGroupHasher();
    for (const holder of [null, CONTACT]) {
      const { shown, rest } = payload(holder);
      const groups = {
        shown: hasher.hashFull(SHOWN, shown.seed, shown.values),
        rest: hasher.hashFull(REST, rest.seed, rest.values),
      };
      const stored = encodePayload(payload(holder)).bytes;
      expect(toHex(hashStoredContent(HEADER, stored))).to.equal(toHex(hashContent(HEADER, groups)));
    }
  });

  it('is handed to the signer without the contact of the holder', () => {
    const cipher = createCipher(randomBytes(32));
    for (const holder of [null, CONTACT]) {
      const id = randomBytes(6);
      const key = cipher.createDataKey();
      const encrypted = Buffer.from(encryptPayload(payload(holder), key, id));
      const row = { id, wrapped_key: Buffer.from(key.wrapped), payload: encrypted, header: Buffer.from(HEADER) };
      const approved = toApproved({ ...row, content_hash: Buffer.alloc(32) }, cipher);
      expect(Buffer.from(approved.payload).includes('canary')).to.equal(false);
      expect(decodePayload(approved.payload)).to.deep.equal(payload(null));
    }
  });
});

function payload(holder: Payload['holder']): Payload {
  return {
    shown: { seed: new Uint8Array(16).fill(1), values: ['食肆', null, ['a', 300]] },
    rest: { seed: new Uint8Array(16).fill(2), values: [] },
    holder,
  };
}
