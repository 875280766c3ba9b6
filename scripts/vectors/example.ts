import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, decodeHex, toHex } from '../../proof/bytes.ts';
import { type CborValue, encodeCbor } from '../../proof/cbor.ts';
import { readClaims } from '../../proof/claims.ts';
import { decodeDate } from '../../proof/day.ts';
import { encodeHeader, type Header, toHeaderItems } from '../../proof/header.ts';
import type { JsonObject } from '../../proof/json.ts';
import type { Presentation } from '../../proof/presentation.ts';
import { encodeProof, type Proof, toProofItems } from '../../proof/proof.ts';
import { toDigits, toQrText } from '../../proof/qr-text.ts';
import { toReference } from '../../proof/reference.ts';
import { recoverSigner } from '../../proof/signature.ts';
import { toVerifiableCredential, toVerifiablePresentation } from '../../proof/verifiable-credential.ts';
import { TINY } from './definitions.ts';
import { toKind } from './issuing.ts';
import { namedBytes, namedHolder, namedKey, signAsHolder, signDigest } from './seed.ts';

/*
 * The worked example of FORMAT.md. Every hash is computed here from bytes that are put together by hand, as the text says, and not by
 * the code that it documents; a test holds the two against each other.
 */

const KIND = toKind(TINY);
const CLAIMS: JsonObject = {
  number: 'EX-1',
  holder: { en: 'Chan Tai Man', 'zh-Hant': '陳大文' },
  conditions: ['Keep the door closed.'],
};
const REGISTRY = { chainId: 31_337, address: `0x${'e7'.repeat(20)}` };
const VERIFIER = 'https://verify.example/';
const HOLDER = namedHolder('worked example');
const HEADER: Header = {
  issuer: 1,
  credentialType: 1,
  id: decodeHex('c0ffee123456'),
  issued: decodeDate('2026-11-01'),
  validFrom: decodeDate('2026-11-01'),
  validUntil: decodeDate('2027-10-31'),
  partlyUntil: null,
  holderKey: sha256(HOLDER.key),
};
const SEEDS = [decodeHex('000102030405060708090a0b0c0d0e0f'), decodeHex('101112131415161718191a1b1c1d1e1f')] as const;
const NEIGHBOURS = [namedBytes('content of leaf 0', 32), namedBytes('content of leaf 2', 32)] as const;
const INDEX = 1;
const SIZE = 3;
const KEY = namedKey('worked example');
/** Noon in Hong Kong on 22 November 2026, and an hour later. */
const SHOWN_AT = { issuedAt: 1_795_320_000, expiresAt: 1_795_323_600 };

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const tag = (letter: string): Uint8Array => ascii(`eProof1${letter}`);
const word = (value: number): Uint8Array => decodeHex(value.toString(16).padStart(64, '0'));

/** One hash: what goes in, part by part, and what comes out. */
interface Step {
  name: string;
  parts: Uint8Array[];
  hash: 'sha-256' | 'keccak-256';
}

export interface Example {
  proof: Proof;
  /** With every claim. */
  full: Proof;
  /** What its holder shows of it. */
  presentation: Presentation;
  /** Markdown by the name of its place in FORMAT.md. */
  blocks: Record<string, string>;
  /** The same for machines. */
  json: JsonObject;
}

