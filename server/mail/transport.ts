import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type NodemailerError, type SendMailOptions, type SMTPTransportOptions } from 'nodemailer';
import { writeDurably } from '../keys/keystore.ts';
import type { Letter } from './letter.ts';
import type { MailCode } from './outbox.ts';

/** One mail, ready to go. */
export interface OutgoingMail {
  /** "mail_7" */
  id: string;
  /** A UUID. */
  messageId: string;
  to: string;
  /** What stands before the sender's address. */
  sender: string;
  letter: Letter;
  pdf: { filename: string; bytes: Uint8Array } | null;
  at: Date;
}

export interface Outcome {
  /** Null where it was taken. */
  code: MailCode | null;
  /** The mail server's number for a refusal. */
  reply: number | null;
  /** Whether the same mail would be refused again. */
  isPermanent: boolean;
  /** What an operator can act on: nodemailer's and the system's codes, never what the server said, because it repeats addresses. */
  detail?: string;
}

/** Resolves when whoever takes it has taken it, or has refused it. */
export type SendMail = (mail: OutgoingMail) => Promise<Outcome>;

export interface SmtpSettings {
  host: string;
  port: number;
  /** TLS from the first byte; else by STARTTLS. */
  isSecure: boolean;
  /** Whether nothing is sent in clear. False for a server on this machine alone. */
  requiresTls: boolean;
  auth: { user: string; password: string } | null;
  /** The sender's address. */
  from: string;
}

const TAKEN: Outcome = { code: null, reply: null, isPermanent: false };

/** A mail server. `authorities` are certificates in PEM that are believed instead of the system's. */
export function createSmtpTransport(settings: SmtpSettings, authorities?: string): SendMail {
  const transport = createTransport(toSmtpOptions(settings, authorities));
  return async (mail) => {
    try {
      await transport.sendMail(toMessage(mail, settings.from));
      return TAKEN;
    } catch (error) {
      return toOutcome(error as NodemailerError);
    }
  };
}

function toSmtpOptions(settings: SmtpSettings, authorities: string | undefined): SMTPTransportOptions {
  const { host, port, isSecure, requiresTls, auth } = settings;
  return {
    host,
    port,
    secure: isSecure,
    requireTLS: requiresTls,
    // a server on this machine has no certificate in its name
    ignoreTLS: !requiresTls,
    tls: { minVersion: 'TLSv1.2', ...(authorities === undefined ? {} : { ca: authorities }) },
    ...(auth ? { auth: { user: auth.user, pass: auth.password } } : {}),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  };
}

/** Files in place of mails, for development: `mail_7.eml` is on the disk in whole before it counts as sent. */
export function createFileTransport(folder: string): SendMail {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return async (mail) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { message } = await transport.sendMail(toMessage(mail, 'e-proof@localhost.localdomain'));
    await writeDurably(join(folder, `${mail.id}.eml`), message as Buffer);
    return TAKEN;
  };
}

function toMessage({ messageId, to, sender, letter, pdf, at }: OutgoingMail, from: string): SendMailOptions {
  return {
    messageId: `<${messageId}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    // as objects, so that nothing in them is read as a list of addresses
    from: { name: sender, address: from },
    to: { name: '', address: to },
    envelope: { from, to: [to] },
    date: at,
    ...letter,
    // so that nobody's absence is answered to us (RFC 3834)
    headers: { 'Auto-Submitted': 'auto-generated' },
    xMailer: false,
    attachments: pdf
      ? [{ filename: pdf.filename, content: Buffer.from(pdf.bytes), contentType: 'application/pdf' }]
      : [],
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** What a refusal means. Only what is about this receiver or this mail is for ever: the rest is for the operator to put right. */
export function toOutcome(error: NodemailerError): Outcome {
  const { code = '', originalCode, command = '', responseCode, permanent = false } = error;
  const found = toCode(error);
  return {
    code: found,
    reply: responseCode ?? null,
    isPermanent:
      (found === 'RECIPIENT_REFUSED' || found === 'MESSAGE_REFUSED') && (permanent || responseCode === undefined),
    detail: [command, code, originalCode, responseCode].filter(Boolean).join(' '),
  };
}

const CODES: Readonly<Record<string, MailCode>> = {
  EAUTH: 'SIGN_IN_REFUSED',
  ENOAUTH: 'SIGN_IN_REFUSED',
  ETLS: 'NOT_SECURE',
  ESOCKET: 'UNREACHABLE',
  ECONNECTION: 'UNREACHABLE',
  ETIMEDOUT: 'UNREACHABLE',
  EDNS: 'UNREACHABLE',
};

function toCode({ code = '', originalCode = '', command = '', responseCode, permanent }: NodemailerError): MailCode {
  // such as DEPTH_ZERO_SELF_SIGNED_CERT, which comes as a fault of the connection
  if (/CERT|SSL|TLS/.test(originalCode)) return 'NOT_SECURE';
  const byConnection = CODES[code];
  if (byConnection) return byConnection;
  if (responseCode !== undefined && !permanent) return 'TRY_LATER';
  if (code === 'EMESSAGE' || command === 'DATA') return 'MESSAGE_REFUSED';
  if (command === 'MAIL FROM') return 'SENDER_REFUSED';
  // what nodemailer itself finds wrong with the address is told as of its API
  return code === 'EENVELOPE' ? 'RECIPIENT_REFUSED' : 'SERVER_FAULT';
}
