import { expect } from 'chai';
import { sql } from 'kysely';
import { openStore, withLock } from '../../../server/store/store.ts';
import { createDatabase, createEmptyDatabase } from '../database.ts';

describe('store', () => {
  let url: string;

  beforeEach(async () => {
    url = await createDatabase();
  });

  it('makes its tables once, also when two instances start together', async () => {
    url = await createEmptyDatabase();
    const [first, second] = await Promise.all([openStore(url), openStore(url)]);
    expect(await first.db.selectFrom('credentials').selectAll().execute()).to.deep.equal([]);
    await Promise.all([first.close(), second.close()]);
    const again = await openStore(url);
    await again.close();
  });

  it('rejects a database that a newer release has changed', async () => {
    const { db, close } = await openStore(url);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', 'now')`.execute(db);
    await close();
    const error = await openStore(url).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'STORE_NEWER' });
    expect((error as Error).message).to.contain('9999-future');
  });

  it('gives a lock to one instance at a time', async () => {
    const [first, second] = await Promise.all([openStore(url), openStore(url)]);
    const gate = Promise.withResolvers<string>();
    const holding = withLock(first.db, 'relay', () => gate.promise);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await withLock(second.db, 'relay', async () => 'two')).to.equal(undefined);
    expect(await withLock(second.db, 'provision', async () => 'other')).to.equal('other');
    gate.resolve('one');
    expect(await holding).to.equal('one');
    expect(await withLock(second.db, 'relay', async () => 'two')).to.equal('two');
    await Promise.all([first.close(), second.close()]);
  });

  it('has its locks end a minute after its machine is gone, without a goodbye', async () => {
    const { db, close } = await openStore(url);
    const { rows } = await sql<{ name: string; setting: string }>`select name, setting from pg_settings
      where name like 'tcp\\_keepalives\\_%' order by name`.execute(db);
    const seconds = Object.fromEntries(rows.map(({ name, setting }) => [name, Number(setting)]));
    expect(seconds).to.deep.equal({ tcp_keepalives_count: 3, tcp_keepalives_idle: 30, tcp_keepalives_interval: 10 });
    await close();
  });

  it('survives that a connection in use is cut: whoever uses it hears of it, and the next work goes on', async () => {
    const lost: Error[] = [];
    const { db, close } = await openStore(url, { onConnectionError: (error) => void lost.push(error) });
    const other = await openStore(url);
    const cut = withLock(db, 'relay', async () => {
      // and waits until they are gone, so that no connection that is still to be cut is lent to the work after this
      await sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(other.db);
      while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    });
    expect(await cut.catch((error: Error) => error)).to.be.an('error');
    expect(await withLock(db, 'relay', async () => 'again')).to.equal('again');
    await Promise.all([close(), other.close()]);
  });

  it('never stores two transactions under one nonce', async () => {
    const { db, close } = await openStore(url);
    const row = { sender: '0x1', nonce: 4, raw: '0x', purpose: 'anchor' as const };
    const insert = (hash: string, state: 'stored' | 'lost') =>
      db
        .insertInto('transactions')
        .values({ ...row, hash, state })
        .execute();
    await insert('a', 'lost');
    await insert('b', 'stored');
    const refused = await insert('c', 'stored').catch((error: { constraint: string }) => error.constraint);
    expect(refused).to.equal('transactions_nonce');
    await close();
  });
});
