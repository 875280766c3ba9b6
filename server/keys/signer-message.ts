import type { CborValue } from '../../proof/cbor.ts';
import { LAST_DAY } from '../../proof/day.ts';
import { expectArray, expectBytes, expectInteger } from '../../proof/header.ts';
import { type RegistryAddress, SIGNATURE_BYTES } from '../../proof/signature.ts';
import type { AuditHead } from '../audit/head.ts';
import type { SignedOriginal } from './copy-rule.ts';
import type { KeysToOpen } from './department-signers.ts';
import type { KeyPlaces } from './key-places.ts';
import type { ApprovedCredential, BatchToSign, StatusChangeToSign, SuccessionToSign } from './signer.ts';
import type { ExtensionToSign, NoticeToSign } from './validity-signer.ts';

/** What the signer's process is started with: where it finds the keys, and which of them the registry knows. */
export interface SignerStart extends KeyPlaces {
  registry: RegistryAddress;
  keys: readonly KeysToOpen[];
}

export function toBatchItems({ issuer, definition, root, credentials }: BatchToSign): CborValue[] {
  return [issuer, definition, root, credentials.map(toCredentialItems)];
}

function toCredentialItems({ header, payload, approvedHash, original }: ApprovedCredential): CborValue[] {
  return [header, payload, approvedHash, original ? toOriginalItems(original) : null];
}

function toOriginalItems({ header, payload, index, size, path, signature }: SignedOriginal): CborValue[] {
  return [header, payload, index, size, path, signature];
}

/** @throws ProofError for what is no batch */
export function decodeBatchItems(value: CborValue | undefined): BatchToSign {
  const [issuer, definition, root, credentials] = expectItems(value, 'batch', 4);
  return {
    issuer: expectInteger(issuer, 'issuer', 1, 0xffff_ffff),
    definition: expectBytes(definition, 'definition', 32),
    root: expectBytes(root, 'root', 32),
    credentials: expectArray(credentials, 'credentials').map(decodeCredential),
  };
}

function decodeCredential(value: CborValue): ApprovedCredential {
  const [header, payload, approvedHash, original] = expectItems(value, 'credential', 4);
  return {
    header: expectAnyBytes(header, 'header'),
    payload: expectAnyBytes(payload, 'payload'),
    approvedHash: expectBytes(approvedHash, 'approvedHash', 32),
    ...(original == null ? {} : { original: decodeOriginal(original) }),
  };
}

function decodeOriginal(value: CborValue): SignedOriginal {
  const [header, payload, index, size, path, signature] = expectItems(value, 'original', 6);
  return {
    header: expectAnyBytes(header, 'header'),
    payload: expectAnyBytes(payload, 'payload'),
    index: expectInteger(index, 'index', 0, 255),
    size: expectInteger(size, 'size', 1, 256),
    path: expectAnyBytes(path, 'path'),
    signature: expectBytes(signature, 'signature', SIGNATURE_BYTES),
  };
}

function expectAnyBytes(value: CborValue | undefined, field: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`"${field}" must be bytes`);
  return value;
}

export function toHeadItems(number: number, { issuer, day, position, hash }: AuditHead): CborValue[] {
  return [number, issuer, day, position, hash];
}

/** @throws ProofError, TypeError for what is no head */
export function decodeHeadItems(value: CborValue | undefined): { number: number; head: AuditHead } {
  const [number, issuer, day, position, hash] = expectItems(value, 'head', 5);
  return {
    number: expectInteger(number, 'number', 1, 0xffff_ffff),
    head: {
      issuer: expectText(issuer, 'issuer'),
      day: expectText(day, 'day'),
      position: expectInteger(position, 'position', 0, Number.MAX_SAFE_INTEGER),
      hash: expectText(hash, 'hash'),
    },
  };
}

export function toExtensionItems({ batch, leaf, validUntil, reason, nonce }: ExtensionToSign): CborValue[] {
  return [batch, leaf, validUntil, reason, nonce];
}

