import { type Post, readRegistry } from '../../proof/nodes.ts';
import { encodeReadNotices, type NoticeReading } from '../../proof/records.ts';
import { AppError } from '../app-error.ts';
import { toNotices } from './registry.ts';
import { createRpc } from './rpc.ts';
import type { TrustedNodes } from './trusted-registry.ts';

export interface NoticeSource {
  trusted: TrustedNodes;
  post: Post;
  /** How many blocks below the newest. */
  confirmations: number;
}

/** No batch has it: then the question is about a page alone. */
const NO_BATCH = new Uint8Array(32);

/**
 * The notices of a type, at a block that the nodes which verifiers ask agree on, and as they agree there. A verifier asks for them with a batch;
 * here they are asked for where no credential of the type was issued yet, too.
 * @throws AppError CHAIN_UNREACHABLE where the nodes do not answer or do not agree
 */
export async function readPostedNotices(
  { trusted, post, confirmations }: NoticeSource,
  issuer: number,
  credentialType: number,
): Promise<NoticeReading[]> {
  const registry = { ...trusted, issuers: [], types: [] };
  const page = await readRegistry({ registry, issuer, batch: NO_BATCH, locator: 0, depth: confirmations }, post);
  if ('failure' in page) throw new AppError('CHAIN_UNREACHABLE', `${page.failure}: ${page.detail}`);
  const call = { to: trusted.address, data: encodeReadNotices(issuer, credentialType) };
  const tag = `0x${page.block.number.toString(16)}`;
  const answers = await Promise.allSettled(
    [...new Set(trusted.nodes)].map((url) => createRpc([url], post).call<string>('eth_call', [call, tag])),
  );
  const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const agreed = given.find((answer) => given.filter((other) => other === answer).length >= trusted.agree);
  if (agreed === undefined) throw new AppError('CHAIN_UNREACHABLE', 'the nodes do not agree on the notices of a type');
  return toNotices(agreed, page.block.time);
}
