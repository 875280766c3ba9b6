import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recoverAddress, Signature, TypedDataEncoder } from 'ethers';
import { hashContent, sealBatch } from '../../../proof/batch.ts';
import { toHex } from '../../../proof/bytes.ts';
import { createGroupHasher, REST, SHOWN } from '../../../proof/commitment.ts';
import { batchId, recoverSigner } from '../../../proof/signature.ts';
import { encodePayload } from '../../../server/issuance/payload.ts';
import { createCipher, decrypt, encrypt } from '../../../server/keys/cipher.ts';
import { openKeystore, openPasswordFile } from '../../../server/keys/keystore.ts';
import { createMac } from '../../../server/keys/mac.ts';
import {
  type ApprovedCredential,
  createBatchSigner,
  createStatusSigner,
  splitSignature,
} from '../../../server/keys/signer.ts';
import { createSigningKey } from '../../../server/keys/signing-key.ts';

const registry = { chainId: 31337, address: `0x${'ab'.repeat(20)}` };
const key = createSigningKey(new Uint8Array(32).fill(5));
const definition = new Uint8Array(32).fill(9);

describe('cipher', () => {
  const cipher = createCipher(new Uint8Array(32).fill(1));
  const text = new TextEncoder().encode('claims');

  it('decrypts what it encrypted, also after the data key was stored', () => {
    const dataKey = cipher.createDataKey();
    const encrypted = dataKey.encrypt(text, 'payload:1');
    expect(cipher.openDataKey(dataKey.wrapped).decrypt(encrypted, 'payload:1')).to.deep.equal(text);
    expect(Buffer.from(encrypted).includes('claims')).to.equal(false);
  });

  it('rejects another context, a changed byte and another master key', () => {
    const dataKey = cipher.createDataKey();
    const encrypted = dataKey.encrypt(text, 'payload:1');
    const changed = Uint8Array.from(encrypted, (byte, i) => (i === encrypted.length - 1 ? byte ^ 1 : byte));
    const other = createCipher(new Uint8Array(32).fill(2));
    for (const attempt of [
      () => dataKey.decrypt(encrypted, 'payload:2'),
      () => dataKey.decrypt(changed, 'payload:1'),
      () => dataKey.decrypt(new Uint8Array(), 'payload:1'),
      // a tag of four bytes, which can be guessed
      () => dataKey.decrypt(dataKey.encrypt(new Uint8Array(), 'payload:1').subarray(0, 17), 'payload:1'),
      () => other.openDataKey(dataKey.wrapped),
      // what an erased credential has
      () => cipher.openDataKey(new Uint8Array()),
      ...[1, 32, 33, dataKey.wrapped.length - 1].map((at) => () => cipher.openDataKey(flip(dataKey.wrapped, at))),
      () => cipher.openDataKey(dataKey.wrapped.subarray(0, 33)),
    ])
      expect(attempt).to.throw().with.property('code', 'DATA_UNREADABLE');
  });

  it('gives each data key a seed of its own, and the key itself nowhere', () => {
    const [one, two] = [cipher.createDataKey(), cipher.createDataKey()];
    expect(one.wrapped).to.have.length(49);
    expect(Buffer.from(one.wrapped).equals(two.wrapped)).to.equal(false);
    expect(() => two.decrypt(one.encrypt(text, 'payload:1'), 'payload:1')).to.throw();
    const seed = createSecretKey(one.wrapped.subarray(1, 33));
    expect(() => decrypt(seed, one.encrypt(text, 'payload:1'), 'payload:1')).to.throw();
  });

  it('opens a random key that the master key wraps', () => {
    const random = randomBytes(32);
    const wrapped = encrypt(createSecretKey(new Uint8Array(32).fill(1)), random, 'data-key');
    const encrypted = encrypt(createSecretKey(random), text, 'payload:1');
    expect(cipher.openDataKey(wrapped).decrypt(encrypted, 'payload:1')).to.deep.equal(text);
  });

  function flip(bytes: Uint8Array, at: number): Uint8Array {
    return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  }
});

