import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  createFileTransport,
  createSmtpTransport,
  type OutgoingMail,
  type SmtpSettings,
  toOutcome,
} from '../../../server/mail/transport.ts';
import { CERTIFICATE, type MailServer, type MailServerOptions, readMail, startMailServer } from './mail-server.ts';

const MAIL: OutgoingMail = {
  id: 'mail_7',
  messageId: '00000000-0000-4000-8000-000000000007',
  to: 'licensee@example.hk',
  sender: '食物環境衞生署 "FEHD", <evil@example.com>',
  letter: { subject: '牌照 K7QX', text: '.line\n牌照\n', html: '<p>牌照</p>' },
  pdf: { filename: 'K7QX-3MWA-P9RT.pdf', bytes: Buffer.from('%PDF-1.7 …') },
  at: new Date('2026-03-02T00:00:00Z'),
};

describe('the mail server', () => {
  let server: MailServer;
  const start = async (options?: MailServerOptions) => {
    server = await startMailServer(options);
  };
  afterEach(() => server.close());

  const settings = (change: Partial<SmtpSettings> = {}): SmtpSettings => ({
    host: '127.0.0.1',
    port: server.port,
    isSecure: false,
    requiresTls: false,
    auth: null,
    from: 'no-reply@eproof.example.hk',
    ...change,
  });
  const send = (change?: Partial<SmtpSettings>, authorities?: string) =>
    createSmtpTransport(settings(change), authorities)(MAIL);

  it('is given sender, receiver, letter and document', async () => {
    await start();
    expect(await send()).to.include({ code: null, isPermanent: false });
    const [taken] = server.taken;
    expect(taken).to.include({ from: 'no-reply@eproof.example.hk', to: 'licensee@example.hk' });
    const { headers, text, html, pdf } = readMail(taken?.raw as string);
    expect(headers).to.include({
      to: 'licensee@example.hk',
      subject: '牌照 K7QX',
      date: 'Mon, 02 Mar 2026 00:00:00 +0000',
      'auto-submitted': 'auto-generated',
      'message-id': '<00000000-0000-4000-8000-000000000007@eproof.example.hk>',
    });
    expect(headers).to.not.have.any.keys('x-mailer', 'reply-to', 'cc', 'bcc');
    expect([text, html]).to.deep.equal(['.line\n牌照\n', '<p>牌照</p>']);
    expect(pdf?.filename).to.equal('K7QX-3MWA-P9RT.pdf');
    expect(pdf?.bytes).to.deep.equal(MAIL.pdf?.bytes);
  });

  it('takes a name as a name, whatever stands in it', async () => {
    await start();
    await send();
    const { from } = readMail(server.taken[0]?.raw as string).headers;
    expect(from).to.match(/ <no-reply@eproof\.example\.hk>$/);
    expect(server.heard.filter((line) => /^(MAIL|RCPT)/.test(line))).to.have.length(2);
  });

  for (const [what, answer, code, isPermanent, reply] of [
    ['a receiver for ever', { RCPT: '550 5.1.1 no such user' }, 'RECIPIENT_REFUSED', true, 550],
    ['a receiver for now', { RCPT: '451 4.7.1 greylisted' }, 'TRY_LATER', false, 451],
    ['a message for ever', { END: '554 5.7.1 not liked' }, 'MESSAGE_REFUSED', true, 554],
    ['a message before it came', { DATA: '552 5.3.4 too big' }, 'MESSAGE_REFUSED', true, 552],
    ['a message for now', { END: '452 4.3.1 disk full' }, 'TRY_LATER', false, 452],
    ['the sender', { MAIL: '550 5.7.1 not from you' }, 'SENDER_REFUSED', false, 550],
    ['everything for now', { EHLO: '421 4.3.2 closing' }, null, false, null],
  ] as const)
    it(`refuses ${what}`, async () => {
      await start();
      server.answers = answer;
      const outcome = await send();
      if (code === null) expect(outcome.code).to.be.oneOf(['SERVER_FAULT', 'TRY_LATER', 'UNREACHABLE']);
      else expect(outcome).to.include({ code, reply });
      expect(outcome.isPermanent).to.equal(isPermanent);
      expect(server.taken).to.deep.equal([]);
    });

  it('is not repeated where it repeats the address', async () => {
    await start();
    server.answers = { RCPT: '550 <licensee@example.hk>: no such user' };
    expect(JSON.stringify(await send())).to.not.match(/licensee|no such/);
  });

  it('is away: that is for now', async () => {
    await start();
    const { port } = server;
    await server.close();
    const outcome = await createSmtpTransport({ ...settings(), port })(MAIL);
    expect(outcome).to.include({ code: 'UNREACHABLE', isPermanent: false, reply: null });
    await start();
  });

  describe('elsewhere', () => {
    it('is told nothing in clear where it has no TLS', async () => {
      await start();
      const outcome = await send({ requiresTls: true });
      expect(outcome).to.include({ code: 'NOT_SECURE', isPermanent: false });
      expect(server.heard.filter((line) => /^(MAIL|RCPT|DATA|AUTH)/.test(line))).to.deep.equal([]);
    });

    it('is told everything under TLS', async () => {
      await start({ offersTls: true, password: 'secret' });
      const auth = { user: 'eproof', password: 'secret' };
      expect(await send({ requiresTls: true, auth }, CERTIFICATE)).to.include({ code: null });
      expect(server.taken[0]).to.include({ isEncrypted: true, user: 'eproof' });
    });

    it('is not believed with a certificate that nobody vouches for', async () => {
      await start({ offersTls: true });
      expect(await send({ requiresTls: true })).to.include({ code: 'NOT_SECURE', isPermanent: false });
      expect(server.taken).to.deep.equal([]);
      expect(server.heard.filter((line) => /^(MAIL|RCPT)/.test(line))).to.deep.equal([]);
    });

    it('refuses a wrong password: that is for the operator, and no mail is lost by it', async () => {
      await start({ offersTls: true, password: 'secret' });
      const auth = { user: 'eproof', password: 'wrong' };
      const outcome = await send({ requiresTls: true, auth }, CERTIFICATE);
      expect(outcome).to.include({ code: 'SIGN_IN_REFUSED', isPermanent: false, reply: 535 });
    });
  });
});