/** Puts the example together, and the pieces of FORMAT.md that show it. */
export function createExample(): Example {
  const { groups } = readClaims(KIND.value, CLAIMS);
  const shown = hashGroup(0, groups.shown);
  const rest = hashGroup(1, groups.rest);
  const header = encodeHeader(HEADER);
  const tree = hashTree([tag('D'), shown.hash, rest.hash, header]);
  const batch = hashBatch(tree.root);
  const signature = signDigest(batch.id, KEY);
  const proof: Proof = {
    header: HEADER,
    registry: 0,
    shown: { kind: 'full', seed: SEEDS[0], values: groups.shown },
    rest: { kind: 'hidden', hash: rest.hash },
    index: INDEX,
    size: SIZE,
    path: tree.path,
    signature,
    locator: 0,
  };
  const full: Proof = { ...proof, rest: { kind: 'full', seed: SEEDS[1], values: groups.rest } };
  const selection: Proof = {
    ...full,
    shown: {
      kind: 'selective',
      items: [{ salt: shown.salts[0]!, value: groups.shown[0]! }, { commitment: shown.commitments[1]! }],
    },
  };
  const presented = presentSelection(selection);
  const source = { type: KIND.value, definition: KIND.definition, registry: REGISTRY };
  const bytes = encodeProof(proof);
  const document = toVerifiableCredential({
    proof: full,
    ...source,
  });
  const shownDocument = toVerifiablePresentation(presented.presentation, source);
  return {
    proof,
    full,
    presentation: presented.presentation,
    blocks: {
      'example-definition': fence('json', TINY),
      'example-claims': fence('json', JSON.stringify(CLAIMS, null, 2)),
      'example-values': fence(
        'text',
        [...valueLines('shown', groups.shown), ...valueLines('rest', groups.rest)].join('\n'),
      ),
      'example-commitments': steps([...shown.steps, ...rest.steps]),
      'example-holder': fence(
        'text',
        [
          `secret key  ${toHex(HOLDER.secret)}   (everybody's: for this example alone)`,
          `public key  ${toHex(HOLDER.key)}`,
          `sha-256     ${toHex(sha256(HOLDER.key))}`,
        ].join('\n'),
      ),
      'example-header': fence('text', headerLines(header).join('\n')),
      'example-tree': steps(tree.steps),
      'example-batch': steps(batch.steps),
      'example-signature': fence(
        'text',
        [
          `secret key  ${toHex(KEY.secret)}   (everybody's: for this example alone)`,
          `address     ${KEY.address}`,
          `r           ${toHex(signature.subarray(0, 32))}`,
          `s           ${toHex(signature.subarray(32, 64))}`,
          `v           ${toHex(signature.subarray(64))}`,
          `recovered   ${recoverSigner(batch.id, signature)}`,
        ].join('\n'),
      ),
      'example-proof': fence('text', proofLines(proof).join('\n')),
      'example-digits': fence(
        'text',
        [
          `bytes      ${bytes.length}`,
          `digits     ${toDigits(bytes).length}`,
          `reference  ${toReference(HEADER.id)}`,
          '',
          ...chunked(toQrText(VERIFIER, bytes), 100),
        ].join('\n'),
      ),
      'example-json': fence('json', JSON.stringify(document, null, 2)),
      'example-selection': fence('text', proofLines(selection).join('\n')),
      'example-presentation': fence('text', presentationLines(presented).join('\n')),
      'example-presented-json': fence('json', JSON.stringify(shownDocument, null, 2)),
    },
    json: {
      about: 'The worked example of proof/FORMAT.md.',
      definition: TINY,
      claims: CLAIMS,
      registry: REGISTRY,
      verifier: VERIFIER,
      shown: toHex(shown.hash),
      rest: toHex(rest.hash),
      header: toHex(header),
      root: toHex(tree.root),
      batch: toHex(batch.id),
      signer: KEY.address,
      proof: toHex(bytes),
      qrText: toQrText(VERIFIER, bytes),
      reference: toReference(HEADER.id),
      document,
      holderKey: toHex(HOLDER.key),
      selection: toHex(encodeProof(selection)),
      presentation: toHex(presented.bytes),
      message: toHex(concatBytes(...presented.message.parts)),
      presentationQrText: toQrText(VERIFIER, presented.bytes),
      presentationDocument: shownDocument,
    },
  };
}

function run({ parts, hash }: Step): Uint8Array {
  return (hash === 'sha-256' ? sha256 : keccak_256)(concatBytes(...parts));
}

interface HashedGroup {
  steps: Step[];
  salts: Uint8Array[];
  commitments: Uint8Array[];
  hash: Uint8Array;
}