/** @throws ProofError, TypeError for what is no extension */
export function decodeExtensionItems(value: CborValue | undefined): ExtensionToSign {
  const [batch, leaf, validUntil, reason, nonce] = expectItems(value, 'extension', 5);
  return {
    batch: expectBytes(batch, 'batch', 32),
    leaf: expectInteger(leaf, 'leaf', 0, 255),
    validUntil: expectInteger(validUntil, 'validUntil', 1, LAST_DAY),
    reason: expectInteger(reason, 'reason', 0, 0xffff),
    nonce: expectInteger(nonce, 'nonce', 0, Number.MAX_SAFE_INTEGER),
  };
}

export function toNoticeItems({ law, ...notice }: NoticeToSign): CborValue[] {
  const { issuer, credentialType, from, to, validUntil, nonce } = notice;
  return [issuer, credentialType, from, to, validUntil, law, nonce];
}

/** @throws ProofError, TypeError for what is no notice */
export function decodeNoticeItems(value: CborValue | undefined): NoticeToSign {
  const [issuer, credentialType, from, to, validUntil, law, nonce] = expectItems(value, 'notice', 7);
  return {
    issuer: expectInteger(issuer, 'issuer', 1, 0xffff_ffff),
    credentialType: expectInteger(credentialType, 'credentialType', 1, 0xffff_ffff),
    from: expectInteger(from, 'from', 0, LAST_DAY),
    to: expectInteger(to, 'to', 0, LAST_DAY),
    validUntil: expectInteger(validUntil, 'validUntil', 0, LAST_DAY),
    law: expectBytes(law, 'law', 32),
    nonce: expectInteger(nonce, 'nonce', 0, Number.MAX_SAFE_INTEGER),
  };
}

/** The word of leaves has 256 bits, which no CBOR integer of ours has: it goes as hex. */
export function toChangeItems({ batch, act, leaves, until, reason, nonce }: StatusChangeToSign): CborValue[] {
  return [batch, act, leaves.toString(16), until, reason, nonce];
}

/** @throws ProofError, TypeError for what is no change of status */
export function decodeChangeItems(value: CborValue | undefined): StatusChangeToSign {
  const [batch, act, leaves, until, reason, nonce] = expectItems(value, 'change', 6);
  if (act !== 'revoke' && act !== 'suspend' && act !== 'reinstate') throw new TypeError('"act" is no such act');
  const word = expectText(leaves, 'leaves');
  if (!/^[1-9a-f][0-9a-f]{0,63}$/.test(word)) throw new TypeError('"leaves" must be a word of 256 bits that is not 0');
  return {
    batch: expectBytes(batch, 'batch', 32),
    act,
    leaves: BigInt(`0x${word}`),
    until: expectInteger(until, 'until', 0, LAST_DAY),
    reason: expectInteger(reason, 'reason', 0, 0xffff),
    nonce: expectInteger(nonce, 'nonce', 0, Number.MAX_SAFE_INTEGER),
  };
}

export function toSuccessionItems(succession: SuccessionToSign): CborValue[] {
  const { batch, leaf, successorBatch, successorLeaf, nonce } = succession;
  return [batch, leaf, successorBatch, successorLeaf, nonce];
}

/** @throws ProofError, TypeError for what is no succession */
export function decodeSuccessionItems(value: CborValue | undefined): SuccessionToSign {
  const [batch, leaf, successorBatch, successorLeaf, nonce] = expectItems(value, 'succession', 5);
  return {
    batch: expectBytes(batch, 'batch', 32),
    leaf: expectInteger(leaf, 'leaf', 0, 255),
    successorBatch: expectBytes(successorBatch, 'successorBatch', 32),
    successorLeaf: expectInteger(successorLeaf, 'successorLeaf', 0, 255),
    nonce: expectInteger(nonce, 'nonce', 0, Number.MAX_SAFE_INTEGER),
  };
}

function expectItems(value: CborValue | undefined, field: string, count: number): readonly CborValue[] {
  const items = expectArray(value, field);
  if (items.length !== count) throw new TypeError(`"${field}" has ${count} items, got ${items.length}`);
  return items;
}

export function expectText(value: CborValue | undefined, field: string): string {
  if (typeof value !== 'string') throw new TypeError(`"${field}" must be text`);
  return value;
}
