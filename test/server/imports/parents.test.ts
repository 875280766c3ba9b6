import { expect } from 'chai';
import { readRecords } from '../../../catalogue/csv-records.ts';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { settleImports } from '../../../server/imports/release.ts';
import { findParents } from '../../../server/issuance/parent.ts';
import {
  call,
  createRoleKey,
  type Department,
  type Exchange,
  newCredential,
  startService,
  type TestService,
} from '../http/service.ts';

const TYPE = 'type=TIA-BP';

interface Parent {
  id: string;
  number: string;
}

describe('imports of credentials that belong to others', () => {
  let service: TestService;
  let tia: Department;
  let nextKey = 0;
  const today = toHongKongDay(Date.now() / 1000);
  const [start, end] = [toDate(today - 10), toDate(today + 700)];

  before(async () => {
    service = await startService();
    tia = await service.admit('TIA', 3);
  });
  after(() => service.stop());

  const ask = (path: string, exchange: Exchange = {}) => call(service, path, { key: tia.apiKey, ...exchange });
  const licence = async (seed: number, validity: object = { validFrom: start, validUntil: end }): Promise<Parent> => {
    const body = { ...newCredential('TIA-TAL', seed), validity };
    const { json, text } = await ask('/v1/credentials', { body });
    expect(json.id, text).to.be.a('string');
    return { id: json.id, number: body.claims.licenceNumber as string };
  };
  const rowOf = (seed: number, parent: Parent, change: object = {}) => {
    const { claims } = newCredential('TIA-BP', seed);
    const validity = { validFrom: toDate(today) };
    return { claims: { ...claims, parentLicence: parent.number }, validity, parent: parent.id, ...change };
  };
  const send = (query: string, body: string, headers: Record<string, string> = {}) =>
    ask(`/v1/imports?${TYPE}&${query}`, {
      body,
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': `parents-${++nextKey}`, ...headers },
    });
  const importRows = async (rows: readonly object[], query = 'mode=good', headers: Record<string, string> = {}) =>
    send(query, rows.map((row) => `${JSON.stringify(row)}\n`).join(''), headers);
  const errorsOf = async (id: string) =>
    (await ask(`/v1/imports/${id}/errors`)).json.items.map(
      ({ row, pointer, column, code }: { row: number; pointer: string; column: string | null; code: string }) => ({
        row,
        pointer,
        column,
        code,
      }),
    );
  const childrenOf = async ({ id }: Parent) => (await ask(`/v1/credentials?parent=${id}&order=asc`)).json.items;

  it('keep the parent, and end with it', async () => {
    const [one, other] = [await licence(10), await licence(11, { validFrom: start, validUntil: toDate(today + 90) })];
    const { json } = await importRows([rowOf(10, one), rowOf(11, other), rowOf(12, one)]);
    expect(json.counts, JSON.stringify(json)).to.include({ ready: 3, issued: 3 });
    expect((await childrenOf(one)).map(({ validUntil }: { validUntil: string }) => validUntil)).to.deep.equal([
      end,
      end,
    ]);
    expect((await childrenOf(other)).map(({ validUntil }: { validUntil: string }) => validUntil)).to.deep.equal([
      toDate(today + 90),
    ]);
    expect((await ask(`/v1/credentials/${one.id}`)).json.children).to.equal(2);
  });

  it('are told of every row whose parent is none, with its line', async () => {
    const [parent, revoked] = [await licence(20), await licence(21)];
    await ask(`/v1/credentials/${revoked.id}/revoke`, { body: { reason: 'ceased' } });
    const stranger = (await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential() })).json;
    const late = { validity: { validFrom: toDate(today), validUntil: toDate(today + 701) } };
    const { json } = await importRows([
      rowOf(20, parent),
      rowOf(21, { ...parent, id: 'crd_000000000000' }),
      rowOf(22, { ...parent, id: stranger.id }),
      rowOf(23, revoked),
      rowOf(24, { ...parent, number: 'another' }),
      rowOf(25, parent, late),
      rowOf(26, { ...parent, id: (await childOf(parent, 27)).id }),
    ]);
    expect(json.counts).to.include({ ready: 1, malformed: 6 });
    expect(await errorsOf(json.id)).to.deep.equal([
      { row: 2, pointer: '/parent', column: null, code: 'CREDENTIAL_NOT_FOUND' },
      { row: 3, pointer: '/parent', column: null, code: 'CREDENTIAL_NOT_FOUND' },
      { row: 4, pointer: '/parent', column: null, code: 'PARENT_ENDED' },
      { row: 5, pointer: '/claims/parentLicence', column: null, code: 'PARENT_OTHER' },
      { row: 6, pointer: '/validity/validUntil', column: null, code: 'AFTER_PARENT' },
      { row: 7, pointer: '/parent', column: null, code: 'PARENT_NOT_ALLOWED' },
    ]);
  });

  async function childOf(parent: Parent, seed: number): Promise<{ id: string }> {
    return (await ask('/v1/credentials', { body: { type: 'TIA-BP', ...rowOf(seed, parent) } })).json;
  }

  it('find no parent of another department, whoever asks the database', async () => {
    const { id } = await licence(28);
    const found = (issuer: number) => findParents(service.db, service.deps, { issuer, ids: [id] });
    expect([...(await found(tia.issuer.id)).keys()]).to.deep.equal([id]);
    expect([...(await found(service.fehd.issuer.id)).keys()]).to.deep.equal([]);
  });

  it('name it in a column of a CSV, which no other type has', async () => {
    const parent = await licence(30);
    const [head, example] = await templateOf('TIA-BP');
    expect(head).to.include('parent');
    expect((await templateOf('TIA-TAL'))[0]).not.to.include('parent');
    const { claims } = rowOf(30, parent);
    const row = (id: string, number: string) =>
      (head as string[])
        .map((name, i) => {
          if (name === 'parent') return id;
          if (name === 'parentLicence') return number;
          if (name === 'validFrom') return toDate(today);
          if (name === 'validUntil' || name.startsWith('holder') || name === 'issued') return '';
          const own = name.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], claims);
          return typeof own === 'string' ? own : (example as string[])[i];
        })
        .map((cell) => `"${(cell as string).replaceAll('"', '""')}"`)
        .join(',');
    const lines = [(head as string[]).join(','), row(parent.id, parent.number), row('crd_000000000000', 'x')];
    const { json, text } = await send('mode=good', `${lines.join('\r\n')}\r\n`, { 'content-type': 'text/csv' });
    expect(json.counts, text).to.include({ ready: 1, malformed: 1 });
    expect(await errorsOf(json.id)).to.deep.equal([
      { row: 3, pointer: '/parent', column: 'parent', code: 'CREDENTIAL_NOT_FOUND' },
    ]);
    expect(await childrenOf(parent)).to.have.length(1);
  });

  async function templateOf(type: string): Promise<string[][]> {
    const { text } = await ask(`/v1/types/${type}/template.csv`);
    return readRecords(text.replace(/^\ufeff/, ''));
  }

  it('are refused a parent where the type has none', async () => {
    const parent = await licence(40);
    const { type: _, ...row } = newCredential('TIA-TAL', 41);
    const { json } = await ask('/v1/imports?type=TIA-TAL&mode=good', {
      body: JSON.stringify({ ...row, parent: parent.id }),
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'childless' },
    });
    expect(await errorsOf(json.id)).to.deep.equal([
      { row: 1, pointer: '/parent', column: null, code: 'PARENT_NOT_ALLOWED' },
    ]);
  });

  it('are refused whole where a parent ended before the file did, and nothing of them stays', async () => {
    const [kept, revoked] = [await licence(50), await licence(51)];
    const headers = { 'idempotency-key': 'orphans' };
    const first = await importRows([rowOf(50, kept), rowOf(51, revoked)], 'mode=all', {
      ...headers,
      'upload-complete': '?0',
    });
    expect(first.json.counts, first.text).to.include({ ready: 2, malformed: 0 });
    const ended = await ask(`/v1/credentials/${revoked.id}/revoke`, { body: { reason: 'ceased' } });
    expect(ended.json.act, ended.text).to.equal('revoke');
    const rest = await importRows([rowOf(52, kept)], 'mode=all', {
      ...headers,
      'upload-offset': String(first.json.received.bytes),
    });
    expect(rest.json, rest.text).to.include({ state: 'refused' });
    expect(rest.json.counts).to.include({ ready: 2, malformed: 1, issued: 0 });
    expect(await errorsOf(rest.json.id)).to.deep.equal([
      { row: 2, pointer: '/parent', column: null, code: 'PARENT_ENDED' },
    ]);
    expect(await childrenOf(kept)).to.deep.equal([]);
  });

  it('belong to no parent that ended while they were checked', async () => {
    const parent = await licence(70);
    const { check } = service.checker;
    let checks = 0;
    service.checker.check = async (...asked) => {
      const checked = await check(...asked);
      if (++checks === 1) await ask(`/v1/credentials/${parent.id}/revoke`, { body: { reason: 'ceased' } });
      return checked;
    };
    const { json, text } = await importRows([rowOf(70, parent)]).finally(() => {
      service.checker.check = check;
    });
    expect(json.counts, text).to.include({ ready: 0, malformed: 1 });
    expect(checks).to.equal(2);
    expect(await childrenOf(parent)).to.deep.equal([]);
  });

  it('are released where the parents still stand', async () => {
    const [kept, moved] = [await licence(60), await licence(61)];
    const whole = await importRows([rowOf(60, kept), rowOf(61, moved)], 'mode=all');
    expect(whole.json, whole.text).to.include({ state: 'completed' });
    expect([(await childrenOf(kept)).length, (await childrenOf(moved)).length]).to.deep.equal([1, 1]);
  });

  it('that wait for approval are refused whole where a parent ended before the last one, whatever bad rows do', async () => {
    for (const [index, mode] of ['all', 'good'].entries()) {
      const [kept, revoked] = [await licence(80 + index), await licence(90 + index)];
      const file = await importRows(
        [rowOf(80 + 2 * index, kept), rowOf(81 + 2 * index, revoked)],
        `mode=${mode}&approval=true`,
      );
      expect(file.json, file.text).to.include({ state: 'submitted' });
      await ask(`/v1/credentials/${revoked.id}/revoke`, { body: { reason: 'ceased' } });
      const approved = await approve(file.json);
      expect(approved.json, approved.text).to.include({ state: 'refused' });
      expect(approved.json.counts).to.include({ ready: 1, malformed: 1, issued: 0 });
      expect(await errorsOf(file.json.id)).to.deep.equal([
        { row: 2, pointer: '/parent', column: null, code: 'PARENT_ENDED' },
      ]);
      while (await settleImports(service.db, service.deps)) {}
      expect(await storedOf(file.json.id)).to.equal(0);
      expect(await childrenOf(kept)).to.deep.equal([]);
    }
  });

  it('that wait for approval leave out a row whose parent ended before the last one came, and are approved without it', async () => {
    for (const [index, others] of [0, 1].entries()) {
      const [kept, revoked] = [await licence(100 + index), await licence(110 + index)];
      const headers = { 'idempotency-key': `left-out-${index}` };
      const rows = [rowOf(100 + 2 * index, revoked), ...(others ? [rowOf(101 + 2 * index, kept)] : [])];
      const first = await importRows(rows, 'mode=good&approval=true', { ...headers, 'upload-complete': '?0' });
      expect(first.json.counts, first.text).to.include({ ready: rows.length });
      await ask(`/v1/credentials/${revoked.id}/revoke`, { body: { reason: 'ceased' } });
      const rest = await send('mode=good&approval=true', '', {
        ...headers,
        'upload-offset': String(first.json.received.bytes),
      });
      expect(rest.json, rest.text).to.include({ state: others ? 'submitted' : 'completed' });
      expect(rest.json.counts).to.include({ ready: others, malformed: 1, issued: 0 });
      expect(await storedOf(rest.json.id)).to.equal(others);
      if (!others) continue;
      expect((await approve(rest.json)).json, 'as it is').to.include({ state: 'approved' });
      while (await settleImports(service.db, service.deps)) {}
      expect(await childrenOf(kept)).to.have.length(1);
    }
  });

  it('that were approved are refused whole where a parent ends before they are shown', async () => {
    const [kept, revoked] = [await licence(120), await licence(121)];
    const file = await importRows([rowOf(120, kept), rowOf(121, revoked)], 'mode=all&approval=true');
    expect((await approve(file.json)).json).to.include({ state: 'approved' });
    await ask(`/v1/credentials/${revoked.id}/revoke`, { body: { reason: 'ceased' } });
    while (await settleImports(service.db, service.deps)) {}
    const { json } = await ask(`/v1/imports/${file.json.id}`);
    expect(json).to.include({ state: 'refused' });
    expect(json.counts).to.include({ ready: 1, malformed: 1, issued: 0 });
    expect(await storedOf(file.json.id)).to.equal(0);
    expect(await childrenOf(kept)).to.deep.equal([]);
  });

  async function approve({
    id,
    approval,
  }: {
    id: string;
    approval: { contentHash: string };
  }): Promise<Awaited<ReturnType<typeof call>>> {
    const key = await createRoleKey(service.db, tia.issuer, 'approver');
    return call(service, `/v1/imports/${id}/approve`, { key, body: { contentHash: approval.contentHash } });
  }

  async function storedOf(id: string): Promise<number> {
    const { count } = await service.db
      .selectFrom('credentials')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('import_seq', '=', Number(id.slice(4)))
      .executeTakeFirstOrThrow();
    return Number(count);
  }
});