function hashGroup(group: 0 | 1, values: readonly CborValue[]): HashedGroup {
  const salts: Uint8Array[] = [];
  const name = group === 0 ? 'shown' : 'rest';
  const list: Step[] = [];
  const commitments = values.map((value, i) => {
    const salt: Step = {
      name: `salt of ${name} ${i}`,
      parts: [tag('S'), SEEDS[group], Uint8Array.of(i)],
      hash: 'sha-256',
    };
    const claim: Step = {
      name: `commitment of ${name} ${i}`,
      parts: [tag('C'), run(salt).subarray(0, 16), encodeCbor([group, i, value])],
      hash: 'sha-256',
    };
    list.push(salt, claim);
    salts.push(run(salt).slice(0, 16));
    return run(claim);
  });
  const whole: Step = {
    name: `group hash of ${name}`,
    parts: [tag('G'), Uint8Array.of(group, values.length), ...commitments],
    hash: 'sha-256',
  };
  return { steps: [...list, whole], salts, commitments, hash: run(whole) };
}

function hashTree(content: Uint8Array[]): { steps: Step[]; root: Uint8Array; path: Uint8Array } {
  const sha = (name: string, ...parts: Uint8Array[]): Step => ({ name, parts, hash: 'sha-256' });
  const ours = sha('content', ...content);
  const leaves = [NEIGHBOURS[0], run(ours), NEIGHBOURS[1]].map((leaf, i) =>
    sha(`leaf ${i}`, tag('L'), Uint8Array.of(i), leaf),
  ) as [Step, Step, Step];
  const [first, , last] = leaves.map(run) as [Uint8Array, Uint8Array, Uint8Array];
  const node = sha('node over leaves 0 and 1', tag('N'), first, run(leaves[1]));
  const head = sha('node over the node and leaf 2', tag('N'), run(node), last);
  const root = sha('root', tag('R'), Uint8Array.of(0, SIZE), run(head));
  return { steps: [ours, ...leaves, node, head, root], root: run(root), path: concatBytes(first, last) };
}

function hashBatch(root: Uint8Array): { steps: Step[]; id: Uint8Array } {
  const keccak = (name: string, ...parts: Uint8Array[]): Step => ({ name, parts, hash: 'keccak-256' });
  const texts = {
    domainType: 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)',
    batchType: 'Batch(uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size)',
  };
  const contract = concatBytes(new Uint8Array(12), decodeHex(REGISTRY.address));
  const domain = keccak(
    'domain',
    keccak_256(ascii(texts.domainType)),
    keccak_256(ascii('e-Proof')),
    keccak_256(ascii('1')),
    word(REGISTRY.chainId),
    contract,
  );
  const struct = keccak('struct', keccak_256(ascii(texts.batchType)), word(1), KIND.definition, root, word(SIZE));
  const id = keccak('batch id', Uint8Array.of(0x19, 0x01), run(domain), run(struct));
  return {
    steps: [
      { name: 'definition (the file above)', parts: [ascii(TINY)], hash: 'sha-256' },
      keccak('domain type', ascii(texts.domainType)),
      keccak('name', ascii('e-Proof')),
      keccak('version', ascii('1')),
      domain,
      keccak('batch type', ascii(texts.batchType)),
      struct,
      id,
    ],
    id: run(id),
  };
}

interface Presented {
  presentation: Presentation;
  /** Items of the array, in CBOR, by their names. */
  items: [name: string, bytes: Uint8Array][];
  message: Step;
  bytes: Uint8Array;
}

