import { decodeAnswers } from '../../proof/answers.ts';
import { hashContent, rootFromInclusion, sealBatch } from '../../proof/batch.ts';
import { decodeHex, isEqualBytes, toHex } from '../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';
import { type ClaimRule, ClaimValueError, decodeClaimValue, encodeClaimValue } from '../../proof/claim-value.ts';
import { createGroupHasher, deriveSalt, type GroupNumber } from '../../proof/commitment.ts';
import { type CredentialType, decodeCredentialType, decodeIssuerProfile } from '../../proof/credential-type.ts';
import { checkDisclosure, discloseClaims, disclosedNames } from '../../proof/disclosure.ts';
import { ProofError } from '../../proof/errors.ts';
import { hashIntoWithNoble } from '../../proof/hash.ts';
import { decodeHolderKey, hashHolderKey, normalizeHolderSignature } from '../../proof/holder-key.ts';
import { isEqualJson, type Json, type JsonObject } from '../../proof/json.ts';
import { type Post, type ReadingFailureCode, readRegistry } from '../../proof/nodes.ts';
import {
  decodePresentation,
  decodeShown,
  encodePresentation,
  type HolderCode,
  judgePresentation,
  type Occasion,
  type Presentation,
  presentationMessage,
  type Shown,
} from '../../proof/presentation.ts';
import { decodeProof, encodeProof, type Proof, rootOf } from '../../proof/proof.ts';
import { decodeQrText, toDigits } from '../../proof/qr-text.ts';
import { decodePageReading, encodeRead, encodeReadPage } from '../../proof/reading.ts';
import {
  decodeKeys,
  decodeNotices,
  decodeRecords,
  encodeReadKeys,
  encodeReadNotices,
  encodeReadRecords,
  type LeafRecords,
} from '../../proof/records.ts';
import { decodeReference, toReference } from '../../proof/reference.ts';
import { batchId, recoverSigner } from '../../proof/signature.ts';
import { decodeSnapshot, readSnapshot } from '../../proof/snapshot.ts';
import { decodeStatusEvent, type StatusEvent } from '../../proof/status-event.ts';
import { decodeTrust, type TrustedRegistry } from '../../proof/trust.ts';
import { type Evidence, rejectMalformed, type Verdict, verify } from '../../proof/verdict.ts';
import {
  checkDocument,
  decodeDocument,
  decodeShownValue,
  toVerifiableCredential,
} from '../../proof/verifiable-credential.ts';

// biome-ignore lint/suspicious/noExplicitAny: vectors are what a stranger's program would read, without types
type Vector = any;

/** A file of test/vectors. */
export interface VectorFile {
  valid: Vector[];
  invalid: Vector[];
  [name: string]: Vector;
}

interface Area {
  /** Throws unless the vector is taken as it says. */
  valid(vector: Vector, file: VectorFile): void | Promise<void>;
  /** Must throw what `isRefusal` knows; throws a Wrong where a refusal has another code. */
  invalid(vector: Vector, file: VectorFile): void | Promise<void>;
}

class Wrong extends Error {}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Wrong(`${what} is ${a?.slice(0, 300)}, not ${b?.slice(0, 300)}`);
}

function sameJson(actual: Json, expected: Json, what: string): void {
  if (!isEqualJson(actual, expected)) same(actual, expected, what);
}

function bytesOf(source: string | { repeat: string; times: number }): Uint8Array {
  return decodeHex(textOf(source));
}

function textOf(source: string | { repeat: string; times: number }): string {
  return typeof source === 'string' ? source : source.repeat.repeat(source.times);
}

const utf8 = new TextEncoder();
const hasher = createGroupHasher();

function toDiagnostic(value: CborValue): Json {
  if (value instanceof Uint8Array) return { bytes: toHex(value) };
  return Array.isArray(value) ? value.map(toDiagnostic) : (value as Json);
}

function fromDiagnostic(value: Json): CborValue {
  if (Array.isArray(value)) return value.map(fromDiagnostic);
  return typeof value === 'object' && value !== null
    ? decodeHex((value as { bytes: string }).bytes)
    : (value as CborValue);
}

