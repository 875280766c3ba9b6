import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { sql } from 'kysely';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { createRpc } from '../../../server/chain/rpc.ts';
import { createLog } from '../../../server/log.ts';
import { createMetrics } from '../../../server/metrics/metrics.ts';
import { createReport } from '../../../server/reports/reports.ts';
import { backUp } from '../../../server/store/backup.ts';
import { runEproof } from '../../scripts/cli/running.ts';
import { type RealService, startRealService, untilFinal } from './real-service.ts';
import { call, type Exchange, newCredential } from './service.ts';

/** No word of ours; what follows it says where it was planted. */
const CANARY = 'KANARIENVOGEL';

describe('personal data', function () {
  this.timeout(180_000);
  let service: RealService;
  let key: string;
  const ids = {
    credential: '',
    draft: '',
    import: '',
    operation: '',
    webhook: '',
    report: '',
    request: '',
    types: 'FEHD-GRL',
  };
  let logged = '';
  /** What the department itself was refused, and what tells of its acts. */
  const told: string[] = [];

  before(async () => {
    const log = createLog('trace', {
      write(line) {
        logged += line;
      },
    });
    service = await startRealService({ log });
    key = service.apiKeys.FEHD;
    await plant();
  });
  after(() => service.close());

  const ask = (path: string, exchange: Exchange = {}) => call(service.current, path, { key, ...exchange });
  const post = async (path: string, body: object | string, headers: Record<string, string> = {}) => {
    const answer = await ask(path, { body, headers });
    expect(answer.status, `${path} ${answer.text}`).to.be.lessThan(300);
    return answer.json;
  };
  const refused = async (path: string, exchange: Exchange = {}) => {
    const { status, text } = await ask(path, exchange);
    expect(status, path).to.be.greaterThan(399);
    told.push(text);
  };
  const bodyOf = (place: string, seed: number) => {
    const body = newCredential('FEHD-GRL', seed);
    const claims = { ...body.claims, licenseeName: { en: `${CANARY}${place}`, 'zh-Hant': '黃大文' } };
    const email = `${CANARY}${place}MAIL@example.hk`;
    return { ...body, claims, holder: { email, subject: `${CANARY}${place}SUBJECT` } };
  };

  /** Everywhere where somebody writes something of a person. */
  async function plant(): Promise<void> {
    const note = (place: string) => `${CANARY}${place}`;
    const issue = async (place: string, seed: number) =>
      (await post('/v1/credentials', bodyOf(place, seed))).id as string;
    ids.credential = await issue('CLAIM', 1);
    const [second, third] = [await issue('SECOND', 2), await issue('THIRD', 3)];
    for (const id of [ids.credential, second, third]) await untilFinal(service, key, id);

    await post(`/v1/credentials/${ids.credential}/suspend`, { reason: 'ceased', note: note('SUSPEND') });
    await post(`/v1/credentials/${third}/replace`, { ...bodyOf('REPLACE', 4), note: note('REPLACED') });
    ids.operation = (
      await post('/v1/status-changes', { act: 'revoke', reason: 'ceased', ids: [second], note: note('MANY') })
    ).id;
    await post(`/v1/status-changes/${ids.operation}/confirm`, {});
    await post('/v1/webhooks', {
      url: 'https://example.com/hook',
      events: ['credential.final', 'import.finished'],
    }).then(({ id }) => {
      ids.webhook = id;
    });

    await post('/v1/types/FEHD-GRL/rules', { approvals: 1, statusApprovals: 0, retentionMonths: null });
    ids.draft = (await post('/v1/drafts', bodyOf('DRAFT', 5))).id;
    await post(`/v1/drafts/${ids.draft}/update`, bodyOf('UPDATE', 6));
    await post(`/v1/drafts/${ids.draft}/submit`, {});
    const approver = await createApiKey(service.world.db, {
      issuer: service.world.issuers.FEHD,
      name: 'approver',
      isTest: true,
    });
    const returned = await ask(`/v1/drafts/${ids.draft}/return`, { key: approver, body: { note: note('RETURN') } });
    expect(returned.status, returned.text).to.equal(200);
    await post('/v1/types/FEHD-GRL/rules', { approvals: 0, statusApprovals: 0, retentionMonths: null });

    await reportAndAsk();
    await importRows();
    await refuseAll();
    await untilFinal(service, key, ids.credential);
  }

  /** What is said between a holder and departments, and e-mailed of. */
  async function reportAndAsk(): Promise<void> {
    const { db, deps } = service.current;
    const report = await createReport(db, deps, {
      holder: { kind: 'holder', subjectHmac: deps.hashHolderSubject(`${CANARY}CLAIMSUBJECT`) },
      ...{ idempotencyKey: 'report', credential: ids.credential, kind: 'wrong', message: `${CANARY}REPORT` },
    });
    ids.report = report.id;
    await post(`/v1/reports/${ids.report}/answer`, { answer: `${CANARY}ANSWER` });
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const asked = {
      ...{ holder: { subject: `${CANARY}CLAIMSUBJECT` }, type: 'TD-DL', claims: ['holderName'] },
      ...{ purpose: `${CANARY}PURPOSE`, caseNumber: `${CANARY}CASE`, answerBy: inDays(7), readUntil: inDays(30) },
    };
    ids.request = (await post('/v1/requests', asked)).id;
    await refused(`/v1/reports/${ids.report}/answer`, { body: { answer: `${CANARY}ONCEMORE` } });
    await refused('/v1/requests', { body: { ...asked, claims: [`${CANARY}NOCLAIM`] } });
  }

  async function importRows(): Promise<void> {
    const rowOf = (place: string, seed: number, change: object = {}) => {
      const { type: _, ...row } = bodyOf(place, seed);
      return JSON.stringify({ ...row, ...change });
    };
    const bad = { validity: { validFrom: `${CANARY}IMPORTDATE`, validUntil: '2026-13-01' } };
    const rows = [rowOf('IMPORT', 7), rowOf('IMPORTBAD', 8, bad), `{"${CANARY}IMPORTJSON`, rowOf('IMPORT', 7)];
    const ndjson = { 'content-type': 'application/x-ndjson' };
    ids.import = (await post('/v1/imports?type=FEHD-GRL&mode=good', rows.join('\n'), ndjson)).id;
    const columns = (await ask('/v1/types/FEHD-GRL/template.csv')).text
      .replace(/^\ufeff/, '')
      .split('\r\n')[0] as string;
    const cells = `${columns}\n${columns.replace(/[^,]+/g, `${CANARY}CELL`)}\n`;
    await post('/v1/imports?type=FEHD-GRL', cells, { 'content-type': 'text/csv' });
  }

  async function refuseAll(): Promise<void> {
    const body = bodyOf('REFUSED', 9);
    await refused('/v1/credentials', {
      body: { ...body, claims: { ...body.claims, licenceNumber: `${CANARY}WRONG\u0000` } },
    });
    await refused('/v1/credentials', { body: `{"claims":{"licenseeName":"${CANARY}BROKEN" "}}` });
    await refused('/v1/credentials', { body: { ...body, type: `${CANARY}TYPE` } });
    await refused('/v1/credentials', { body, headers: { 'idempotency-key': `${CANARY} KEY` } });
    await refused(`/v1/credentials/${ids.credential}/suspend`, {
      body: { reason: `${CANARY}REASON`, note: `${CANARY}NOTE` },
    });
    await refused('/v1/officers', {
      body: { subject: `${CANARY}OFFICER`, name: `${CANARY}OFFICERNAME`, roles: ['auditor'] },
    });
    await refused(`/v1/credentials?state=${CANARY}QUERY`);
    await refused(`/v1/credentials?text=${CANARY}TEXT%00`);
    await refused(`/v1/nowhere/${CANARY}PATH`, {
      headers: { 'x-request-id': `${CANARY}\u00e9`, 'user-agent': `${CANARY}AGENT` },
    });
    await refused(`/v1/credentials/${CANARY}ID`);
    await refused('/v1/me', { headers: { authorization: `Bearer ${CANARY}BEARER` } });
    await refused('/auth/login?return=/KANARI', { key: null });
  }

  it('was planted, and stands where its department reads it', async () => {
    expect((await ask(`/v1/credentials/${ids.credential}`)).text).to.include(`${CANARY}CLAIM`);
    const found = await ask(`/v1/credentials?text=${CANARY}CLAIM`);
    expect(found.json.items.map(({ id }: { id: string }) => id)).to.deep.equal([ids.credential]);
    expect((await ask(`/v1/drafts/${ids.draft}`)).text)
      .to.include(`${CANARY}UPDATE`)
      .and.to.include(`${CANARY}RETURN`);
    expect((await ask(`/v1/reports/${ids.report}`)).text).to.include(`${CANARY}ANSWER`);
    expect((await ask(`/v1/requests/${ids.request}`)).text).to.include(`${CANARY}PURPOSE`);
    const mails = await service.world.db.selectFrom('mails').select('kind').distinct().execute();
    expect(mails.map(({ kind }) => kind)).to.include.members(['document', 'answer', 'request']);
  });

  it('is in no line of the log, at its most talkative', () => {
    expect(logged.split('\n').length).to.be.greaterThan(30);
    expect(placesIn(logged)).to.deep.equal([]);
  });

  it('is in no metric', async () => {
    const rpc = createRpc([service.world.settings.rpcUrl]);
    const metrics = createMetrics({ db: service.world.db, rpc, now: Date.now });
    expect(placesIn(await metrics.text())).to.deep.equal([]);
  });

  it('is repeated by no refusal', () => {
    // an address is its sender's own, and stands in the answer alone
    expect(placesIn(told.map((text) => text.replace(/"instance":"[^"]*"/, '')).join())).to.deep.equal([]);
  });

  it('is in nothing that tells of what was done: audit log, imports, operations, deliveries', async () => {
    for (const path of [
      '/v1/audit?limit=200',
      '/v1/audit/export.jsonl',
      '/v1/imports',
      `/v1/imports/${ids.import}/errors`,
      `/v1/imports/${ids.import}/errors.csv`,
      '/v1/status-changes',
      `/v1/webhooks/${ids.webhook}/deliveries`,
    ]) {
      const { status, text } = await ask(path);
      expect(status, path).to.equal(200);
      expect(placesIn(text), path).to.deep.equal([]);
    }
  });

  it('is told to no other department, on any route', async () => {
    const { json } = await call(service.current, '/openapi.json');
    const named: Record<string, string> = {
      credentials: ids.credential,
      drafts: ids.draft,
      imports: ids.import,
      'status-changes': ids.operation,
      webhooks: ids.webhook,
      reports: ids.report,
      requests: ids.request,
      types: ids.types,
    };
    const paths = Object.keys(json.paths).filter((path) => json.paths[path].get && !path.includes('/events'));
    expect(paths.length).to.be.greaterThan(30);
    for (const path of paths) {
      const address = path.replace('{id}', named[path.split('/')[2] as string] ?? 'x');
      for (const reader of [service.apiKeys.TD, null])
        expect(placesIn((await call(service.current, address, { key: reader })).text), address).to.deep.equal([]);
    }
  });

  it('is nowhere on the chain: no call, no event', async () => {
    const rpc = async (method: string, ...params: unknown[]) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const answer = await fetch(service.world.settings.rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      return ((await answer.json()) as { result: unknown }).result;
    };
    const head = Number(await rpc('eth_blockNumber'));
    let text = JSON.stringify(await rpc('eth_getLogs', { fromBlock: '0x0' }));
    for (let number = 0; number <= head; number++)
      text += JSON.stringify(await rpc('eth_getBlockByNumber', `0x${number.toString(16)}`, true));
    expect(text.length).to.be.greaterThan(10_000);
    expect(placesIn(text)).to.deep.equal([]);
  });

  it('is in no row of the database in clear', async () => {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public'`.execute(service.world.db);
    for (const { name } of tables) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(service.world.db);
      for (const row of rows)
        for (const [column, value] of Object.entries(row)) {
          const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value ?? null));
          expect(placesIn(bytes), `${name}.${column}`).to.deep.equal([]);
        }
    }
  });

  it('is in no backup in clear', async () => {
    const file = join(service.folder, 'backup');
    await backUp(service.world.settings.databaseUrl, file, new Date());
    expect(placesIn(gunzipSync(readFileSync(file)))).to.deep.equal([]);
  });

  it('is in no file of the service, and in no name of one', () => {
    const walk = (folder: string): string[] =>
      readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? walk(path) : [path];
      });
    const files = walk(service.folder);
    expect(files.some((file) => file.includes('manifests'))).to.equal(true);
    for (const file of files)
      expect(placesIn(Buffer.concat([Buffer.from(file), readFileSync(file)])), file).to.deep.equal([]);
  });

  it('is in the title of no process, of the command line neither', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const env = { EPROOF_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, EPROOF_API_KEY: 'k' };
    const { promise: started, resolve: onStart } = Promise.withResolvers<ChildProcess>();
    const argv = ['revoke', 'crd_1', '--reason', 'ceased', '--note', `${CANARY}ARGUMENT`];
    const ran = runEproof(argv, { cwd: service.folder, env, onStart });
    await once(silent, 'connection');
    const titles = execFileSync('ps', ['-eo', 'pid,args', 'ww'], { encoding: 'utf8' });
    (await started).kill();
    await ran;
    silent.close();
    expect(titles).to.match(/^ *\d+ eproof$/m);
    expect(placesIn(titles)).to.deep.equal([]);
  });
});

/** Where what is found was planted: in clear, in UTF-16, in hex and in base64, of whatever it is a part. */
function placesIn(content: string | Buffer): string[] {
  const text = Buffer.isBuffer(content) ? content.toString('latin1') : content;
  const clear = [...text.matchAll(new RegExp(`${CANARY}\\w*`, 'gi'))].map(([found]) => found);
  const coded = CODED.filter(([, form]) => text.includes(form)).map(([name]) => name);
  return [...new Set([...clear, ...coded])];
}

const CODED: readonly (readonly [string, string])[] = [
  ['hex', Buffer.from(CANARY).toString('hex')],
  ['utf-16', CANARY.split('').join('\0')],
  ...[0, 1, 2].map((shift): readonly [string, string] => {
    const whole = Buffer.concat([Buffer.alloc(shift), Buffer.from(CANARY)]);
    const kept = whole.subarray(0, whole.length - (whole.length % 3)).toString('base64');
    return ['base64', kept.slice([0, 2, 3][shift])];
  }),
];
