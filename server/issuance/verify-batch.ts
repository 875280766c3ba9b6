import { sealBatch } from '../../proof/batch.ts';
import { isEqualBytes } from '../../proof/bytes.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodeHeaderItems, type Header } from '../../proof/header.ts';
import type { RegistryReading } from '../../proof/nodes.ts';
import { type Evidence, judgeClaims, type Verdict, verify } from '../../proof/verdict.ts';
import { AppError } from '../app-error.ts';
import type { BatchRow, CredentialRow } from '../store/schema.ts';
import { hashStoredContent } from './content-hash.ts';
import { hashIntoWithOpenssl } from './openssl-hash.ts';
import { decodePayload, decryptPlain, type Payload } from './payload.ts';
import { fullProof } from './proof-of.ts';
import type { IssuanceDeps } from './use-cases.ts';

/** Everything that a verdict on a credential of the batch is computed from, but its proof. */
export type BatchEvidence = Omit<Evidence, 'proof' | 'reading'> & { reading: RegistryReading };

/** What of a credential its leaf is computed from. */
export const LEAF_COLUMNS = [
  'id',
  'leaf',
  'header',
  'content_hash',
  'wrapped_key',
  'payload',
  'erased_at',
  'copy_of',
] as const;
export type LeafRow = Pick<CredentialRow, (typeof LEAF_COLUMNS)[number]>;

export interface BatchToVerify {
  batch: BatchRow;
  /** In the order of their leaves. */
  rows: readonly LeafRow[];
  evidence: BatchEvidence;
}

/**
 * Why a credential of the batch would not verify at anybody's; null where all do.
 *
 * `verify` is asked once, for the proof of the first leaf whose claims are there. For every other leaf it would give the same checks but one, because of a
 * proof it looks at nothing else than this:
 *   1. issuer, type, size, signature and locator: the latter three are the batch's, the former two are compared with the first leaf's
 *   2. the root that everything leads to: every content hash is computed again from header, seeds and claims, and the tree over all
 *      of them must have the root that was signed; so whatever of a leaf or of the order was altered shows here
 *   3. whether the claims are what the type demands, which is judged for every leaf by the function that `verify` uses
 */
export function findBatchFault(toVerify: BatchToVerify, deps: Pick<IssuanceDeps, 'cipher' | 'registryIndex'>) {
  try {
    const leaves = toVerify.rows.map((row) => openLeaf(row, deps));
    return findFaultOf(toVerify, leaves, deps.registryIndex);
  } catch (error) {
    if (error instanceof LeafFault) return error.message;
    throw error;
  }
}

interface Leaf {
  header: Header;
  /** Null where the claims are lost (read-back.ts): of such a leaf nothing is handed out, and its hash serves the others. */
  payload: Payload | null;
  /** 32 bytes: computed from what the row says, not what it says to be its hash. */
  content: Uint8Array;
}

class LeafFault extends Error {
  constructor(leaf: number | null, reason: string) {
    super(`leaf ${leaf}: ${reason}`);
    this.name = 'LeafFault';
  }
}

function openLeaf(row: LeafRow, { cipher }: Pick<IssuanceDeps, 'cipher'>): Leaf {
  try {
    const header = decodeHeaderItems(decodeCbor(row.header));
    if (row.erased_at !== null) return { header, payload: null, content: row.content_hash };
    const plain = decryptPlain(row, cipher);
    return { header, payload: decodePayload(plain), content: hashStoredContent(row.header, plain) };
  } catch (error) {
    if (error instanceof AppError || error instanceof ProofError) throw new LeafFault(row.leaf, error.code);
    throw error;
  }
}

function findFaultOf({ batch, rows, evidence }: BatchToVerify, leaves: readonly Leaf[], registry: number) {
  if (leaves.length === 0 || leaves.length !== batch.size)
    return `the batch has ${batch.size} leaves, ${leaves.length} are stored`;
  const sealed = sealBatch(
    leaves.map(({ content }) => content),
    hashIntoWithOpenssl,
  );
  if (!isEqualBytes(sealed.root, batch.root)) return describeOtherRoot(rows, leaves);
  const place = {
    registry,
    size: batch.size,
    signature: new Uint8Array(batch.signature as Buffer),
    locator: batch.number,
  };
  const proofs = leaves.map(
    // what is judged of the others does not look at their paths
    ({ header, payload }, index) => payload && fullProof(header, payload, { ...place, index, path: NO_PATH }),
  );
  const first = proofs.findIndex((candidate) => candidate !== null);
  const proof = proofs[first];
  if (!proof) return null;
  const verdict = verify({ ...evidence, proof: { ...proof, path: sealed.inclusionOf(first) } });
  if (verdict.genuine !== 'genuine') return describe(verdict);
  for (const [index, { header }] of leaves.entries()) {
    if (header.issuer !== proof.header.issuer || header.credentialType !== proof.header.credentialType)
      return `leaf ${index}: of another issuer or type than the first`;
    const claims = proofs[index] && judgeClaims({ proof: proofs[index], type: evidence.type });
    if (claims && claims.outcome !== 'pass') return `leaf ${index}: ${claims.code}`;
  }
  return null;
}

const NO_PATH = new Uint8Array();

function describeOtherRoot(rows: readonly LeafRow[], leaves: readonly Leaf[]): string {
  const changed = rows.flatMap(({ content_hash }, i) =>
    isEqualBytes(content_hash, leaves[i]?.content as Uint8Array) ? [] : [i],
  );
  if (changed.length > 0) return `leaf ${changed.join(', ')}: not what was approved`;
  return 'the leaves do not lead to the root that was signed';
}

function describe({ genuine, checks }: Verdict): string {
  const failed = checks.filter(({ outcome }) => outcome !== 'pass').map(({ code }) => code);
  return `${genuine}: ${failed.join(', ')}`;
}