const ruleOf = (vector: Vector) => vector.rule as ClaimRule;
const text: ClaimRule = { type: 'text' };

const AREAS: Record<string, Area> = {
  cbor: {
    valid({ cbor, value }) {
      sameJson(toDiagnostic(decodeCbor(decodeHex(cbor))), value, 'the value');
      same(toHex(encodeCbor(fromDiagnostic(value))), cbor, 'the encoding');
    },
    invalid: ({ cbor }) => void decodeCbor(bytesOf(cbor)),
  },
  text: {
    valid({ text: value }) {
      same(decodeClaimValue(text, decodeCbor(encodeCbor(encodeClaimValue(text, value)))), value, 'the text');
    },
    invalid: ({ text: value }) => void encodeClaimValue(text, value),
  },
  'claim-values': {
    valid(vector) {
      same(toHex(encodeCbor(encodeClaimValue(ruleOf(vector), vector.json))), vector.cbor, 'the encoding');
      sameJson(decodeClaimValue(ruleOf(vector), decodeCbor(decodeHex(vector.cbor))), vector.json, 'the value');
    },
    invalid(vector) {
      if ('cbor' in vector) decodeClaimValue(ruleOf(vector), decodeCbor(decodeHex(vector.cbor)));
      else encodeClaimValue(ruleOf(vector), vector.json);
    },
  },
  files: {
    valid(vector) {
      decodeFile(vector);
      if (vector.sha256) same(toHex(sha256(utf8.encode(vector.text))), vector.sha256, 'the hash');
    },
    invalid: decodeFile,
  },
  commitments: {
    valid(vector) {
      const values = valuesOf(vector);
      const seed = decodeHex(vector.seed);
      same(
        values.map((_, i) => toHex(deriveSalt(seed, i))),
        vector.salts,
        'the salts',
      );
      same(hasher.commitments(vector.group, seed, values).map(toHex), vector.commitments, 'the commitments');
      same(groupHash(vector), vector.hash, 'the hash');
      const items = vector.commitments.map((commitment: string) => ({ commitment: decodeHex(commitment) }));
      same(toHex(hasher.hashSelective(vector.group as GroupNumber, items)), vector.hash, 'the hash of commitments');
    },
    invalid: (vector) => refuseUnless(groupHash(vector) === vector.hash),
  },
  trees: {
    valid(vector) {
      if (vector.contents) same(toHex(sealBatch(vector.contents.map(hex)).root), vector.root, 'the root');
      else if (vector.header) {
        const groups = { shown: hex(vector.shown), rest: hex(vector.rest) };
        same(toHex(hashContent(hex(vector.header), groups)), vector.content, 'the content');
      } else same(rootOfLeaf(vector), vector.root, 'the root');
    },
    invalid: (vector) => refuseUnless(rootOfLeaf(vector) === vector.root),
  },
  'batch-ids': {
    valid(vector) {
      same(idOf(vector), vector.batch, 'the batch id');
      same(recoverSigner(hex(vector.batch), hex(vector.signature)), vector.signer, 'the signer');
    },
    invalid: (vector) =>
      refuseUnless(
        idOf(vector) === vector.batch && recoverSigner(hex(vector.batch), hex(vector.signature)) === vector.signer,
      ),
  },
  proofs: {
    valid(vector) {
      const proof = decodeProof(hex(vector.cbor));
      const { header } = proof;
      same(toHex(encodeProof(proof)), vector.cbor, 'the encoding');
      sameJson(
        { ...header, id: toHex(header.id), holderKey: header.holderKey && toHex(header.holderKey) },
        vector.header,
        'the header',
      );
      same([proof.shown.kind, proof.rest.kind], vector.disclosures, 'the disclosures');
      same(
        [proof.registry, proof.index, proof.size, proof.locator],
        [vector.registry, vector.index, vector.size, vector.locator],
        'the place',
      );
      same(toHex(rootOf(proof)), vector.root, 'the root');
    },
    invalid: ({ cbor }) => void decodeProof(hex(cbor)),
  },
  disclosures: {
    valid(vector, file) {
      const proof = discloseVector(vector, file);
      same(toHex(encodeProof(proof)), vector.cbor, 'the proof');
      same(toHex(encodeProof(decodeProof(hex(vector.cbor)))), vector.cbor, 'the encoding');
      same(disclosedNames(typeOf(vector, file), proof).sort(), [...vector.names].sort(), 'the names');
      same(toHex(rootOf(proof)), vector.root, 'the root');
      same(toHex(rootOf(decodeProof(hex(vector.from)))), vector.root, 'the root of where it came from');
    },
    invalid(vector, file) {
      if (vector.text) decodeCredentialType(utf8.encode(vector.text));
      else if (vector.cbor) checkDisclosure(typeOf(vector, file), decodeProof(hex(vector.cbor)));
      else discloseVector(vector, file);
    },
  },
  'qr-texts': {
    valid({ text: value, verifiers, cbor }) {
      same(toHex(decodeQrText(value, verifiers)), cbor, 'the proof');
      if (!value.includes(toDigits(hex(cbor)))) throw new Wrong('other digits');
    },
    invalid: ({ text: value, verifiers }) => void decodeQrText(value, verifiers),
  },
  json: {
    valid(vector, file) {
      const { document, proof } = decodeJsonVector(vector, file);
      same(toHex(encodeProof(proof)), vector.cbor, 'the proof');
      sameJson(toVerifiableCredential(sourceOf(proof, vector, file)), document, 'the document');
    },
    invalid: (vector, file) => void decodeJsonVector(vector, file),
  },
  presentations: {
    valid(vector, file) {
      if (vector.expect) checkPresentation(vector);
      else if (vector.signature)
        same(toHex(normalizeHolderSignature(hex(vector.signature))), vector.normal, 'the form');
      else if (vector.key) checkKey(vector);
      else if (vector.json)
        same(toHex(encodePresentation(decodePresented(vector, file))), vector.cbor, 'the presentation');
      else same(toHex(decodeQrText(vector.text, vector.verifiers)), vector.cbor, 'the presentation');
    },
    invalid(vector, file) {
      if (vector.signature) normalizeHolderSignature(hex(vector.signature));
      else if (vector.key !== undefined) decodeHolderKey(vector.key);
      else if (vector.json) decodePresented(vector, file);
      else if (!vector.expect) decodeShown(hex(vector.cbor));
      else {
        same(judgeVector(vector), vector.expect, 'the code');
        refuseUnless(vector.expect === 'HOLDER_SIGNED');
      }
    },
  },
  references: {
    valid({ id, reference, typed }) {
      if (reference) same(toReference(hex(id)), reference, 'the reference');
      same(toHex(decodeReference(reference ?? typed)), id, 'the id');
    },
    invalid: ({ typed }) => void decodeReference(typed),
  },
  readings: {
    valid: checkReading,
    invalid: (vector) => void decodeAnswer(vector),
  },
  snapshots: {
    valid(vector, file) {
      const reading = readSnapshot(decodeSnapshot(vector.text), snapshotQuestion(vector, file));
      const found = reading &&
        !('failure' in reading) && { block: reading.block.number, isSnapshot: reading.isSnapshot };
      sameJson(
        found || (reading && { failure: (reading as { failure: string }).failure }),
        vector.expect,
        'the reading',
      );
    },
    invalid: ({ text }) => void decodeSnapshot(text),
  },
  nodes: {
    async valid(vector, file) {
      const reading = await askNodes(vector, file);
      if ('failure' in reading) throw new Wrong(`${reading.failure}: ${reading.detail}`);
      same({ block: reading.block.number, agreed: reading.agreed }, vector.expect, 'the reading');
    },
    async invalid(vector, file) {
      const reading = await askNodes(vector, file);
      if (!('failure' in reading)) throw new Wrong('the nodes agreed');
      same(reading.failure, vector.expect.failure, 'the failure');
    },
  },
  verdicts: { valid: checkVerdict, invalid: checkVerdict },
};

