import { expect } from 'chai';
import { decodeDate, toDate } from '../../../proof/day.ts';
import { revokeCredential } from '../../../server/issuance/change-status.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { eraseCredential } from '../../../server/issuance/erase.ts';
import type { NewCredential } from '../../../server/issuance/use-cases.ts';
import { deliverMails, GIVEN_UP_AFTER_MS, type MailDeps } from '../../../server/mail/deliver.ts';
import { mailCredential } from '../../../server/mail/send-again.ts';
import { createSmtpTransport } from '../../../server/mail/transport.ts';
import { actorOf, createWorld, eventually, expectCode, untilFinal, viewOf, type World } from '../harness.ts';
import type { DepartmentCode } from '../instance.ts';
import { type MailServer, readMail, startMailServer } from './mail-server.ts';

const TO = 'canary@example.hk';
const holder = { email: TO, language: 'en' } as const;

describe('mails to holders', () => {
  let world: World;
  let server: MailServer;
  let faults: string[];

  before(async () => {
    world = await createWorld();
    const jobs = await world.startJobs();
    await jobs.stop();
  });
  after(() => world.close());
  beforeEach(async () => {
    server = await startMailServer();
    faults = [];
    await world.db.deleteFrom('mails').execute();
  });
  afterEach(() => server.close());

  const issue = async (code = 'FEHD-GRL', change: Partial<NewCredential> = { holder }) => {
    const { id, reference } = await world.issue(code, 0, change);
    const jobs = await world.startJobs({ mails: false });
    await untilFinal(world, [id]);
    await jobs.stop();
    return { id, reference };
  };
  const depsAt = (offsetMs = 0, change: Partial<MailDeps> = {}): MailDeps => ({
    ...world.deps,
    now: () => Date.now() + offsetMs,
    db: world.db,
    isTest: true,
    holderPage: null,
    send: createSmtpTransport({
      ...{ host: '127.0.0.1', port: server.port, isSecure: false, requiresTls: false, auth: null },
      from: 'no-reply@eproof.example.hk',
    }),
    onFault: (what, error) => void faults.push(`${what}: ${(error as Error).message}`),
    ...change,
  });
  const deliver = (offsetMs = 0, change: Partial<MailDeps> = {}) => deliverMails(depsAt(offsetMs, change));
  const mailOf = async (id: string, department: DepartmentCode = 'FEHD') => (await viewOf(world, department, id)).mail;
  const again = (id: string, department: DepartmentCode = 'FEHD') =>
    world.db
      .transaction()
      .execute((tx) => mailCredential(tx, world.deps, { actor: actorOf(world.issuers[department]), id }));

  describe('with a document', () => {
    it('are in the outbox when it is final, and not before', async () => {
      const { id } = await world.issue('FEHD-GRL', 0, { holder });
      expect(await mailOf(id)).to.equal(null);
      expect(await deliver()).to.equal(false);
      const jobs = await world.startJobs({ mails: false });
      await untilFinal(world, [id]);
      await jobs.stop();
      expect(await mailOf(id)).to.include({ kind: 'document', state: 'waiting', attempts: 0, code: null });
      expect(server.taken).to.deep.equal([]);
    });

    it('are sent once, to the address that it was issued with', async () => {
      const { id, reference } = await issue();
      expect(await deliver()).to.equal(true);
      expect(await deliver(GIVEN_UP_AFTER_MS)).to.equal(false);
      expect(server.taken.map(({ to }) => to)).to.deep.equal([TO]);
      const { headers, text, html, pdf } = readMail(server.taken[0]?.raw as string);
      expect(headers.from).to.equal('Food and Environmental Hygiene Department <no-reply@eproof.example.hk>');
      expect(headers.subject)
        .to.match(/^TEST: /)
        .and.to.include(reference);
      for (const said of [text, html]) expect(said).to.include(reference).and.to.include('http://127.0.0.1:3000');
      expect(pdf?.filename).to.equal(`${reference}.pdf`);
      expect(pdf?.bytes.subarray(0, 5).toString()).to.equal('%PDF-');
      expect(await mailOf(id)).to.include({ state: 'sent', attempts: 1, code: null, nextAt: null });
      expect((await mailOf(id))?.sentAt).to.be.a('string');
      expect(faults).to.deep.equal([]);
    });

    it('are in both languages where nobody said which', async () => {
      await issue('FEHD-FF', { holder: { email: TO } });
      await deliver();
      const { text, headers } = readMail(server.taken[0]?.raw as string);
      expect(text).to.include('參考編號').and.to.include('Reference:');
      expect(headers.from).to.match(/^食物環境衞生署 Food and Environmental Hygiene Department </);
    });

    it('are not made for holders without an address', async () => {
      const { id } = await issue('FEHD-GRL', { holder: { subject: 'holder-1' } });
      expect(await mailOf(id)).to.equal(null);
      expect(await deliver()).to.equal(false);
    });
  });

  it('are sent once each by two instances at once', async () => {
    const ids = [];
    for (let seed = 0; seed < 9; seed++) ids.push((await world.issue('FEHD-GRL', seed, { holder })).id);
    const jobs = await world.startJobs({ mails: false });
    await untilFinal(world, ids);
    await jobs.stop();
    const untilDone = async () => {
      while (await deliver());
    };
    await Promise.all([untilDone(), untilDone()]);
    const messageIds = server.taken.map(({ raw }) => readMail(raw).headers['message-id']);
    expect(messageIds).to.have.length(9);
    expect(new Set(messageIds).size).to.equal(9);
  });

  describe('that are refused', () => {
    it('for now wait, longer and longer, and go when they can', async () => {
      const { id } = await issue();
      server.answers = { RCPT: `451 4.7.1 <${TO}> later` };
      await deliver();
      const mail = await mailOf(id);
      expect(mail).to.include({ state: 'waiting', attempts: 1, code: 'TRY_LATER', reply: 451 });
      const waitMs = Date.parse(mail?.nextAt as string) - Date.now();
      expect(waitMs).to.be.within(25_000, 60_000);
      server.answers = {};
      expect(await deliver()).to.equal(false);
      expect(await deliver(61_000)).to.equal(true);
      expect(await mailOf(id)).to.include({ state: 'sent', attempts: 2, code: null, reply: null });
    });

    it('for ever fail at once, and nobody is told the address', async () => {
      const { id } = await issue();
      server.answers = { RCPT: `550 5.1.1 <${TO}>: no such user` };
      await deliver();
      expect(await mailOf(id)).to.include({
        state: 'failed',
        attempts: 1,
        code: 'RECIPIENT_REFUSED',
        reply: 550,
        nextAt: null,
      });
      expect(await deliver(GIVEN_UP_AFTER_MS)).to.equal(false);
      expect(JSON.stringify([await world.db.selectFrom('mails').selectAll().execute(), faults])).to.not.match(
        /canary|no such/,
      );
      expect(faults).to.deep.equal([]);
    });

    it('because of us wait, and the job fails: the operator is told, and it looks again later', async () => {
      const { id } = await issue();
      server.answers = { MAIL: '550 5.7.1 not from you' };
      const error = await deliver().catch((fault: Error) => fault.message);
      expect(error).to.equal('no mail is sent: SENDER_REFUSED (MAIL FROM EENVELOPE 550)');
      expect(await mailOf(id)).to.include({ state: 'waiting', code: 'SENDER_REFUSED', reply: 550 });
    });

    it('for three days fail', async () => {
      const { id } = await issue();
      server.answers = { RCPT: '451 4.7.1 later' };
      await deliver(GIVEN_UP_AFTER_MS - 120_000);
      expect(await mailOf(id)).to.include({ state: 'waiting' });
      await deliver(GIVEN_UP_AFTER_MS);
      expect(await mailOf(id)).to.include({ state: 'failed', attempts: 2, code: 'TRY_LATER' });
    });
  });

  describe('that nobody is to get any more', () => {
    it('are not sent when the credential was erased', async () => {
      const { id } = await issue();
      const actor = actorOf(world.issuers.FEHD);
      await world.db.transaction().execute((tx) => eraseCredential(tx, world.deps, { actor, id }));
      const { has_email } = await world.db
        .selectFrom('credentials')
        .select('has_email')
        .where('id', '=', fromCredentialId(id))
        .executeTakeFirstOrThrow();
      expect(has_email).to.equal(false);
      await deliver();
      expect(await mailOf(id)).to.include({ state: 'failed', code: 'CREDENTIAL_ERASED' });
      expect(server.taken).to.deep.equal([]);
      await expectCode(again(id), 'CREDENTIAL_ERASED');
    });

    it('are not sent when it is being revoked', async () => {
      const { id } = await issue();
      const actor = actorOf(world.issuers.FEHD);
      await world.db.transaction().execute((tx) => revokeCredential(tx, world.deps, { actor, id, reason: 'ceased' }));
      await deliver();
      expect(await mailOf(id)).to.include({ state: 'failed', code: 'CREDENTIAL_ENDED' });
      expect(server.taken).to.deep.equal([]);
      const jobs = await world.startJobs({ mails: false });
      await eventually('revoked', async () => (await viewOf(world, 'FEHD', id)).status === 'revoked');
      await jobs.stop();
      await expectCode(again(id), 'ALREADY_REVOKED');
    });
  });

  it('are noted where no mail server is set up, instead of piling up', async () => {
    const { id } = await issue();
    await deliver(0, { send: null });
    expect(await mailOf(id)).to.include({ state: 'failed', code: 'NOT_SET_UP' });
    expect((await again(id)).state).to.equal('waiting');
    await deliver();
    expect(await mailOf(id)).to.include({ state: 'sent', code: null });
  });

  it('go by turns of the departments', async () => {
    const { id } = await issue();
    await deliver();
    const { seq: credential_seq } = await world.db
      .selectFrom('credentials')
      .select('seq')
      .where('id', '=', fromCredentialId(id))
      .executeTakeFirstOrThrow();
    const at = new Date(Date.now() - 60_000);
    const old = {
      issuer_id: world.issuers.FEHD.id,
      credential_seq,
      kind: 'document',
      next_at: at,
      created_at: at,
    } as const;
    await world.db
      .insertInto('mails')
      .values(Array.from({ length: 9 }, () => old))
      .execute();
    server.taken.length = 0;
    const { id: other } = await issue('TD-DL');
    await deliver();
    expect(await mailOf(other, 'TD')).to.include({ state: 'sent' });
    expect(server.taken).to.have.length(4);
  });

  it('that cannot be made keep no other back', async () => {
    const { id } = await issue();
    const { id: broken } = await issue();
    const { numUpdatedRows } = await world.db
      .updateTable('credentials')
      .set({ payload: Buffer.from('canary, and no payload') })
      .where('id', '=', fromCredentialId(broken))
      .executeTakeFirstOrThrow();
    expect(numUpdatedRows).to.equal(1n);
    await deliver();
    expect(await mailOf(id)).to.include({ state: 'sent' });
    const rows = await world.db.selectFrom('mails').select(['state', 'code']).orderBy('seq', 'desc').limit(1).execute();
    expect(rows).to.deep.equal([{ state: 'waiting', code: 'INTERNAL_ERROR' }]);
    expect(faults).to.have.length(1);
    expect(faults[0]).to.not.include('canary');
  });

  describe('that are asked for again', () => {
    it('are another mail with another id, told to the audit log without the address', async () => {
      const { id } = await issue();
      await deliver();
      const mail = await again(id);
      expect(mail).to.include({ state: 'waiting', kind: 'document', attempts: 0 });
      await deliver();
      expect(await mailOf(id)).to.include({ id: mail.id, state: 'sent' });
      const [first, second] = server.taken.map(({ raw }) => readMail(raw).headers['message-id']);
      expect(first).to.not.equal(second);
      const [record] = await world.db
        .selectFrom('audit_records')
        .selectAll()
        .where('act', '=', 'credential.mail')
        .where('object', '=', id)
        .execute();
      expect(record).to.deep.include({ actor: 'service:test', after: { mail: mail.id } });
      expect(JSON.stringify(record)).to.not.include('canary');
    });

    it('are refused while one waits, before it is final, without an address and without the right', async () => {
      const { id } = await issue();
      await expectCode(again(id), 'MAIL_WAITING');
      const { id: silent } = await issue('FEHD-GRL', {});
      await expectCode(again(silent), 'HOLDER_WITHOUT_EMAIL');
      const { id: young } = await world.issue('FEHD-GRL', 0, { holder });
      await expectCode(again(young), 'NOT_FINAL');
      await expectCode(again(id, 'TD'), 'CREDENTIAL_NOT_FOUND');
      const actor = { ...actorOf(world.issuers.FEHD), may: new Set(['credentials.read' as const]) };
      await expectCode(
        world.db.transaction().execute((tx) => mailCredential(tx, world.deps, { actor, id: 'crd_none' })),
        'FORBIDDEN',
      );
    });

    it('are one, where two people ask at once', async () => {
      const { id } = await issue();
      await deliver();
      const outcomes = await Promise.allSettled([again(id), again(id)]);
      expect(outcomes.map(({ status }) => status)).to.have.members(['fulfilled', 'rejected']);
    });
  });

  it('are sent of what was issued before addresses were flagged, when it is asked for', async () => {
    const { id } = await issue();
    await world.db.deleteFrom('mails').execute();
    await world.db.updateTable('credentials').set({ has_email: false }).execute();
    await again(id);
    await deliver();
    expect(server.taken.map(({ to }) => to)).to.deep.equal([TO]);
  });

  describe('that remind', () => {
    const remind = async (id: string, endsOn: string) => {
      const { issuer_id, seq } = await world.db
        .selectFrom('credentials')
        .select(['issuer_id', 'seq'])
        .where('id', '=', fromCredentialId(id))
        .executeTakeFirstOrThrow();
      const at = new Date(Date.now() - 60_000);
      const row = { issuer_id, credential_seq: seq, kind: 'reminder', next_at: at, created_at: at } as const;
      await world.db.deleteFrom('mails').execute();
      await world.db
        .insertInto('mails')
        .values({ ...row, ends_on: decodeDate(endsOn) })
        .execute();
    };

    it('say when it ends and when a renewal can be applied for, without the document', async () => {
      const { id, reference } = await issue();
      const { validUntil } = await viewOf(world, 'FEHD', id);
      await remind(id, validUntil as string);
      await deliver();
      expect(await mailOf(id)).to.include({ kind: 'reminder', state: 'sent' });
      const { headers, text, pdf } = readMail(server.taken[0]?.raw as string);
      expect(headers.subject).to.include(reference).and.to.include('valid until');
      expect(text).to.include('A renewal can be applied for from');
      expect(pdf).to.equal(null);
    });

    it('are not sent of an end that was moved, nor after it, and keep nobody from asking for the document', async () => {
      const { id } = await issue();
      const { validUntil } = await viewOf(world, 'FEHD', id);
      const day = decodeDate(validUntil as string);
      await remind(id, toDate(day - 1));
      await deliver();
      expect(await mailOf(id)).to.include({ state: 'failed', code: 'OUTDATED' });
      await remind(id, validUntil as string);
      expect((await again(id)).state).to.equal('waiting');
      const now = () => (day + 1) * 86_400_000;
      await deliver(0, { now });
      expect(server.taken).to.have.length(1);
      const kinds = await world.db.selectFrom('mails').select(['kind', 'state']).orderBy('seq').execute();
      expect(kinds).to.deep.equal([
        { kind: 'reminder', state: 'failed' },
        { kind: 'document', state: 'sent' },
      ]);
    });
  });
});
