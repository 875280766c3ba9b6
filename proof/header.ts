import { type CborValue, encodeCbor } from './cbor.ts';
import { LAST_DAY } from './day.ts';
import { ProofError } from './errors.ts';

export const FORMAT_VERSION = 1;
export const CREDENTIAL_ID_BYTES = 6;

/** What every proof discloses of a credential (FORMAT.md section 5). Days are Hong Kong days since 1970-01-01. */
export interface Header {
  /** The issuer's number in the registry, from 1. */
  issuer: number;
  /** The credential type's number at that issuer, from 1; a new version of a type is a new number. */
  credentialType: number;
  /** 6 bytes, random, unique in the service. */
  id: Uint8Array;
  issued: number;
  validFrom: number;
  /** The last valid day; null where there is no end. */
  validUntil: number | null;
  /** The last day on which every item is valid, where one item (a driving class) ends before the others; else null. */
  partlyUntil: number | null;
  /** SHA-256 of the holder's compressed P-256 key (32 bytes) where the credential is bound to one; else null. */
  holderKey: Uint8Array | null;
}

export function toHeaderItems(header: Header): CborValue[] {
  return [
    FORMAT_VERSION,
    header.issuer,
    header.credentialType,
    header.id,
    header.issued,
    header.validFrom,
    header.validUntil,
    header.partlyUntil,
    header.holderKey,
  ];
}

/** The header's bytes, as they are hashed. */
export function encodeHeader(header: Header): Uint8Array {
  return encodeCbor(toHeaderItems(header));
}

/** The version opens the header in every version of the format. @throws ProofError VERSION_UNKNOWN, FIELD_INVALID */
export function checkVersion(header: CborValue | undefined): void {
  const version = expectInteger(expectArray(header, 'header')[0], 'version', 1, 0xffff);
  if (version !== FORMAT_VERSION)
    throw new ProofError('VERSION_UNKNOWN', `"version" ${version} is not one that this verifier knows`);
}

/** @throws ProofError VERSION_UNKNOWN, FIELD_INVALID */
export function decodeHeaderItems(items: CborValue | undefined): Header {
  checkVersion(items);
  const list = expectArray(items, 'header');
  if (list.length !== 9) throw new ProofError('FIELD_INVALID', `"header" has 9 items, got ${list.length}`);
  const header: Header = {
    issuer: expectInteger(list[1], 'issuer', 1, 0xffff_ffff),
    credentialType: expectInteger(list[2], 'credentialType', 1, 0xffff_ffff),
    id: expectBytes(list[3], 'id', CREDENTIAL_ID_BYTES),
    issued: expectInteger(list[4], 'issued', 0, LAST_DAY),
    validFrom: expectInteger(list[5], 'validFrom', 0, LAST_DAY),
    validUntil: list[6] === null ? null : expectInteger(list[6], 'validUntil', 0, LAST_DAY),
    partlyUntil: list[7] === null ? null : expectInteger(list[7], 'partlyUntil', 0, LAST_DAY),
    holderKey: list[8] === null ? null : expectBytes(list[8], 'holderKey', 32),
  };
  checkDates(header);
  return header;
}

/** @throws ProofError FIELD_INVALID unless validFrom ≤ partlyUntil < validUntil, as far as they are there */
export function checkDates({ validFrom, validUntil, partlyUntil }: Header): void {
  if (validUntil !== null && validUntil < validFrom)
    throw new ProofError('FIELD_INVALID', '"validUntil" must not be before "validFrom"');
  if (partlyUntil === null) return;
  if (partlyUntil < validFrom) throw new ProofError('FIELD_INVALID', '"partlyUntil" must not be before "validFrom"');
  if (validUntil !== null && partlyUntil >= validUntil)
    throw new ProofError('FIELD_INVALID', '"partlyUntil" must be before "validUntil"');
}

export function expectArray(value: CborValue | undefined, field: string): readonly CborValue[] {
  if (!Array.isArray(value)) throw new ProofError('FIELD_INVALID', `"${field}" must be an array`);
  return value;
}

export function expectInteger(value: CborValue | undefined, field: string, least: number, most: number): number {
  if (typeof value !== 'number' || value < least || value > most)
    throw new ProofError('FIELD_INVALID', `"${field}" must be an integer from ${least} to ${most}`);
  return value;
}

export function expectBytes(value: CborValue | undefined, field: string, sizeBytes: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new ProofError('FIELD_INVALID', `"${field}" must be bytes`);
  if (value.length !== sizeBytes)
    throw new ProofError('FIELD_INVALID', `"${field}": expected ${sizeBytes} bytes, got ${value.length}`);
  return value;
}