/** Areas whose invalid vectors are judged or answered, not refused. */
const JUDGED = ['verdicts', 'nodes'];

const hex = (value: string): Uint8Array => decodeHex(value);

function sha256(bytes: Uint8Array): Uint8Array {
  const hash = new Uint8Array(32);
  hashIntoWithNoble(bytes, hash, 0);
  return hash;
}

function refuseUnless(isSame: boolean): void {
  if (!isSame) throw new ProofError('FIELD_INVALID', 'another hash');
}

function decodeFile({ kind, text: value }: Vector): void {
  if (kind === 'trust') decodeTrust(value);
  else if (kind === 'issuer') decodeIssuerProfile(utf8.encode(value));
  else decodeCredentialType(utf8.encode(value));
}

function valuesOf(vector: Vector): CborValue[] {
  return vector.values.map((value: string) => decodeCbor(decodeHex(value)));
}

function groupHash(vector: Vector): string {
  return toHex(hasher.hashFull(vector.group as GroupNumber, decodeHex(vector.seed), valuesOf(vector)));
}

function rootOfLeaf({ content, index, size, path }: Vector): string {
  return toHex(rootFromInclusion({ content: hex(content), index, size }, hex(path)));
}

function idOf({ chainId, address, issuer, definition, root, size }: Vector): string {
  return toHex(batchId({ chainId, address }, { issuer, definition: hex(definition), root: hex(root), size }));
}

