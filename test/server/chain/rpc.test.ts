import { expect } from 'chai';
import type { Post } from '../../../proof/nodes.ts';
import { AppError } from '../../../server/app-error.ts';
import { createRpc, RpcError } from '../../../server/chain/rpc.ts';

const NODES = ['http://writes', 'http://reads'];

/** Nodes by their address: a result, a JSON-RPC error, or nothing where they are down. */
function nodes(answers: Record<string, object | null>): { post: Post; asked: string[] } {
  const asked: string[] = [];
  const post: Post = async (url) => {
    asked.push(url);
    const answer = answers[url];
    if (!answer) throw new Error('connection refused');
    return JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer });
  };
  return { post, asked };
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('several nodes behind one call', () => {
  const send = (rpc: ReturnType<typeof createRpc>) => rpc.call('eth_sendRawTransaction', ['0x00']);
  const readsOnly = { error: { code: -32_004, message: 'takes no transactions' } };

  it('takes the next where one is down, and stays with it', async () => {
    const answers: Record<string, object | null> = { 'http://writes': null, 'http://reads': { result: '0x1' } };
    const { post, asked } = nodes(answers);
    const rpc = createRpc(NODES, post);
    for (let i = 0; i < 2; i++) expect(await rpc.call('eth_blockNumber', [])).to.equal('0x1');
    expect(asked).to.deep.equal(['http://writes', 'http://reads', 'http://reads']);
  });

  it('asks the next where one does not do such a thing: after an outage a node that only reads may come first', async () => {
    const answers: Record<string, object | null> = { 'http://writes': null, 'http://reads': { result: '0x1' } };
    const { post } = nodes(answers);
    const rpc = createRpc(NODES, post);
    await rpc.call('eth_blockNumber', []);
    Object.assign(answers, { 'http://writes': { result: '0xhash' }, 'http://reads': readsOnly });
    expect(await send(rpc)).to.equal('0xhash');
  });

  it('gives a refusal as it is, and asks nobody else', async () => {
    const { post, asked } = nodes({ 'http://writes': { error: { code: -32_000, message: 'nonce too low' } } });
    const error = await errorOf(send(createRpc(NODES, post)));
    expect(error).to.be.instanceOf(RpcError).with.property('message', 'nonce too low');
    expect(asked).to.deep.equal(['http://writes']);
  });

  it('is unreachable where the only one that could do it is down', async () => {
    const { post } = nodes({ 'http://writes': null, 'http://reads': readsOnly });
    const error = await errorOf(send(createRpc(NODES, post)));
    expect(error).to.be.instanceOf(AppError).with.property('code', 'CHAIN_UNREACHABLE');
  });

  it('says what is not done where no node does it', async () => {
    const { post } = nodes({ 'http://writes': readsOnly, 'http://reads': readsOnly });
    expect(await errorOf(send(createRpc(NODES, post)))).to.be.instanceOf(RpcError);
  });
});
