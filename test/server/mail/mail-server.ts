import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/*
 * A mail server that works, as far as a sender can see: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA, RSET, QUIT (RFC 5321). It keeps what it
 * takes, and refuses what a test tells it to.
 */

export interface TakenMail {
  from: string;
  to: string;
  raw: string;
  isEncrypted: boolean;
  user: string | null;
}

export type Command = 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'END';

export interface MailServer {
  port: number;
  taken: TakenMail[];
  /** Every command that came, with its arguments. */
  heard: string[];
  /** The answer to a command, in place of the usual one. "END" is the end of the message. */
  answers: Partial<Record<Command, string>>;
  /** Asked before a message is taken. */
  beforeTaking: () => Promise<void>;
  close(): Promise<void>;
}

export interface MailServerOptions {
  offersTls?: boolean;
  password?: string;
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, { mailServer, options, isEncrypted: false });
    socket.write('220 mail.example.hk ESMTP\r\n');
  });
  const mailServer: MailServer = {
    port: 0,
    taken: [],
    heard: [],
    answers: {},
    beforeTaking: async () => {},
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  mailServer.port = (server.address() as AddressInfo).port;
  return mailServer;
}

interface Session {
  mailServer: MailServer;
  options: MailServerOptions;
  isEncrypted: boolean;
}

function serve(socket: Socket, session: Session): void {
  const { mailServer, options, isEncrypted } = session;
  let buffer = '';
  let user: string | null = null;
  let envelope = { from: '', to: '' };
  let isMessage = false;
  const say = (command: Command, usual: string) => socket.write(`${mailServer.answers[command] ?? usual}\r\n`);
  const isRefused = (command: Command) => /^[45]/.test(mailServer.answers[command] ?? '2');
  const commands: Record<string, (rest: string) => void> = {
    EHLO: () =>
      say(
        'EHLO',
        ['250-mail.example.hk', ...(options.offersTls && !isEncrypted ? ['250-STARTTLS'] : []), '250 AUTH PLAIN'].join(
          '\r\n',
        ),
      ),
    STARTTLS: () => {
      if (!options.offersTls) return void socket.write('502 unknown\r\n');
      socket.removeAllListeners('data');
      socket.write('220 go ahead\r\n');
      const secure = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext({ key: KEY, cert: CERTIFICATE }),
      });
      secure.on('error', () => {});
      serve(secure, { ...session, isEncrypted: true });
    },
    AUTH: (rest) => {
      const [, name = '', password] = Buffer.from(rest.replace('PLAIN ', ''), 'base64').toString().split('\0');
      user = password === options.password ? name : null;
      say('AUTH', user === null ? '535 5.7.8 wrong' : '235 welcome');
    },
    MAIL: (rest) => {
      envelope = { from: addressOf(rest), to: '' };
      say('MAIL', '250 sender');
    },
    RCPT: (rest) => {
      envelope.to = addressOf(rest);
      say('RCPT', '250 receiver');
    },
    DATA: () => {
      isMessage = !isRefused('DATA');
      say('DATA', '354 end with a dot');
    },
    RSET: () => socket.write('250 reset\r\n'),
    QUIT: () => socket.end('221 bye\r\n'),
  };
  const take = async (message: string) => {
    isMessage = false;
    await mailServer.beforeTaking();
    const raw = message.replace(/^\.\./gm, '.');
    if (!isRefused('END')) mailServer.taken.push({ ...envelope, raw, isEncrypted, user });
    say('END', '250 taken');
  };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    for (;;) {
      const end = isMessage ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n');
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + (isMessage ? 5 : 2));
      if (isMessage) void take(line);
      else {
        mailServer.heard.push(line);
        const [name = '', ...rest] = line.split(/[ :]/);
        (commands[name.toUpperCase()] ?? (() => socket.write('502 unknown\r\n')))(rest.join(' '));
      }
    }
  });
}

function addressOf(text: string): string {
  return /<([^>]*)>/.exec(text)?.[1] ?? '';
}

export interface ReadMail {
  /** By their names in small letters, decoded. */
  headers: Record<string, string>;
  text: string;
  html: string;
  pdf: { filename: string; bytes: Buffer } | null;
}

/** A message of nodemailer's, taken apart: multipart of text, HTML and one attachment. */
export function readMail(raw: string): ReadMail {
  const { headers, body } = splitPart(raw);
  const read: ReadMail = { headers, text: '', html: '', pdf: null };
  readPart({ headers, body }, read);
  return read;
}

interface Part {
  headers: Record<string, string>;
  body: string;
}

function splitPart(raw: string): Part {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const pairs = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
  });
  return { headers: Object.fromEntries(pairs), body: raw.slice(end + 4) };
}

function readPart({ headers, body }: Part, read: ReadMail): void {
  const type = headers['content-type'] ?? '';
  const boundary = /boundary="([^"]+)"/.exec(type)?.[1];
  if (boundary !== undefined) {
    const parts = body.split(`--${boundary}`).slice(1, -1);
    for (const part of parts) readPart(splitPart(part.replace(/^\r\n|\r\n$/g, '')), read);
    return;
  }
  const bytes = decodeBody(body, headers['content-transfer-encoding'] ?? '');
  if (type.startsWith('text/plain')) read.text = bytes.toString().replaceAll('\r\n', '\n');
  else if (type.startsWith('text/html')) read.html = bytes.toString().replaceAll('\r\n', '\n');
  else if (type.startsWith('application/pdf'))
    read.pdf = { filename: /filename=("?)([^";]+)\1/.exec(headers['content-disposition'] ?? '')?.[2] ?? '', bytes };
}

function decodeBody(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1');
  return unquote(body.replace(/=\r\n/g, ''));
}

function unquote(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** RFC 2047. */
function decodeWords(text: string): string {
  return text
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, what: string) =>
      (how.toUpperCase() === 'B' ? Buffer.from(what, 'base64') : unquote(what.replaceAll('_', ' '))).toString(),
    );
}

/** For localhost and 127.0.0.1, until 2126. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUdmZ1Btc11Gg16ZFt94TTUpXmyQwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjA3MjYyNVoYDzIxMjYxMTAy
MDcyNjI1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASx9s7bKQwoErnvVEwcIFQEDpLeQsiY8i7Pyg3gKrj/YeFC3GNZgYIs
2lgQoOBNy5Q/CICTkqByZgsvrOrDoHJPo28wbTAdBgNVHQ4EFgQULetW72vJroVd
siZ3EZ82bQgj0ocwHwYDVR0jBBgwFoAULetW72vJroVdsiZ3EZ82bQgj0ocwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgdAk5wmMzYAISuF8PG2XzFz+djBUcepi2gchWpZQV9LwCIQD5
JlMoai9tPtXt5vQZpFnLRpISGkuQnSiUJif4ssEjWw==
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0WTXnDIdRNeEgeze
/zJjVI75iM/V7D1sbbr3dEt0lXGhRANCAASx9s7bKQwoErnvVEwcIFQEDpLeQsiY
8i7Pyg3gKrj/YeFC3GNZgYIs2lgQoOBNy5Q/CICTkqByZgsvrOrDoHJP
-----END PRIVATE KEY-----
`;