function sourceOf(proof: Proof, vector: Vector, file: VectorFile) {
  const bytes = utf8.encode(file.definitions[vector.definition]);
  return { proof, type: decodeCredentialType(bytes), definition: sha256(bytes), registry: vector.registry };
}

function typeOf(vector: Vector, file: VectorFile): CredentialType {
  return decodeCredentialType(utf8.encode(file.definitions[vector.definition]));
}

function discloseVector(vector: Vector, file: VectorFile): Proof {
  return discloseClaims(decodeProof(hex(vector.from)), typeOf(vector, file), vector.names);
}

function judgeVector({ cbor, occasion: { audiences, nonce, now } }: Vector): HolderCode {
  return judgePresentation(decodePresentation(hex(cbor)), { audiences, nonce: nonce && hex(nonce) }, now);
}

function checkPresentation(vector: Vector): void {
  const { proof, presentation } = decodeShown(hex(vector.cbor));
  if (!presentation) throw new Wrong('no presentation');
  const { holderKey, audience, nonce, issuedAt, expiresAt } = presentation;
  same(toHex(encodePresentation(presentation)), vector.cbor, 'the encoding');
  same(toHex(encodeProof(proof)), vector.proof, 'the proof');
  const given = [vector.holderKey, vector.audience, vector.nonce, vector.issuedAt, vector.expiresAt];
  same([toHex(holderKey), audience, toHex(nonce), issuedAt, expiresAt], given, 'what it holds');
  same(toHex(presentationMessage(presentation)), vector.message, 'the message');
  same(judgeVector(vector), vector.expect, 'the code');
}

function checkKey({ key, bytes, hash }: Vector): void {
  same(toHex(decodeHolderKey(key)), bytes, 'the key');
  same(toHex(hashHolderKey(hex(bytes))), hash, 'the hash');
}

function decodePresented(vector: Vector, file: VectorFile): Presentation {
  const { document, proofValue } = decodeDocument(vector.json);
  const { proof, presentation } = decodeShownValue(proofValue);
  checkDocument(document, { ...sourceOf(proof, vector, file), presentation });
  if (!presentation) throw new Wrong('no presentation');
  return presentation;
}

function decodeJsonVector(vector: Vector, file: VectorFile): { document: Json; proof: Proof } {
  const { document, proofValue } = decodeDocument(textOf(vector.text));
  const proof = decodeShownValue(proofValue).proof;
  checkDocument(document, sourceOf(proof, vector, file));
  return { document, proof };
}

function checkReading(vector: Vector): void {
  if (vector.call === 'readPage') same(encodeReadPage(vector.issuer, vector.page), vector.data, 'the call');
  else if (vector.call === 'read') same(encodeRead(hex(vector.batch)), vector.data, 'the call');
  else if (vector.call === 'readRecords') same(encodeReadRecords(hex(vector.batch)), vector.data, 'the call');
  else if (vector.call === 'readNotices')
    same(encodeReadNotices(vector.issuer, vector.credentialType), vector.data, 'the call');
  else if (vector.call) same(encodeReadKeys(vector.keys), vector.data, 'the call');
  else sameJson(plain(decodeAnswer(vector)), vector.reading ?? vector.list ?? vector.event, 'the answer');
}

