import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { MailView } from '../mail/outbox.ts';
import type { Tx } from '../store/schema.ts';
import { mailView } from './credential-schema.ts';
import { type Route, writeRoute } from './route.ts';

type SendAgain = (tx: Tx, input: { actor: Actor; id: string }) => Promise<MailView>;

export function mailCredentialRoute(sendAgain: SendAgain): Route {
  return writeRoute({
    path: '/v1/credentials/:id/mail',
    name: 'mailCredential',
    summary: 'E-mail the document to its holder again, to the address that it was issued with',
    body: z.strictObject({}),
    answer: {
      status: 202,
      description: 'The mail; "mail" of the credential shows what becomes of it',
      schema: z.strictObject({ ...mailView.shape, credential: z.string() }).meta({ id: 'CredentialMail' }),
    },
    problems: [
      ...(['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'CREDENTIAL_ERASED', 'NOT_FINAL'] as const),
      ...(['ALREADY_REVOKED', 'ALREADY_SUPERSEDED', 'HOLDER_WITHOUT_EMAIL', 'MAIL_WAITING', 'FORBIDDEN'] as const),
    ],
    async handle(tx, { caller: { actor }, id }) {
      return { status: 202, body: { ...(await sendAgain(tx, { actor, id })), credential: id } };
    },
    location: (body) => `/v1/credentials/${(body as { credential: string }).credential}`,
  });
}
