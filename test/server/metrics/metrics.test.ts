import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createRpc } from '../../../server/chain/rpc.ts';
import { createMetrics, type Metrics } from '../../../server/metrics/metrics.ts';
import { createMetricsApp } from '../../../server/metrics/metrics-app.ts';
import { emitEvents } from '../../../server/webhooks/event.ts';
import { call, newCredential, startService, type TestService } from '../http/service.ts';

describe('/metrics', () => {
  let service: TestService;
  let metrics: Metrics;
  let id: string;
  let text: string;

  before(async () => {
    service = await startService({
      measureRequests: (request, response, next) => metrics.requests(request, response, next),
    });
    const head = { number: '0x2a', timestamp: `0x${(Math.floor(Date.now() / 1000) - 90).toString(16)}` };
    const rpc = { ...createRpc(['http://127.0.0.1:9']), call: async () => head as never };
    metrics = createMetrics({ db: service.db, rpc, now: Date.now });
    ({ id } = (await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential() })).json);
    await call(service, `/v1/credentials/${id}`, { key: service.fehd.apiKey });
    await call(service, '/nowhere/A123456');
    const server = createMetricsApp(metrics).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answer = await call({ url }, '/metrics');
    expect(answer.headers.get('content-type')).to.match(/^text\/plain/);
    text = answer.text;
    expect((await call({ url }, '/v1/me')).status, 'nothing else is there').to.equal(404);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  after(() => service.stop());

  it('counts requests by the pattern of their route', () => {
    expect(text).to.match(/eproof_http_request_seconds_count\{[^}]*route="\/v1\/credentials\/:id"[^}]*\} 1/);
    expect(text).to.match(/eproof_http_request_seconds_count\{[^}]*route="none"[^}]*status="404"[^}]*\} 1/);
  });

  it('says what waits, for how long, and how old the head of the chain is', () => {
    expect(text).to.contain('eproof_credentials_waiting{state="issued"} 1');
    expect(text).to.match(/eproof_credentials_oldest_waiting_seconds \d/);
    expect(text).to.match(/eproof_audit_records_unlinked [1-9]/);
    expect(text).to.contain('eproof_chain_head_block 42');
    expect(Number(/eproof_chain_head_age_seconds (\d+)/.exec(text)?.[1])).to.be.at.least(90);
    for (const name of ['nodejs_eventloop_lag_seconds', 'process_cpu_seconds_total']) expect(text).to.contain(name);
  });

  it('counts the rows of imports, and what they hold as waiting for nothing', async () => {
    const { type: _, ...row } = newCredential('FEHD-GRL', 1);
    await call(service, '/v1/imports?type=FEHD-GRL&mode=all', {
      key: service.fehd.apiKey,
      body: `${JSON.stringify(row)}\n`,
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'one', 'upload-complete': '?0' },
    });
    const now = await metrics.text();
    expect(now).to.contain('eproof_imports{state="receiving"} 1');
    expect(now).to.contain('eproof_import_rows{outcome="ready"} 1');
    expect(now).to.contain('eproof_import_rows{outcome="malformed"} 0');
    expect(now).to.contain('eproof_credentials_waiting{state="issued"} 1');
  });

  it('counts mails by what became of them', async () => {
    const { seq, issuer_id } = await service.db
      .selectFrom('credentials')
      .selectAll()
      .limit(1)
      .executeTakeFirstOrThrow();
    const at = new Date();
    const row = { issuer_id, credential_seq: seq, kind: 'document', created_at: at } as const;
    await service.db
      .insertInto('mails')
      .values([
        { ...row, next_at: at },
        { ...row, next_at: at },
        { ...row, next_at: null, state: 'failed', code: 'RECIPIENT_REFUSED' },
      ])
      .execute();
    const now = await metrics.text();
    expect(now).to.contain('eproof_mails{state="waiting"} 2');
    expect(now).to.contain('eproof_mails{state="failed"} 1');
    await service.db
      .insertInto('mails')
      .values([
        { ...row, kind: 'answer', next_at: at },
        { ...row, kind: 'request', next_at: null, state: 'sent', sent_at: at },
      ])
      .execute();
    const more = await metrics.text();
    expect(more).to.contain('eproof_mails{state="waiting"} 3');
    expect(more).to.contain('eproof_mails{state="sent"} 1');
  });

  it('counts what waits for a webhook that is paused apart from what waits by itself', async () => {
    const { apiKey: key, issuer } = service.fehd;
    const body = { url: 'https://systems.example.hk/', events: ['credential.final'] };
    for (const isPaused of [true, false]) {
      const hook = (await call(service, '/v1/webhooks', { key, body })).json.id;
      if (isPaused) await call(service, `/v1/webhooks/${hook}/pause`, { key, body: {} });
      await call(service, `/v1/webhooks/${hook}/ping`, { key, body: {} });
    }
    await service.db
      .transaction()
      .execute((tx) => emitEvents(tx, issuer.id, { type: 'credential.final', all: [{ n: 1 }] }));
    const now = await metrics.text();
    expect(now).to.contain('eproof_webhook_deliveries{state="paused"} 1');
    expect(now, 'an event and two pings').to.contain('eproof_webhook_deliveries{state="waiting"} 3');
  });

  it('has no id, no claim, no key and no address that somebody typed', () => {
    const { claims } = newCredential();
    for (const secret of [id, 'A123456', String(claims.licenceNumber), service.fehd.apiKey, 'FEHD'])
      expect(text).to.not.contain(secret);
  });

  it('says no more than that where the database does not answer', async () => {
    const broken = { ...metrics, text: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432')) };
    const server = createMetricsApp(broken).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answer = await call({ url }, '/metrics');
    expect(answer).to.include({ status: 503, text: 'the database does not answer\n' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('says so where the chain does not answer, and tells the rest', async () => {
    const rpc = createRpc(['http://127.0.0.1:9']);
    const without = await createMetrics({ db: service.db, rpc, now: Date.now }).text();
    expect(without).to.contain('eproof_chain_head_age_seconds -1');
    expect(without).to.contain('eproof_credentials_waiting{state="issued"} 1');
  });
});
