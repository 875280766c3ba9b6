import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { sql } from 'kysely';
import { toBase64Url } from '../../../proof/bytes.ts';
import { discloseClaims } from '../../../proof/disclosure.ts';
import { encodeProof } from '../../../proof/proof.ts';
import { decodeDocument, decodeShownValue } from '../../../proof/verifiable-credential.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { eraseCredential } from '../../../server/issuance/erase.ts';
import { deliverMails, GIVEN_UP_AFTER_MS, type MailDeps } from '../../../server/mail/deliver.ts';
import { createFileTransport, createSmtpTransport } from '../../../server/mail/transport.ts';
import { answerReport } from '../../../server/reports/reports.ts';
import { claimsToShow } from '../../../server/requests/consents.ts';
import { createRequest, forgetRequests } from '../../../server/requests/requests.ts';
import type { MailRow, Tx } from '../../../server/store/schema.ts';
import type { Browser } from '../auth/browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from '../auth/people.ts';
import { finalise } from '../finalise.ts';
import { actorOf, eventually, expectCode } from '../harness.ts';
import { call, createRoleKey, type Department, newCredential } from '../http/service.ts';
import { type MailServer, readMail, startMailServer } from './mail-server.ts';

const DAY_MS = 86_400_000;
const PAGE = 'https://eproof.example.hk/my';
const TO = 'canary@example.hk';
/** What no mail says, and no row in clear. */
const MESSAGE = 'Canary: my name is spelt wrongly.';
const ANSWER = 'Canary: a corrected licence follows.';
const PURPOSE = 'Canary: to check who drives the food truck.';
const CASE = 'CANARY-77';
const CLAIM = 'licenceKind';

