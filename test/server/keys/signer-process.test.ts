import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { hashContent, sealBatch } from '../../../proof/batch.ts';
import { createGroupHasher, REST, SHOWN } from '../../../proof/commitment.ts';
import { batchId, recoverSigner } from '../../../proof/signature.ts';
import type { AppError } from '../../../server/app-error.ts';
import { toHeadBatch } from '../../../server/audit/head.ts';
import { encodePayload } from '../../../server/issuance/payload.ts';
import { readFrames, writeFrame } from '../../../server/keys/frame.ts';
import { openKeystore, openPasswordFile } from '../../../server/keys/keystore.ts';
import {
  type BatchToSign,
  createStatusSigner,
  type SignBatch,
  type StatusSigner,
} from '../../../server/keys/signer.ts';
import { type SignerProcess, startSignerProcess } from '../../../server/keys/signer-client.ts';
import type { SignerStart } from '../../../server/keys/signer-message.ts';
import { createValiditySigner, type ValiditySigner } from '../../../server/keys/validity-signer.ts';
import { eventually } from '../harness.ts';

const REGISTRY = { chainId: 31_337, address: `0x${'5f'.repeat(20)}` };

describe('the signer in a process of its own', () => {
  let folder: string;
  let address: string;
  let statusAddress: string;
  let signer: SignerProcess;
  let ends: AppError[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-signer-'));
    const keystore = await openKeystore(folder, await openPasswordFile(join(folder, 'password')));
    ({ address } = await keystore.openKey('FEHD-anchor'));
    ({ address: statusAddress } = await keystore.openKey('FEHD-status'));
    ends = [];
    signer = await startSignerProcess({
      start: startOf(folder, address, statusAddress),
      onEnd: (error) => ends.push(error),
    });
  });

  after(async () => {
    await signer.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const sign: SignBatch = (batch) => (signer.findBatchSigner(address) as SignBatch)(batch);

  it('signs what it computes itself from the approved credentials', async () => {
    const batch = batchOf(256);
    const { id, signature } = await sign(batch);
    const { issuer, definition, root } = batch;
    expect(id).to.deep.equal(batchId(REGISTRY, { issuer, definition, root, size: 256 }));
    expect(recoverSigner(id, signature)).to.equal(address);
  });

  it('signs several batches that are asked for at once', async () => {
    const batches = [1, 2, 3, 4].map(batchOf);
    const signed = await Promise.all(batches.map(sign));
    for (const [i, { issuer, definition, root }] of batches.entries())
      expect(signed[i]?.id).to.deep.equal(batchId(REGISTRY, { issuer, definition, root, size: i + 1 }));
  });

  it('refuses a credential that is not what was approved, and a root that is not the credentials’', async () => {
    const batch = batchOf(3);
    const [first, ...others] = batch.credentials;
    const altered = { ...first, header: Uint8Array.of(9, 9) } as (typeof batch.credentials)[0];
    expect(await codeOf(sign({ ...batch, credentials: [altered, ...others] }))).to.equal('SIGNING_REFUSED');
    expect(await codeOf(sign({ ...batch, root: new Uint8Array(32) }))).to.equal('SIGNING_REFUSED');
    expect(await codeOf(sign({ ...batch, credentials: batch.credentials.toReversed() }))).to.equal('SIGNING_REFUSED');
  });

  it('signs the head of an audit log, of which it computes everything itself', async () => {
    const head = { issuer: 'FEHD', day: '2026-03-02', position: 7, hash: 'ab'.repeat(32) };
    const signed = await signer.findHeadSigner(address)?.(1, head);
    expect(signed?.id).to.deep.equal(toHeadBatch(REGISTRY, 1, head).id);
  });

  it('signs extensions, notices and changes of status as the key itself does', async () => {
    const keystore = await openKeystore(folder, await openPasswordFile(join(folder, 'password')));
    const own = createValiditySigner(await keystore.openKey('FEHD-anchor'), REGISTRY);
    const there = signer.findValiditySigner(address) as ValiditySigner;
    const extension = { batch: new Uint8Array(32).fill(7), leaf: 255, validUntil: 2_932_896, reason: 8, nonce: 3 };
    expect(await there.signExtension(extension)).to.deep.equal(await own.signExtension(extension));
    const days = { from: 19_235, to: 19_326, validUntil: 19_327 };
    const notice = { issuer: 7, credentialType: 2, ...days, law: new Uint8Array(32).fill(65), nonce: 6 };
    expect(await there.signNotice(notice)).to.deep.equal(await own.signNotice(notice));
    expect(await there.signNotice(notice)).not.to.deep.equal(await own.signNotice({ ...notice, to: 19_325 }));
    const leaves = (1n << 255n) | 1n;
    const change = { batch: extension.batch, act: 'reinstate', leaves, until: 0, reason: 1, nonce: 4 } as const;
    expect(await there.signStatusChange(change)).to.deep.equal(await own.signStatusChange(change));
    expect(await there.signStatusChange(change)).not.to.deep.equal(await own.signStatusChange({ ...change, nonce: 5 }));
  });

  it('signs successions and changes of status under a status key, as the key itself does', async () => {
    const keystore = await openKeystore(folder, await openPasswordFile(join(folder, 'password')));
    const own = createStatusSigner(await keystore.openKey('FEHD-status'), REGISTRY);
    const there = signer.findStatusSigner(statusAddress) as StatusSigner;
    const [batch, successorBatch] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)];
    const succession = { batch, leaf: 255, successorBatch, successorLeaf: 0, nonce: 9 };
    expect(await there.signSuccession(succession)).to.deep.equal(await own.signSuccession(succession));
    const change = { batch, act: 'revoke', leaves: 2n, until: 0, reason: 1, nonce: 10 } as const;
    expect(await there.signStatusChange(change)).to.deep.equal(await own.signStatusChange(change));
    expect(await there.signStatusChange(change)).not.to.deep.equal(
      await own.signStatusChange({ ...change, leaves: 3n }),
    );
  });

  it('knows no key that it was not started with, and none for another purpose', () => {
    expect(signer.findBatchSigner(`0x${'00'.repeat(20)}`)).to.equal(undefined);
    expect(signer.findBatchSigner(statusAddress)).to.equal(undefined);
    expect(signer.findStatusSigner(address)).to.equal(undefined);
  });

  it('is started again after it was killed, and refuses meanwhile', async () => {
    const first = signer.pid() as number;
    const told = ends.length;
    // so that it cannot be faster than its end
    process.kill(first, 'SIGSTOP');
    const asked = codeOf(sign(batchOf(256)));
    process.kill(first, 'SIGKILL');
    expect(await asked).to.equal('SIGNER_UNREACHABLE');
    expect(await codeOf(sign(batchOf(1)))).to.equal('SIGNER_UNREACHABLE');
    await eventually('another one runs', async () => signer.pid() !== null && signer.pid() !== first);
    expect(ends.length).to.equal(told + 1);
    expect((await sign(batchOf(1))).signature).to.have.length(65);
  });

  it('ends at what is no batch, and is started again', async () => {
    const first = signer.pid();
    const broken = { ...batchOf(1), definition: new Uint8Array(31) };
    expect(await codeOf(sign(broken))).to.equal('SIGNER_UNREACHABLE');
    await eventually('another one runs', async () => signer.pid() !== null && signer.pid() !== first);
  });

  it('does not start where a key is another than the registry knows', async () => {
    const other = `0x${'11'.repeat(20)}`;
    const start = startSignerProcess({ start: startOf(folder, address, other), onEnd: () => {} });
    expect(await codeOf(start)).to.equal('KEY_UNKNOWN');
  });
});

