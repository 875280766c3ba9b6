import { readFile } from 'node:fs/promises';
import { decodeCredentialType } from '../proof/credential-type.ts';
import { recoverSigner } from '../proof/signature.ts';
import type { Trust } from '../proof/trust.ts';
import { toVerifiableCredential } from '../proof/verifiable-credential.ts';
import { type Sources, verifyJson } from '../proof/verification.ts';
import { createPost } from '../scripts/cli/post.ts';
import { type BenchChain, send, sha256, startBenchChain } from './chain.ts';
import { definitionFile, profileFile } from './credential-type.ts';
import { type SignedBatch, signBatch } from './department.ts';
import { deployDocumentStore } from './document-store.ts';
import { licenceClaims } from './licence.ts';
import { requirePeer } from './peers/install.ts';
import type { Table } from './table.ts';
import { formatSpread, timeSideBySide } from './timing.ts';

const RUNS = 20;

/** A whole verification with its chain read, against oa-verify on the same node, and against one bare signature. */
export async function measureVerifying(): Promise<Table> {
  const chain = await startBenchChain({ profile: profileFile, definition: definitionFile });
  try {
    const ours = await prepareOurs(chain);
    const theirs = await prepareTheirs(chain);
    const times = await timeSideBySide({
      ours: () => repeat(ours.verify),
      signature: () => repeat(ours.recover),
      theirs: () => repeat(theirs),
    });
    const row = (name: string, timing: (typeof times)['ours']) => [
      name,
      timing.median / RUNS,
      `${(times.theirs.median / timing.median).toFixed(1)} ×`,
      formatSpread(timing),
    ];
    return {
      title: 'Verify one licence from its JSON, warm, with the chain read',
      columns: ['', 'ms', 'against oa-verify', 'spread'],
      rows: [
        row('e-Proof verifyJson', times.ours),
        row('oa-verify (hash and document store)', times.theirs),
        row('one secp256k1 recovery (noble)', times.signature),
      ],
      notes: [
        'ours reads a page of batches with keys, types and status, block hash and code hash; oa-verify asks isIssued and isRevoked',
        'neither asks the DNS; ours is the last of a full batch of 256, theirs wrapped alone',
      ],
    };
  } finally {
    await chain.close();
  }
}

async function repeat(run: () => unknown): Promise<void> {
  for (let i = 0; i < RUNS; i++) await run();
}

async function prepareOurs(chain: BenchChain): Promise<{ verify: () => Promise<void>; recover: () => unknown }> {
  const { registry, registryAddress, anchorKey: key, issuer } = chain;
  const batch = signBatch({ issuer, key, registry: registryAddress, definition: definitionFile }, 256);
  await send(registry.getFunction('anchor')([batch.anchor]));
  const sources = await createSources(chain);
  const text = JSON.stringify(toJson(batch, registryAddress));
  const { signature } = batch.proofOf(255, 0);
  return {
    recover: () => recoverSigner(batch.id, signature),
    async verify() {
      const verdict = await verifyJson(text, sources);
      if (verdict.genuine !== 'genuine') throw new Error(`expected genuine, got ${JSON.stringify(verdict.checks)}`);
    },
  };
}

function toJson(batch: SignedBatch, registry: BenchChain['registryAddress']): object {
  const definition = Buffer.from(sha256(definitionFile).slice(2), 'hex');
  return toVerifiableCredential({
    proof: batch.proofOf(255, 0),
    type: decodeCredentialType(definitionFile),
    definition,
    registry,
  });
}

async function createSources({ url, provider, registryAddress, issuer }: BenchChain): Promise<Sources> {
  const account = await provider.send('eth_getProof', [registryAddress.address, [], 'latest']);
  const [profile, definition] = [sha256(profileFile).slice(2), sha256(definitionFile).slice(2)];
  const registry = {
    ...registryAddress,
    codeHash: account.codeHash as string,
    nodes: [url],
    agree: 1,
    issuers: [{ issuer, profile, keys: [] }],
    types: [{ issuer, number: 1, definition }],
  };
  const trust: Trust = {
    test: true,
    verifiers: ['https://verify.e-proof.example/'],
    maxBlockAgeSeconds: 86_400,
    maxSnapshotAgeSeconds: 86_400,
    registries: [registry],
  };
  const files = new Map([
    [`types/${definition}.json`, definitionFile],
    [`issuers/${profile}.json`, profileFile],
  ]);
  return {
    trust,
    loadFile: async (path) => files.get(path) ?? readFile(path),
    post: createPost(),
    now: () => Math.floor(Date.now() / 1000),
  };
}

async function prepareTheirs({ url, carrier }: BenchChain): Promise<() => Promise<void>> {
  const { wrapDocument } = requirePeer('@govtechsg/open-attestation');
  const { verificationBuilder, openAttestationHash, openAttestationEthereumDocumentStoreStatus, isValid } =
    requirePeer('@govtechsg/oa-verify');
  const { JsonRpcProvider } = requirePeer('ethers').providers;
  const store = await deployDocumentStore('@govtechsg/document-store', carrier);
  const wrapped = wrapDocument({
    issuers: [
      {
        name: 'Department',
        documentStore: await store.getAddress(),
        identityProof: { type: 'DNS-TXT', location: 'department.example' },
      },
    ],
    ...licenceClaims(255),
  });
  await send(store.getFunction('issue')(`0x${wrapped.signature.merkleRoot}`));
  const verify = verificationBuilder([openAttestationHash, openAttestationEthereumDocumentStoreStatus], {
    provider: new JsonRpcProvider(url),
  });
  return async () => {
    const fragments = await verify(wrapped);
    if (!isValid(fragments, ['DOCUMENT_INTEGRITY', 'DOCUMENT_STATUS']))
      throw new Error(`oa-verify says ${JSON.stringify(fragments)}`);
  };
}