describe('mails of what waits at the page of holders', () => {
  let world: PeopleWorld;
  let holder: Browser;
  let officer: string;
  let server: MailServer;
  let faults: string[];
  let nextSeed = 0;

  before(async () => {
    world = await startPeople();
    ({ browser: holder } = await signIn(world, { account: 'holder-1', as: 'holder' }));
    officer = await createRoleKey(world.service.db, world.service.fehd.issuer, 'preparer');
  });
  after(() => world.stop());
  beforeEach(async () => {
    server = await startMailServer();
    faults = [];
    await world.service.db.deleteFrom('mails').execute();
    // a request goes to the newest document with an address: each test has its own
    await world.service.db.updateTable('credentials').set({ has_email: false }).execute();
  });
  afterEach(() => server.close());

  const issue = async (of: object = {}, by: Department = world.service.fehd, type = 'FEHD-GRL') => {
    const contact = { subject: 'holder-1', email: TO, language: 'en', ...of };
    const body = { ...newCredential(type, ++nextSeed), holder: contact };
    const { json, text } = await call(world.service, '/v1/credentials', { key: by.apiKey, body });
    expect(json.id, text).to.be.a('string');
    await finalise(world.service);
    return json.id as string;
  };
  const seqOf = async (id: string) => {
    const query = world.service.db.selectFrom('credentials').select('seq').where('id', '=', fromCredentialId(id));
    return (await query.executeTakeFirstOrThrow()).seq;
  };
  const change = async (id: string, what: object) =>
    world.service.db.updateTable('credentials').set(what).where('id', '=', fromCredentialId(id)).execute();
  const ofFehd = (path: string, body?: object) =>
    call(world.service, path, { key: world.service.fehd.apiKey, ...(body ? { body } : {}) });
  const erase = async (id: string) =>
    expect((await ofFehd(`/v1/credentials/${id}/erase`, { confirm: 'erase' })).status).to.equal(200);
  const revoke = async (id: string) => {
    const revoked = await ofFehd(`/v1/credentials/${id}/revoke`, { reason: 'ceased' });
    expect(revoked.status, revoked.text).to.equal(202);
  };

  const rows = () => world.service.db.selectFrom('mails').selectAll().orderBy('seq').execute();
  const only = async () => {
    const [row, ...more] = await rows();
    expect(more).to.deep.equal([]);
    return row as MailRow;
  };
  const depsAt = (offsetMs = 0, more: Partial<MailDeps> = {}): MailDeps => ({
    ...world.service.deps,
    now: () => Date.now() + offsetMs,
    db: world.service.db,
    isTest: true,
    holderPage: PAGE,
    send: createSmtpTransport({
      ...{ host: '127.0.0.1', port: server.port, isSecure: false, requiresTls: false, auth: null },
      from: 'no-reply@eproof.example.hk',
    }),
    onFault: (what, error) => void faults.push(`${what}: ${(error as Error).message}`),
    ...more,
  });
  const deliver = (offsetMs = 0, more: Partial<MailDeps> = {}) => deliverMails(depsAt(offsetMs, more));
  /** What became of the only mail. */
  const outcome = async (offsetMs = 0, more: Partial<MailDeps> = {}) => {
    await deliver(offsetMs, more);
    const { kind, state, code } = await only();
    return { kind, state, code, taken: server.taken.map(({ to }) => to) };
  };
  const letterSent = () => {
    const { headers, text, html, pdf } = readMail(server.taken[0]?.raw as string);
    return { headers, pdf, text, all: [headers.subject, text, html].join('\n') };
  };
  /** Undone, as a crash before its end would. */
  const rolledBack = async (work: (tx: Tx) => Promise<unknown>) => {
    const undo = new Error('undone');
    const error = await world.service.db
      .transaction()
      .execute(async (tx) => {
        await work(tx);
        throw undo;
      })
      .catch((fault: Error) => fault);
    expect(error).to.equal(undo);
  };

  describe('that a report was answered', () => {
    const report = async (of: string, kind = 'wrong') => {
      const path = `/v1/holder/credentials/${of}/reports`;
      const told = await write(world, holder, { path, body: { kind, message: MESSAGE } });
      expect(told.status, told.text).to.equal(201);
      return told.json.id as string;
    };
    const answer = async (id: string) => {
      const answered = await call(world.service, `/v1/reports/${id}/answer`, {
        key: officer,
        body: { answer: ANSWER },
      });
      expect(answered.status, answered.text).to.equal(200);
    };
    const answered = async (of: object = {}, kind?: string) => {
      const id = await issue(of);
      await answer(await report(id, kind));
      return id;
    };

    it('are in the outbox with the answer, in one transaction', async () => {
      const id = await issue();
      const told = await report(id);
      expect(await rows()).to.deep.equal([]);
      const actor = actorOf(world.service.fehd.issuer);
      await rolledBack((tx) => answerReport(tx, world.service.deps, { actor, id: told, answer: ANSWER }));
      expect(await rows()).to.deep.equal([]);
      await answer(told);
      expect(await only()).to.include({
        ...{ kind: 'answer', state: 'waiting', attempts: 0, code: null, request_seq: null },
        ...{ credential_seq: await seqOf(id), report_seq: Number(told.slice(4)) },
      });
    });

    it('go once to the address of the document, and say where the answer is and not what', async () => {
      const id = await answered();
      const { json } = await ofFehd(`/v1/credentials/${id}`);
      expect(await outcome()).to.deep.equal({ kind: 'answer', state: 'sent', code: null, taken: [TO] });
      expect(await deliver(GIVEN_UP_AFTER_MS)).to.equal(false);
      const { headers, all, pdf } = letterSent();
      expect(headers.from).to.equal('Food and Environmental Hygiene Department <no-reply@eproof.example.hk>');
      expect(headers.subject).to.equal(`TEST: ${json.typeTitle.en} ${json.reference}: your report was answered`);
      expect(all).to.include(PAGE).and.to.include('no link');
      expect(all).to.not.match(/Canary|href|<a\b|<img/i);
      for (const claim of [json.claims.licenseeName?.en, json.claims.licenceNumber]) {
        expect(claim).to.be.a('string');
        expect(all).to.not.include(claim);
      }
      expect(pdf).to.equal(null);
      expect(faults).to.deep.equal([]);
    });

    it('are in the language of the holder, or in both official ones', async () => {
      for (const [language, words] of [
        ['zh-Hant', ['你的報告已獲答覆']],
        ['zh-Hans', ['你的报告已获答复']],
        [undefined, ['你的報告已獲答覆', 'your report was answered']],
      ] as const) {
        await answered({ language });
        await deliver();
        const { subject } = readMail(server.taken.at(-1)?.raw as string).headers;
        for (const word of words) expect(subject).to.include(word);
      }
    });

    it('are shown to the department beside the report, and to nobody else', async () => {
      const id = await issue();
      const told = await report(id);
      const seen = async (of: string) => (await ofFehd(`/v1/reports/${of}`)).json.mail;
      expect(await seen(told)).to.equal(null);
      await answer(told);
      const { seq } = await only();
      expect(await seen(told)).to.include({ id: `mail_${seq}`, state: 'waiting', code: null, sentAt: null });
      await deliver();
      expect(await seen(told)).to.include({ id: `mail_${seq}`, state: 'sent' });
      const [listed] = (await ofFehd('/v1/reports?state=answered')).json.items;
      expect(listed.mail).to.deep.equal(await seen(told));
      const { items } = (await read(world, holder, `/v1/holder/credentials/${id}/reports`)).json;
      expect(items[0]).to.not.have.property('mail');
      const theirs = await report(id, 'not-mine');
      await answer(theirs);
      expect(await seen(theirs)).to.equal(null);
    });

    it('are files where a folder takes the place of a mail server', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'eproof-mail-'));
      await answered();
      expect(await outcome(0, { send: createFileTransport(folder) })).to.include({ state: 'sent' });
      const { headers, text } = readMail(readFileSync(join(folder, `mail_${(await only()).seq}.eml`), 'latin1'));
      expect(headers.to).to.equal(TO);
      expect(text).to.include(PAGE);
      rmSync(folder, { recursive: true });
    });

    it('are not made without an address, nor of what is said to be another’s', async () => {
      await answered({ email: undefined });
      await answered({}, 'not-mine');
      expect(await rows()).to.deep.equal([]);
    });

    it('go though the document is revoked or replaced meanwhile: that may be the answer', async () => {
      const first = await answered();
      await revoke(first);
      const second = await answered();
      await change(second, { superseded_by_seq: await seqOf(first) });
      await deliver();
      expect(server.taken).to.have.length(2);
      const states = await world.service.db.selectFrom('mails').select(['kind', 'state']).execute();
      expect(states).to.deep.equal(Array.from({ length: 2 }, () => ({ kind: 'answer', state: 'sent' })));
    });

    it('do not go when the document is erased, and the answer with it', async () => {
      await erase(await answered());
      expect((await only()).report_seq).to.equal(null);
      expect(await outcome()).to.deep.include({ state: 'failed', code: 'CREDENTIAL_ERASED', taken: [] });
    });

    it('do not go when the answer is there no more', async () => {
      await answered();
      await world.service.db
        .deleteFrom('reports')
        .where('seq', '=', (await only()).report_seq)
        .execute();
      expect(await outcome()).to.deep.include({ state: 'failed', code: 'OUTDATED', taken: [] });
    });

    it('do not go where nobody could sign in to read it', async () => {
      await answered();
      expect(await outcome(0, { holderPage: null })).to.deep.include({ state: 'failed', code: 'NOT_SET_UP' });
    });

    it('are neither shown as the mail of the document, nor in the way of it', async () => {
      const id = await answered();
      expect((await ofFehd(`/v1/credentials/${id}`)).json.mail).to.equal(null);
      const again = await ofFehd(`/v1/credentials/${id}/mail`, {});
      expect([again.status, again.json.kind], again.text).to.deep.equal([202, 'document']);
      await answer(await report(id));
      const { mail } = (await ofFehd(`/v1/credentials/${id}`)).json;
      expect(mail).to.include({ id: again.json.id, kind: 'document', state: 'waiting' });
      expect((await ofFehd(`/v1/credentials/${id}/mail`, {})).json.code).to.equal('MAIL_WAITING');
      await deliver();
      const parts = server.taken.map(({ raw }) => readMail(raw).pdf !== null);
      expect(parts.filter(Boolean), 'one document, two letters').to.have.length(1);
      expect(parts).to.have.length(3);
    });

    it('and an erasure at the same time wait for each other in one order', async () => {
      const id = await issue();
      const told = await report(id);
      const { db, deps, fehd } = world.service;
      const actor = actorOf(fehd.issuer);
      let answering: Promise<unknown> = Promise.resolve();
      await db.transaction().execute(async (tx) => {
        await tx
          .selectFrom('credentials')
          .select('seq')
          .where('seq', '=', await seqOf(id))
          .forUpdate()
          .execute();
        answering = db
          .transaction()
          .execute((other) => answerReport(other, deps, { actor, id: told, answer: ANSWER }))
          .catch((error) => error);
        await untilWaiting();
        await eraseCredential(tx, deps, { actor, id });
      });
      await expectCode(
        answering.then((error) => Promise.reject(error)),
        'REPORT_NOT_FOUND',
      );
      expect(await rows()).to.deep.equal([]);
    });

    /** Somebody waits for what another transaction has locked. */
    const untilWaiting = () =>
      eventually('somebody waits', async () => {
        const { rows: found } = await sql`select pid from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(world.service.db);
        return found.length > 0;
      });
  });

  describe('that a department asks for something', () => {
    const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
    const asking = (more: object = {}) => ({
      ...{ holder: { subject: 'holder-1' }, type: 'TD-DL', claims: [CLAIM], purpose: PURPOSE, caseNumber: CASE },
      ...{ answerBy: inDays(7).toISOString(), readUntil: inDays(30).toISOString(), ...more },
    });
    const ask = async (more: object = {}) => {
      const asked = await call(world.service, '/v1/requests', { key: officer, body: asking(more) });
      expect(asked.status, asked.text).to.equal(201);
      return asked.json.id as string;
    };
    const addressees = async () => {
      await deliver();
      return server.taken.map(({ to }) => to);
    };
    const own = (id: string, what: string, body: object = {}) =>
      write(world, holder, { path: `/v1/holder/requests/${id}/${what}`, body });

    it('are in the outbox with the request, in one transaction', async () => {
      const id = await issue();
      const actor = actorOf(world.service.fehd.issuer);
      const request = { actor, ...asking(), answerBy: inDays(7), readUntil: inDays(30) };
      await rolledBack((tx) => createRequest(tx, world.service.deps, request));
      expect(await rows()).to.deep.equal([]);
      const asked = await ask();
      expect(await only()).to.include({
        ...{ kind: 'request', state: 'waiting', attempts: 0, code: null, report_seq: null },
        ...{ credential_seq: await seqOf(id), request_seq: Number(asked.slice(4)) },
      });
    });

    it('say who asks, until when and where to answer, and neither what nor why', async () => {
      const id = await issue();
      await ask();
      expect(await outcome()).to.deep.equal({ kind: 'request', state: 'sent', code: null, taken: [TO] });
      const { headers, all, pdf } = letterSent();
      expect(headers.from).to.match(/^Food and Environmental Hygiene Department </);
      const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Asia/Hong_Kong' }).format(inDays(7));
      expect(headers.subject).to.include('a request that you can answer until').and.to.include(day);
      expect(all).to.include(PAGE).and.to.include('no link');
      const { json } = await ofFehd(`/v1/credentials/${id}`);
      expect(all).to.not.match(/canary|href|<a\b|<img/i);
      const type = world.service.deps.findType('TD-DL')?.definition;
      const claim = type?.claims.find(({ name }) => name === CLAIM);
      for (const said of [type?.title.en, claim?.label.en, CLAIM, json.reference]) {
        expect(said).to.be.a('string');
        expect(all).to.not.include(said);
      }
      expect(pdf).to.equal(null);
      expect(json.mail, 'the mail of the document is another').to.equal(null);
    });

    it('are in the language of the holder, or in both official ones', async () => {
      for (const [language, words] of [
        ['zh-Hant', ['查閱請求，可於']],
        ['zh-Hans', ['查阅请求，可于']],
        [undefined, ['查閱請求，可於', 'a request that you can answer']],
      ] as const) {
        await issue({ language });
        await ask();
        await deliver();
        const { subject } = readMail(server.taken.at(-1)?.raw as string).headers;
        for (const word of words) expect(subject).to.include(word);
      }
    });

    it('go to the newest address that the asking department has, and to none of another department’s', async () => {
      await issue({ email: 'old@example.hk' });
      await issue({ email: 'new@example.hk' });
      await issue({ email: 'theirs@example.hk' }, world.service.td, 'TD-DL');
      await issue({ email: 'other@example.hk', subject: 'holder-2' });
      await issue({ email: 'company@example.hk', subject: undefined, company: '74000001' });
      await issue({ email: undefined });
      await ask();
      expect(await addressees()).to.deep.equal(['new@example.hk']);
      expect((await only()).issuer_id).to.equal(world.service.fehd.issuer.id);
    });

    it('go to none of another department’s, though the wall between departments were down', async () => {
      await issue({ email: 'ours@example.hk' });
      await issue({ email: 'theirs@example.hk' }, world.service.td, 'TD-DL');
      const { db, deps, fehd } = world.service;
      const request = { actor: actorOf(fehd.issuer), ...asking(), answerBy: inDays(7), readUntil: inDays(30) };
      await db.transaction().execute((tx) => createRequest(tx, deps, request));
      expect(await addressees()).to.deep.equal(['ours@example.hk']);
    });

    it('go to no address of what was revoked or replaced: it may have been another’s', async () => {
      const kept = await issue({ email: 'kept@example.hk' });
      await change(await issue({ email: 'revoked@example.hk' }), { revoked: true });
      await change(await issue({ email: 'replaced@example.hk' }), { superseded_by_seq: await seqOf(kept) });
      await ask();
      expect(await addressees()).to.deep.equal(['kept@example.hk']);
    });

    it('go to the company that is asked', async () => {
      await issue({ email: 'company@example.hk', subject: undefined, company: '74000001' });
      await issue();
      await ask({ holder: { company: '74000001' } });
      expect(await addressees()).to.deep.equal(['company@example.hk']);
    });

    it('are not made where the department has no address, and the request is made all the same', async () => {
      await issue({ email: undefined });
      await issue({ email: 'theirs@example.hk' }, world.service.td, 'TD-DL');
      const id = await ask();
      expect(await rows()).to.deep.equal([]);
      expect((await read(world, holder, `/v1/holder/requests/${id}`)).json.state).to.equal('open');
      await ask({ holder: { subject: 'nobody' } });
      expect(await rows()).to.deep.equal([]);
    });

    const OUTDATED = { kind: 'request', state: 'failed', code: 'OUTDATED', taken: [] };

    it('do not go when it was refused', async () => {
      await issue();
      expect((await own(await ask(), 'refuse')).json.state).to.equal('refused');
      expect(await outcome()).to.deep.equal(OUTDATED);
    });

    it('do not go when it was consented to, nor when that was taken back', async () => {
      await issue();
      const licence = await issue({ email: undefined }, world.service.td, 'TD-DL');
      const { text } = await read(world, holder, `/v1/holder/credentials/${licence}/proof`);
      const type = world.service.deps.findType('TD-DL')!.definition;
      const { proof } = decodeShownValue(decodeDocument(text).proofValue);
      const shown = toBase64Url(encodeProof(discloseClaims(proof, type, claimsToShow(type, [CLAIM]))));
      const id = await ask();
      const given = await own(id, 'consent', { credential: licence, proof: shown });
      expect(given.status, given.text).to.equal(200);
      expect(await outcome()).to.deep.equal(OUTDATED);
      await world.service.db.updateTable('mails').set({ state: 'waiting', next_at: new Date() }).execute();
      expect((await own(id, 'withdraw')).json.state).to.equal('withdrawn');
      expect(await outcome()).to.deep.equal(OUTDATED);
    });

    it('do not go when the department has ended it', async () => {
      await issue();
      const id = await ask();
      expect((await ofFehd(`/v1/requests/${id}/end`, {})).json.state).to.equal('ended');
      expect(await outcome()).to.deep.equal(OUTDATED);
    });

    it('do not go when its time is past, nor when it is forgotten', async () => {
      await issue();
      await ask({ answerBy: inDays(1).toISOString() });
      expect(await outcome(DAY_MS + 1_000)).to.deep.equal(OUTDATED);
      await world.service.db.updateTable('mails').set({ state: 'waiting', next_at: new Date() }).execute();
      await forgetRequests(world.service.db, inDays(400));
      expect((await only()).request_seq).to.equal(null);
      expect(await outcome()).to.deep.equal(OUTDATED);
    });

    it('do not go to the address of what is revoked or erased meanwhile, and an erased document leads to no request', async () => {
      const id = await issue();
      await ask();
      await revoke(id);
      expect(await outcome()).to.deep.include({ state: 'failed', code: 'CREDENTIAL_ENDED', taken: [] });
      await world.service.db.deleteFrom('mails').execute();
      const other = await issue();
      await ask();
      await erase(other);
      expect((await only()).request_seq).to.equal(null);
      expect(await outcome()).to.deep.include({ state: 'failed', code: 'CREDENTIAL_ERASED', taken: [] });
    });

    it('do not go where nobody could sign in to answer it', async () => {
      await issue();
      await ask();
      expect(await outcome(0, { holderPage: null })).to.deep.include({ state: 'failed', code: 'NOT_SET_UP' });
    });
  });

  it('leave nothing in clear of whom they go to, what was written and what is asked', async () => {
    const id = await issue();
    const path = `/v1/holder/credentials/${id}/reports`;
    const told = await write(world, holder, { path, body: { kind: 'lost', message: MESSAGE } });
    await call(world.service, `/v1/reports/${told.json.id}/answer`, { key: officer, body: { answer: ANSWER } });
    const until = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
    const body = {
      ...{ holder: { subject: 'holder-1' }, type: 'TD-DL', claims: [CLAIM], purpose: PURPOSE, caseNumber: CASE },
      ...{ answerBy: until(7), readUntil: until(30) },
    };
    await call(world.service, '/v1/requests', { key: officer, body });
    server.answers = { RCPT: `550 5.1.1 <${TO}>: no such user` };
    await deliver();
    const { db, logged } = world.service;
    const mails = await rows();
    expect(mails.map(({ kind, state, code }) => [kind, state, code])).to.deep.equal(
      ['answer', 'request'].map((kind) => [kind, 'failed', 'RECIPIENT_REFUSED']),
    );
    expect(Object.keys(mails[0] as object), 'a new column of the outbox says nothing of a person').to.have.members([
      ...['seq', 'issuer_id', 'credential_seq', 'kind', 'ends_on', 'report_seq', 'request_seq', 'message_id', 'state'],
      ...['attempts', 'next_at', 'code', 'reply', 'requested_by', 'created_at', 'attempted_at', 'sent_at'],
    ]);
    const stored = [
      mails,
      await db.selectFrom('audit_records').selectAll().execute(),
      await db.selectFrom('idempotency_keys').selectAll().execute(),
      await db.selectFrom('reports').selectAll().execute(),
      await db.selectFrom('consent_requests').selectAll().execute(),
      ...[logged, faults],
    ];
    expect(JSON.stringify(stored, asText)).to.not.match(/canary|no such user/i);
  });
});

/** Bytes as the text that they would be. */
function asText(_name: string, value: unknown): unknown {
  const { type, data } = (value ?? {}) as { type?: string; data?: number[] };
  return type === 'Buffer' && data ? Buffer.from(data).toString() : value;
}