describe('the outcome of a mail', () => {
  it('is for ever where the address is none, and for now where nobody knows', () => {
    const fault = (fields: object) => toOutcome(Object.assign(new Error('licensee@example.hk'), fields));
    expect(fault({ code: 'EENVELOPE', command: 'API' })).to.include({ code: 'RECIPIENT_REFUSED', isPermanent: true });
    expect(fault({})).to.include({ code: 'SERVER_FAULT', isPermanent: false });
    expect(fault({ code: 'EPROTOCOL', command: 'RCPT TO', responseCode: 503, permanent: false })).to.include({
      code: 'TRY_LATER',
      isPermanent: false,
    });
    expect(fault({ code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }).detail).to.equal(
      'CONN ESOCKET ECONNREFUSED',
    );
  });
});

describe('mails as files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-mail-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are whole, for their owner alone, and the same file when sent again', async () => {
    const place = join(folder, 'mail');
    const send = createFileTransport(place);
    expect(await send(MAIL)).to.include({ code: null });
    expect(await send(MAIL)).to.include({ code: null });
    expect(readdirSync(place)).to.deep.equal(['mail_7.eml']);
    const path = join(place, 'mail_7.eml');
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    const { headers, pdf } = readMail(readFileSync(path, 'latin1'));
    expect(headers.to).to.equal('licensee@example.hk');
    expect(pdf?.bytes).to.deep.equal(MAIL.pdf?.bytes);
  });
});
