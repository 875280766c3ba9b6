import { hashContent, sealBatch } from '../../../proof/batch.ts';
import { decodeHex, toHex } from '../../../proof/bytes.ts';
import { type CborValue, encodeCbor } from '../../../proof/cbor.ts';
import { createGroupHasher, deriveSalt, type GroupNumber } from '../../../proof/commitment.ts';
import type { JsonObject } from '../../../proof/json.ts';
import { batchId, recoverSigner } from '../../../proof/signature.ts';
import { namedBytes, namedKey, signDigest } from '../seed.ts';
import type { VectorFile } from '../vectors.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const hasher = createGroupHasher();

function group(name: string, number: GroupNumber, values: CborValue[]): JsonObject & { hash: string } {
  const seed = namedBytes(`seed ${name}`, 16);
  return {
    name,
    group: number,
    seed: toHex(seed),
    values: values.map((value) => toHex(encodeCbor(value))),
    salts: values.map((_, i) => toHex(deriveSalt(seed, i))),
    commitments: hasher.commitments(number, seed, values).map(toHex),
    hash: toHex(hasher.hashFull(number, seed, values)),
  };
}

export function commitments(): VectorFile {
  const many = Array.from({ length: 255 }, (_, i) => (i % 2 === 0 ? null : i));
  const two = group('two claims', 0, ['EX-1', ['Chan Tai Man', '陳大文']]);
  return {
    about:
      'Sections 3 and 4. Valid: a group of claims (each as CBOR) with its salts, commitments and hash. Invalid: hashes that are not those of the group.',
    valid: [
      two,
      group('one absent claim', 1, [null]),
      group('no claims', 1, []),
      group('every kind of value', 1, [true, false, 0, -1, '', Uint8Array.of(1), [[]]]),
      group('255 claims', 0, many),
    ],
    invalid: [
      {
        ...two,
        name: 'the hash of the other group',
        hash: toHex(hasher.hashFull(1, decodeHex(two.seed as string), ['EX-1', ['Chan Tai Man', '陳大文']])),
      },
      { ...two, name: 'another seed', seed: toHex(new Uint8Array(16)) },
      { ...two, name: 'another value', values: [toHex(encodeCbor('EX-2')), (two.values as string[])[1] as string] },
      { ...two, name: 'values in another order', values: [...(two.values as string[])].reverse() },
      { ...two, name: 'a claim more', values: [...(two.values as string[]), 'f6'] },
    ],
  };
}

export function trees(): VectorFile {
  const contents = Array.from({ length: 256 }, (_, i) => namedBytes(`tree content ${i}`, 32));
  const leaf = (size: number, index: number) => {
    const batch = sealBatch(contents.slice(0, size));
    return {
      size,
      index,
      content: toHex(contents[index] as Uint8Array),
      path: toHex(batch.inclusionOf(index)),
      root: toHex(batch.root),
    };
  };
  const places: [size: number, index: number][] = [
    [1, 0],
    [2, 0],
    [2, 1],
    [3, 0],
    [3, 2],
    [4, 3],
    [5, 4],
    [6, 4],
    [7, 6],
    [8, 7],
    [100, 64],
    [129, 128],
    [255, 254],
    [256, 0],
    [256, 255],
  ];
  const middle = leaf(7, 4);
  const content = hashContent(Uint8Array.of(0x80), {
    shown: contents[0] as Uint8Array,
    rest: contents[1] as Uint8Array,
  });
  return {
    about:
      'Sections 6.1 to 6.5. Valid: a content, its place and path, and the root that they lead to; whole batches; a content of its parts. Invalid: places with paths that must be refused, or roots that they do not lead to.',
    valid: [
      ...places.map(([size, index]) => leaf(size, index)),
      ...[1, 2, 3, 5, 8, 256].map((size) => ({
        contents: contents.slice(0, size).map(toHex),
        root: toHex(sealBatch(contents.slice(0, size)).root),
      })),
      {
        header: '80',
        shown: toHex(contents[0] as Uint8Array),
        rest: toHex(contents[1] as Uint8Array),
        content: toHex(content),
      },
    ],
    invalid: [
      { ...middle, name: 'a size 0', size: 0, code: 'INCLUSION_INVALID' },
      { ...middle, name: 'a size 257', size: 257, code: 'INCLUSION_INVALID' },
      { ...middle, name: 'an index of the size', index: 7, code: 'INCLUSION_INVALID' },
      { ...middle, name: 'an index below 0', index: -1, code: 'INCLUSION_INVALID' },
      { ...middle, name: 'a path that is too short', path: middle.path.slice(64), code: 'INCLUSION_INVALID' },
      {
        ...middle,
        name: 'a path that is too long',
        path: middle.path + middle.path.slice(0, 64),
        code: 'INCLUSION_INVALID',
      },
      { ...middle, name: 'half a sibling', path: middle.path.slice(32), code: 'INCLUSION_INVALID' },
      { ...leaf(1, 0), name: 'a path for a batch of one', path: '00'.repeat(32), code: 'INCLUSION_INVALID' },
      { ...middle, name: 'another size that wants a path of the same length', size: 8 },
      { ...middle, name: 'another index that wants a path of the same length', index: 5 },
      { ...middle, name: 'another content', content: toHex(contents[5] as Uint8Array) },
      { ...middle, name: 'siblings in another order', path: swapped(middle.path) },
      { ...leaf(1, 0), name: 'the content for the root', root: leaf(1, 0).content },
    ],
  };
}

