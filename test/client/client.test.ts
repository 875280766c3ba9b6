import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { build } from 'esbuild';
import type { CredentialDetail } from '../../client/api.ts';
import { type Client, type ClientSettings, createClient } from '../../client/client.ts';
import { ApiProblem, NoAnswer } from '../../client/problem.ts';
import { CLIENT_FILE, createClientFile } from '../../scripts/api-types/client-file.ts';
import { newCredential, startService, type TestService } from '../server/http/service.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

describe('the client of the API', () => {
  let service: TestService;
  let client: Client;

  const clientWith = (more: Partial<ClientSettings>) =>
    createClient({ url: service.url, credentials: { apiKey: service.fehd.apiKey }, ...more });

  before(async () => {
    service = await startService();
    client = clientWith({});
  });
  after(() => service.stop());
  afterEach(() => Promise.all(servers.splice(0).map(close)));

  const countCredentials = async () => {
    const { issued } = await service.db
      .selectFrom('credentials')
      .select(({ fn }) => fn.countAll<string>().as('issued'))
      .executeTakeFirstOrThrow();
    return Number(issued);
  };

  it('has the types that the routes have', () => {
    const isSame = readFileSync(CLIENT_FILE, 'utf8') === createClientFile();
    expect(isSame, 'client/api.ts is of another API: run node scripts/make-client.ts').to.equal(true);
  });

  it('runs in a browser, and brings neither the server nor its schemas along', async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [`${ROOT}client/client.ts`],
      bundle: true,
      platform: 'browser',
      format: 'esm',
      minify: true,
      write: false,
      metafile: true,
    });
    expect(Object.keys(metafile.inputs).filter((file) => !/^(client|proof)\//.test(file))).to.deep.equal([]);
    expect(outputFiles[0]?.text).to.not.match(/\b(Buffer|process|require)\b/);
  });

  it('issues a credential and reads it', async () => {
    const { body, replayed, requestId } = await client.send('issueCredential', { body: newCredential() });
    expect(replayed).to.equal(false);
    expect(service.logged.some((line) => line.includes(requestId))).to.equal(true);
    const detail: CredentialDetail = await client.call('getCredential', { id: body.id });
    expect(detail).to.deep.include({ id: body.id, state: 'issued', claims: newCredential().claims });
  });

  it('issues once where the answer was lost, under the key of the first attempt', async () => {
    const keys: (string | null)[] = [];
    const losing = async (input: URL | RequestInfo, init?: RequestInit) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'));
      const answer = await fetch(input, init);
      if (keys.length === 1) throw new TypeError('the connection was reset');
      return answer;
    };
    const before = await countCredentials();
    const { replayed } = await clientWith({ fetch: losing }).send('issueCredential', { body: newCredential() });
    expect(replayed).to.equal(true);
    expect(await countCredentials()).to.equal(before + 1);
    expect(keys).to.have.length(2);
    expect(new Set(keys).size).to.equal(1);
  });

  it('lists all there is, a page at a time', async () => {
    for (let i = 0; i < 3; i++) await client.call('issueCredential', { body: newCredential('FEHD-GRL', i) });
    let pages = 0;
    const counting = (input: URL | RequestInfo, init?: RequestInit) => {
      pages++;
      return fetch(input, init);
    };
    const ids = [];
    const listing = clientWith({ fetch: counting }).list('listCredentials', { query: { limit: 2, type: 'FEHD-GRL' } });
    for await (const { id } of listing) ids.push(id);
    const count = await countCredentials();
    expect(new Set(ids).size).to.equal(count);
    expect(pages).to.equal(Math.ceil(count / 2));
  });

  it('tells what is wrong with which field, and does not try that again', async () => {
    const { claims, ...rest } = newCredential();
    const { licenceNumber: _, ...incomplete } = claims;
    const problem = await refusalOf(client.call('issueCredential', { body: { ...rest, claims: incomplete } }));
    expect(problem).to.include({ code: 'VALIDATION_FAILED', status: 422 });
    expect(problem.faults).to.deep.include({
      pointer: '#/claims/licenceNumber',
      code: 'CLAIM_MISSING',
      detail: problem.faults[0]?.detail,
    });
  });

  it('does not wait for longer than it was told, and says what stood in the way', async () => {
    await service.db.updateTable('issuers').set({ state: 'held' }).where('code', '=', 'FEHD').execute();
    const problem = await refusalOf(client.call('issueCredential', { body: newCredential() }));
    await service.db.updateTable('issuers').set({ state: 'active' }).where('code', '=', 'FEHD').execute();
    expect(problem).to.include({ code: 'ISSUER_HELD', status: 503 });
  });

  it('ends at once when its caller aborts, with the reason of the caller', async () => {
    const hanging = createServer(() => {});
    const abort = new AbortController();
    hanging.once('request', () => abort.abort(new Error('the page was left')));
    const url = await listen(hanging);
    const calling = clientWith({ url }).call('getDepartment', { signal: abort.signal });
    await expectError(calling, (error) => expect((error as Error).message).to.equal('the page was left'));
  });

  it('tries again when nobody answers in time, and knows the service by its answers alone', async () => {
    let requests = 0;
    const proxy = createServer((_request, response) => {
      requests++;
      if (requests === 2) response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
      if (requests === 3) response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
    });
    const url = await listen(proxy);
    const calling = clientWith({ url, attemptMs: 200 }).call('getDepartment');
    await expectError(calling, (error) => expect(error).to.include({ reason: 'NOT_THE_SERVICE' }));
    expect(requests).to.equal(3);
    await close(proxy);
    const away = clientWith({ url, patienceMs: 0 }).call('getDepartment');
    await expectError(away, (error) => {
      expect(error).to.be.instanceOf(NoAnswer);
      expect(error).to.include({ reason: 'UNREACHABLE' });
    });
  });

  it('sends its key nowhere that an answer names', async () => {
    let visited = false;
    const elsewhere = createServer((_request, response) => {
      visited = true;
      response.end();
    });
    const there = await listen(elsewhere);
    const leading = createServer((_request, response) => response.writeHead(307, { location: there }).end());
    const url = await listen(leading);
    await expectError(clientWith({ url }).call('getDepartment'), (error) =>
      expect(error).to.include({ reason: 'NOT_THE_SERVICE' }),
    );
    expect(visited).to.equal(false);
  });

  it('takes no id that would lead to another address', async () => {
    for (const id of ['', '.', '..'])
      await expectError(client.call('getCredential', { id }), (error) => expect(error).to.be.instanceOf(TypeError));
    expect(await refusalOf(client.call('getCredential', { id: '../me' }))).to.include({ code: 'CREDENTIAL_NOT_FOUND' });
  });
});

async function refusalOf(calling: Promise<unknown>): Promise<ApiProblem> {
  let refusal: ApiProblem | undefined;
  await expectError(calling, (error) => {
    expect(error).to.be.instanceOf(ApiProblem);
    refusal = error as ApiProblem;
  });
  return refusal as ApiProblem;
}

async function expectError(calling: Promise<unknown>, look: (error: unknown) => void): Promise<void> {
  const ended = await calling.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  expect(ended, 'nothing was thrown').to.not.equal(null);
  look(ended?.error);
}

/** Those that a test has started: they end with it, whatever becomes of it. */
const servers: Server[] = [];

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
