import { expect } from 'chai';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { inDepartment, inHolder, wallPool } from '../../../server/store/department-wall.ts';
import type { Database, Db } from '../../../server/store/schema.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { createDatabase } from '../database.ts';

describe('the wall between departments', () => {
  let url: string;
  let store: Store;
  let one: { id: number };
  let two: { id: number };

  before(async () => {
    url = await createDatabase();
    store = await openStore(url);
    [one, two] = [await admit('ONE'), await admit('TWO')];
  });
  after(() => store.close());

  async function admit(code: string): Promise<{ id: number }> {
    const issuer = await store.db
      .insertInto('issuers')
      .values({ code, profile: '0'.repeat(64) })
      .returningAll()
      .executeTakeFirstOrThrow();
    await createApiKey(store.db, { issuer, name: code, isTest: true });
    return issuer;
  }

  const namesOfKeys = async () =>
    (await store.departmentDb.selectFrom('api_keys').select('name').execute()).map(({ name }) => name);

  it('shows a query that names no issuer the rows of its own department', async () => {
    expect(await inDepartment(one, namesOfKeys)).to.deep.equal(['ONE']);
    expect(await inDepartment(two, namesOfKeys)).to.deep.equal(['TWO']);
  });

  it('shows nothing where no department is named, also on a connection that had one', async () => {
    await Promise.all(Array.from({ length: 12 }, () => inDepartment(one, namesOfKeys)));
    expect(await namesOfKeys()).to.deep.equal([]);
  });

  it('keeps departments apart that ask at the same time', async () => {
    const asked = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? one : two));
    const seen = await Promise.all(asked.map((department) => inDepartment(department, namesOfKeys)));
    expect(seen.map(([name]) => name)).to.deep.equal(asked.map((department) => (department === one ? 'ONE' : 'TWO')));
  });

  it('shows one department of the departments', async () => {
    const codes = () => store.departmentDb.selectFrom('issuers').select('code').execute();
    expect(await inDepartment(two, codes)).to.deep.equal([{ code: 'TWO' }]);
  });

  it("neither changes, removes nor adds a row of another's", async () => {
    const { departmentDb, db } = store;
    await inDepartment(one, async () => {
      await departmentDb.updateTable('api_keys').set({ name: 'taken' }).execute();
      await departmentDb.deleteFrom('api_keys').where('name', '=', 'TWO').execute();
      const row = {
        issuer_id: two.id,
        key: 'k',
        method: 'POST',
        path: '/',
        body_sha256: Buffer.alloc(32),
        status: 201,
      };
      const refused = await departmentDb
        .insertInto('idempotency_keys')
        .values({ ...row, body: '{}', actor: 'key:1' })
        .execute()
        .catch((error: { code: string }) => error.code);
      expect(refused).to.equal('42501');
    });
    const names = (await db.selectFrom('api_keys').select('name').orderBy('id').execute()).map(({ name }) => name);
    expect(names).to.deep.equal(['taken', 'TWO']);
    await db.updateTable('api_keys').set({ name: 'ONE' }).where('name', '=', 'taken').execute();
  });

  it('gives a request nothing of the tables that belong to no department', async () => {
    const refused = await inDepartment(one, () =>
      store.departmentDb
        .selectFrom('transactions')
        .selectAll()
        .execute()
        .catch((error: { code: string }) => error.code),
    );
    expect(refused).to.equal('42501');
  });

  it('stands before every table that has an issuer_id', async () => {
    const { rows } = await sql<{ name: string; secured: boolean; policies: string[] | null }>`
      select c.relname as name, c.relrowsecurity as secured,
        (select array_agg(pg_get_expr(p.polqual, p.polrelid)) from pg_policy p
          where p.polrelid = c.oid and not p.polroles = array[(select oid from pg_roles where rolname = 'eproof_holder')]) as policies
      from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'issuer_id')`.execute(store.db);
    expect(rows).not.to.have.length(0);
    for (const { name, secured, policies } of rows) {
      expect(secured, name).to.equal(true);
      // one and no other: a second policy would be added to it, and let more through
      expect(policies, name).to.deep.equal([
        "(issuer_id = (NULLIF(current_setting('eproof.issuer'::text, true), ''::text))::integer)",
      ]);
    }
  });

  it('gives the role of requests no way round', async () => {
    const { rows } = await sql`select rolsuper, rolbypassrls, rolcreaterole, rolcanlogin from pg_roles
      where rolname = 'eproof_department'`.execute(store.db);
    expect(rows).to.deep.equal([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcanlogin: false }]);
  });

  describe('and between holders', () => {
    const [chan, wong] = ['a', 'b'].map((text) => ({ subjectHmac: Buffer.alloc(32, text) })) as [Holder, Holder];
    type Holder = { subjectHmac: Buffer };
    const TABLES = ['credentials', 'shares', 'reports', 'companies', 'company_acts'] as const;

    before(async () => {
      const { db } = store;
      const type = { issuer_id: one.id, number: 1, code: 'ONE-A', version: 1, definition: '' };
      await db.insertInto('credential_types').values(type).execute();
      for (const { subjectHmac } of [chan, wong]) {
        const sealed = { data_key: Buffer.alloc(1), sealed: Buffer.alloc(1), created_at: new Date() };
        const { seq } = await db
          .insertInto('companies')
          .values({ subject_hmac: subjectHmac, ...sealed })
          .returning('seq')
          .executeTakeFirstOrThrow();
        const person = { company_seq: seq, person_hmac: subjectHmac, role: 'admin', source: 'provider' } as const;
        const delegate = await db
          .insertInto('delegates')
          .values({
            ...person,
            sealed: Buffer.alloc(1),
            nomination_seq: null,
            created_at: new Date(),
            created_by: null,
          })
          .returning('seq')
          .executeTakeFirstOrThrow();
        const acted = { company_seq: seq, delegate_seq: delegate.seq, act: 'share.end', object: null, at: new Date() };
        await db.insertInto('company_acts').values(acted).execute();
        await sql`insert into credentials (id, issuer_id, type_number, code, version, definition, header, issued, valid_from, content_hash, wrapped_key,
            payload, holder_subject_hmac, identity, prepared_by, created_at, state)
          values (${subjectHmac.subarray(0, 6)}, ${one.id}, 1, 'ONE-A', 1, '', '', 1, 1, ${subjectHmac}, '1', '1', ${subjectHmac}, ${subjectHmac.subarray(0, 16)}, 't', now(), 'submitted')`.execute(
          db,
        );
        await sql`insert into shares (id, issuer_id, credential_seq, holder_subject_hmac, idempotency_key, expires_at, created_at)
          select ${subjectHmac.subarray(0, 16)}, issuer_id, seq, holder_subject_hmac, 'k', now(), now() from credentials
          where holder_subject_hmac = ${subjectHmac}`.execute(db);
        await sql`insert into reports (issuer_id, credential_seq, holder_subject_hmac, idempotency_key, kind, data_key, message, created_at)
          select issuer_id, seq, holder_subject_hmac, 'k', 'lost', '', '', now() from credentials
          where holder_subject_hmac = ${subjectHmac}`.execute(db);
      }
    });

    const counts = async () => {
      const found = TABLES.map(
        async (table) => (await store.departmentDb.selectFrom(table).selectAll().execute()).length,
      );
      return Promise.all(found);
    };

    it('shows a query that names no holder the rows of one, and none where none is named', async () => {
      expect(await inHolder(chan, counts)).to.deep.equal([1, 1, 1, 1, 1]);
      expect(await inHolder({ subjectHmac: Buffer.alloc(32, 'c') }, counts)).to.deep.equal([0, 0, 0, 0, 0]);
      const own = () => store.departmentDb.selectFrom('credentials').select('holder_subject_hmac').execute();
      const both = await Promise.all([chan, wong, chan].map((holder) => inHolder(holder, own)));
      expect(both.map(([row]) => row?.holder_subject_hmac)).to.deep.equal([chan, wong, chan].map((h) => h.subjectHmac));
      expect(await inDepartment(two, own), 'nor does a department see what was a holder’s').to.deep.equal([]);
    });

    it('neither changes nor adds a row of another’s, and is given nothing else', async () => {
      const { departmentDb: db } = store;
      const codeOf = (asked: Promise<unknown>) =>
        asked.then(
          () => 'done',
          (error: { code?: string }) => error.code,
        );
      await inHolder(chan, async () => {
        await db.updateTable('shares').set({ ended_at: new Date() }).execute();
        expect(
          await codeOf(
            sql`insert into shares (id, issuer_id, credential_seq, holder_subject_hmac, idempotency_key, expires_at, created_at)
          select '\\x00000000000000000000000000000000', issuer_id, seq, ${wong.subjectHmac}, 'x', now(), now() from credentials`.execute(
              db,
            ),
          ),
        ).to.equal('42501');
        expect(await codeOf(db.updateTable('credentials').set({ revoked: true }).execute())).to.equal('42501');
        for (const table of [
          'api_keys',
          'officers',
          'sessions',
          'delegates',
          'images',
          'mails',
          'audit_records',
        ] as const)
          expect(await codeOf(db.selectFrom(table).selectAll().execute()), table).to.equal('42501');
      });
      const rows = await store.db.selectFrom('shares').select(['holder_subject_hmac', 'ended_at']).execute();
      for (const row of rows) expect(row.ended_at !== null).to.equal(row.holder_subject_hmac.equals(chan.subjectHmac));
    });
  });

  it('is raised before a table that a later migration makes', async () => {
    await sql`create table made_later (issuer_id integer not null, word text not null)`.execute(store.db);
    await sql`insert into made_later values (${one.id}, 'one'), (${two.id}, 'two')`.execute(store.db);
    await (await openStore(url)).close();
    const words = () => sql<{ word: string }>`select word from made_later`.execute(store.departmentDb);
    expect((await inDepartment(two, words)).rows).to.deep.equal([{ word: 'two' }]);
    await sql`drop table made_later`.execute(store.db);
  });

  describe('that cannot be raised', () => {
    let pool: pg.Pool;
    let db: Db;
    let role: string;

    before(() => {
      pool = new pg.Pool({ connectionString: url, max: 1, pipeline: true });
      pool.on('connect', (client) => {
        const query = client.query.bind(client) as (...asked: unknown[]) => unknown;
        const inRole = (text: unknown) => (typeof text === 'string' ? text.replace('eproof_department', role) : text);
        client.query = ((text: unknown, ...more: unknown[]) => query(inRole(text), ...more)) as typeof client.query;
      });
      db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: wallPool(pool) }) });
    });
    after(() => db.destroy());
    beforeEach(() => {
      role = 'nobody_has_this_role';
    });

    const codeOf = (asked: Promise<unknown>) =>
      asked.then(
        () => 'answered',
        (error: { code?: string }) => error.code,
      );
    const names = async () => (await db.selectFrom('api_keys').select('name').execute()).map(({ name }) => name);

    it('answers no question, not even of the department before', async () => {
      expect(await inDepartment(one, () => codeOf(names()))).to.equal('22023');
    });

    it('lets nothing be changed', async () => {
      const rename = () => db.updateTable('api_keys').set({ name: 'taken' }).execute();
      expect(await inDepartment(one, () => codeOf(rename()))).to.equal('22023');
      role = 'eproof_department';
      expect(await inDepartment(one, names)).to.deep.equal(['ONE']);
    });

    it('leaves no transaction to whoever comes next', async () => {
      const begin = () => db.transaction().execute((tx) => tx.selectFrom('api_keys').select('name').execute());
      expect(await inDepartment(one, () => codeOf(begin()))).to.equal('22023');
      role = 'eproof_department';
      const { rows } = await inDepartment(two, () => sql`select now() = statement_timestamp() as alone`.execute(db));
      expect(rows).to.deep.equal([{ alone: true }]);
    });
  });
});
