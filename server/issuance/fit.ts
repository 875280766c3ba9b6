import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { decodeHex } from '../../proof/bytes.ts';
import { CBOR_LIMITS, encodeCbor } from '../../proof/cbor.ts';
import { SEED_BYTES } from '../../proof/commitment.ts';
import { claimsOf } from '../../proof/credential-type.ts';
import { CREDENTIAL_ID_BYTES, type Header } from '../../proof/header.ts';
import { isJsonObject, type Json, type JsonObject, MOST_JSON_CHARACTERS } from '../../proof/json.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import { AppError, type Problem } from '../app-error.ts';
import type { Payload } from './payload.ts';
import type { PrepareDeps } from './prepare.ts';
import { fullProof, largestPlace, qrProof } from './proof-of.ts';
import { qrExcessBytes } from './qr-size.ts';

interface Content {
  type: CatalogueType;
  header: Omit<Header, 'id'>;
  payload: Payload;
}

/** What is measured, and what is known of its size already. */
interface Measured extends Content {
  claims: JsonObject;
  /** Bytes of the encoded payload, and of its shown values in it. */
  sizes: { plain: number; shown: number };
}

type FitDeps = Pick<PrepareDeps, 'registry' | 'registryIndex' | 'verifier'>;

const NO_ID = new Uint8Array(CREDENTIAL_ID_BYTES);

/**
 * What is accepted can be sealed, printed and read by every verifier, however large its batch becomes. Both questions are answered by
 * a bound where that is enough, because building a document to see that it is small costs more than all other checks together.
 */
export function requireFit(measured: Measured, deps: FitDeps): void {
  const { header, ...rest } = measured;
  const content = { ...rest, header: { ...header, id: NO_ID } };
  if (!isSurelySmall(measured)) requireSmallDocument(content, deps);
  if (isSurelyDrawn(measured, deps)) return;
  const { disclosure } = measured.type.definition;
  const size = encodeProof(
    qrProof(content.header, measured.payload, { place: largestPlace(deps.registryIndex), disclosure }),
  ).length;
  const excess = qrExcessBytes(size, deps.verifier);
  if (excess === 0) return;
  const message = `the QR code would be too large by ${excess} bytes: shorten its largest claims`;
  throw new AppError('QR_TOO_LARGE', message, { problems: largestClaims(content) });
}

const SMALL_PLAIN_BYTES = 16_384;
const SMALL_JSON_CHARACTERS = 65_536;

/**
 * Four times below the limits. The proof adds to the payload a header, a signature and a path of 256 bytes: under 600 bytes together.
 * The document has the claims, the proof in base64url (4/3 of it) and under 2,000 characters of its own.
 */
function isSurelySmall({ claims, sizes }: Measured): boolean {
  return sizes.plain <= SMALL_PLAIN_BYTES && jsonCharacters(claims) <= SMALL_JSON_CHARACTERS;
}

/** At least as many characters as JSON has: each character of a text may be escaped. */
function jsonCharacters(json: Json | undefined): number {
  if (typeof json === 'string') return 2 + 6 * json.length;
  if (Array.isArray(json)) return json.reduce<number>((sum, item) => sum + 1 + jsonCharacters(item), 2);
  if (!isJsonObject(json)) return 24;
  let sum = 2;
  for (const name in json) sum += 4 + 6 * name.length + jsonCharacters(json[name]);
  return sum;
}

/** By type: the bytes of its QR's proof when every claim is absent and the header is as large as headers become. */
const emptySizes = new WeakMap<CatalogueType, number>();
const LARGEST_HEADER: Header = {
  issuer: 0xffff_ffff,
  credentialType: 0xffff_ffff,
  id: NO_ID,
  issued: 0xffff_ffff,
  validFrom: 0xffff_ffff,
  validUntil: 0xffff_ffff,
  partlyUntil: 0xffff_ffff,
  holderKey: new Uint8Array(32),
};

function isSurelyDrawn({ type, sizes }: Measured, deps: FitDeps): boolean {
  let empty = emptySizes.get(type);
  if (empty === undefined) {
    empty = sizeOfEmpty(type, deps);
    emptySizes.set(type, empty);
  }
  return qrExcessBytes(empty + sizes.shown, deps.verifier) === 0;
}

function sizeOfEmpty({ definition }: CatalogueType, { registryIndex }: FitDeps): number {
  const group = (name: 'shown' | 'rest') => ({
    seed: new Uint8Array(SEED_BYTES),
    values: claimsOf(definition, name).map(() => null),
  });
  const payload = { shown: group('shown'), rest: group('rest'), holder: null };
  const place = largestPlace(registryIndex);
  return encodeProof(qrProof(LARGEST_HEADER, payload, { place, disclosure: definition.disclosure })).length;
}

interface Whole extends Content {
  header: Header;
}

function requireSmallDocument({ type, header, payload }: Whole, deps: FitDeps): void {
  const proof = fullProof(header, payload, largestPlace(deps.registryIndex));
  const isFit =
    encodeProof(proof).length <= CBOR_LIMITS.sizeBytes &&
    JSON.stringify(
      toVerifiableCredential({
        proof,
        type: type.definition,
        definition: decodeHex(type.sha256),
        registry: deps.registry,
      }),
    ).length <= MOST_JSON_CHARACTERS;
  if (!isFit) throw new AppError('CREDENTIAL_TOO_LARGE', 'the claims are larger than a document may be');
}

function largestClaims({ type, payload }: Whole): Problem[] {
  return claimsOf(type.definition, 'shown')
    .map(({ name }, i) => ({ name, sizeBytes: encodeCbor(payload.shown.values[i] ?? null).length }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, 3)
    .map(({ name, sizeBytes }) => ({
      pointer: `/claims/${name}`,
      code: 'QR_TOO_LARGE',
      message: `"${name}" takes ${sizeBytes} bytes of the QR code`,
    }));
}
