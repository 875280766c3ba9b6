import { toBase64Url, toHex } from '../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';
import { REST, SHOWN } from '../../proof/commitment.ts';
import { discloseClaims } from '../../proof/disclosure.ts';
import { isEqualJson, isJsonObject, type Json, type JsonObject } from '../../proof/json.ts';
import { encodePresentation, type Presentation, type Shown } from '../../proof/presentation.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { toVerifiableCredential, toVerifiablePresentation } from '../../proof/verifiable-credential.ts';
import type { Draw } from './draw.ts';
import { hide, type Kind, select, toQrProof } from './issuing.ts';
import { present } from './presenting.ts';
import { VERIFIER, type World } from './world.ts';

/** What a forger hands in. */
export type Forgery =
  | { kind: 'proof'; bytes: Uint8Array }
  | { kind: 'text'; text: string }
  | { kind: 'json'; text: string };

/** A genuine proof that forgeries start from. No two are of one credential: a mixture of two is then never genuine. */
export interface Original {
  proof: Proof;
  presentation: Presentation | null;
  bytes: Uint8Array;
  items: CborValue[];
  document: JsonObject;
}

/** Of other credentials of a batch, other batches, types, issuers, registries and chains, in every form of disclosure, two presented. */
export function createOriginals(world: World): Original[] {
  const { proofs, kinds } = world;
  const every = proofs.every[0]!;
  const locators: [Proof, Kind][] = [
    [toQrProof(proofs.standings[0]!), kinds.tiny],
    [proofs.standings[7]!, kinds.tiny],
    [{ ...every, shown: select(SHOWN, every.shown, [0, 2, 5]), rest: select(REST, every.rest, [1, 8]) }, kinds.every],
    [proofs.every[1]!, kinds.every],
    [toQrProof(proofs.every[2]!), kinds.every],
    [proofs.plain[0]!, kinds.plain],
    [toQrProof(proofs.full[100]!), kinds.tiny],
    [toQrProof(proofs.full[101]!), kinds.tiny],
    [{ ...toQrProof(proofs.consent[0]!), shown: hide(SHOWN, proofs.consent[0]!.shown) }, kinds.consent],
    [toQrProof(proofs.beforeCompromise), kinds.tiny],
    [toQrProof(proofs.second), kinds.tiny],
    [toQrProof(proofs.elsewhere), kinds.tiny],
    [toQrProof(proofs.bound[1]!), kinds.tiny],
  ];
  const told = discloseClaims(proofs.consent[1]!, kinds.consent.value, ['number', 'birthDate']);
  const presentations: [Presentation, Kind][] = [
    [present(toQrProof(proofs.bound[0]!)), kinds.tiny],
    [present(told), kinds.consent],
  ];
  return [
    ...locators.map(([proof, kind]) => toOriginal(world, { proof, presentation: null }, kind)),
    ...presentations.map(([presentation, kind]) =>
      toOriginal(world, { proof: presentation.proof, presentation }, kind),
    ),
  ];
}

function toOriginal(world: World, shown: Shown, { value: type, definition }: Kind): Original {
  const { proof, presentation } = shown;
  const bytes = presentation ? encodePresentation(presentation) : encodeProof(proof);
  const source = { type, definition, registry: world.trust.registries[proof.registry]! };
  const document = presentation
    ? toVerifiablePresentation(presentation, source)
    : toVerifiableCredential({ ...source, proof });
  return { ...shown, bytes, items: decodeCbor(bytes) as CborValue[], document };
}

const LOCATOR = 8;

/** The bytes at the end that nobody signed: the locator of a proof; of a presentation the holder signed that too. */
function locatorBytes({ items, presentation }: Original): number {
  return presentation ? 0 : encodeCbor(items[LOCATOR] as CborValue).length;
}

/** A document with other bytes in its proof. */
export function withProofValue({ document }: Original, bytes: Uint8Array): string {
  return JSON.stringify({
    ...document,
    proof: { ...(document.proof as JsonObject), proofValue: `u${toBase64Url(bytes)}` },
  });
}

/** Every single bit flipped, or one of `step`, the locator's aside. */
export function* bitFlips(original: Original, step = 1): Generator<Uint8Array> {
  const { bytes } = original;
  for (let bit = 0; bit < (bytes.length - locatorBytes(original)) * 8; bit += step) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    yield flipped;
  }
}

/** Every beginning, and every byte more. */
export function* lengthChanges({ bytes }: Original): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
  for (let byte = 0; byte < 256; byte++) yield Uint8Array.of(...bytes, byte);
  yield Uint8Array.of(0, ...bytes);
  yield Uint8Array.of(...bytes, ...bytes);
}

type Path = readonly number[];

function* pathsOf(value: CborValue, path: Path = []): Generator<Path> {
  yield path;
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* pathsOf(item, [...path, i]);
}

function at(value: CborValue, path: Path): CborValue {
  return path.reduce<CborValue>((inner, i) => (inner as CborValue[])[i] as CborValue, value);
}