describe('keystore', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-keys-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes a secret and its password once, whoever is there at the same moment', async () => {
    const passwords = await Promise.all(Array.from({ length: 8 }, () => openPasswordFile(join(folder, 'password'))));
    expect(new Set(passwords)).to.have.length(1);
    const stores = await Promise.all(passwords.map((password) => openKeystore(folder, password)));
    const secrets = await Promise.all(stores.map((store) => store.openSecret('master')));
    const kept = toHex(await (await openKeystore(folder, passwords[0] as string)).openSecret('master'));
    expect(new Set(secrets.map(toHex))).to.deep.equal(new Set([kept]));
    expect(readdirSync(folder).toSorted()).to.deep.equal(['master.json', 'password']);
  });

  it('gives the same key again, from a file that only its owner may read', async () => {
    const first = await (await openKeystore(folder, 'secret')).openKey('fehd-anchor');
    const second = await (await openKeystore(folder, 'secret')).openKey('fehd-anchor');
    expect(second.address).to.equal(first.address);
    expect(readdirSync(folder)).to.deep.equal(['fehd-anchor.json']);
    expect(statSync(join(folder, 'fehd-anchor.json')).mode & 0o777).to.equal(0o600);
  });

  it('keeps a key that is handed to it, and does not show it', async () => {
    const secret = new Uint8Array(32).fill(5);
    const opened = await (await openKeystore(folder, 'secret')).openKey('relayer', secret);
    expect(opened.address).to.equal(key.address);
    expect(readFileSync(join(folder, 'relayer.json'), 'utf8')).not.to.contain(toHex(secret));
  });

  it('rejects another password and a file of another name', async () => {
    await (await openKeystore(folder, 'secret')).openSecret('master');
    const wrong = await (await openKeystore(folder, 'other'))
      .openSecret('master')
      .catch((e: { code: string }) => e.code);
    expect(wrong).to.equal('KEY_UNREADABLE');
    writeFileSync(join(folder, 'copy.json'), readFileSync(join(folder, 'master.json')));
    const copied = await (await openKeystore(folder, 'secret'))
      .openSecret('copy')
      .catch((e: { code: string }) => e.code);
    expect(copied).to.equal('KEY_UNREADABLE');
  });

  it('makes a password once', async () => {
    const path = join(folder, 'password');
    expect(await openPasswordFile(path)).to.equal(await openPasswordFile(path));
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });
});

describe('a MAC', () => {
  it('is HMAC, for keys and messages of every length', () => {
    for (const [algorithm, most] of [['sha256', 64] as const, ['sha512', 128] as const]) {
      for (const keyBytes of [0, 1, 32, most])
        for (const sizeBytes of [0, 1, 55, 64, 200]) {
          const [secret, message] = [randomBytes(keyBytes), randomBytes(sizeBytes)];
          const expected = createHmac(algorithm, secret).update(message).digest('hex');
          expect(createMac(algorithm, secret)(message).toString('hex')).to.equal(expected);
        }
      expect(() => createMac(algorithm, new Uint8Array(most + 1))).to.throw(TypeError);
    }
  });
});

