import { toHex } from '../../../proof/bytes.ts';
import type { Json, JsonObject } from '../../../proof/json.ts';
import type { Question } from '../../../proof/nodes.ts';
import { decodePageReading, encodeRead, encodeReadPage } from '../../../proof/reading.ts';
import { encodeReadNotices, encodeReadRecords } from '../../../proof/records.ts';
import { encodePageReading, word } from '../abi.ts';
import { createNode } from '../node.ts';
import type { VectorFile } from '../vectors.ts';
import { createWorld } from '../world.ts';

type Results = Record<string, Json>;

/**
 * Nodes as tables: the answer to each request by its method and the JSON of its parameters. A node is a name of a table, or a table of
 * changes to one; null is a node that cannot be reached.
 */
export function nodes(): VectorFile {
  const world = createWorld({ batches: 0 });
  const { registry, proofs, idOf } = world;
  const trusted = world.trust.registries[0]!;
  const [a, b, c] = trusted.nodes as [string, string, string];
  const batch = idOf(proofs.standings[1]!);
  const noticed = idOf(proofs.noticed[0]!, world.kinds.plain);
  const head = registry.blocks.length - 1;
  const tableOf = (behind: number): Results => {
    const node = createNode(registry, behind);
    const table: Results = {};
    const put = (method: string, params: Json[]) => {
      table[`${method} ${JSON.stringify(params)}`] = node({ method, params });
    };
    put('eth_chainId', []);
    put('eth_blockNumber', []);
    for (const number of [head, head - 1]) {
      const tag = `0x${number.toString(16)}`;
      put('eth_getBlockByNumber', [tag, false]);
      put('eth_getProof', [trusted.address, [], tag]);
      put('eth_call', [{ to: trusted.address, data: encodeRead(batch) }, tag]);
      put('eth_call', [{ to: trusted.address, data: encodeReadRecords(batch) }, tag]);
      put('eth_call', [{ to: trusted.address, data: encodeReadPage(2, 0) }, tag]);
      put('eth_call', [{ to: trusted.address, data: encodeRead(noticed) }, tag]);
      put('eth_call', [{ to: trusted.address, data: encodeReadNotices(1, 3) }, tag]);
    }
    return table;
  };
  const tag = `0x${head.toString(16)}`;
  const block = `eth_getBlockByNumber ["${tag}",false]`;
  const code = `eth_getProof ["${trusted.address}",[],"${tag}"]`;
  const call = `eth_call ${JSON.stringify([{ to: trusted.address, data: encodeRead(batch) }, tag])}`;
  const newest = tableOf(0);
  const recordsCall = `eth_call ${JSON.stringify([{ to: trusted.address, data: encodeReadRecords(batch) }, tag])}`;
  const noticesCall = `eth_call ${JSON.stringify([{ to: trusted.address, data: encodeReadNotices(1, 3) }, tag])}`;
  const ofType = { question: { issuer: 1, batch: toHex(noticed), locator: null } };
  const otherWord = (call: string, index: number, value: number): Results => {
    const text = newest[call] as string;
    return { [call]: text.slice(0, 2 + 64 * index) + word(value) + text.slice(2 + 64 * (index + 1)) };
  };
  // the page of the second department holds one batch
  const pageCall = `eth_call ${JSON.stringify([{ to: trusted.address, data: encodeReadPage(2, 0) }, tag])}`;
  const paged = { question: { issuer: 2, batch: toHex(idOf(proofs.second)), locator: 0 } };
  const otherPage = (change: object): Json =>
    changed({ [pageCall]: encodePageReading({ ...decodePageReading(newest[pageCall] as string), ...change }) });
  const hash = (newest[block] as JsonObject).hash as string;
  const otherHash = {
    ...(newest[block] as JsonObject),
    hash: hash.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
  };
  const changed = (changes: Results, from = 'newest') => ({ from, changes });
  const valid = (name: string, nodes: Json[], expected: { block?: number; agreed: number }, agree = 2) => ({
    name,
    agree,
    nodes: Object.fromEntries([a, b, c].map((url, i) => [url, nodes[i] ?? null])),
    expect: { block: expected.block ?? head, agreed: expected.agreed },
  });
  const invalid = (name: string, nodes: Json[], failure: string, agree = 2) => ({
    ...valid(name, nodes, { agreed: 0 }, agree),
    expect: { failure },
  });
  const question: Omit<Question, 'registry'> = { issuer: 1, batch, locator: null };
  return {
    about:
      'Sections 9.10 and 9.11: what three nodes answer, by method and parameters, and the reading or failure that follows. A node is a table by its name, a table with changes, or null: it cannot be reached. A request that a table does not have is answered with an error. A vector may have a question of its own.',
    registry: { chainId: trusted.chainId, address: trusted.address, codeHash: trusted.codeHash },
    question: { issuer: question.issuer, batch: toHex(batch), locator: null },
    tables: { newest, behind: tableOf(1) },
    valid: [
      valid('all agree', ['newest', 'newest', 'newest'], { agreed: 3 }),
      valid('one is silent', ['newest', null, 'newest'], { agreed: 2 }),
      valid('one is behind', ['behind', 'newest', 'newest'], { agreed: 2 }),
      valid('two are behind', ['behind', 'newest', 'behind'], { block: head - 1, agreed: 3 }),
      valid('all must agree, one is behind', ['newest', 'newest', 'behind'], { block: head - 1, agreed: 3 }, 3),
      valid('one alone', ['newest'], { agreed: 1 }, 1),
      valid('one is of another chain', [changed({ 'eth_chainId []': '0x1' }), 'newest', 'newest'], { agreed: 2 }),
      valid('one has another hash', [changed({ [block]: otherHash }), 'newest', 'newest'], { agreed: 2 }),
      valid('one has another page', [changed({ [call]: '0x' }), 'newest', 'newest'], { agreed: 2 }),
      valid(
        'one names a block that nobody has, the others are apart',
        [changed({ 'eth_blockNumber []': '0xffffff' }), 'newest', 'behind'],
        {
          agreed: 2,
        },
      ),
      valid('one has other records', [changed(otherWord(recordsCall, 9, 1)), 'newest', 'newest'], { agreed: 2 }),
      valid('one has no records', [changed({ [recordsCall]: '0x' }), 'newest', 'newest'], { agreed: 2 }),
      { ...valid('notices', ['newest', 'newest', 'newest'], { agreed: 3 }), ...ofType },
      {
        ...valid('one has other notices', [changed(otherWord(noticesCall, 9, 1)), 'newest', 'newest'], { agreed: 2 }),
        ...ofType,
      },
      { ...valid('a page', ['newest', 'newest', 'newest'], { agreed: 3 }), ...paged },
      {
        ...valid('one has the page of another issuer', [otherPage({ issuer: 1 }), 'newest', 'newest'], { agreed: 2 }),
        ...paged,
      },
      valid(
        'one says something else of the newest block, the others are apart',
        [changed({ [block]: otherHash }), 'newest', 'behind'],
        { block: head - 1, agreed: 3 },
      ),
    ],
    invalid: [
      invalid('all are silent', [null, null, null], 'NODES_UNREACHABLE'),
      invalid('two are silent', [null, 'newest', null], 'NODES_UNREACHABLE'),
      invalid('all must agree, one is silent', ['newest', 'newest', null], 'NODES_UNREACHABLE', 3),
      invalid(
        'two are of another chain',
        [changed({ 'eth_chainId []': '0x1' }), changed({ 'eth_chainId []': '0x1' }), 'newest'],
        'NODE_WRONG_CHAIN',
      ),
      invalid(
        'two have another contract',
        [changed({ [code]: { codeHash: `0x${'00'.repeat(32)}` } }), changed({ [code]: {} }), 'newest'],
        'NODE_WRONG_REGISTRY',
      ),
      invalid(
        'two have another page',
        [changed({ [call]: '0x' }), changed({ [call]: newest[call]!.toString().slice(0, -64) }), 'newest'],
        'NODE_ANSWER_INVALID',
      ),
      invalid('two nodes, two records', [changed(otherWord(recordsCall, 9, 1)), null, 'newest'], 'NODES_DISAGREE'),
      invalid(
        'two have no records',
        [changed({ [recordsCall]: '0x' }), changed({ [recordsCall]: null }), 'newest'],
        'NODE_ANSWER_INVALID',
      ),
      {
        ...invalid('two nodes, two notices', [changed(otherWord(noticesCall, 9, 1)), null, 'newest'], 'NODES_DISAGREE'),
        ...ofType,
      },
      {
        ...invalid(
          'two have no notices',
          [changed({ [noticesCall]: '0x' }), changed({ [noticesCall]: null }), 'newest'],
          'NODE_ANSWER_INVALID',
        ),
        ...ofType,
      },
      invalid('two nodes, two hashes', [changed({ [block]: otherHash }), null, 'newest'], 'NODES_DISAGREE'),
      invalid(
        'a chain id that is no quantity',
        [changed({ 'eth_chainId []': 31_337 }), changed({ 'eth_chainId []': 'x' }), null],
        'NODE_ANSWER_INVALID',
      ),
      invalid(
        'a block without a hash',
        [changed({ [block]: { number: tag, timestamp: '0x1' } }), changed({ [block]: null }), null],
        'NODE_ANSWER_INVALID',
      ),
      {
        ...invalid(
          'two have a page that stops before its count',
          [otherPage({ batchCount: 2 }), otherPage({ batchCount: 2 }), 'newest'],
          'NODE_ANSWER_INVALID',
        ),
        ...paged,
      },
      {
        ...invalid(
          'two have a page of another issuer',
          [otherPage({ issuer: 1 }), otherPage({ issuer: 3 }), 'newest'],
          'NODE_ANSWER_INVALID',
        ),
        ...paged,
      },
      invalid('two answers for one', [changed({ [block]: otherHash }), 'newest', null], 'NODES_DISAGREE', 1),
    ],
  };
}