/** The value with what stands in the array around `path` changed by `edit`, which may change that array. */
function edited(value: CborValue, path: Path, edit: (siblings: CborValue[], index: number) => void): CborValue {
  const [index = 0, ...rest] = path;
  const copy = [...(value as CborValue[])];
  if (rest.length === 0) edit(copy, index);
  else copy[index] = edited(copy[index] as CborValue, rest, edit);
  return copy;
}

const OTHERS: readonly CborValue[] = [
  null,
  false,
  true,
  0,
  1,
  2,
  -1,
  255,
  256,
  4_294_967_296,
  '',
  'x',
  'EX-2',
  new Uint8Array(0),
  new Uint8Array(16),
  new Uint8Array(32),
  new Uint8Array(65),
  [],
  [null],
  [null, []],
  [new Uint8Array(16), [null]],
];

function isSameCbor(a: CborValue, b: CborValue): boolean {
  return toHex(encodeCbor(a)) === toHex(encodeCbor(b));
}

/** Every item dropped, doubled, swapped with each of its neighbours, emptied and replaced by another kind. */
export function* itemChanges({ items }: Original): Generator<Uint8Array> {
  for (const path of pathsOf(items)) {
    if (path.length === 0 || path[0] === LOCATOR) continue;
    const value = at(items, path);
    yield encodeCbor(edited(items, path, (siblings, i) => siblings.splice(i, 1)));
    yield encodeCbor(edited(items, path, (siblings, i) => siblings.splice(i, 0, value)));
    const neighbours = at(items, path.slice(0, -1)) as CborValue[];
    for (let other = (path.at(-1) as number) + 1; other < neighbours.length; other++) {
      if (isSameCbor(neighbours[other] as CborValue, value)) continue;
      yield encodeCbor(
        edited(items, path, (siblings, i) => {
          [siblings[i], siblings[other]] = [siblings[other] as CborValue, siblings[i] as CborValue];
        }),
      );
    }
    for (const replacement of OTHERS)
      if (!isSameCbor(replacement, value))
        yield encodeCbor(
          edited(items, path, (siblings, i) => {
            siblings[i] = replacement;
          }),
        );
  }
}

/** Every item of one in the place of the same item of another, of presentations and of the proofs in them. */
export function* moves(originals: readonly Original[]): Generator<Uint8Array> {
  for (const to of originals)
    for (const from of originals) {
      if (from === to) continue;
      for (let i = 0; i < LOCATOR; i++) yield* moved(to, from, [i]);
      for (let i = 0; i < 9; i++) yield* moved(to, from, [0, i]);
      if (to.presentation && from.presentation)
        for (let i = 0; i < to.items.length; i++) yield* placed(to.items, [i], from.items[i] as CborValue);
    }
}

/** `path` is that in a proof, wherever the proof stands. */
function* moved(to: Original, from: Original, path: Path): Generator<Uint8Array> {
  const pathIn = ({ presentation }: Original) => (presentation ? [0, ...path] : path);
  yield* placed(to.items, pathIn(to), at(from.items, pathIn(from)));
}

function* placed(items: CborValue[], path: Path, value: CborValue): Generator<Uint8Array> {
  if (isSameCbor(value, at(items, path))) return;
  yield encodeCbor(
    edited(items, path, (siblings, i) => {
      siblings[i] = value;
    }),
  );
}

const OTHER_WORDS: readonly Json[] = [null, true, 0, 'x', '', [], {}];

/** Every name and item of a document dropped, doubled under another name, emptied and replaced by another kind. */
export function* documentChanges({ document }: Original): Generator<string> {
  for (const changed of wordChanges(document)) yield JSON.stringify(changed);
}

function* wordChanges(value: Json): Generator<Json> {
  for (const other of OTHER_WORDS) if (!isEqualJson(other, value)) yield other;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      yield value.toSpliced(i, 1);
      yield value.toSpliced(i, 0, item);
      for (const changed of wordChanges(item)) yield value.with(i, changed);
    }
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
      yield { ...value, [`${name}2`]: member };
      for (const changed of wordChanges(member)) yield { ...value, [name]: changed };
    }
  }
}

/** One of the endlessly many other changes: of bytes, items, digits or words. */
export function drawForgery(draw: Draw, originals: readonly Original[]): Forgery {
  const original = draw.pick(originals);
  const kind = draw.number(10);
  if (kind < 4) return { kind: 'proof', bytes: changeBytes(draw, original, draw.pick(originals)) };
  if (kind < 7) return { kind: 'proof', bytes: changeItems(draw, original, draw.pick(originals)) };
  if (kind === 7) return { kind: 'text', text: changeDigits(draw, original) };
  if (kind === 8) return { kind: 'json', text: changeCharacters(draw, JSON.stringify(original.document)) };
  return { kind: 'json', text: JSON.stringify(changeNames(draw, original.document, draw.pick(originals).document)) };
}

