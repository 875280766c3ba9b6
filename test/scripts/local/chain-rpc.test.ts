import { createServer } from 'node:net';
import { expect } from 'chai';
import { RpcError, type RpcServer, serveRpc } from '../../../scripts/local/chain-rpc.ts';

describe('the JSON-RPC server', () => {
  let server: RpcServer;
  let url = '';

  before(async () => {
    server = await serveRpc(0, async (method, params) => {
      if (method === 'echo') return params;
      if (method === 'nothing') return undefined;
      if (method === 'revert') throw Object.assign(new Error('reverted'), { code: 3, data: '0x2a' });
      if (method === 'bug') throw Object.assign(new Error('broken'), { code: 'EBUG', data: { inner: 1 } });
      throw new RpcError(-32601, 'unknown');
    });
    url = `http://127.0.0.1:${server.port}`;
  });

  after(() => server.close());

  async function post(body: string): Promise<unknown> {
    const response = await fetch(url, { method: 'POST', body });
    return JSON.parse(await response.text());
  }

  it('answers a call, with the id as it came', async () => {
    for (const id of [1, 'a', null]) {
      const answer = await post(JSON.stringify({ jsonrpc: '2.0', id, method: 'echo', params: [1, { a: '牌' }] }));
      expect(answer).to.deep.equal({ jsonrpc: '2.0', id, result: [1, { a: '牌' }] });
    }
  });

  it('takes missing parameters for none, and a missing result for null', async () => {
    expect(await post('{"jsonrpc":"2.0","id":1,"method":"echo"}')).to.deep.include({ result: [] });
    expect(await post('{"jsonrpc":"2.0","id":1,"method":"nothing"}')).to.deep.include({ result: null });
  });

  it('answers a batch in its order, errors among the results, without the notifications', async () => {
    const calls = [call(1, 'echo'), call(2, 'what'), { jsonrpc: '2.0', method: 'echo' }, 7, call(3, 'echo')];
    const answers = (await post(JSON.stringify(calls))) as { id: unknown; error?: { code: number } }[];
    expect(answers.map(({ id, error }) => [id, error?.code])).to.deep.equal([
      [1, undefined],
      [2, -32601],
      [null, -32600],
      [3, undefined],
    ]);
  });

  it('answers notifications alone with nothing', async () => {
    for (const body of [{ jsonrpc: '2.0', method: 'echo' }, [{ jsonrpc: '2.0', method: 'what' }]]) {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
      expect([response.status, await response.text()]).to.deep.equal([204, '']);
    }
  });

  it('hands on what the EVM returned with a revert', async () => {
    expect(await post(JSON.stringify(call(1, 'revert')))).to.deep.include({
      error: { code: 3, message: 'reverted', data: '0x2a' },
    });
  });

  it('gives any other exception the code of an internal error', async () => {
    expect(await post(JSON.stringify(call(1, 'bug')))).to.deep.include({ error: { code: -32603, message: 'broken' } });
  });

  const invalid: [string, string, number][] = [
    ['no JSON', '{', -32700],
    ['an empty body', '', -32700],
    ['an empty batch', '[]', -32600],
    ['a number', '1', -32600],
    ['null', 'null', -32600],
    ['another version', '{"id":1,"method":"echo"}', -32600],
    ['a method that is no text', '{"jsonrpc":"2.0","id":1,"method":5}', -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"echo"}', -32600],
    ['named parameters', '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"a":1}}', -32602],
    ['a batch that is too long', JSON.stringify(Array(501).fill(1)), -32600],
  ];
  for (const [what, body, code] of invalid) {
    it(`refuses ${what}`, async () => {
      expect(((await post(body)) as { error: { code: number } }).error.code).to.equal(code);
    });
  }

  it('refuses a body over the limit', async () => {
    const response = await fetch(url, { method: 'POST', body: ' '.repeat(3 * 1024 * 1024) });
    expect(response.status).to.equal(413);
    expect(await post(JSON.stringify(call(1, 'echo')))).to.deep.include({ result: [] });
  });

  it('refuses to be read by GET', async () => {
    expect((await fetch(url)).status).to.equal(405);
  });

  it('lets pages of any origin call it', async () => {
    const preflight = await fetch(url, { method: 'OPTIONS' });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get('access-control-allow-headers')).to.equal('Content-Type');
    for (const response of [preflight, await fetch(url, { method: 'POST', body: '{' })]) {
      expect(response.headers.get('access-control-allow-origin')).to.equal('*');
    }
  });

  it('takes another port where the preferred one is taken', async () => {
    const other = await serveRpc(server.port, async () => 1);
    expect(other.port).to.not.be.oneOf([0, server.port]);
    await other.close();
  });

  it('listens on this machine only', async () => {
    const probe = createServer();
    await new Promise((done, refuse) =>
      probe.once('error', refuse).listen(server.port, '127.0.0.2', () => done(undefined)),
    );
    probe.close();
  });
});

function call(id: number, method: string): object {
  return { jsonrpc: '2.0', id, method };
}
