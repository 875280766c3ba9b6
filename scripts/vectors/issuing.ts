import { sha256 } from '@noble/hashes/sha2.js';
import { hashContent, sealBatch } from '../../proof/batch.ts';
import type { CborValue } from '../../proof/cbor.ts';
import { readClaims } from '../../proof/claims.ts';
import {
  createGroupHasher,
  type Disclosure,
  deriveSalt,
  type GroupNumber,
  REST,
  SHOWN,
} from '../../proof/commitment.ts';
import { type CredentialType, decodeCredentialType } from '../../proof/credential-type.ts';
import { decodeDate } from '../../proof/day.ts';
import { encodeHeader, type Header } from '../../proof/header.ts';
import type { JsonObject } from '../../proof/json.ts';
import type { Proof } from '../../proof/proof.ts';
import { batchId } from '../../proof/signature.ts';
import type { RegistryModel } from './registry.ts';
import { namedBytes, type SigningKey, signDigest } from './seed.ts';

export interface Kind {
  text: string;
  /** SHA-256 of the definition file. */
  definition: Uint8Array;
  value: CredentialType;
}

export function toKind(text: string): Kind {
  const bytes = new TextEncoder().encode(text);
  return { text, definition: sha256(bytes), value: decodeCredentialType(bytes) };
}

export interface Draft {
  /** What id and seeds follow from. */
  name: string;
  claims: JsonObject;
  issued?: string;
  validFrom?: string;
  validUntil?: string | null;
  partlyUntil?: string | null;
  holderKey?: Uint8Array;
}

export interface Department {
  registry: RegistryModel;
  /** The registry's place in the trust data. */
  place: number;
  issuer: number;
  kind: Kind;
  /** The kind's number at the issuer. */
  number: number;
  key: SigningKey;
}

/** Proofs of one batch with every claim disclosed; anchored unless `anchored` is false, when the locator is null. */
export function issueBatch(department: Department, drafts: readonly Draft[], anchored = true): Proof[] {
  const { registry, issuer, kind, key } = department;
  const credentials = drafts.map((draft) => seal(department, draft));
  const batch = sealBatch(credentials.map(({ content }) => content));
  const facts = { issuer, definition: kind.definition, root: batch.root, size: batch.size };
  const signature = signDigest(batchId(registry.address, facts), key);
  const locator = anchored ? registry.anchor(facts, signature).number : null;
  return credentials.map(({ header, shown, rest }, index) => ({
    header,
    registry: department.place,
    shown,
    rest,
    index,
    size: batch.size,
    path: batch.inclusionOf(index),
    signature,
    locator,
  }));
}

function seal({ issuer, kind, number }: Department, draft: Draft) {
  const header: Header = {
    issuer,
    credentialType: number,
    id: namedBytes(`id ${draft.name}`, 6),
    issued: decodeDate(draft.issued ?? '2026-11-01'),
    validFrom: decodeDate(draft.validFrom ?? '2026-11-01'),
    validUntil: draft.validUntil === undefined ? decodeDate('2027-10-31') : toDay(draft.validUntil),
    partlyUntil: toDay(draft.partlyUntil ?? null),
    holderKey: draft.holderKey ?? null,
  };
  const { groups, problems } = readClaims(kind.value, draft.claims);
  if (problems.length > 0) throw new TypeError(problems.map(({ message }) => message).join('; '));
  const shown = discloseAll(SHOWN, namedBytes(`shown ${draft.name}`, 16), groups.shown);
  const rest = discloseAll(REST, namedBytes(`rest ${draft.name}`, 16), groups.rest);
  const content = hashContent(encodeHeader(header), { shown: hashOf(SHOWN, shown), rest: hashOf(REST, rest) });
  return { header, shown, rest, content };
}

function toDay(date: string | null): number | null {
  return date === null ? null : decodeDate(date);
}

function discloseAll(group: GroupNumber, seed: Uint8Array, values: readonly CborValue[]): Disclosure {
  const full: Disclosure = { kind: 'full', seed, values };
  return values.length === 0 ? hide(group, full) : full;
}

function hashOf(group: GroupNumber, disclosure: Disclosure): Uint8Array {
  if (disclosure.kind === 'hidden') return disclosure.hash;
  const hasher = createGroupHasher();
  return disclosure.kind === 'full'
    ? hasher.hashFull(group, disclosure.seed, disclosure.values)
    : hasher.hashSelective(group, disclosure.items);
}

/** The group by its hash alone. */
export function hide(group: GroupNumber, disclosure: Disclosure): Disclosure {
  return { kind: 'hidden', hash: hashOf(group, disclosure) };
}

/** The claims at `indices` of a fully disclosed group, the others by their commitments. */
export function select(group: GroupNumber, disclosure: Disclosure, indices: readonly number[]): Disclosure {
  if (disclosure.kind !== 'full') throw new TypeError('only a full disclosure can be narrowed');
  const { seed, values } = disclosure;
  const commitments = createGroupHasher().commitments(group, seed, values);
  return {
    kind: 'selective',
    items: values.map((value, i) =>
      indices.includes(i) ? { salt: deriveSalt(seed, i), value } : { commitment: commitments[i] as Uint8Array },
    ),
  };
}

/** What a QR of a public type carries: the shown claims, and the hash of the rest. */
export function toQrProof(proof: Proof): Proof {
  return { ...proof, rest: hide(REST, proof.rest) };
}
