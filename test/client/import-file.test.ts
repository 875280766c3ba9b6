import { expect } from 'chai';
import type { Import } from '../../client/api.ts';
import { type Client, createClient } from '../../client/client.ts';
import { type FileImport, importFile } from '../../client/import-file.ts';
import { ApiProblem, NoAnswer } from '../../client/problem.ts';
import { newCredential, startService, type TestService } from '../server/http/service.ts';

const ROWS = 40;

describe('a file that the client imports', () => {
  let service: TestService;
  let seeds = 0;
  let names = 0;

  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const clientWith = (wire: typeof fetch = fetch, patienceMs = 2_000): Client =>
    createClient({ url: service.url, credentials: { apiKey: service.fehd.apiKey }, fetch: wire, patienceMs });
  const newFile = (count = ROWS): FileImport => {
    const rows = Array.from({ length: count }, () => {
      const { type: _, ...row } = newCredential('FEHD-GRL', ++seeds);
      return `${JSON.stringify(row)}\n`;
    });
    return {
      query: { type: 'FEHD-GRL', mode: 'good' },
      mediaType: 'application/x-ndjson',
      file: new Blob(rows),
      idempotencyKey: `file-${++names}`,
      partBytes: 5_000,
    };
  };
  const linesOf = async ({ id }: Import) => {
    const rows = await service.db
      .selectFrom('credentials')
      .select('import_line')
      .where('import_seq', '=', Number(id.slice(4)))
      .orderBy('import_line')
      .execute();
    return rows.map(({ import_line }) => import_line);
  };
  const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  const isUpload = (init?: RequestInit) => new Headers(init?.headers).has('upload-offset');

  it('is sent in parts, each from where the service has got to, and its progress told', async () => {
    const told: number[] = [];
    const view = await importFile(clientWith(), {
      ...newFile(),
      onProgress: ({ received }) => told.push(received.bytes),
    });
    expect(view).to.deep.include({ state: 'completed' });
    expect(await linesOf(view)).to.deep.equal(range(ROWS));
    expect(told.length).to.be.greaterThan(3);
    expect(told).to.deep.equal(told.toSorted((a, b) => a - b));
  });

  it('is sent with more of it where no row ends in a part', async () => {
    const view = await importFile(clientWith(), { ...newFile(5), partBytes: 40 });
    expect(view.counts).to.include({ rows: 5, issued: 5 });
  });

  it('goes on after answers that were lost, and issues each row once', async () => {
    let uploads = 0;
    const losing: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (isUpload(init) && ++uploads % 2 === 1) throw new TypeError('the connection was reset');
      return answer;
    };
    const view = await importFile(clientWith(losing), newFile());
    expect(view).to.deep.include({ state: 'completed' });
    expect(view.counts).to.include({ rows: ROWS, issued: ROWS, duplicates: 0, alreadyIssued: 0 });
    expect(await linesOf(view)).to.deep.equal(range(ROWS));
  });

  it('goes on where another call of the same file stopped', async () => {
    const wanted = newFile();
    const stop = new AbortController();
    const stopped = importFile(clientWith(), {
      ...wanted,
      signal: stop.signal,
      onProgress: ({ received }) => received.bytes > 0 && stop.abort(),
    });
    expect(await stopped.catch((error: unknown) => error)).to.equal(stop.signal.reason);
    const first: number[] = [];
    const view = await importFile(clientWith(), {
      ...wanted,
      onProgress: ({ received }) => first.push(received.bytes),
    });
    expect(first[0]).to.be.greaterThan(0);
    expect(await linesOf(view)).to.deep.equal(range(ROWS));
    const again = await importFile(clientWith(), wanted);
    expect(again.id).to.equal(view.id);
  });

  it('ends with what the service refuses, and with a service that is gone', async () => {
    const refused = await importFile(clientWith(), { ...newFile(), query: { type: 'TD-DL' } }).catch((error) => error);
    expect(refused).to.be.instanceOf(ApiProblem);
    expect(refused.code).to.equal('TYPE_NOT_YOURS');
    const gone: typeof fetch = async (input, init) => {
      if (isUpload(init)) throw new TypeError('the connection was reset');
      return fetch(input, init);
    };
    const cut = await importFile(clientWith(gone, 0), newFile()).catch((error) => error);
    expect(cut).to.be.instanceOf(NoAnswer);
    expect(cut.reason).to.equal('UNREACHABLE');
  });

  it('is no other file under a key that one has', async () => {
    const wanted = newFile();
    await importFile(clientWith(), wanted);
    const left = { ...newFile(), idempotencyKey: 'half' };
    const stop = new AbortController();
    const onProgress = ({ received }: Import) => received.bytes > 0 && stop.abort();
    await importFile(clientWith(), { ...left, signal: stop.signal, onProgress }).catch(() => {});
    const shorter = await importFile(clientWith(), { ...newFile(1), idempotencyKey: 'half' }).catch((error) => error);
    expect(shorter).to.be.instanceOf(TypeError);
  });
});
