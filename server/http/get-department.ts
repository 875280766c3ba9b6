import { z } from 'zod';
import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import { ACTS, type Actor } from '../auth/policy.ts';
import type { UnknownBatches } from '../issuance/unknown-batches.ts';
import { KEY_FAULTS } from '../signing-keys/fault.ts';
import { instant, label } from './fields.ts';
import { type Route, readRoute } from './route.ts';

const department = z
  .strictObject({
    department: z.strictObject({ code: z.string(), name: label }),
    issuer: z
      .int()
      .nullable()
      .meta({ description: "The department's number in the registry; null while it is being registered" }),
    state: z.enum(['provisioning', 'active', 'held']),
    keys: z
      .strictObject({
        anchor: z.string().nullable(),
        status: z.string().nullable(),
        anchorFault: z.enum(KEY_FAULTS).nullable(),
        statusFault: z.enum(KEY_FAULTS).nullable(),
      })
      .meta({
        description:
          'Addresses, and why the registry takes nothing of them at present: without an anchor key what is issued waits, without a status key what is revoked',
      }),
    disbelieved: z.int().meta({
      description: 'Credentials that verifiers call not genuine, of which none has taken the place: to be issued again',
    }),
    unknownBatches: z
      .strictObject({
        count: z.int(),
        items: z.array(
          z.strictObject({
            id: z.string(),
            number: z.int(),
            size: z.int(),
            key: z.string(),
            transaction: z.string().nullable(),
            block: z.int().nullable(),
            anchoredAt: instant,
            seenAt: instant,
          }),
        ),
      })
      .meta({
        description:
          "Batches that the chain has in the department's name and this service does not know: nothing is issued until the key that signed them is reported, or they are known. The first 20 of them",
      }),
    finality: z
      .strictObject({
        sealWaitMs: z
          .int()
          .meta({ description: 'What is issued is sealed with others, after this time at the latest' }),
        confirmations: z.int().meta({ description: 'Blocks after which what is on the chain is final' }),
      })
      .meta({ description: 'What an issued credential waits for before its documents are there' }),
    caller: z.strictObject({
      id: z.string().meta({ description: 'As it stands beside what the caller does' }),
      name: z.string(),
      may: z.array(z.enum(ACTS)),
    }),
    apiKey: z
      .strictObject({
        id: z.string(),
        name: z.string(),
        prefix: z.string(),
        createdAt: instant,
        expiresAt: instant.nullable(),
        lastUsedAt: instant.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Department' });

export interface Finality {
  sealWaitMs: number;
  confirmations: number;
}

export function getDepartmentRoute(
  findDepartment: (code: string) => CatalogueDepartment | undefined,
  countDisbelieved: (actor: Actor) => Promise<number>,
  listUnknown: (actor: Actor) => Promise<UnknownBatches>,
  finality: Finality,
): Route {
  return readRoute({
    path: '/v1/me',
    name: 'getDepartment',
    summary: 'Who you are: the department and the API key',
    query: z.strictObject({}),
    answer: { status: 200, description: 'Your department', schema: department },
    problems: [],
    async handle({ caller: { actor, apiKey } }) {
      const { issuer } = actor;
      const found = findDepartment(issuer.code);
      if (!found) throw new Error(`the catalogue has no department "${issuer.code}"`);
      const [disbelieved, unknownBatches] = await Promise.all([countDisbelieved(actor), listUnknown(actor)]);
      const body = {
        department: { code: issuer.code, name: found.profile.name },
        issuer: issuer.number,
        state: issuer.state,
        keys: {
          anchor: issuer.anchor_key,
          status: issuer.status_key,
          anchorFault: issuer.anchor_fault,
          statusFault: issuer.status_fault,
        },
        disbelieved,
        unknownBatches,
        finality,
        caller: { id: actor.id, name: actor.name, may: [...actor.may] },
        apiKey: apiKey && {
          id: `key_${apiKey.id}`,
          name: apiKey.name,
          prefix: apiKey.prefix,
          createdAt: apiKey.created_at.toISOString(),
          expiresAt: apiKey.expires_at?.toISOString() ?? null,
          lastUsedAt: apiKey.last_used_at?.toISOString() ?? null,
        },
      };
      return { status: 200, body };
    },
  });
}
