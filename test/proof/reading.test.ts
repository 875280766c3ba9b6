import { expect } from 'chai';
import { AbiCoder, Interface } from 'ethers';
import fc from 'fast-check';
import { isEqualBytes } from '../../proof/bytes.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodePageReading, encodeRead, encodeReadPage, type PageReading } from '../../proof/reading.ts';
import {
  decodeKeys,
  decodeNotices,
  decodeRecords,
  encodeReadKeys,
  encodeReadNotices,
  encodeReadRecords,
} from '../../proof/records.ts';
import {
  decodeStatusEvent,
  STATUS_CHANGED_TOPIC,
  SUCCESSOR_NAMED_TOPIC,
  VALIDITY_EXTENDED_TOPIC,
} from '../../proof/status-event.ts';
import { encodeKeys, encodeNotices, encodePageReading, encodeRecords, word } from '../../scripts/vectors/abi.ts';
import { namedBytes } from '../../scripts/vectors/seed.ts';
import { createWorld } from '../../scripts/vectors/world.ts';
import { registryAbi } from '../../server/chain/registry-abi.ts';
import { expectRefusal } from './refusal.ts';

const { registry, proofs, idOf, kinds } = createWorld();
const newest = registry.blocks.at(-1)!;
const page = registry.readPage(newest, 1, 0);
const contract = new Interface(registryAbi);
const small: PageReading = { ...page, batches: page.batches.slice(0, 2) };

/** The small page with one change, as words. */
const answer = (change: (reading: PageReading) => void): string => {
  const reading = structuredClone(small);
  change(reading);
  return encodePageReading(reading);
};
const withWord = (hex: string, index: number, value: number | bigint): string =>
  hex.slice(0, 2 + 64 * index) + word(value) + hex.slice(2 + 64 * (index + 1));

describe('questions to the registry', () => {
  it('are the calls that the contract has', () => {
    const batch = namedBytes('batch', 32);
    expect(encodeReadPage(7, 9)).to.equal(contract.encodeFunctionData('readPage', [7, 9]));
    expect(encodeRead(batch)).to.equal(contract.encodeFunctionData('read', [batch]));
    expect(encodeReadRecords(batch)).to.equal(contract.encodeFunctionData('readRecords', [batch]));
    expect(encodeReadNotices(7, 9)).to.equal(contract.encodeFunctionData('readNotices', [7, 9]));
    const keys = page.keys.map(({ address }) => address);
    expect(encodeReadKeys(keys)).to.equal(contract.encodeFunctionData('readKeys', [keys]));
    expect(STATUS_CHANGED_TOPIC).to.equal(contract.getEvent('StatusChanged')?.topicHash);
    expect(SUCCESSOR_NAMED_TOPIC).to.equal(contract.getEvent('SuccessorNamed')?.topicHash);
    expect(VALIDITY_EXTENDED_TOPIC).to.equal(contract.getEvent('ValidityExtended')?.topicHash);
  });
});

