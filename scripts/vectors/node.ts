import { decodeHex } from '../../proof/bytes.ts';
import type { Json, JsonObject } from '../../proof/json.ts';
import type { Post } from '../../proof/nodes.ts';
import { encodeRead, encodeReadPage } from '../../proof/reading.ts';
import { encodeReadKeys, encodeReadNotices, encodeReadRecords } from '../../proof/records.ts';
import { encodeKeys, encodeNotices, encodePageReading, encodeRecords } from './abi.ts';
import type { Block, RegistryModel } from './registry.ts';

export const CODE_HASH = `0x${'c0de'.repeat(16)}`;

const SELECTORS = {
  readPage: encodeReadPage(0, 0).slice(0, 10),
  read: encodeRead(new Uint8Array(32)).slice(0, 10),
  readRecords: encodeReadRecords(new Uint8Array(32)).slice(0, 10),
  readNotices: encodeReadNotices(0, 0).slice(0, 10),
  readKeys: encodeReadKeys([]).slice(0, 10),
};

/** One JSON-RPC request, as a node sees it. */
export interface Request {
  method: string;
  params: readonly Json[];
}

export type NodeModel = (request: Request) => Json;

/** A node that works, `behind` blocks behind the newest. */
export function createNode(registry: RegistryModel, behind = 0): NodeModel {
  const blockAt = (tag: Json | undefined): Block | undefined => {
    const number = Number(tag);
    return number <= registry.blocks.length - 1 - behind ? registry.blocks[number] : undefined;
  };
  const call = (data: string, block: Block): Json => {
    const [selector, body] = [data.slice(0, 10), data.slice(10)];
    const words = body.match(/.{64}/g) ?? [];
    const [first = 0, second = 0] = words.slice(0, 2).map((word) => Number(`0x${word}`));
    switch (selector) {
      case SELECTORS.readPage:
        return encodePageReading(registry.readPage(block, first, second));
      case SELECTORS.read:
        return encodePageReading(registry.read(block, decodeHex(body)));
      case SELECTORS.readRecords:
        return encodeRecords(registry.readRecords(block, decodeHex(body)));
      case SELECTORS.readNotices:
        return encodeNotices(registry.readNotices(block, first, second));
      case SELECTORS.readKeys:
        return encodeKeys(
          registry.readKeys(
            block,
            words.slice(2).map((word) => `0x${word.slice(24)}`),
          ),
        );
      default:
        return null;
    }
  };
  return ({ method, params }) => {
    switch (method) {
      case 'eth_chainId':
        return `0x${registry.address.chainId.toString(16)}`;
      case 'eth_blockNumber':
        return `0x${(registry.blocks.length - 1 - behind).toString(16)}`;
      case 'eth_getBlockByNumber': {
        const block = blockAt(params[0]);
        if (!block) return null;
        return {
          number: `0x${block.number.toString(16)}`,
          hash: block.hash,
          timestamp: `0x${block.time.toString(16)}`,
          transactions: [],
        };
      }
      case 'eth_getProof':
        return blockAt(params[2]) ? { codeHash: CODE_HASH, balance: '0x0', accountProof: [] } : null;
      case 'eth_call': {
        const block = blockAt(params[1]);
        return block ? call((params[0] as JsonObject).data as string, block) : null;
      }
      case 'eth_getLogs': {
        const filter = params[0] as JsonObject;
        const block = blockAt(filter.toBlock);
        return block ? (registry.logs(block, filter.topics as (string | string[])[]) as unknown as Json) : null;
      }
      default:
        return null;
    }
  };
}

/** Sends to nodes that live in this process. An unknown address is a node that cannot be reached. */
export function createPost(nodes: Readonly<Record<string, NodeModel>>): Post {
  return async (url, body) => {
    const node = nodes[url];
    if (!node) throw new Error(`${url}: no connection`);
    const requests = JSON.parse(body) as (Request & { id: number })[];
    return JSON.stringify(requests.map(({ id, ...request }) => ({ jsonrpc: '2.0', id, result: node(request) })));
  };
}
