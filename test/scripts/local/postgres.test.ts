import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { LocalError } from '../../../scripts/local/local-error.ts';
import { type Postgres, startPostgres } from '../../../scripts/local/postgres.ts';
import { childrenOf, isAlive, killStarters, runStarter, untilTrue } from './starter.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

interface Report {
  url: string;
  pid: number;
  folder: string;
}

describe('the embedded PostgreSQL', () => {
  const running: Postgres[] = [];
  let lines: string[] = [];
  let created = '';

  afterEach(async () => {
    killStarters();
    await Promise.all(running.splice(0).map((server) => server.stop()));
    lines = [];
  });

  const temporary = useTemporaryFolder();

  before(async () => {
    created = mkdtempSync(join(tmpdir(), 'eproof-created-'));
    chmodSync(created, 0o711);
    await (await start(created)).stop();
    rmSync(join(created, 'config.json')); // the port is for each test to choose
  });

  after(() => rmSync(created, { recursive: true }));

  // as after the first start: making a database takes a second, copying one does not
  beforeEach(() => void execFileSync('cp', ['-a', join(created, 'postgres'), temporary()]));

  async function start(dataFolder = temporary()): Promise<Postgres> {
    const server = await startPostgres({ dataFolder, log: (line) => lines.push(line) });
    running.push(server);
    return server;
  }

  it('is a durable UTF-8 database that sorts by code point and listens on this machine only', async () => {
    const { url } = await start();
    expect(
      await query(
        url,
        `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'server_encoding', 'data_checksums') ORDER BY 1`,
      ),
    ).to.deep.equal([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'server_encoding', setting: 'UTF8' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
    expect(
      await query(url, `SELECT string_agg(t, '' ORDER BY t) AS sorted FROM (VALUES ('é'), ('b'), ('B'), ('牌')) v(t)`),
    ).to.deep.equal([{ sorted: 'Bbé牌' }]);
  });

  it('gives a role that owns its database and is no superuser', async () => {
    const { url } = await start();
    expect(
      await query(url, `SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user`),
    ).to.deep.equal([{ rolname: 'eproof', rolsuper: false, rolcreatedb: true }]);
    await query(url, 'CREATE TABLE t (i int)');
  });

  it('lets nobody in with another password, or as the superuser', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'wrong';
    expect(await refusal(query(wrong.href, 'SELECT 1'))).to.match(/password authentication failed/);
    wrong.username = 'postgres';
    expect(await refusal(query(wrong.href, 'SELECT 1'))).to.match(/password authentication failed/);
  });

  it('keeps its password and its log from other users', async () => {
    await start();
    for (const name of ['cluster.json', 'postgres.log'])
      expect(statSync(join(temporary(), 'postgres', name)).mode & 0o077).to.equal(0);
  });

  it('logs no statement that failed, whose values may be claims', async () => {
    const { url } = await start();
    expect(await refusal(query(url, `SELECT 'CHAN TAI MAN'::int`))).to.match(/CHAN TAI MAN/);
    expect(readFileSync(join(temporary(), 'postgres/postgres.log'), 'utf8')).to.not.match(/CHAN TAI MAN/);
  });

  it('continues at the same address with the same data', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE t AS SELECT 7 AS i');
    await first.stop();
    expect(await first.ended).to.equal('PostgreSQL stopped');
    expect(isAlive(first.pid)).to.equal(false);
    const second = await start();
    expect(second.url).to.equal(first.url);
    expect(await query(second.url, 'SELECT i FROM t')).to.deep.equal([{ i: 7 }]);
  });

  it('moves to another port where its own is taken, and says so', async () => {
    const first = await start();
    await first.stop();
    const port = Number(new URL(first.url).port);
    const release = await occupy(port);
    const second = await start();
    await release();
    expect(second.url).to.not.equal(first.url);
    expect(lines).to.include(
      `port ${port} of "postgres" is taken by another program; it is ${new URL(second.url).port} from now on`,
    );
  });

  it('runs twice side by side on two data folders', async () => {
    const [a, b] = await Promise.all(['a', 'b'].map((name) => startIn(name)));
    await query(a!.url, 'CREATE TABLE only_in_a (i int)');
    expect(await refusal(query(b!.url, 'SELECT * FROM only_in_a'))).to.match(/does not exist/);
  });

  it('ends when the process that started it is killed', async function () {
    if (process.platform !== 'linux') this.skip();
    const starter = await runStarter<Report>('hold-postgres.ts', temporary());
    await starter.kill();
    await untilTrue(() => !isAlive(starter.report.pid));
    // its last words pass through a process that outlives it by a moment
    const log = join(temporary(), 'postgres/postgres.log');
    await untilTrue(() => readFileSync(log, 'utf8').includes('database system is shut down'));
  });

  it('has every acknowledged row after everything was killed at once', async function () {
    if (process.platform !== 'linux') this.skip();
    const starter = await runStarter<Report>('hold-postgres.ts', temporary());
    const { url, pid } = starter.report;
    const client = await connect(url);
    await client.query('CREATE TABLE t (i int)');
    for (let i = 0; i < 100; i += 1) await client.query('INSERT INTO t VALUES ($1)', [i]);
    const server = [pid, ...childrenOf(pid)];
    for (const each of [starter.pid, ...childrenOf(starter.pid), ...server]) process.kill(each, 'SIGKILL');
    await client.end().catch(() => {});
    const { url: again } = await start();
    // its port may be somebody else's by now
    expect(new URL(again).password).to.equal(new URL(url).password);
    expect(await query(again, 'SELECT count(*)::int AS rows FROM t')).to.deep.equal([{ rows: 100 }]);
  });

  it('stops a server that survived both its keeper and the start command', async function () {
    if (process.platform !== 'linux') this.skip();
    const starter = await runStarter<Report>('hold-postgres.ts', temporary());
    await query(starter.report.url, 'CREATE TABLE t AS SELECT 7 AS i');
    for (const pid of [...childrenOf(starter.pid), starter.pid]) process.kill(pid, 'SIGKILL');
    await untilTrue(() => !isAlive(starter.pid));
    expect(isAlive(starter.report.pid)).to.equal(true);
    const { url, pid } = await start();
    expect(lines).to.include('an earlier PostgreSQL on this data folder is still running; stopping it');
    expect(isAlive(starter.report.pid)).to.equal(false);
    expect(isAlive(pid)).to.equal(true);
    expect(await query(url, 'SELECT i FROM t')).to.deep.equal([{ i: 7 }]);
  });

  it('starts where a lock file names a process that is somebody else by now', async () => {
    const first = await start();
    await first.stop();
    const { uid, gid } = statSync(first.folder);
    const somebody = spawn('sleep', ['60'], process.getuid?.() === uid ? {} : { uid, gid });
    const lockFile = join(first.folder, 'postmaster.pid');
    writeFileSync(lockFile, `${somebody.pid}\n${first.folder}\n1\n1\n\n127.0.0.1\n        1         1\nready   \n`);
    chownSync(lockFile, uid, gid);
    await query((await start()).url, 'SELECT 1').finally(() => somebody.kill());
  });

  it('says so when its server dies', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    expect(await server.ended).to.equal('PostgreSQL ended (SIGKILL)');
  });

  it('begins again after a creation that was killed half-way, and leaves nothing of it', async () => {
    const leftover = join(temporary(), 'again/postgres/new-0123');
    mkdirSync(leftover, { recursive: true });
    writeFileSync(join(leftover, 'PG_VERSION'), '18\n');
    await query((await start(join(temporary(), 'again'))).url, 'SELECT 1');
    expect(existsSync(leftover)).to.equal(false);
  });

  it('refuses in one line when its database is gone', async () => {
    const first = await start();
    await first.stop();
    rmSync(first.folder, { recursive: true });
    const error = await start().catch((reason) => reason);
    expect(error).to.be.instanceOf(LocalError);
    expect(error.message).to.match(/^the database ".*" that ".*cluster\.json" names is gone; /);
  });

  it('says why PostgreSQL does not start', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(first.folder, 'PG_VERSION'), '12\n');
    const error = await start().catch((reason) => reason);
    expect(error).to.be.instanceOf(LocalError);
    expect(error.message).to.match(/^PostgreSQL ended \(exit code 1\): database files are incompatible with server$/);
  });

  describe('of root, in a folder that only root may enter', () => {
    beforeEach(function () {
      if (process.getuid?.() !== 0) this.skip();
      mkdirSync(join(temporary(), 'closed'), { mode: 0o700 });
    });

    it('keeps its data in a folder of the system, as another user, and says where', async () => {
      const server = await start(join(temporary(), 'closed/data'));
      expect(server.folder).to.match(/^\/var\/lib\/eproof\/[0-9a-f]{16}\/cluster-/);
      expect(statSync(server.folder).uid).to.not.equal(0);
      expect(lines.join('\n')).to.include(server.folder);
      await server.stop();
      expect((await start(join(temporary(), 'closed/data'))).folder).to.equal(server.folder);
      await forget(server);
    });

    it('is refused to a copy of the data folder', async () => {
      const server = await start(join(temporary(), 'closed/data'));
      cpSync(join(temporary(), 'closed/data'), join(temporary(), 'closed/copy'), { recursive: true });
      const error = await start(join(temporary(), 'closed/copy')).catch((reason) => reason);
      expect(error).to.be.instanceOf(LocalError);
      expect(error.message).to.include(`belongs to "${join(temporary(), 'closed/data/postgres')}"`);
      await forget(server);
    });

    it('is removed with the next creation once its temporary data folder is gone', async () => {
      const first = await start(join(temporary(), 'closed/data'));
      await first.stop();
      rmSync(join(temporary(), 'closed/data'), { recursive: true });
      const second = await start(join(temporary(), 'closed/other'));
      expect(existsSync(dirname(first.folder))).to.equal(false);
      await forget(second);
    });

    async function forget(server: Postgres): Promise<void> {
      await Promise.all(running.splice(0).map((each) => each.stop()));
      rmSync(dirname(server.folder), { recursive: true });
    }
  });

  function startIn(name: string): Promise<Postgres> {
    mkdirSync(join(temporary(), name), { mode: 0o711 });
    return start(join(temporary(), name));
  }
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // a server that is killed takes the connection with it
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  );
}

async function occupy(port: number): Promise<() => Promise<void>> {
  const server = createServer((socket: Socket) => socket.destroy()).listen(port, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  expect((server.address() as AddressInfo).port).to.equal(port);
  return () => new Promise((done) => server.close(() => done()));
}
