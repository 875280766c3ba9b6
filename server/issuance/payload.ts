import { toHex } from '../../proof/bytes.ts';
import { type CborValue, CborWriter, decodeCbor } from '../../proof/cbor.ts';
import { decodeClaims } from '../../proof/claims.ts';
import type { CredentialType } from '../../proof/credential-type.ts';
import type { JsonObject } from '../../proof/json.ts';
import type { ApprovedCredential } from '../keys/signer.ts';
import type { CredentialRow } from '../store/schema.ts';
import type { Cipher, DataKey, HolderContact } from './use-cases.ts';

/** What is secret about a credential, in one piece under its data key. */
export interface Payload {
  shown: Group;
  rest: Group;
  holder: HolderContact | null;
}

export interface Group {
  /** 16 bytes. */
  seed: Uint8Array;
  values: readonly CborValue[];
}

/** Far above what an accepted credential needs: the proof's own limit was checked when it was accepted. */
const LIMITS = { sizeBytes: 262_144, depth: 10 };

const writer = new CborWriter(4096);

/** The payload before it is encrypted, and how many bytes of it are the values that a QR may show. */
export function encodePayload({ shown, rest, holder }: Payload): { bytes: Uint8Array; shownBytes: number } {
  writer.reset();
  writer.arrayHead(5);
  writer.value(shown.seed);
  const before = writer.length;
  writer.value(shown.values);
  const shownBytes = writer.length - before;
  writer.value(rest.seed);
  writer.value(rest.values);
  writer.value(holder === null ? null : JSON.stringify(holder).normalize('NFC'));
  return { bytes: writer.view().slice(), shownBytes };
}

export function encryptPayload(payload: Payload, key: DataKey, id: Uint8Array): Uint8Array {
  return key.encrypt(encodePayload(payload).bytes, contextOf('payload', id));
}

type Encrypted = Pick<CredentialRow, 'id' | 'wrapped_key' | 'payload'>;

/** @throws AppError DATA_UNREADABLE */
export function decryptPayload(row: Encrypted, cipher: Cipher): Payload {
  return decodePayload(decryptPlain(row, cipher));
}

/** The payload's bytes. @throws AppError DATA_UNREADABLE */
export function decryptPlain(row: Encrypted, cipher: Cipher): Uint8Array {
  return cipher.openDataKey(row.wrapped_key).decrypt(row.payload, contextOf('payload', row.id));
}

/** @throws ProofError */
export function decodePayload(plain: Uint8Array): Payload {
  const [shownSeed, shownValues, restSeed, restValues, contact] = decodeCbor(plain, LIMITS) as readonly CborValue[];
  return {
    shown: { seed: shownSeed as Uint8Array, values: shownValues as readonly CborValue[] },
    rest: { seed: restSeed as Uint8Array, values: restValues as readonly CborValue[] },
    holder: contact === null ? null : (JSON.parse(contact as string) as HolderContact),
  };
}

/** What a row says now, beside the hash that was approved. @throws AppError DATA_UNREADABLE */
export function toApproved(
  row: Pick<CredentialRow, 'id' | 'wrapped_key' | 'payload' | 'header' | 'content_hash'>,
  cipher: Cipher,
): ApprovedCredential {
  return { header: row.header, payload: withoutContact(decryptPlain(row, cipher)), approvedHash: row.content_hash };
}

const NULL = 0xf6;

/** The contact is nobody's business who signs. It comes last: null, or a text that ends with a brace. */
function withoutContact(plain: Uint8Array): Uint8Array {
  return plain.at(-1) === NULL ? plain : encodePayload({ ...decodePayload(plain), holder: null }).bytes;
}

/** A group that has no claims discloses none: its hash is all that a proof can say of it. */
export function claimsOfPayload(type: CredentialType, { shown, rest }: Payload): JsonObject {
  return decodeClaims(type, { kind: 'full', ...shown }, { kind: 'full', ...rest });
}

/** What encrypted bytes are, and whose. */
export function contextOf(what: 'payload' | 'note' | `image:${string}`, id: Uint8Array): string {
  return `${what}:${toHex(id)}`;
}