function swapped(path: string): string {
  return path.slice(64, 128) + path.slice(0, 64) + path.slice(128);
}

export function batchIds(): VectorFile {
  const definition = namedBytes('definition', 32);
  const key = namedKey('batch ids');
  const batch = (
    name: string,
    change: { chainId?: number; address?: string; issuer?: number; size?: number; root?: string },
  ) => {
    const { chainId = 31_337, address = `0x${'e7'.repeat(20)}`, issuer = 1, size = 3, root = 'root' } = change;
    const facts = { issuer, definition, root: namedBytes(root, 32), size };
    const id = batchId({ chainId, address }, facts);
    const signature = signDigest(id, key);
    return {
      name,
      chainId,
      address,
      issuer,
      definition: toHex(definition),
      root: toHex(facts.root),
      size,
      batch: toHex(id),
      signature: toHex(signature),
      signer: recoverSigner(id, signature),
    };
  };
  const plain = batch('a batch', {});
  const signed = (name: string, signature: string, code = 'SIGNATURE_MALFORMED') => ({
    ...plain,
    name,
    signature,
    code,
  });
  const [r, s, v] = [plain.signature.slice(0, 64), plain.signature.slice(64, 128), plain.signature.slice(128)];
  const hex = (value: bigint) => value.toString(16).padStart(64, '0');
  return {
    about:
      'Sections 6.6 to 6.8. Valid: a batch with its id, a signature of it and the signer. Invalid: signatures that must be refused (code), or of which id or signer is another.',
    valid: [
      plain,
      batch('a batch of one', { size: 1 }),
      batch('a full batch', { size: 256 }),
      batch('the last issuer', { issuer: 4_294_967_295 }),
      batch('the main chain', { chainId: 1 }),
      batch('the largest chain id', { chainId: 9_007_199_254_740_991 }),
      batch('a registry in capitals', { address: `0x${'AB'.repeat(20)}` }),
      ...[1, 2, 3, 4, 5, 6].map((i) => batch(`another root ${i}`, { root: `root ${i}` })),
    ],
    invalid: [
      signed('64 bytes', plain.signature.slice(2)),
      signed('66 bytes', `${plain.signature}00`),
      signed('r of 0', hex(0n) + s + v),
      signed('r of the order', hex(ORDER) + s + v),
      signed('s of 0', r + hex(0n) + v),
      signed('s above half of the order', r + hex(ORDER - BigInt(`0x${s}`)) + (v === '1b' ? '1c' : '1b')),
      signed('s of half of the order and one', r + hex((ORDER >> 1n) + 1n) + v),
      signed('v of 0', `${r}${s}00`),
      signed('v of 29', `${r}${s}1d`),
      signed('r that is no point', hex(5n) + hex(1n) + v),
      { ...plain, name: 'the other v', signature: r + s + (v === '1b' ? '1c' : '1b') },
      { ...plain, name: 'another chain', chainId: 1 },
      { ...plain, name: 'another registry', address: `0x${'e8'.repeat(20)}` },
      { ...plain, name: 'another issuer', issuer: 2 },
      { ...plain, name: 'another size', size: 4 },
      { ...plain, name: 'definition and root swapped', definition: plain.root, root: plain.definition },
    ],
  };
}