describe('signer', () => {
  const hasher = createGroupHasher();

  function approve(value: string): ApprovedCredential {
    const header = Uint8Array.of(1, 2, 3);
    const shown = { seed: new Uint8Array(16).fill(1), values: [value] };
    const rest = { seed: new Uint8Array(16).fill(2), values: [null] };
    const groups = {
      shown: hasher.hashFull(SHOWN, shown.seed, shown.values),
      rest: hasher.hashFull(REST, rest.seed, rest.values),
    };
    const payload = encodePayload({ shown, rest, holder: null }).bytes;
    return { header, payload, approvedHash: hashContent(header, groups) };
  }

  const credentials = [approve('A'), approve('B')];
  const { root, size } = sealBatch(credentials.map(({ approvedHash }) => approvedHash));

  it('signs a batch of what was approved, as the contract and a phone check it', async () => {
    const signed = await createBatchSigner(key, registry)({ issuer: 1, definition, root, credentials });
    expect(signed.id).to.deep.equal(batchId(registry, { issuer: 1, definition, root, size }));
    expect(recoverSigner(signed.id, signed.signature)).to.equal(key.address);
  });

  it('rejects a credential whose claims were changed after its approval', async () => {
    const [first] = credentials as [ApprovedCredential];
    const changed = { ...first, payload: approve('C').payload };
    expect(await refusal([changed])).to.equal('SIGNING_REFUSED');
  });

  it('rejects a credential that is not what was approved, also where the root is that of the changed one', async () => {
    const { payload, approvedHash } = approve('C');
    const [first] = credentials as [ApprovedCredential];
    expect(await refusal([{ ...first, payload }], approvedHash)).to.equal('SIGNING_REFUSED');
  });

  for (const [what, payload] of Object.entries({
    'no bytes at all': [],
    'no list': [0x01],
    'another number of items': [0x81, 0x80],
    'a seed of another length': [0x85, 0x41, 1, 0x80, 0x41, 1, 0x80, 0xf6],
    'claims that are no list': [0x85, 0x50, ...Array(16).fill(1), 0x01, 0x50, ...Array(16).fill(1), 0x80, 0xf6],
  })) {
    it(`rejects a payload that is ${what}`, async () => {
      const [first] = credentials as [ApprovedCredential];
      expect(await refusal([{ ...first, payload: Uint8Array.from(payload) }])).to.equal('SIGNING_REFUSED');
    });
  }

  it('rejects a payload with bytes after it', async () => {
    const [first] = credentials as [ApprovedCredential];
    const longer = Uint8Array.of(...first.payload, 0xf6);
    expect(await refusal([{ ...first, payload: longer }])).to.equal('SIGNING_REFUSED');
  });

  function refusal(changed: readonly ApprovedCredential[], leaf = credentials[0]?.approvedHash): Promise<string> {
    const batch = { issuer: 1, definition, root: sealBatch([leaf as Uint8Array]).root };
    return createBatchSigner(
      key,
      registry,
    )({ ...batch, credentials: changed }).then(
      () => 'nothing thrown',
      (error: { code: string }) => error.code,
    );
  }

  it('rejects a root that is not that of the credentials', async () => {
    const sign = createBatchSigner(key, registry);
    const batch = { issuer: 1, definition, root, credentials: credentials.toReversed() };
    expect(await sign(batch).catch((e: { code: string }) => e.code)).to.equal('SIGNING_REFUSED');
  });

  it('signs changes of status as EIP-712 typed data', async () => {
    const signer = createStatusSigner(key, registry);
    const change = { batch: root, act: 'suspend' as const, leaves: 1n << 255n, until: 20_999, reason: 3, nonce: 4 };
    const succession = { batch: root, leaf: 255, successorBatch: definition, successorLeaf: 1, nonce: 5 };
    const domain = { name: 'e-Proof', version: '1', chainId: 31337, verifyingContract: registry.address };
    const types = (fields: string) =>
      fields.split(',').map((field) => {
        const [type, name] = field.split(' ') as [string, string];
        return { type, name };
      });
    const digests = [
      TypedDataEncoder.hash(
        domain,
        { StatusChange: types('bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce') },
        { ...change, act: 1 },
      ),
      TypedDataEncoder.hash(
        domain,
        { Succession: types('bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce') },
        succession,
      ),
    ];
    const signatures = [await signer.signStatusChange(change), await signer.signSuccession(succession)];
    for (const [i, signature] of signatures.entries())
      expect(recoverAddress(digests[i] as string, Signature.from(splitSignature(signature))).toLowerCase()).to.equal(
        key.address,
      );
  });
});
