import { expect } from 'chai';
import type { Role } from '../../../server/auth/policy.ts';
import { settleImports } from '../../../server/imports/release.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { finalise } from '../finalise.ts';
import { call, createRoleKey, newCredential, startService, type TestService } from '../http/service.ts';

const TYPE = 'FEHD-GRL';

describe('files that wait for approval', () => {
  let service: TestService;
  const keys = { preparer: '', other: '', approver: '', second: '', admin: '' };
  let nextSeed = 0;
  let nextKey = 0;

  before(async () => {
    service = await startService();
    const keyFor = (role: Role) => createRoleKey(service.db, service.fehd.issuer, role);
    await call(service, '/v1/webhooks', {
      key: service.fehd.apiKey,
      body: { url: 'https://example.com/hook', events: ['import.finished'] },
    });
    keys.preparer = await keyFor('preparer');
    keys.other = await keyFor('preparer');
    keys.approver = await keyFor('approver');
    keys.second = await keyFor('approver');
    keys.admin = await keyFor('admin');
  });
  after(() => service.stop());

  const rows = (count: number) =>
    Array.from({ length: count }, () => {
      const { type: _, ...row } = newCredential(TYPE, nextSeed++);
      return row;
    });
  const toFile = (all: readonly object[]) => all.map((row) => `${JSON.stringify(row)}\n`).join('');

  interface Sending {
    who?: keyof typeof keys;
    query?: string;
    idempotencyKey?: string;
  }

  function send(body: string, { who = 'preparer', query = 'approval=true', idempotencyKey }: Sending = {}) {
    return call(service, `/v1/imports?type=${TYPE}&${query}`, {
      key: keys[who],
      body,
      headers: {
        'content-type': 'application/x-ndjson',
        'idempotency-key': idempotencyKey ?? `file-${++nextKey}`,
      },
    });
  }

  const submitted = async (count: number) => (await send(toFile(rows(count)))).json;
  const say = (who: keyof typeof keys, id: string, act: string, body: object) =>
    call(service, `/v1/imports/${id}/${act}`, { key: keys[who], body });
  const get = (path: string, who: keyof typeof keys = 'approver') =>
    call(service, `/v1/imports/${path}`, { key: keys[who] });
  const approve = (who: keyof typeof keys, { id, approval }: { id: string; approval: { contentHash: string } }) =>
    say(who, id, 'approve', { contentHash: approval.contentHash });
  const rule = (approvals: number) =>
    call(service, `/v1/types/${TYPE}/rules`, {
      key: keys.admin,
      body: { approvals, statusApprovals: 0, retentionMonths: null },
    });
  const settle = async () => {
    while (await settleImports(service.db, service.deps)) {}
  };
  const storedOf = (id: string) =>
    service.db
      .selectFrom('credentials')
      .selectAll()
      .where('import_seq', '=', Number(id.slice(4)))
      .orderBy('seq')
      .execute();
  const shown = async () =>
    (await call(service, '/v1/credentials?limit=100', { key: keys.approver })).json.items.map(
      ({ id }: { id: string }) => id,
    );

  it('are neither shown nor sealed before, and all of them after', async () => {
    const before = await shown();
    const file = await submitted(25);
    expect(file).to.include({ state: 'submitted', finishedAt: null });
    expect(file.counts).to.include({ ready: 25, issued: 0 });
    expect(file.approval).to.deep.include({ given: [], needed: 1, returnedBy: null });
    await settle();
    await finalise(service);
    expect(await shown()).to.deep.equal(before);
    expect(new Set((await storedOf(file.id)).map(({ state }) => state))).to.deep.equal(new Set(['submitted']));

    const approved = await approve('approver', file);
    expect(approved.json, approved.text).to.include({ state: 'approved' });
    expect(approved.json.approval.given).to.have.length(1);
    await settle();
    const { json } = await get(file.id);
    expect(json).to.include({ state: 'completed' });
    expect(json.counts).to.include({ ready: 25, issued: 25 });
    expect(await shown()).to.have.length(before.length + 25);
    await finalise(service);
    expect(new Set((await storedOf(file.id)).map(({ state }) => state))).to.deep.equal(new Set(['final']));
    expect((await storedOf(file.id))[0]?.approved_by).to.equal(json.approval.given[0].by);
    const acts = await service.db
      .selectFrom('audit_records')
      .select(['act', 'actor'])
      .where('object', '=', file.id)
      .orderBy('seq')
      .execute();
    expect(acts.map(({ act }) => act)).to.deep.equal(['import.begin', 'import.submit', 'import.approve', 'import.end']);
    expect(acts[0]?.actor).to.equal(json.preparedBy);
    const events = await service.db
      .selectFrom('webhook_events')
      .select('data')
      .where('type', '=', 'import.finished')
      .execute();
    expect(events.map(({ data }) => data)).to.deep.include({
      import: file.id,
      href: `/v1/imports/${file.id}`,
      state: 'completed',
      dryRun: false,
      ...json.counts,
    });
  });

  it('are approved by somebody else than who sent them, each once, as often as the type demands', async () => {
    await rule(2);
    try {
      const refused = await send(toFile(rows(1)), { who: 'preparer', query: 'mode=all' });
      expect(refused.json.code).to.equal('FORBIDDEN');
      const direct = await call(service, `/v1/imports?type=${TYPE}`, {
        key: service.fehd.apiKey,
        body: toFile(rows(1)),
        headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'direct' },
      });
      expect([direct.json.code, direct.json.detail]).to.satisfy(
        ([code, detail]: string[]) => code === 'APPROVAL_REQUIRED' && detail?.includes('approval=true'),
      );
      const file = await submitted(3);
      const both = await createRoleKey(service.db, service.fehd.issuer, 'preparer', 'approver');
      const own = await call(service, `/v1/imports?type=${TYPE}&approval=true`, {
        key: both,
        body: toFile(rows(1)),
        headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'own' },
      });
      const alone = await call(service, `/v1/imports/${own.json.id}/approve`, {
        key: both,
        body: { contentHash: own.json.approval.contentHash },
      });
      expect(alone.json.code).to.equal('SAME_PERSON');
      expect((await approve('approver', file)).json).to.include({ state: 'submitted' });
      expect((await approve('approver', file)).json.code).to.equal('SAME_PERSON');
      expect((await approve('second', file)).json).to.include({ state: 'approved' });
      expect((await approve('second', file)).json.code).to.equal('IMPORT_STATE');
      await settle();
      await finalise(service);
      expect((await storedOf(file.id)).map(({ state }) => state)).to.deep.equal(['final', 'final', 'final']);
    } finally {
      await rule(0);
    }
  });

  it('are approved by the hash of what was seen alone, and not by who may only prepare', async () => {
    const file = await submitted(2);
    const other = await say('approver', file.id, 'approve', { contentHash: '0'.repeat(64) });
    expect([other.status, other.json.code]).to.deep.equal([409, 'CONTENT_CHANGED']);
    expect((await approve('other', file)).json.code).to.equal('FORBIDDEN');
    expect((await say('approver', file.id, 'withdraw', {})).json.code).to.equal('FORBIDDEN');
    const td = await call(service, `/v1/imports/${file.id}/approve`, {
      key: service.td.apiKey,
      body: { contentHash: file.approval.contentHash },
    });
    expect(td.json.code).to.equal('IMPORT_NOT_FOUND');
  });

  it('leave bad rows out, or are refused whole, as asked; with no good row there is nothing to approve', async () => {
    const [good, bad] = [rows(2), { ...rows(1)[0], claims: {} }];
    const kept = (await send(toFile([...good, bad]), { query: 'approval=true&mode=good' })).json;
    expect(kept).to.include({ state: 'submitted' });
    expect(kept.counts).to.include({ ready: 2, malformed: 1, issued: 0 });
    const whole = (await send(toFile([...rows(2), bad]), { query: 'approval=true&mode=all' })).json;
    expect(whole).to.include({ state: 'refused' });
    expect(await storedOf(whole.id)).to.deep.equal([]);
    const none = (await send(toFile([bad]), { query: 'approval=true&mode=good' })).json;
    expect(none).to.include({ state: 'completed' });
    const trial = (await send(toFile([...rows(2), bad]), { query: 'approval=true&mode=good&dryRun=true' })).json;
    expect(trial).to.include({ state: 'completed', dryRun: true });
    expect(trial.counts).to.include({ ready: 2, malformed: 1, issued: 0 });
  });

  it('are returned with a note that only the department reads, and mended ones are taken at once', async () => {
    const all = rows(3);
    const file = (await send(toFile(all))).json;
    const again = (await send(toFile(all), { query: 'approval=true&mode=good' })).json;
    expect(again.counts).to.include({ ready: 0, alreadyIssued: 3 });
    const note = 'Secret Kitchen is not in line 2';
    const answered = await say('approver', file.id, 'return', { note });
    expect(answered.json).to.include({ state: 'returned' });
    expect(answered.json.approval).to.include({ note });
    const { json } = await get(file.id, 'preparer');
    expect(json.approval).to.include({ note });
    expect(json.approval.returnedBy).to.be.a('string');
    const mended = (await send(toFile(all))).json;
    expect(mended.counts).to.include({ ready: 3, alreadyIssued: 0 });
    await settle();
    expect(await storedOf(file.id)).to.deep.equal([]);
    expect(await storedOf(mended.id)).to.have.length(3);
    const stored = JSON.stringify([
      await service.db.selectFrom('imports').selectAll().execute(),
      await service.db.selectFrom('idempotency_keys').selectAll().execute(),
      await service.db.selectFrom('audit_records').selectAll().execute(),
    ]);
    for (const text of [note, Buffer.from(note).toString('hex'), JSON.stringify(Buffer.from(note))])
      expect(stored).not.to.include(text);
    expect((await approve('approver', file)).json.code).to.equal('IMPORT_STATE');
  });

  it('are withdrawn by who prepares, and leave nothing', async () => {
    const file = await submitted(2);
    expect((await say('other', file.id, 'withdraw', {})).json).to.include({ state: 'withdrawn' });
    await settle();
    expect(await storedOf(file.id)).to.deep.equal([]);
    expect((await get(file.id)).json.counts).to.include({ ready: 2, issued: 0 });
  });

  it('show their rows as they will be signed: all in order, a sample that nobody chose, and a preview', async () => {
    const all = rows(45);
    const file = (await send(toFile(all))).json;
    const first = (await get(`${file.id}/rows?limit=30`)).json;
    const second = (await get(`${file.id}/rows?limit=30&starting_after=${first.next}`)).json;
    expect([first.has_more, second.has_more]).to.deep.equal([true, false]);
    const seen = [...first.items, ...second.items];
    expect(seen.map(({ row }) => row)).to.deep.equal(all.map((_, i) => i + 1));
    expect(seen.map(({ claims }) => claims.licenceNumber)).to.deep.equal(all.map(({ claims }) => claims.licenceNumber));
    expect(seen[0].validity.validFrom).to.equal(all[0]?.validity.validFrom);
    const sample = (await get(`${file.id}/rows?order=sample`)).json;
    expect(sample).to.include({ has_more: false });
    expect(sample.items).to.have.length(20);
    expect((await get(`${file.id}/rows?order=sample`)).json).to.deep.equal(sample);
    expect(sample.items.map(({ row }: { row: number }) => row)).not.to.deep.equal(
      all.slice(0, 20).map((_, i) => i + 1),
    );
    const preview = await get(`${file.id}/preview.pdf?row=7`);
    expect([preview.status, preview.headers.get('content-type')]).to.deep.equal([200, 'application/pdf']);
    expect((await get(`${file.id}/preview.pdf?row=99`)).json.code).to.equal('ROW_NOT_FOUND');
    expect((await get(`${file.id}/rows?starting_after=x`)).json.code).to.equal('CURSOR_INVALID');
    await approve('approver', file);
    for (const path of ['rows', 'preview.pdf?row=7'])
      expect((await get(`${file.id}/${path}`)).json.code).to.equal('IMPORT_STATE');
    const list = await call(service, '/v1/imports?state=submitted&limit=100', { key: keys.approver });
    const waiting = list.json.items.map(({ id }: { id: string }) => id);
    expect(waiting).not.to.include(file.id);
  });

  it('go on under their Idempotency-Key as they were begun', async () => {
    const file = toFile(rows(2));
    const idempotencyKey = 'as-begun';
    const first = await send(file, { idempotencyKey });
    const again = await send(file, { idempotencyKey });
    expect(again.json).to.deep.equal(first.json);
    expect((await send(file, { idempotencyKey, query: 'approval=true&dryRun=true' })).json.code).to.equal(
      'IDEMPOTENCY_KEY_REUSED',
    );
  });

  describe('of which a stored row was changed', () => {
    /** What somebody with the database could put in a row's place so that it decrypts and hashes to what it says. */
    async function smuggle(seq: number): Promise<void> {
      const { json } = await call(service, '/v1/credentials', {
        key: service.fehd.apiKey,
        body: newCredential(TYPE, nextSeed++),
      });
      const id = Buffer.from(fromCredentialId(json.id) as Uint8Array);
      const row = await service.db.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      await service.db.deleteFrom('credentials').where('seq', '=', row.seq).execute();
      const { header, content_hash, wrapped_key, payload } = row;
      await service.db
        .updateTable('credentials')
        .set({ id, header, content_hash, wrapped_key, payload })
        .where('seq', '=', seq)
        .execute();
    }

    it('before an approval are not approved', async () => {
      const file = await submitted(3);
      await smuggle((await storedOf(file.id))[1]!.seq);
      expect((await approve('approver', file)).json.code).to.equal('CONTENT_CHANGED');
    });

    it('or taken out, or put in, neither', async () => {
      const [short, long] = [await submitted(3), await submitted(3)];
      const [first] = await storedOf(short.id);
      await service.db
        .updateTable('credentials')
        .set({ import_seq: Number(long.id.slice(4)) })
        .where('seq', '=', first!.seq)
        .execute();
      expect((await approve('approver', short)).json.code).to.equal('CONTENT_CHANGED');
      await service.db
        .updateTable('import_parts')
        .set({ first_seq: first!.seq })
        .where('import_seq', '=', Number(long.id.slice(4)))
        .execute();
      expect((await approve('approver', long)).json.code).to.equal('CONTENT_CHANGED');
    });

    it('after the last approval are not sealed', async () => {
      const file = await submitted(3);
      await approve('approver', file);
      await settle();
      await smuggle((await storedOf(file.id))[1]!.seq);
      await finalise(service);
      expect((await storedOf(file.id)).map(({ state }) => state)).to.deep.equal(['failed', 'failed', 'failed']);
    });

    it('together with what was approved of its part are not sealed either', async () => {
      const file = await submitted(2);
      await approve('approver', file);
      await settle();
      const import_seq = Number(file.id.slice(4));
      const part = await service.db
        .selectFrom('import_parts')
        .selectAll()
        .where('import_seq', '=', import_seq)
        .executeTakeFirstOrThrow();
      await service.db
        .updateTable('import_parts')
        .set({ last_seq: part.last_seq + 1, sha256: Buffer.alloc(32) })
        .where('import_seq', '=', import_seq)
        .execute();
      await finalise(service);
      expect((await storedOf(file.id)).map(({ state }) => state)).to.deep.equal(['failed', 'failed']);
    });

    it('to be issued without approval are not sealed', async () => {
      const file = await submitted(2);
      const import_seq = Number(file.id.slice(4));
      await service.db
        .updateTable('credentials')
        .set({ state: 'issued', approved_at: new Date() })
        .where('import_seq', '=', import_seq)
        .execute();
      await service.db
        .updateTable('imports')
        .set({ state: 'completed', holds: false })
        .where('seq', '=', import_seq)
        .execute();
      await finalise(service);
      expect((await storedOf(file.id)).map(({ state }) => state)).to.deep.equal(['failed', 'failed']);
    });
  });
});