function decodeAnswer(vector: Vector): unknown {
  if (vector.page) return decodePageReading(vector.page);
  if (vector.records) return decodeRecordsOf(vector);
  if (vector.notices) return decodeNotices(vector.notices, vector.count, vector.blockTime);
  if (vector.keys) return decodeKeys(vector.keys, vector.asked);
  return decodeStatusEvent(vector.log);
}

function decodeRecordsOf({ records, of }: Vector): LeafRecords[] {
  const status = { amended: BigInt(`0x${of.amended}`), suspended: BigInt(`0x${of.suspended}`) };
  return decodeRecords(records, status, of.blockTime);
}

/** Bytes as hex, words of status as 32 bytes of it. */
function plain(value: unknown): Json {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return value.toString(16).padStart(64, '0');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function askNodes(vector: Vector, file: VectorFile) {
  const registry: TrustedRegistry = {
    ...file.registry,
    nodes: Object.keys(vector.nodes),
    agree: vector.agree,
    issuers: [],
    types: [],
  };
  const post: Post = async (url, body) => {
    const node = vector.nodes[url] as null | string | { from: string; changes: JsonObject };
    if (node === null) throw new Error('no connection');
    const table: JsonObject =
      typeof node === 'string' ? file.tables[node] : { ...file.tables[node.from], ...node.changes };
    const answers = (JSON.parse(body) as Vector[]).map(({ id, method, params }) => {
      const result = table[`${method} ${JSON.stringify(params)}`];
      return { jsonrpc: '2.0', id, ...(result === undefined ? { error: { code: -32601 } } : { result }) };
    });
    return JSON.stringify(answers);
  };
  const { issuer, batch, locator } = vector.question ?? file.question;
  return readRegistry({ registry, issuer, batch: hex(batch), locator }, post);
}

function snapshotQuestion({ question }: Vector, { registries }: VectorFile) {
  const { chainId, address } = registries[question.registry];
  const registry: TrustedRegistry = {
    chainId,
    address: question.capitals ? `0x${address.slice(2).toUpperCase()}` : address,
    codeHash: '',
    nodes: [],
    agree: 1,
    issuers: [],
    types: [],
  };
  return { registry, issuer: question.issuer, batch: hex(question.batch), locator: question.locator };
}

function checkVerdict(vector: Vector, file: VectorFile): void {
  const verdict = judge(vector, file);
  same(Object.fromEntries(verdict.checks.map(({ name, code }) => [name, code])), vector.expect.checks, 'the checks');
  same(verdict.genuine, vector.expect.genuine, 'genuine');
  sameJson(verdict.standing as unknown as Json, vector.expect.standing, 'the standing');
  if (vector.day !== undefined)
    sameJson((verdict.past?.standing ?? null) as unknown as Json, vector.expect.past, 'the standing on the day');
}

function judge(vector: Vector, file: VectorFile): Verdict {
  let given: Shown & { document?: Json };
  try {
    given = decodeGiven(vector, file);
  } catch (error) {
    if (error instanceof ProofError) return rejectMalformed(error, vector.now);
    throw error;
  }
  const { proof, presentation, document } = given;
  return verify({ ...evidenceOf(proof, vector, file), presentation, document });
}

function decodeGiven({ presented }: Vector, { verifier }: VectorFile): Shown & { document?: Json } {
  if (presented.json === undefined)
    return decodeShown(presented.text ? decodeQrText(presented.text, [verifier]) : hex(presented.proof));
  const { document, proofValue } = decodeDocument(presented.json);
  return { document, ...decodeShownValue(proofValue) };
}

/** By what a presentation is judged; where a vector does not say, by the verifier's address alone. */
function occasionOf({ occasion }: Vector, { verifier }: VectorFile): Occasion {
  const { audiences = [verifier], nonce = null } = occasion ?? {};
  return { audiences, nonce: nonce && hex(nonce) };
}

function evidenceOf(proof: Proof, vector: Vector, file: VectorFile): Evidence {
  const trust = decodeTrust(JSON.stringify(file.trust[vector.trust]));
  const registry = trust.registries[proof.registry] ?? null;
  const { issuer, credentialType } = proof.header;
  const definition = registry?.types.find((row) => row.issuer === issuer && row.number === credentialType)?.definition;
  const profile = registry?.issuers.find((row) => row.issuer === issuer)?.profile;
  const load = (path: string): Uint8Array | null => {
    const isMissing = vector.missing.some((start: string) => path.startsWith(start));
    const bytes = isMissing ? null : utf8.encode(file.files[path]);
    return bytes && isEqualBytes(sha256(bytes), hex(path.replace(/^.*\/|\.json$/g, ''))) ? bytes : null;
  };
  const typeFile = definition === undefined ? null : load(`types/${definition}.json`);
  const profileFile = profile === undefined ? null : load(`issuers/${profile}.json`);
  return {
    proof,
    registry,
    type: typeFile && { definition: hex(definition as string), value: decodeCredentialType(typeFile) },
    issuer: profileFile && { hash: hex(profile as string), profile: decodeIssuerProfile(profileFile) },
    reading: readingOf(vector.reading, registry && typeFile && batchOf(proof, registry, hex(definition as string))),
    maxBlockAgeSeconds: trust.maxBlockAgeSeconds,
    maxSnapshotAgeSeconds: trust.maxSnapshotAgeSeconds,
    now: vector.now,
    occasion: occasionOf(vector, file),
    day: vector.day,
  };
}

function batchOf(proof: Proof, registry: TrustedRegistry, definition: Uint8Array): Uint8Array {
  return batchId(registry, { issuer: proof.header.issuer, definition, root: rootOf(proof), size: proof.size });
}

function readingOf(reading: Vector, batch: Uint8Array | null): Evidence['reading'] {
  if (reading === null || batch === null) return null;
  if (reading.failure) return { failure: reading.failure as ReadingFailureCode, detail: '' };
  const answers = { page: reading.page, records: reading.records, notices: reading.notices };
  const page = decodePageReading(answers.page);
  const events: StatusEvent[] | null = reading.logs ? reading.logs.map(decodeStatusEvent) : null;
  const asked = [...new Set(events?.map(({ key }) => key))];
  return {
    page,
    block: reading.block,
    ...decodeAnswers(page, answers, batch),
    events,
    eventKeys: reading.keys ? decodeKeys(reading.keys, asked) : null,
    agreed: 1,
    isSnapshot: reading.isSnapshot,
    answers,
  };
}

function isRefusal(error: unknown): error is ProofError | ClaimValueError {
  return error instanceof ProofError || error instanceof ClaimValueError;
}

/** How many vectors were run, and what is wrong with those that were not as they should be. Needs nothing but a JavaScript engine. */
export async function runVectors(files: Record<string, VectorFile>): Promise<{ count: number; failures: string[] }> {
  const failures: string[] = [];
  let count = 0;
  for (const [name, file] of Object.entries(files)) {
    const area = AREAS[name];
    if (!area) {
      failures.push(`${name}: nobody runs these`);
      continue;
    }
    for (const [kind, list] of [['valid', file.valid] as const, ['invalid', file.invalid] as const])
      for (const [i, vector] of list.entries()) {
        count++;
        const wrong = await findWrong(area, kind, { name, vector, file });
        if (wrong) failures.push(`${name}, ${kind} ${i}${vector.name ? ` (${vector.name})` : ''}: ${wrong}`);
      }
  }
  return { count, failures };
}

async function findWrong(
  area: Area,
  kind: 'valid' | 'invalid',
  { name, vector, file }: { name: string; vector: Vector; file: VectorFile },
): Promise<string | null> {
  try {
    await area[kind](vector, file);
  } catch (error) {
    if (!isRefusal(error)) return (error as Error).message;
    if (kind === 'valid' || JUDGED.includes(name)) return `refused: ${error.message}`;
    const code = error instanceof ProofError ? error.code : undefined;
    return vector.code === undefined || vector.code === code ? null : `refused with ${code}, not ${vector.code}`;
  }
  return kind === 'valid' || JUDGED.includes(name) ? null : 'taken';
}
