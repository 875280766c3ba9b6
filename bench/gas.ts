import {
  type BaseContract,
  getBytes,
  hexlify,
  keccak256,
  Signature,
  type Signer,
  TypedDataEncoder,
  toUtf8Bytes,
} from 'ethers';
import { type BenchChain, send, startBenchChain } from './chain.ts';
import { definitionFile, profileFile } from './credential-type.ts';
import { signBatch } from './department.ts';
import { type DocumentStorePackage, deployDocumentStore } from './document-store.ts';
import type { Table } from './table.ts';

const BATCHES = 32;
const SIZE = 256;
const BASE = 21_000;

/** Gas per credential and per revocation, against the two document stores, on one Hardhat node. */
export async function measureGas(): Promise<Table> {
  const chain = await startBenchChain({ profile: profileFile, definition: definitionFile });
  try {
    const ours = await measureRegistry(chain);
    const rows = [
      ['e-Proof registry', ours.anchor / (BATCHES * SIZE), ours.direct, ours.relayed],
      ['@govtechsg/document-store', ...(await measureStore(chain.carrier, '@govtechsg/document-store')), '–'],
      ['@trustvc/document-store', ...(await measureStore(chain.carrier, '@trustvc/document-store')), '–'],
    ] as const;
    return {
      title: 'Gas: issue and revoke',
      columns: ['', 'a credential', 'revocation, by the issuer itself', 'revocation, signed and relayed'],
      rows,
      notes: [
        `a credential: ours ${BATCHES} signed batches of ${SIZE} in a transaction; theirs one Merkle root of ${SIZE} in a transaction of its own, base included`,
        'a revocation: without the base of 21,000; ours in a word that has a revocation already, theirs always a slot of its own',
        'ours checks the department’s signature and records issuer, type, size, key and number; theirs records the root and the block',
      ],
    };
  } finally {
    await chain.close();
  }
}

async function measureRegistry(chain: BenchChain): Promise<{ anchor: number; direct: number; relayed: number }> {
  const { registry, registryAddress, anchorKey: key, statusKey, issuer } = chain;
  const batches = Array.from({ length: BATCHES }, () =>
    signBatch({ issuer, key, registry: registryAddress, definition: definitionFile }, SIZE),
  );
  // the issuer's counter exists once a department has issued at all
  await send(
    registry.getFunction('anchor')([
      signBatch({ issuer, key, registry: registryAddress, definition: definitionFile }, 1).anchor,
    ]),
  );
  const anchor = await send(registry.getFunction('anchor')(batches.map((batch) => batch.anchor)));
  const batch = hexlify((batches[0] as (typeof batches)[0]).id);
  const revoke = (leaf: number) => ({ batch, act: 0, leaves: 1n << BigInt(leaf), until: 0, reason: 2 });
  const asKey = registry.connect(statusKey) as BaseContract;
  await send(asKey.getFunction('postStatus')(revoke(0)));
  const direct = (await send(asKey.getFunction('postStatus')(revoke(1)))) - BASE;
  await relay(chain, revoke(2), 0);
  const relayed = (await relay(chain, revoke(3), 1)) - BASE;
  return { anchor, direct, relayed };
}

const STATUS_CHANGE = {
  StatusChange: ['bytes32 batch', 'uint8 act', 'uint256 leaves', 'uint24 until', 'uint16 reason', 'uint256 nonce'].map(
    (field) => {
      const [type, name] = field.split(' ') as [string, string];
      return { type, name };
    },
  ),
};

async function relay(
  { registry, registryAddress, statusKey }: BenchChain,
  change: Record<string, unknown>,
  nonce: number,
): Promise<number> {
  const domain = {
    name: 'e-Proof',
    version: '1',
    chainId: registryAddress.chainId,
    verifyingContract: registryAddress.address,
  };
  const digest = TypedDataEncoder.hash(domain, STATUS_CHANGE, { ...change, nonce });
  const { v, r, s } = Signature.from(statusKey.signingKey.sign(getBytes(digest)));
  return send(registry.getFunction('relayStatus')(change, nonce, { v, r, s }));
}

async function measureStore(signer: Signer, name: DocumentStorePackage): Promise<[number, number]> {
  const store = await deployDocumentStore(name, signer);
  const root = (text: string) => keccak256(toUtf8Bytes(text));
  const issued = await send(store.getFunction('issue(bytes32)')(root('first')));
  await send(store.getFunction('issue(bytes32)')(root('second')));
  await send(store.getFunction('revoke(bytes32)')(root('first')));
  const revoked = (await send(store.getFunction('revoke(bytes32)')(root('second')))) - BASE;
  return [issued / SIZE, revoked];
}
