import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createPost } from '../../../scripts/cli/post.ts';

const SIZE_LIMIT_BYTES = 4 * 1024 * 1024;

describe('createPost', () => {
  let server: Server | undefined;

  async function listen(answer: RequestListener): Promise<string> {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  const reasonOf = (asked: Promise<string>) =>
    asked.then(
      (text) => expect.fail(`it answered ${text.slice(0, 80)}`),
      (error: Error) => error.message,
    );

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('gives the answer to what it sent', async () => {
    const url = await listen(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.end(`${request.method} ${request.headers['content-type']} ${body}`);
    });
    expect(await createPost()(url, '[1,"粵"]')).equal('POST application/json [1,"粵"]');
  });

  it('takes as much as it may, and not a byte more', async () => {
    const url = await listen((request, response) => {
      request.resume();
      response.end('x'.repeat(SIZE_LIMIT_BYTES + (request.url === '/more' ? 1 : 0)));
    });
    expect(await createPost()(url, '')).lengthOf(SIZE_LIMIT_BYTES);
    expect(await reasonOf(createPost()(`${url}more`, ''))).equal(`${url}more: answered more than it may`);
  });

  it('says what a node answers that refuses', async () => {
    const url = await listen((_, response) => response.writeHead(503).end('busy'));
    expect(await reasonOf(createPost()(url, ''))).equal(`${url}: answered 503`);
  });

  it('goes nowhere else than where it was sent', async () => {
    let elsewhere = 0;
    const url = await listen((request, response) => {
      if (request.url === '/elsewhere') elsewhere++;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await reasonOf(createPost()(url, ''))).equal(`${url}: answered 307`);
    expect(elsewhere).equal(0);
  });

  it('waits no longer than it may, for the first byte or the last', async () => {
    const url = await listen((request, response) => {
      if (request.url === '/begins') response.write('{');
    });
    expect(await reasonOf(createPost(50)(url, ''))).match(/abort|time/i);
    expect(await reasonOf(createPost(50)(`${url}begins`, ''))).match(/abort|time/i);
  });

  it('says that nobody is there', async () => {
    const url = await listen(() => {});
    server?.close();
    expect(await reasonOf(createPost()(url, ''))).equal(`${url}: connect ECONNREFUSED ${new URL(url).host}`);
  });

  it('says that an address is none', async () => {
    expect(await reasonOf(createPost()('nowhere', ''))).match(/^nowhere: Invalid URL/);
  });
});