describe('a page as the registry answers it', () => {
  it('is read as the contract writes it', () => {
    const encoded = encodePageReading(page, namedBytes('parent', 32));
    expect(decodePageReading(encoded)).to.deep.equal(page);
    // the same words as the ABI's own encoder gives
    const [read] = contract.decodeFunctionResult('readPage', encoded);
    expect(contract.encodeFunctionResult('readPage', [read])).to.equal(encoded);
  });

  it('may be empty', () => {
    const empty = registry.read(newest, namedBytes('nobody', 32));
    expect(decodePageReading(encodePageReading(empty))).to.deep.include({
      issuer: 0,
      issuerState: 'none',
      batches: [],
    });
  });

  const wrong: Record<string, string> = {
    'no words': '0x',
    'half a word': `${encodePageReading(small)}00`,
    'words that are no hex': '0xzz',
    'an offset beyond the end': withWord(encodePageReading(small), 0, 32 * 10_000),
    'an offset that is no multiple of 32': withWord(encodePageReading(small), 0, 33),
    'an offset above 2⁵³': withWord(encodePageReading(small), 0, 2n ** 200n),
    'a list that starts beyond the end': withWord(encodePageReading(small), 10, 2 ** 40),
    'a list longer than the answer': withWord(encodePageReading(small), 13, 2 ** 32),
    'a list of 2²⁵⁵ items': withWord(encodePageReading(small), 13, 2n ** 255n),
    'a cut list': encodePageReading(small).slice(0, -64),
    'a state that there is not': withWord(encodePageReading(small), 6, 4),
    'a number above 2⁵³': withWord(encodePageReading(small), 2, 2n ** 53n),
    'an address of 21 bytes': withWord(encodePageReading(small), 28, 2n ** 160n),
    'a purpose that there is not': withWord(encodePageReading(small), 29, 3),
    'a batch twice': answer(({ batches }) => Object.assign(batches[1]!, { id: batches[0]!.id })),
    'a batch number twice': answer(({ batches }) => Object.assign(batches[1]!, { number: 0 })),
    'a batch beyond the count': answer((reading) => Object.assign(reading, { batchCount: 1 })),
    'a batch of size 0': answer(({ batches }) => Object.assign(batches[0]!, { size: 0 })),
    'a batch of size 257': answer(({ batches }) => Object.assign(batches[0]!, { size: 257 })),
    'a status of a leaf beyond the batch': answer(({ batches }) => Object.assign(batches[0]!, { revoked: 1n << 13n })),
    'a batch from the future': answer(({ batches }) => Object.assign(batches[0]!, { anchoredAt: newest.time + 1 })),
    'a batch of a type that it leaves out': answer(({ batches }) => Object.assign(batches[0]!, { credentialType: 9 })),
    'a batch of a key that it leaves out': answer(({ batches }) => Object.assign(batches[0]!, { key: 9 })),
    'two keys of one number': answer(({ keys }) => keys.push({ ...keys[0]!, purpose: 'status' })),
    'two types of one number': answer(({ types }) => types.push({ ...types[0]!, definition: new Uint8Array(32) })),
    'more batches than a page has': encodePageReading({
      ...page,
      batchCount: 100,
      batches: Array.from({ length: 65 }, (_, number) => ({
        ...page.batches[0]!,
        id: namedBytes(`${number}`, 32),
        number,
      })),
    }),
  };
  for (const [name, hex] of Object.entries(wrong))
    it(`is refused with ${name}`, () => {
      expectRefusal('READING_INVALID', () => decodePageReading(hex));
    });

  it('never crashes, and never gives more than was answered, whatever a node makes up', () => {
    const encoded = encodePageReading(small);
    const words = (encoded.length - 2) / 64;
    const value = fc.oneof(fc.nat(1_000).map(BigInt), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.constant(32n));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(words - 1), value), { minLength: 1, maxLength: 4 }),
        fc.nat(encoded.length),
        fc.boolean(),
        (changes, cut, isCut) => {
          const changed = changes.reduce((hex, [index, to]) => withWord(hex, index, to), encoded);
          try {
            const reading = decodePageReading(isCut ? changed.slice(0, cut) : changed);
            expect(reading.batches.length + reading.keys.length + reading.types.length).to.be.below(3 * words);
          } catch (error) {
            expect(error).to.be.instanceOf(ProofError);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('records, notices, keys and events', () => {
  const batch = page.batches.find(({ id }) => isEqualBytes(id, idOf(proofs.acts[0]!)))!;

  /** The same words as the ABI's own encoder gives for what it reads in them. */
  const expectAbi = (name: string, encoded: string) => {
    const [read] = contract.decodeFunctionResult(name, encoded);
    expect(contract.encodeFunctionResult(name, [read])).to.equal(encoded);
  };

  it('are read as the contract writes them', () => {
    const records = registry.readRecords(newest, batch.id);
    expect(records.map(({ leaf }) => leaf)).to.deep.equal([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
    expect(decodeRecords(encodeRecords(records), batch, newest.time)).to.deep.equal(records);
    expectAbi('readRecords', encodeRecords(records));
    const notices = registry.readNotices(newest, 1, 3);
    expect(decodeNotices(encodeNotices(notices), notices.length, newest.time)).to.deep.equal(notices);
    expectAbi('readNotices', encodeNotices(notices));
    const asked = page.keys.map(({ address }) => address);
    const keys = registry.readKeys(newest, asked);
    expect(decodeKeys(encodeKeys(keys), asked)).to.deep.equal(keys.map(({ issuer, ...key }) => key));
    expectAbi('readKeys', encodeKeys(keys));
  });

  it('tell acts, reasons, ends and times', () => {
    const events = registry.logs(newest, []).map(decodeStatusEvent);
    const [key] = page.keys;
    expect(events[0]).to.deep.include({ act: 'revoke', leaves: 2n, reason: 4, until: null, key: key!.address });
    expect(events[2]).to.deep.include({
      act: 'succeed',
      leaves: 8n,
      successor: { batch: idOf(proofs.plain[0]!, kinds.plain), leaf: 1 },
    });
    const acts = events.filter((event) => isEqualBytes(event.batch, batch.id));
    expect(acts[0]).to.deep.include({ act: 'suspend', leaves: 1n, until: 20_778 });
    expect(acts.find(({ act }) => act === 'extend')).to.deep.include({ leaves: 64n, until: 20_879 });
    expect(events.every(({ time }) => time > 1_700_000_000)).to.equal(true);
  });

  it('show the law of a notice only where it is proper text', () => {
    const [notice] = registry.readNotices(newest, 1, 3);
    const lawOf = (hex: string) => {
      const encoded = withWord(encodeNotices([notice!]), 5, BigInt(`0x${hex.padEnd(64, '0')}`));
      return decodeNotices(encoded, 1, newest.time)[0]!.law;
    };
    const text = (value: string) => Buffer.from(value, 'utf8').toString('hex');
    expect(lawOf(text('Cap. 218'))).to.equal('Cap. 218');
    expect(lawOf(text('12345678901234567890123456789012'))).to.equal('12345678901234567890123456789012');
    for (const wrong of [
      '',
      text('a\u0000b'),
      'ff',
      text('\u202ea'),
      text(' a'),
      text('a '),
      text('e\u0301'),
      text('a\nb'),
    ])
      expect(lawOf(wrong), wrong).to.equal(null);
  });

  it('are refused where they are something else', () => {
    const coder = AbiCoder.defaultAbiCoder();
    expectRefusal('READING_INVALID', () => decodeRecords('0x', batch, newest.time));
    expectRefusal('READING_INVALID', () =>
      decodeNotices(coder.encode(['uint256', 'uint256'], [32, 5]), 5, newest.time),
    );
    const topics = [STATUS_CHANGED_TOPIC, '0x', '0x', `0x${'00'.repeat(32)}`];
    expectRefusal('READING_INVALID', () => decodeStatusEvent({ topics, data: '0x' }));
    expectRefusal('READING_INVALID', () => decodeStatusEvent({ topics: [], data: '0x' }));
    expectRefusal('READING_INVALID', () => decodeStatusEvent({ topics, data: `0x${word(3).repeat(6)}` }));
    for (const topic of [SUCCESSOR_NAMED_TOPIC, VALIDITY_EXTENDED_TOPIC])
      expectRefusal('READING_INVALID', () =>
        decodeStatusEvent({ topics: topics.with(0, topic), data: `0x${word(256).repeat(6)}` }),
      );
  });
});
