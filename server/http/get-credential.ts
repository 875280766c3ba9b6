import { z } from 'zod';
import { AppError } from '../app-error.ts';
import type { Actor } from '../auth/policy.ts';
import type { CredentialDetail } from '../issuance/use-cases.ts';
import { credentialDetail, toCredentialJson } from './credential-schema.ts';
import { type Route, readRoute } from './route.ts';

type Get = (input: { actor: Actor; id: string }) => Promise<CredentialDetail | null>;

export function getCredentialRoute(get: Get): Route {
  return readRoute({
    path: '/v1/credentials/:id',
    name: 'getCredential',
    reads: { act: 'credential.read', what: 'claims' },
    summary: 'A credential with its claims, its state and its status',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The credential', schema: credentialDetail },
    problems: ['CREDENTIAL_NOT_FOUND'],
    async handle({ caller: { actor }, id }) {
      const detail = await get({ actor, id });
      if (!detail) throw new AppError('CREDENTIAL_NOT_FOUND', 'there is no such credential');
      return { status: 200, body: toCredentialJson(detail) };
    },
  });
}