function presentSelection(proof: Proof): Presented {
  const nonce = decodeHex('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf');
  const facts = { proof, holderKey: HOLDER.key, audience: VERIFIER, nonce, ...SHOWN_AT };
  const items: Presented['items'] = [
    ['proof', encodeProof(proof)],
    ['holder key', encodeCbor(HOLDER.key)],
    ['audience', encodeCbor(VERIFIER)],
    ['nonce', encodeCbor(nonce)],
    ['issued at', encodeCbor(SHOWN_AT.issuedAt)],
    ['expires at', encodeCbor(SHOWN_AT.expiresAt)],
  ];
  const cbor = items.map(([, bytes]) => bytes);
  const message: Step = {
    name: 'what the holder signs',
    parts: [tag('P'), concatBytes(Uint8Array.of(0x86), ...cbor)],
    hash: 'sha-256',
  };
  const signature = signAsHolder(concatBytes(...message.parts), HOLDER);
  items.push(['signature', encodeCbor(signature)]);
  const bytes = concatBytes(Uint8Array.of(0x87), ...items.map(([, item]) => item));
  return { presentation: { ...facts, signature }, items, message, bytes };
}

function presentationLines({ presentation, items, message, bytes }: Presented): string[] {
  const { signature } = presentation;
  return [
    'what the holder signs',
    `  message     ${message.parts.map(toHex).join(' ')}`,
    `  sha-256     ${toHex(run(message))}`,
    `r  ${toHex(signature.subarray(0, 32))}`,
    `s  ${toHex(signature.subarray(32))}`,
    '',
    `${'array of 7'.padEnd(10)}  87`,
    ...items.map(([name, item]) => `${name.padEnd(10)}  ${name === 'proof' ? 'the proof above' : toHex(item)}`),
    '',
    'together',
    ...chunked(toHex(bytes), 100),
    '',
    `bytes   ${bytes.length}`,
    `digits  ${toDigits(bytes).length}`,
  ];
}

function fence(language: string, body: string): string {
  return `\`\`\`${language}\n${body}\n\`\`\``;
}

/** Long messages are cut in the middle: they are the file or a text that stands in full elsewhere. */
function steps(list: readonly Step[]): string {
  const lines = list.flatMap((step) => {
    const parts = step.parts.map(toHex).join(' ');
    const message =
      step.parts.length === 1 ? [`  text        ${quoted(step.parts[0] as Uint8Array)}`] : [`  message     ${parts}`];
    return [step.name, ...message, `  ${step.hash.padEnd(10)}  ${toHex(run(step))}`];
  });
  return fence('text', lines.join('\n'));
}

function quoted(bytes: Uint8Array): string {
  return bytes.length > 200 ? `${bytes.length} bytes` : new TextDecoder('utf-8').decode(bytes);
}

function valueLines(name: string, values: readonly CborValue[]): string[] {
  return values.map((value, i) => `${name} ${i}  ${toHex(encodeCbor(value))}   ${diagnostic(value)}`);
}

function headerLines(bytes: Uint8Array): string[] {
  const notes = [
    'version 1',
    'issuer 1',
    'credential type 1',
    'id',
    'issued 2026-11-01',
    'valid from 2026-11-01',
    'valid until 2027-10-31',
    'no item ends earlier',
    'bound to the holder’s key',
  ];
  const items = toHeaderItems(HEADER).map(
    (item, i) => `${toHex(encodeCbor(item)).padEnd(14)}  ${diagnostic(item)}  ${notes[i]}`,
  );
  return [`${'89'.padEnd(14)}  array of 9`, ...items, '', `header  ${toHex(bytes)}`];
}

function proofLines(proof: Proof): string[] {
  const bytes = encodeProof(proof);
  const names = ['header', 'registry', 'shown', 'rest', 'index', 'size', 'path', 'signature', 'locator'];
  const items = toProofItems(proof);
  return [
    `${'array of 9'.padEnd(10)}  89`,
    ...items.map((item, i) => `${(names[i] as string).padEnd(10)}  ${toHex(encodeCbor(item))}`),
    '',
    'together',
    ...chunked(toHex(bytes), 100),
  ];
}

function diagnostic(value: CborValue): string {
  if (value instanceof Uint8Array) return `h'${toHex(value)}'`;
  if (Array.isArray(value)) return `[${value.map(diagnostic).join(', ')}]`;
  return JSON.stringify(value);
}

function chunked(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, i) => text.slice(i * length, (i + 1) * length));
}
