import { expect } from 'chai';
import { sql } from 'kysely';
import { openStore, type Store } from '../../../server/store/store.ts';
import { lookAtYoungTables } from '../../../server/store/young-tables.ts';
import { createDatabase } from '../database.ts';

describe('a query that is asked again and again', () => {
  let store: Store;
  beforeEach(async () => {
    // one connection, so that what it remembers can be asked for
    store = await openStore(await createDatabase(), { maxConnections: 1 });
  });
  afterEach(() => store.close());

  const ask = (code: string) => store.db.selectFrom('issuers').selectAll().where('code', '=', code).execute();
  const remembered = async () =>
    (await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(store.db)).rows
      .map(({ statement }) => statement)
      .filter((statement) => statement.includes('"issuers"'));

  it('is planned once, and not before it came some times', async () => {
    for (let i = 0; i < 3; i++) await ask('FEHD');
    expect(await remembered()).to.deep.equal([]);
    for (let i = 0; i < 5; i++) await ask(`X${i}`);
    expect(await remembered()).to.have.length(1);
    await store.db
      .insertInto('issuers')
      .values({ code: 'FEHD', profile: 'ab'.repeat(32) })
      .execute();
    expect(await ask('FEHD')).to.have.length(1);
    expect(await ask('TD')).to.have.length(0);
  });

  it('fails once when a newer release gives its table a column, and works then', async () => {
    for (let i = 0; i < 5; i++) await ask('FEHD');
    await sql`alter table issuers add column motto text`.execute(store.db);
    const refused = await ask('FEHD').catch((error: { code?: string }) => error.code);
    expect(refused).to.equal('0A000');
    expect(await ask('FEHD')).to.deep.equal([]);
  });
});

describe('a table that PostgreSQL never looked at', () => {
  it('is looked at when it has rows enough, and once', async () => {
    const store = await openStore(await createDatabase());
    const look = () => lookAtYoungTables((query) => sql.raw(query).execute(store.db));
    const known = async () =>
      (
        await sql<{
          n: number;
        }>`select reltuples::int as n from pg_class where relname = 'credentials_and_copies'`.execute(store.db)
      ).rows[0]?.n;
    const add = (from: number, to: number) =>
      sql`insert into credentials (id, issuer_id, type_number, code, version, definition, state, header, issued, valid_from, content_hash, wrapped_key,
        payload, prepared_by) select decode(lpad(to_hex(n), 12, '0'), 'hex'), 1, 1, 'X', 1, 'x', 'draft', 'x', 1, 1, sha256('x'), 'x', 'x', 'x'
        from generate_series(${from}::int, ${to}::int) as n`.execute(store.db);
    try {
      await sql`insert into issuers (code, profile) values ('X', repeat('a', 64))`.execute(store.db);
      await sql`insert into credential_types (issuer_id, number, code, version, definition) values (1, 1, 'X', 1, 'x')`.execute(
        store.db,
      );
      await add(1, 99);
      await look();
      expect(await known()).to.equal(-1);
      await add(100, 100);
      await look();
      expect(await known()).to.equal(100);
      await add(101, 150);
      await look();
      expect(await known()).to.equal(100);
    } finally {
      await store.close();
    }
  });
});