function changeBytes(draw: Draw, original: Original, other: Original): Uint8Array {
  const bytes = [...original.bytes];
  const end = bytes.length - locatorBytes(original);
  for (let i = draw.number(4); i >= 0; i--) {
    const place = draw.number(end);
    const length = 1 + draw.number(draw.chance(50) ? 2 : 40);
    const source = draw.number(other.bytes.length);
    const piece = [...other.bytes.subarray(source, source + length)];
    const kind = draw.number(5);
    if (kind === 0) bytes[place] = draw.number(256);
    else if (kind === 1) bytes.splice(place, length);
    else if (kind === 2) bytes.splice(place, 0, ...piece);
    else if (kind === 3) bytes.splice(place, piece.length, ...piece);
    else bytes.splice(place, 0, ...bytes.slice(place, place + length));
  }
  return Uint8Array.from(bytes);
}

function changeItems(draw: Draw, { items }: Original, other: Original): Uint8Array {
  let changed: CborValue = items;
  for (let i = draw.number(3); i >= 0; i--) {
    const paths = [...pathsOf(changed)].filter((path) => path.length > 0 && path[0] !== LOCATOR);
    if (paths.length === 0) break;
    const path = draw.pick(paths);
    const value = draw.chance(50) ? draw.pick(OTHERS) : at(other.items, draw.pick([...pathsOf(other.items)]));
    const kind = draw.number(5);
    changed = edited(changed, path, (siblings, index) => {
      if (kind === 0) siblings.splice(index, 1);
      else if (kind === 1) siblings.splice(index, 0, value);
      else if (kind === 2) siblings.reverse();
      else if (kind === 3) siblings[index] = nudged(draw, siblings[index] as CborValue);
      else siblings[index] = value;
    });
  }
  return encodeDeep(changed);
}

function encodeDeep(value: CborValue): Uint8Array {
  try {
    return encodeCbor(value);
  } catch {
    return new Uint8Array(0);
  }
}

function nudged(draw: Draw, value: CborValue): CborValue {
  if (typeof value === 'number') return value + draw.pick([-256, -1, 1, 2, 256]);
  if (typeof value === 'string') return changeCharacters(draw, value).toWellFormed().normalize('NFC');
  if (typeof value === 'boolean') return !value;
  if (!(value instanceof Uint8Array) || value.length === 0) return draw.pick(OTHERS);
  const copy = value.slice();
  copy[draw.number(copy.length)] = draw.number(256);
  return copy;
}

function changeDigits(draw: Draw, original: Original): string {
  // a decimal digit reaches into every byte after it: the locator's are the last few
  const text = toQrText(VERIFIER, original.bytes);
  const end = text.length - 3 * locatorBytes(original);
  const place = VERIFIER.length + 1 + draw.number(end - VERIFIER.length - 1);
  const kind = draw.number(4);
  if (kind === 0) return text.slice(0, place) + draw.number(10) + text.slice(place + 1);
  if (kind === 1) return text.slice(0, place) + text.slice(place + 1);
  if (kind === 2) return text.slice(0, place) + draw.number(10) + text.slice(place);
  return text.slice(0, place) + (text[place + 1] ?? '') + (text[place] ?? '') + text.slice(place + 2);
}

const CHARACTERS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ' ',
  '0',
  '1',
  'a',
  'Z',
  '陳',
  '\u0000',
  '\u202e',
  '-',
  '.',
  'e',
  'u',
];

function changeCharacters(draw: Draw, text: string): string {
  const place = draw.number(text.length + 1);
  const length = draw.number(3);
  return text.slice(0, place) + (draw.chance(70) ? draw.pick(CHARACTERS) : '') + text.slice(place + length);
}

/** A document with one value dropped, added, renamed, retyped or taken from another document. */
function changeNames(draw: Draw, document: Json, other: Json): Json {
  if (Array.isArray(document)) {
    const copy = [...document] as Json[];
    const index = draw.number(copy.length + 1);
    if (index < copy.length && draw.chance(50)) copy[index] = changeNames(draw, copy[index] as Json, other);
    else copy.splice(index, draw.number(2), draw.pick<Json>([null, 'x', 1, {}, []]));
    return copy;
  }
  if (!isJsonObject(document)) return draw.pick<Json>([null, true, 0, 1, 'x', '', [], {}, other]);
  const names = Object.keys(document);
  const name = draw.pick([...names, 'extra', '__proto__']);
  const rest = Object.entries(document).filter(([candidate]) => candidate !== name);
  const kind = draw.number(4);
  const theirs = isJsonObject(other) && Object.hasOwn(other, name) ? (other[name] as Json) : null;
  if (kind === 0) return Object.fromEntries(rest);
  if (kind === 1) return Object.fromEntries([...rest, [name, theirs]]);
  if (kind === 2) return Object.fromEntries([...rest, [`${name}2`, document[name] ?? null]]);
  return Object.fromEntries([...rest, [name, changeNames(draw, document[name] ?? null, theirs)]]);
}