describe('a message between the service and its signer', () => {
  it('comes whole out of whatever pieces it is read in', async () => {
    const stream = new PassThrough();
    writeFrame(stream, [1, 'batch', Uint8Array.of(1, 2, 3)]);
    writeFrame(stream, [2, null]);
    const bytes = stream.read() as Buffer;
    const cut = new PassThrough();
    for (const byte of bytes) cut.write(Uint8Array.of(byte));
    cut.end();
    const messages = await readAll(cut);
    expect(messages).to.deep.equal([
      [1, 'batch', Uint8Array.of(1, 2, 3)],
      [2, null],
    ]);
  });

  for (const [what, bytes] of Object.entries({
    'a length above the limit': [0xff, 0xff, 0xff, 0xff],
    'bytes that are no message': [0, 0, 0, 2, 0x18, 0x01],
    'a value that is no list': [0, 0, 0, 1, 0x01],
  })) {
    it(`is refused for ${what}`, async () => {
      const stream = new PassThrough();
      stream.end(Uint8Array.from(bytes));
      const outcome = await readAll(stream).catch((error: Error) => error.name);
      expect(outcome).to.be.oneOf(['RangeError', 'TypeError', 'ProofError']);
    });
  }
});

async function readAll(stream: PassThrough) {
  const messages = [];
  for await (const message of readFrames(stream)) messages.push(message);
  return messages;
}

function startOf(folder: string, anchor: string, status: string): SignerStart {
  const keys: SignerStart['keys'] = [
    { name: 'FEHD-anchor', purpose: 'anchor', address: anchor },
    { name: 'FEHD-status', purpose: 'status', address: status },
  ];
  return { folder, passwordFile: join(folder, 'password'), securityModule: null, registry: REGISTRY, keys };
}

/** A batch of this many made-up credentials. */
function batchOf(size: number): BatchToSign {
  const hasher = createGroupHasher();
  const credentials = Array.from({ length: size }, (_, i) => {
    const header = Uint8Array.of(i >> 8, i & 255);
    const shown = { seed: new Uint8Array(16).fill(1), values: [`name ${i}`, null, ['a', i]] };
    const rest = { seed: new Uint8Array(16).fill(2), values: [i] };
    const groups = {
      shown: hasher.hashFull(SHOWN, shown.seed, shown.values),
      rest: hasher.hashFull(REST, rest.seed, rest.values),
    };
    const payload = encodePayload({ shown, rest, holder: null }).bytes;
    return { header, payload, approvedHash: hashContent(header, groups) };
  });
  const { root } = sealBatch(credentials.map(({ approvedHash }) => approvedHash));
  return { issuer: 1, definition: new Uint8Array(32).fill(3), root, credentials };
}

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing thrown',
    (error: { code?: string }) => error.code ?? String(error),
  );
}
