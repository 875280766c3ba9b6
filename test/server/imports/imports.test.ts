import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { sql } from 'kysely';
import { readRecords } from '../../../catalogue/csv-records.ts';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { sweepImports } from '../../../server/imports/finish.ts';
import { settleImports } from '../../../server/imports/release.ts';
import { sealDue } from '../../../server/issuance/seal.ts';
import { XLSX_MEDIA_TYPE } from '../../../server/xlsx.ts';
import { call, newCredential, startService, type TestService } from '../http/service.ts';
import { readWorkbook } from '../workbook.ts';

const NDJSON = { 'content-type': 'application/x-ndjson' };
const CSV = { 'content-type': 'text/csv; charset=utf-8' };

function rowOf(seed: number, code = 'FEHD-GRL') {
  const { type: _, ...row } = newCredential(code, seed);
  return { ...row, validity: { ...row.validity } };
}

function linesOf(seeds: readonly number[]): string[] {
  return seeds.map((seed) => JSON.stringify(rowOf(seed)));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('imports', () => {
  let service: TestService;
  let nextSeed = 0;
  let nextKey = 0;
  const fresh = (count: number) => {
    nextSeed += count;
    return range(nextSeed - count, nextSeed);
  };
  const newKey = () => `import-${++nextKey}`;

  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  async function send(query: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
    return call(service, `/v1/imports?type=FEHD-GRL&${query}`, {
      key: service.fehd.apiKey,
      body,
      headers: { ...NDJSON, 'idempotency-key': newKey(), ...headers },
    });
  }
  const get = (path: string, key = service.fehd.apiKey) => call(service, path, { key });
  const errorsOf = async (id: string) => (await get(`/v1/imports/${id}/errors?limit=200`)).json.items;
  const issuedBy = async (id: string) =>
    service.db
      .selectFrom('credentials')
      .selectAll()
      .where('issuer_id', '=', service.fehd.issuer.id)
      .where('import_seq', '=', Number(id.slice(4)))
      .orderBy('import_line')
      .execute();

  describe('of good rows', () => {
    it('note which rows have somewhere to send the document to', async () => {
      const [first, second, third] = fresh(3).map((seed) => rowOf(seed));
      const rows = [
        { ...first, holder: { email: 'a@example.hk' } },
        { ...second, holder: { subject: 'holder-1' } },
        third,
      ];
      const { json } = await send('mode=good', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      expect((await issuedBy(json.id)).map(({ has_email }) => has_email)).to.deep.equal([true, false, false]);
    });

    it('issue every row, in whole pieces, and give what the row said', async () => {
      const seeds = fresh(25);
      const { status, json, headers } = await send('mode=good', `${linesOf(seeds).join('\n')}\n`);
      expect(status).to.equal(202);
      expect(headers.get('location')).to.equal(`/v1/imports/${json.id}`);
      expect(json).to.deep.include({ state: 'completed', type: 'FEHD-GRL', mode: 'good', dryRun: false });
      expect(json.counts).to.deep.equal({
        rows: 25,
        ready: 25,
        malformed: 0,
        duplicates: 0,
        alreadyIssued: 0,
        issued: 25,
      });
      const rows = await issuedBy(json.id);
      expect(rows.map((row) => row.import_line)).to.deep.equal(range(1, 26));
      const { items } = (await get('/v1/credentials?limit=1')).json;
      const { json: detail } = await get(`/v1/credentials/${items[0].id}`);
      expect(detail.claims).to.deep.equal(rowOf(seeds.at(-1) as number).claims);
      expect(detail).to.include({ state: 'issued', validFrom: rowOf(0).validity.validFrom });
    });

    it('are the same rows to the sealing as single ones', async () => {
      const seeds = fresh(3);
      const { json } = await send('', linesOf(seeds).join('\n'));
      const sealed = await sealAll(service);
      expect(sealed).to.be.greaterThan(0);
      const rows = await issuedBy(json.id);
      expect(rows.map(({ state }) => state)).to.deep.equal(['sealed', 'sealed', 'sealed']);
    });

    it('keep images, under the key of their credential', async () => {
      const rows = range(0, 3).map((seed) => JSON.stringify(rowOf(seed, 'TD-DL')));
      const { json } = await call(service, '/v1/imports?type=TD-DL&mode=good', {
        key: service.td.apiKey,
        body: rows.join('\n'),
        headers: { ...NDJSON, 'idempotency-key': newKey() },
      });
      expect(json.counts, JSON.stringify(json)).to.include({ ready: 3, malformed: 0 });
      const type = service.deps.findType('TD-DL');
      const pictures = type?.definition.claims.filter((claim) => claim.type === 'image') ?? [];
      const { n } = await service.db
        .selectFrom('images')
        .select((from) => from.fn.countAll<string>().as('n'))
        .where('issuer_id', '=', service.td.issuer.id)
        .executeTakeFirstOrThrow();
      expect(Number(n)).to.equal(3 * pictures.length);
    });
  });

  describe('with bad rows among good ones', () => {
    const bad = () => {
      const [a, b, c] = linesOf(fresh(3)) as [string, string, string];
      const broken = JSON.parse(linesOf(fresh(1))[0] as string);
      broken.claims.licenceNumber = 7;
      broken.validity.validUntil = 'soon';
      return { a, b, c, broken: JSON.stringify(broken) };
    };

    it('issue the good ones where mode is good, and say of each bad one where, which rule and never the value', async () => {
      const { a, b, c, broken } = bad();
      const { json } = await send('mode=good', [a, broken, b, '', '{"claims":', c].join('\n'));
      expect(json.counts).to.include({ rows: 5, ready: 3, malformed: 2, issued: 3 });
      const errors = await errorsOf(json.id);
      expect(errors.map(({ row, pointer, code }: Record<string, unknown>) => [row, pointer, code])).to.deep.equal([
        [2, '/claims/licenceNumber', 'CLAIM_INVALID'],
        [2, '/validity/validUntil', 'DATE_INVALID'],
        [5, '', 'JSON_INVALID'],
      ]);
      expect(JSON.stringify(errors)).to.not.include('soon');
      expect((await issuedBy(json.id)).map((row) => row.import_line)).to.deep.equal([1, 3, 6]);
    });

    it('issue nothing where mode is all, also of the pieces before', async () => {
      const { broken } = bad();
      const { json } = await send('mode=all', [...linesOf(fresh(20)), broken, ...linesOf(fresh(20))].join('\n'));
      expect(json).to.include({ state: 'refused' });
      expect(json.counts).to.include({ rows: 41, malformed: 1, ready: 40, issued: 0 });
      expect(await issuedBy(json.id)).to.be.empty;
    });

    it('issue nothing in a dry run, and find the same', async () => {
      const { a, b, broken } = bad();
      const { json } = await send('mode=good&dryRun=true', [a, broken, b, a].join('\n'));
      expect(json.counts).to.deep.equal({
        rows: 4,
        ready: 2,
        malformed: 1,
        duplicates: 1,
        alreadyIssued: 0,
        issued: 0,
      });
      expect(await issuedBy(json.id)).to.be.empty;
      expect((await send('mode=good', [a, b].join('\n'))).json.counts).to.include({ ready: 2, alreadyIssued: 0 });
    });

    it('import nothing of the note of a mended row', async () => {
      const [seed] = fresh(1) as [number];
      const note = { fault: 'it was empty', remedy: 'fill it in' };
      const lines = [{ note }, { ...rowOf(seed), note }].map((row) => JSON.stringify(row));
      const { json } = await send('mode=all', lines.join('\n'));
      expect(json.counts, JSON.stringify(await errorsOf(json.id))).to.include({ rows: 1, issued: 1 });
    });

    it('tell a row that stands twice from one that was issued before', async () => {
      const [old, a, b] = linesOf(fresh(3)) as [string, string, string];
      await send('mode=good', old);
      const filler = linesOf(fresh(10));
      const { json } = await send('mode=good', [a, a, old, ...filler, b, a].join('\n'));
      expect(json.counts).to.include({ ready: 12, duplicates: 2, alreadyIssued: 1 });
      const errors = await errorsOf(json.id);
      expect(errors.map(({ row, kind, code }: Record<string, unknown>) => [row, kind, code])).to.deep.equal([
        [2, 'duplicate', 'DUPLICATE_IN_FILE'],
        [3, 'already-issued', 'ALREADY_ISSUED'],
        [15, 'duplicate', 'DUPLICATE_IN_FILE'],
      ]);
      const first = (await get(`/v1/imports/${json.id}/errors?kind=duplicate&limit=1`)).json;
      expect(first.items.map(({ row }: { row: number }) => row)).to.deep.equal([2]);
      const rest = await get(`/v1/imports/${json.id}/errors?kind=duplicate&limit=1&starting_after=${first.next}`);
      expect(rest.json.items.map(({ row }: { row: number }) => row)).to.deep.equal([15]);
      expect(rest.json.next).to.equal(null);
      expect((await get(`/v1/imports/${json.id}/errors?kind=malformed`)).json.items).to.deep.equal([]);
      expect((await get(`/v1/imports/${json.id}/errors?kind=other`)).json.code).to.equal('QUERY_INVALID');
      expect(errors[0].pointer).to.equal('/claims/licenceNumber');
    });

    it('issue again what failed, was revoked or replaced', async () => {
      const lines = linesOf(fresh(4));
      const { json } = await send('mode=good', lines.join('\n'));
      const rows = await issuedBy(json.id);
      const changes = [
        { state: 'failed' as const, failure: 'test' },
        { revoked: true },
        { superseded_by_seq: rows[3]?.seq ?? 0 },
      ];
      for (const [i, change] of changes.entries())
        await service.db
          .updateTable('credentials')
          .set(change)
          .where('seq', '=', rows[i]?.seq ?? 0)
          .execute();
      expect((await send('mode=good', lines.join('\n'))).json.counts).to.include({ ready: 3, alreadyIssued: 1 });
    });

    it('take a renewal under the same number for another document', async () => {
      const [old] = fresh(1) as [number];
      await send('mode=good', linesOf([old])[0] as string);
      const renewal = rowOf(old);
      renewal.validity = { issued: '2027-03-02', validFrom: '2027-03-02', validUntil: '2028-03-01' };
      expect((await send('mode=good', JSON.stringify(renewal))).json.counts).to.include({ ready: 1 });
    });

    it('refuse hostile rows one by one', async () => {
      const [good] = linesOf(fresh(1)) as [string];
      const body = JSON.parse(good);
      const rows = [
        good.replace('{"claims":{', '{"claims":{"__proto__":{"x":1},'),
        good.replace('{"claims":', '{"claims":{},"claims":'),
        JSON.stringify({ ...body, claims: { ...body.claims, licenceNumber: 'HALF' } }).replace('HALF', '\\ud800'),
        `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
        JSON.stringify({ ...body, claims: { ...body.claims, 'evil\u0000\u202e': 1 } }),
        `"${'x'.repeat(300_000)}"`,
        '7',
        JSON.stringify({ ...body, type: 'TD-DL' }),
        JSON.stringify({ ...body, constructor: 1 }),
      ];
      const bytes = Buffer.concat([
        Buffer.from(`${rows.join('\n')}\n`),
        Buffer.from([0xff, 0xfe, 0x0a]),
        Buffer.from(`${good}\r\n`),
      ]);
      const { json } = await send('mode=good', bytes);
      expect(json.counts).to.include({ rows: 11, ready: 1, malformed: 10 });
      const errors = await errorsOf(json.id);
      const firsts = new Map<number, string>();
      for (const { row, code } of errors) if (!firsts.has(row)) firsts.set(row, code);
      expect([...firsts.keys()]).to.deep.equal(range(1, 11));
      expect([1, 2, 4, 6, 10].map((row) => firsts.get(row))).to.deep.equal([
        'CLAIM_UNKNOWN',
        'JSON_INVALID',
        'TOO_DEEP',
        'ROW_TOO_LARGE',
        'TEXT_MALFORMED',
      ]);
    });
  });

  describe('that wait for the rest of their file', () => {
    it('are not sealed, shown or counted before it is whole', async () => {
      const key = newKey();
      const [first, second] = [`${linesOf(fresh(3)).join('\n')}\n`, linesOf(fresh(2)).join('\n')];
      const headers = { 'idempotency-key': key, 'upload-complete': '?0' };
      const { json } = await send('mode=all', first, headers);
      expect(json).to.include({ state: 'receiving' });
      expect(json.counts).to.include({ ready: 3, issued: 0 });
      const held = await issuedBy(json.id);
      expect(held).to.have.length(3);
      await sealAll(service);
      expect((await issuedBy(json.id)).map(({ state }) => state)).to.deep.equal(['issued', 'issued', 'issued']);
      const before = (await get('/v1/credentials?limit=200')).json.items.length;
      const rest = { 'idempotency-key': key, 'upload-offset': String(first.length && Buffer.byteLength(first)) };
      const { json: whole } = await send('mode=all', second, rest);
      expect(whole).to.deep.include({ state: 'completed', id: json.id });
      expect(whole.counts).to.include({ ready: 5, issued: 5 });
      const after = (await get('/v1/credentials?limit=200')).json.items.length;
      if (before < 195) expect(after - before).to.equal(5);
      await sealAll(service);
      expect((await issuedBy(json.id)).every(({ state }) => state === 'sealed')).to.equal(true);
    });

    it('go no further where the type demands approval since', async () => {
      const { issuer } = service.fehd;
      const admin = await createApiKey(service.db, { issuer, name: 'admin', isTest: true, scopes: ['rules.manage'] });
      const demand = (approvals: number) =>
        call(service, '/v1/types/FEHD-GRL/rules', {
          key: admin,
          body: { approvals, statusApprovals: 0, retentionMonths: null },
        });
      const headers = { 'idempotency-key': newKey(), 'upload-complete': '?0' };
      const { json } = await send('mode=good', `${linesOf(fresh(1))[0]}\n`, headers);
      await demand(1);
      const rest = { 'idempotency-key': headers['idempotency-key'], 'upload-offset': String(json.received.bytes) };
      const refused = await send('mode=good', linesOf(fresh(1))[0] as string, rest);
      const another = await send('mode=good', linesOf(fresh(1))[0] as string);
      await demand(0);
      expect([refused.json.code, another.json.code]).to.deep.equal(['APPROVAL_REQUIRED', 'APPROVAL_REQUIRED']);
      expect(await issuedBy(json.id)).to.have.length(1);
    });

    it('go when nothing comes for a day', async () => {
      const { json } = await send('mode=all', `${linesOf(fresh(2)).join('\n')}\n`, { 'upload-complete': '?0' });
      await service.db
        .updateTable('imports')
        .set({ updated_at: new Date(Date.now() - 25 * 3_600_000) })
        .where('seq', '=', Number(json.id.slice(4)))
        .execute();
      await sweepImports(service.db);
      await settleImports(service.db, service.deps);
      expect((await get(`/v1/imports/${json.id}`)).json).to.include({ state: 'abandoned' });
      expect(await issuedBy(json.id)).to.be.empty;
      const { after } = await service.db
        .selectFrom('audit_records')
        .select('after')
        .where('object', '=', json.id)
        .where('actor', '=', 'service:imports')
        .executeTakeFirstOrThrow();
      expect(after).to.include({ state: 'abandoned', ready: 2, issued: 0 });
    });

    it('leave nothing behind that tells documents apart', async () => {
      const twice = linesOf(fresh(1))[0] as string;
      const { json } = await send('mode=good&dryRun=true', `${twice}\n${twice}\n`, { 'upload-complete': '?0' });
      const seq = Number(json.id.slice(4));
      const remembered = async () => sql`select 1 from import_identities where import_seq = ${seq}`.execute(service.db);
      expect((await remembered()).rows).to.have.length(1);
      await service.db
        .updateTable('imports')
        .set({ updated_at: new Date(Date.now() - 25 * 3_600_000) })
        .where('seq', '=', seq)
        .execute();
      await sweepImports(service.db);
      expect((await remembered()).rows).to.be.empty;
    });
  });

  describe('that are cut off', () => {
    it('go on where they stopped, without a row lost or doubled', async () => {
      const key = newKey();
      const text = linesOf(fresh(120)).join('\n');
      const bytes = Buffer.from(text);
      await sendAndHangUp(service, key, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
      const found = await eventually(async () => {
        const { items } = (await get(`/v1/imports?idempotency_key=${key}`)).json;
        return items[0]?.received.lines > 50 ? items[0] : null;
      });
      expect(found).to.include({ state: 'receiving', idempotencyKey: key });
      const offset = found.received.bytes;
      expect(text.slice(0, 1)).to.equal('{');
      expect(bytes[offset - 1]).to.equal(0x0a);
      const { json } = await send('mode=good', bytes.subarray(offset), {
        'idempotency-key': key,
        'upload-offset': String(offset),
      });
      expect(json).to.deep.include({ state: 'completed', id: found.id });
      expect(json.counts).to.include({ rows: 120, ready: 120, issued: 120 });
      expect((await issuedBy(json.id)).map((row) => row.import_line)).to.deep.equal(range(1, 121));
    });

    it('take the whole file again, and what is known of it only once', async () => {
      const key = newKey();
      const text = `${linesOf(fresh(30)).join('\n')}\n`;
      const half = text.slice(0, text.indexOf('\n', text.length / 2) + 40);
      await send('mode=good', half, { 'idempotency-key': key, 'upload-complete': '?0' });
      const { json } = await send('mode=good', text, { 'idempotency-key': key });
      expect(json.counts).to.include({ ready: 30, duplicates: 0 });
      const again = await send('mode=good', text, { 'idempotency-key': key });
      expect(again.headers.get('idempotency-replayed')).to.equal('true');
      expect(again.json).to.deep.equal(json);
    });

    it('refuse another file under their key, and an offset that leaves a gap', async () => {
      const key = newKey();
      const text = `${linesOf(fresh(8)).join('\n')}\n`;
      await send('mode=good', text, { 'idempotency-key': key, 'upload-complete': '?0' });
      const other = text.replace('"claims"', '"claimz"');
      expect((await send('mode=good', other, { 'idempotency-key': key })).json.code).to.equal('IDEMPOTENCY_KEY_REUSED');
      expect((await send('mode=all', text, { 'idempotency-key': key })).json.code).to.equal('IDEMPOTENCY_KEY_REUSED');
      const gap = { 'idempotency-key': key, 'upload-offset': '7' };
      expect((await send('mode=good', text, gap)).json.code).to.equal('IMPORT_OFFSET_WRONG');
    });

    it('let one of many requests at the same time begin', async () => {
      const key = newKey();
      const text = `${linesOf(fresh(40)).join('\n')}\n`;
      const answers = await Promise.all(range(0, 4).map(() => send('mode=good', text, { 'idempotency-key': key })));
      for (const { status, json } of answers) expect([202, 409]).to.include(status, JSON.stringify(json));
      const { json } = await send('mode=good', text, { 'idempotency-key': key });
      expect(json.counts).to.include({ ready: 40, duplicates: 0 });
      expect(await issuedBy(json.id)).to.have.length(40);
    });

    it('let one of many parts at the same time be stored', async () => {
      const headers = { 'idempotency-key': newKey(), 'upload-complete': '?0' };
      const { json } = await send('mode=good', `${linesOf(fresh(1)).join('\n')}\n`, headers);
      const part = `${linesOf(fresh(20)).join('\n')}\n`;
      const at = { ...headers, 'upload-offset': String(json.received.bytes) };
      const answers = await Promise.all(range(0, 4).map(() => send('mode=good', part, at)));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([202, 409, 409, 409]);
      const { json: now } = await get(`/v1/imports/${json.id}`);
      expect(now.counts).to.include({ ready: 21, duplicates: 0 });
      expect(now.received.bytes).to.equal(json.received.bytes + Buffer.byteLength(part));
    });

    it('let one of many requests at the same time go on', async () => {
      const key = newKey();
      const [first, rest] = [`${linesOf(fresh(4)).join('\n')}\n`, `${linesOf(fresh(30)).join('\n')}\n`];
      const { json } = await send('mode=good', first, { 'idempotency-key': key, 'upload-complete': '?0' });
      const headers = { 'idempotency-key': key, 'upload-offset': String(json.received.bytes) };
      const answers = await Promise.all(range(0, 4).map(() => send('mode=good', rest, headers)));
      for (const { status, json } of answers) expect([202, 409]).to.include(status, JSON.stringify(json));
      expect(answers.map(({ status }) => status)).to.include(202);
      const { json: whole } = await get(`/v1/imports/${json.id}`);
      expect(whole.counts).to.include({ ready: 34, duplicates: 0, issued: 34 });
      expect(await issuedBy(json.id)).to.have.length(34);
    });
  });

  describe('of CSV', () => {
    const columns = async (labels = '') => {
      const { bytes, headers } = await get(`/v1/types/FEHD-GRL/template.csv${labels}`);
      const text = Buffer.from(bytes).toString('utf8');
      expect(headers.get('content-type')).to.equal('text/csv; charset=utf-8');
      expect(text).to.match(/^\ufeff/);
      return readRecords(text.slice(1))[0] as string[];
    };
    const pointers = async () => columns();
    const toCells = (names: readonly string[], seed: number) => {
      const row = rowOf(seed) as unknown as Record<string, Record<string, unknown>>;
      const flat: Record<string, unknown> = { ...row.claims, ...row.validity };
      return names.map((name) => {
        const [claim, part] = name.split('.') as [string, string?];
        const value = flat[claim] as Record<string, unknown> | undefined;
        const cell = part === undefined ? value : value?.[part];
        return cell === undefined || cell === null
          ? ''
          : typeof cell === 'object'
            ? JSON.stringify(cell)
            : String(cell);
      });
    };
    const toText = (records: readonly (readonly string[])[]) =>
      `\ufeff${records.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n')}\r\n`;

    for (const labels of ['', '?labels=en', '?labels=zh-Hant', '?labels=zh-Hans'])
      it(`issues what single rows would, under the columns of the template${labels}`, async () => {
        const seeds = fresh(6);
        const names = await pointers();
        const header = await columns(labels);
        const { json } = await send('mode=all', toText([header, ...seeds.map((seed) => toCells(names, seed))]), CSV);
        expect(json.counts, JSON.stringify(await errorsOf(json.id))).to.include({ rows: 6, ready: 6, issued: 6 });
        const { items } = (await get('/v1/credentials?limit=1')).json;
        const { json: detail } = await get(`/v1/credentials/${items[0].id}`);
        expect(detail.claims).to.deep.equal(rowOf(seeds.at(-1) as number).claims);
      });

    it('has a template that is a workbook, too, and takes no workbook', async () => {
      const { bytes, headers } = await get('/v1/types/FEHD-GRL/template.xlsx?labels=zh-Hant');
      expect(headers.get('content-type')).to.equal(XLSX_MEDIA_TYPE);
      expect(headers.get('content-disposition')).to.equal('attachment; filename="FEHD-GRL.xlsx"');
      const [first] = readWorkbook(bytes).sheets;
      expect(Object.values(first?.cells ?? {})).to.deep.equal(await columns('?labels=zh-Hant'));
      const asItself = await send('mode=good', bytes, { 'content-type': XLSX_MEDIA_TYPE });
      expect(asItself.json.code).to.equal('CONTENT_TYPE_UNSUPPORTED');
      const asCsv = await send('mode=good', bytes, CSV);
      expect(asCsv.json.code).to.equal('IMPORT_HEADER_INVALID');
    });

    it('names the row and the column of what is wrong', async () => {
      const names = await pointers();
      const [a, b] = fresh(2).map((seed) => toCells(names, seed)) as [string[], string[]];
      const at = names.indexOf('licenseeName.en');
      b[at] = 'two\nlines';
      const { json } = await send('mode=good', toText([names, a, b]), CSV);
      expect(json.counts).to.include({ ready: 1, malformed: 1 });
      expect((await errorsOf(json.id))[0]).to.include({ row: 3, column: 'licenseeName.en', code: 'CLAIM_INVALID' });
    });

    for (const notes of [
      ['note.fault', 'note.remedy'],
      ['What is wrong (not imported)', 'What to do (not imported)'],
      ['問題（不會匯入）', '處理方法（不會匯入）'],
      ['问题（不会导入）', '处理方法（不会导入）'],
    ])
      it(`imports nothing of the notes of a mended row, "${notes[0]}"`, async () => {
        const names = await pointers();
        const [seed] = fresh(1) as [number];
        const rows = [
          [...toCells(names, seed), 'it was empty', 'fill it in'],
          [...names.map(() => ''), 'note', 'alone'],
        ];
        const { json } = await send('mode=all', toText([[...names, ...notes], ...rows]), CSV);
        expect(json.counts, JSON.stringify(await errorsOf(json.id))).to.include({ rows: 1, issued: 1 });
        const { json: detail } = await get(
          `/v1/credentials/${(await get('/v1/credentials?limit=1')).json.items[0].id}`,
        );
        expect(detail.claims).to.deep.equal(rowOf(seed).claims);
        expect(JSON.stringify(detail)).not.to.contain('it was empty');
      });

    it('reads a cell that was kept from being a formula as what it was', async () => {
      const names = await pointers();
      const cells = toCells(names, fresh(1)[0] as number);
      const at = names.indexOf('licenseeName.en');
      const issued: unknown[] = [];
      for (const [i, cell] of ["'+852 Limited", "''=1", "'quoted' Limited"].entries()) {
        const row = cells.map((each, j) =>
          j === at ? cell : j === names.indexOf('licenceNumber') ? `${each}${i}` : each,
        );
        const { json } = await send('mode=all', toText([names, row]), CSV);
        expect(json.counts, JSON.stringify(await errorsOf(json.id))).to.include({ issued: 1 });
        const { items } = (await get('/v1/credentials?limit=1')).json;
        issued.push((await get(`/v1/credentials/${items[0].id}`)).json.claims.licenseeName.en);
      }
      expect(issued).to.deep.equal(['+852 Limited', "'=1", "'quoted' Limited"]);
    });

    it('names no column where the whole row is wrong', async () => {
      const names = await pointers();
      const { json } = await send(
        'mode=good',
        toText([names, [...toCells(names, fresh(1)[0] as number), 'more']]),
        CSV,
      );
      expect((await errorsOf(json.id))[0]).to.include({ pointer: '', column: null, code: 'CELLS_TOO_MANY' });
    });

    it('refuses a wrong first line at once and whole, by the place of the column', async () => {
      const names = await pointers();
      const header = names.map((name) => (name === 'licenceNumber' ? 'secret value' : name));
      const { status, json, text } = await send('mode=good', toText([header, toCells(names, 0)]), CSV);
      expect(status).to.equal(422);
      expect(json.code).to.equal('IMPORT_HEADER_INVALID');
      expect(json.errors.map(({ code }: { code: string }) => code)).to.deep.equal(['COLUMN_INVALID', 'COLUMN_MISSING']);
      expect(json.errors[0].detail).to.match(/^column A .*"licenceNumber"/);
      expect(text).to.not.include('secret value');
    });

    it('goes on after a cut inside a quoted cell', async () => {
      const names = await pointers();
      const key = newKey();
      const bytes = Buffer.from(toText([names, ...fresh(12).map((seed) => toCells(names, seed))]));
      const head = { ...CSV, 'idempotency-key': key, 'upload-complete': '?0' };
      const { json } = await send('mode=good', bytes.subarray(0, Math.floor(bytes.length * 0.61)), head);
      const rest = { ...CSV, 'idempotency-key': key, 'upload-offset': String(json.received.bytes) };
      const { json: whole } = await send('mode=good', bytes.subarray(json.received.bytes), rest);
      expect(whole.counts).to.include({ rows: 12, ready: 12 });
    });

    it('lets no cell of what it exports be a formula', async () => {
      const names = await pointers();
      const row = rowOf(fresh(1)[0] as number) as unknown as { claims: Record<string, unknown> };
      row.claims['=cmd|calc'] = 1;
      const { json } = await send('mode=good', JSON.stringify(row));
      const { bytes } = await get(`/v1/imports/${json.id}/errors.csv`);
      const text = Buffer.from(bytes).toString('utf8');
      expect(text).to.match(/^\ufeffrow,column,pointer,kind,code,detail\r\n/);
      const cells = readRecords(text.slice(1)).flat();
      expect(cells).to.include('/claims/=cmd|calc');
      for (const cell of cells) expect(cell).to.not.match(/^[=+\-@\t\r]/);
      expect(names).to.not.be.empty;
    });
  });

  describe('as others see them', () => {
    it('are not found by another department', async () => {
      const { json } = await send('mode=good', linesOf(fresh(1))[0] as string);
      for (const path of ['', '/errors', '/errors.csv', '/events']) {
        const { status, json: problem } = await get(`/v1/imports/${json.id}${path}`, service.td.apiKey);
        expect([status, problem.code], path).to.deep.equal([404, 'IMPORT_NOT_FOUND']);
      }
      expect(
        (await get('/v1/imports', service.td.apiKey)).json.items.map(({ type }: { type: string }) => type),
      ).to.not.include('FEHD-GRL');
    });

    it('are their own under a key that another department used too', async () => {
      const key = newKey();
      const { json } = await send('mode=good', linesOf(fresh(1))[0] as string, { 'idempotency-key': key });
      const other = await call(service, '/v1/imports?type=TD-DL&mode=good', {
        key: service.td.apiKey,
        body: JSON.stringify(rowOf(90, 'TD-DL')),
        headers: { ...NDJSON, 'idempotency-key': key },
      });
      expect(other.status).to.equal(202);
      expect(other.json.id).to.not.equal(json.id);
      expect(other.json.counts).to.include({ ready: 1 });
    });

    it('are not gone on with by somebody else of the department', async () => {
      const headers = { 'idempotency-key': newKey(), 'upload-complete': '?0' };
      const { json: begun } = await send('mode=good', `${linesOf(fresh(1))[0]}\n`, headers);
      const { issuer } = service.fehd;
      const key = await createApiKey(service.db, {
        issuer,
        name: 'other',
        isTest: true,
        scopes: ['credentials.issue'],
      });
      const { status, json } = await call(service, '/v1/imports?type=FEHD-GRL&mode=good', {
        key,
        body: `${linesOf(fresh(1))[0]}\n`,
        headers: { ...NDJSON, ...headers, 'upload-offset': String(begun.received.bytes) },
      });
      expect([status, json.code]).to.deep.equal([422, 'IDEMPOTENCY_KEY_REUSED']);
    });

    it('tell the audit log who began them and what came of them, and webhooks that they ended', async () => {
      const { fehd, db } = service;
      const hook = { url: 'https://example.com/hook', events: ['import.finished'] };
      const { json: created } = await call(service, '/v1/webhooks', { key: fehd.apiKey, body: hook });
      const [a, b] = linesOf(fresh(2)) as [string, string];
      const { json } = await send('mode=good', [a, a, 'no', b].join('\n'));
      const counts = { rows: 4, ready: 2, malformed: 1, duplicates: 1, alreadyIssued: 0, issued: 2 };
      const records = await db
        .selectFrom('audit_records')
        .selectAll()
        .where('object', '=', json.id)
        .orderBy('seq')
        .execute();
      expect(records.map(({ act }) => act)).to.deep.equal(['import.begin', 'import.end']);
      expect(records[0]?.after).to.deep.equal({
        type: 'FEHD-GRL',
        mode: 'good',
        dryRun: false,
        forApproval: false,
      });
      expect(records[1]?.after).to.include({ state: 'completed', ...counts });
      expect(records[1]?.after)
        .to.have.property('file')
        .that.matches(/^[0-9a-f]{64}$/);
      expect(records[1]?.actor).to.equal(records[0]?.actor);
      expect(records[0]?.actor).to.match(/^key:\d+$/);
      const { json: deliveries } = await call(service, `/v1/webhooks/${created.id}/deliveries`, { key: fehd.apiKey });
      expect(deliveries.items).to.have.length(1);
      const { data } = await db
        .selectFrom('webhook_events')
        .select('data')
        .where('issuer_id', '=', fehd.issuer.id)
        .where('type', '=', 'import.finished')
        .executeTakeFirstOrThrow();
      const href = `/v1/imports/${json.id}`;
      expect(data).to.deep.equal({ import: json.id, href, state: 'completed', dryRun: false, ...counts });
    });

    it('are told by events, once each, and to stop at the end', async () => {
      const key = newKey();
      const text = `${linesOf(fresh(2)).join('\n')}\n`;
      const { json } = await send('mode=good', text, { 'idempotency-key': key, 'upload-complete': '?0' });
      const watching = get(`/v1/imports/${json.id}/events`);
      await send('mode=good', '', { 'idempotency-key': key, 'upload-offset': String(json.received.bytes) });
      const { text: events, headers } = await watching;
      expect(headers.get('content-type')).to.match(/^text\/event-stream/);
      const told = [...events.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string));
      expect(told.at(-1)).to.deep.equal((await get(`/v1/imports/${json.id}`)).json);
      const ids = [...events.matchAll(/^id: (.*)$/gm)].map(([, id]) => id as string);
      expect(new Set(ids).size).to.equal(ids.length);
      const again = await call(service, `/v1/imports/${json.id}/events`, {
        key: service.fehd.apiKey,
        headers: { 'last-event-id': ids.at(-1) as string },
      });
      expect(again.status).to.equal(204);
    });
  });
});

async function sealAll({ db, deps }: TestService): Promise<number> {
  return sealDue({ ...deps, db, sealing: { maxSize: 256, maxWaitMs: 0 } });
}

/** Sends the beginning of a file and breaks the connection. */
async function sendAndHangUp({ url, fehd }: TestService, key: string, bytes: Uint8Array): Promise<void> {
  const sent = httpRequest(`${url}/v1/imports?type=FEHD-GRL&mode=good`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${fehd.apiKey}`,
      'idempotency-key': key,
      ...NDJSON,
      'content-length': 10_000_000,
    },
  });
  sent.on('error', () => {});
  await new Promise((resolve) => sent.write(bytes, resolve));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const closed = new Promise((resolve) => sent.once('close', resolve));
  sent.destroy();
  await closed;
}

async function eventually<T>(ask: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('waited in vain');
}
