import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, decodeHex, toHex } from '../../proof/bytes.ts';
import { type CborValue, encodeCbor } from '../../proof/cbor.ts';
import { readClaims } from '../../proof/claims.ts';
import { decodeDate } from '../../proof/day.ts';
import { encodeHeader, type Header, toHeaderItems } from '../../proof/header.ts';
import type { JsonObject } from '../../proof/json.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import { toDigits, toQrText } from '../../proof/qr-text.ts';
import { toReference } from '../../proof/reference.ts';
import { recoverSigner } from '../../proof/signature.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import { TINY } from './definitions.ts';
import { toKind } from './issuing.ts';
import { namedBytes, namedKey, signDigest } from './seed.ts';

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
const HEADER: Header = {
  issuer: 1,
  credentialType: 1,
  id: decodeHex('c0ffee123456'),
  issued: decodeDate('2026-11-01'),
  validFrom: decodeDate('2026-11-01'),
  validUntil: decodeDate('2027-10-31'),
  partlyUntil: null,
  holderKey: null,
};
const SEEDS = [decodeHex('000102030405060708090a0b0c0d0e0f'), decodeHex('101112131415161718191a1b1c1d1e1f')] as const;
const NEIGHBOURS = [namedBytes('content of leaf 0', 32), namedBytes('content of leaf 2', 32)] as const;
const INDEX = 1;
const SIZE = 3;
const KEY = namedKey('worked example');

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
  const bytes = encodeProof(proof);
  const document = toVerifiableCredential({
    proof: full,
    type: KIND.value,
    definition: KIND.definition,
    registry: REGISTRY,
  });
  return {
    proof,
    blocks: {
      'example-definition': fence('json', TINY),
      'example-claims': fence('json', JSON.stringify(CLAIMS, null, 2)),
      'example-values': fence(
        'text',
        [...valueLines('shown', groups.shown), ...valueLines('rest', groups.rest)].join('\n'),
      ),
      'example-commitments': steps([...shown.steps, ...rest.steps]),
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
    },
  };
}

function run({ parts, hash }: Step): Uint8Array {
  return (hash === 'sha-256' ? sha256 : keccak_256)(concatBytes(...parts));
}

function hashGroup(group: 0 | 1, values: readonly CborValue[]): { steps: Step[]; hash: Uint8Array } {
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
    return run(claim);
  });
  const whole: Step = {
    name: `group hash of ${name}`,
    parts: [tag('G'), Uint8Array.of(group, values.length), ...commitments],
    hash: 'sha-256',
  };
  return { steps: [...list, whole], hash: run(whole) };
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
    'not bound to a holder’s key',
  ];
  const items = toHeaderItems(HEADER).map(
    (item, i) => `${toHex(encodeCbor(item)).padEnd(14)}  ${diagnostic(item)}  ${notes[i]}`,
  );
  return [`${'89'.padEnd(14)}  array of 9`, ...items, '', `header  ${toHex(bytes)}`];
}

function proofLines(proof: Proof): string[] {
  const bytes = encodeProof(proof);
  const names = ['header', 'registry', 'shown', 'rest', 'index', 'size', 'path', 'signature', 'locator'];
  const { header, shown, rest, path, signature } = proof;
  const items: CborValue[] = [
    toHeaderItems(header),
    proof.registry,
    shown.kind === 'full' ? [shown.seed, shown.values] : null,
    rest.kind === 'hidden' ? rest.hash : null,
    proof.index,
    proof.size,
    path,
    signature,
    proof.locator,
  ];
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
