import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { CredentialView } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { credential, selfOf, toCredentialJson } from './credential-schema.ts';
import { type Route, writeRoute } from './route.ts';

type Erase = (tx: Tx, input: { actor: Actor; id: string }) => Promise<CredentialView>;

const eraseRequest = z
  .strictObject({
    confirm: z.literal('erase').meta({ description: 'The word "erase": nothing brings the claims back' }),
  })
  .meta({ id: 'EraseRequest' });

export function eraseCredentialRoute(erase: Erase): Route {
  return writeRoute({
    path: '/v1/credentials/:id/erase',
    name: 'eraseCredential',
    summary: "Destroy a credential's claims, images and keys, for ever; its header, its hash and its status stay",
    body: eraseRequest,
    answer: { status: 200, description: 'What is left of it', schema: credential },
    problems: ['CREDENTIAL_NOT_FOUND', 'NOT_FINAL'],
    location: selfOf,
    handle: async (tx, { caller: { actor }, id }) => ({
      status: 200,
      body: toCredentialJson(await erase(tx, { actor, id })),
    }),
  });
}
