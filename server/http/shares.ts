import { z } from 'zod';
import type { HolderPerson } from '../auth/session.ts';
import {
  MOST_SEALED_BYTES,
  MOST_SHARE_DAYS,
  MOST_SHARE_OPENS,
  type NewShare,
  type ShareView,
} from '../shares/shares.ts';
import { instant } from './fields.ts';
import { holderReadRoute, holderWriteRoute, questionRoute, type Route } from './route.ts';

const share = z
  .strictObject({
    id: z.string().meta({ description: '32 hex digits: what the link names' }),
    credential: z.string(),
    createdAt: instant,
    expiresAt: instant,
    mostOpens: z.int().nullable().meta({ description: 'How often it can be opened; null for as often as one likes' }),
    opens: z.int(),
    openedAt: z.array(instant).meta({ description: 'When it was opened, the newest 20' }),
    endedAt: instant.nullable().meta({ description: 'When its holder ended it' }),
    isOver: z.boolean(),
    madeBy: z.string().nullable().meta({ description: 'Of a company’s, the id of the delegate who made it' }),
    mayEnd: z.boolean().meta({ description: 'Whether who asks may end it' }),
  })
  .meta({ id: 'Share' });

const shareList = z.strictObject({ items: z.array(share) }).meta({ id: 'ShareList' });

const sealed = z
  .string()
  .max(Math.ceil((MOST_SEALED_BYTES * 4) / 3))
  .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding')
  .meta({ description: 'What is shown, locked by a key that stands in the link alone; base64url without padding' });

const hex128 = (description: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits')
    .meta({ description });

const BASE = '/v1/holder/credentials/:id/shares';

export function createShareRoute(create: (share: NewShare) => Promise<ShareView>): Route {
  return holderWriteRoute({
    path: BASE,
    name: 'createShare',
    summary: 'Keep what a link shows until it ends',
    body: z
      .strictObject({
        sealed,
        expiresAt: z.iso.datetime().meta({ description: `When it ends, within ${MOST_SHARE_DAYS} days; UTC` }),
        mostOpens: z
          .int()
          .min(1)
          .max(MOST_SHARE_OPENS)
          .nullable()
          .default(null)
          .meta({ description: 'How often it can be opened; null for as often as one likes' }),
      })
      .meta({ id: 'NewShare' }),
    answer: { status: 201, description: 'The link', schema: share },
    problems: ['FORBIDDEN', 'CREDENTIAL_NOT_FOUND', 'NOT_FINAL', 'SHARE_EXPIRY_INVALID', 'SHARE_LIMIT'],
    async handle({ holder, id: credential, body, idempotencyKey }) {
      const { sealed: text, expiresAt, mostOpens } = body;
      const one = {
        ...{ holder, idempotencyKey, credential },
        ...{ sealed: Buffer.from(text, 'base64url'), expiresAt: new Date(expiresAt), mostOpens },
      };
      return { status: 201, body: await create(one) };
    },
  });
}

export function listSharesRoute(
  list: (asked: { holder: HolderPerson; credential: string }) => Promise<ShareView[]>,
): Route {
  return holderReadRoute({
    path: BASE,
    name: 'listShares',
    summary: 'The links to a document, newest first; those that are over for thirty days more',
    query: z.strictObject({}),
    answer: { status: 200, description: 'All of them', schema: shareList },
    problems: ['FORBIDDEN', 'CREDENTIAL_NOT_FOUND'],
    handle: async ({ holder, id: credential }) => ({
      status: 200,
      body: { items: await list({ holder, credential }) },
    }),
  });
}

export function listAllSharesRoute(list: (holder: HolderPerson) => Promise<ShareView[]>): Route {
  return holderReadRoute({
    path: '/v1/holder/shares',
    name: 'listAllShares',
    summary: 'The links to all documents of the holder, newest first; of a company for its administrators',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The newest 200', schema: shareList },
    problems: [],
    handle: async ({ holder }) => ({ status: 200, body: { items: await list(holder) } }),
  });
}

export function endShareRoute(end: (one: { holder: HolderPerson; id: string }) => Promise<ShareView>): Route {
  return holderWriteRoute({
    path: '/v1/holder/shares/:id/end',
    name: 'endShare',
    summary: 'End a link at once: what it showed is gone from the service',
    body: z.strictObject({}),
    answer: { status: 200, description: 'The link', schema: share },
    problems: ['FORBIDDEN', 'SHARE_NOT_FOUND'],
    handle: async ({ holder, id }) => ({ status: 200, body: await end({ holder, id }) }),
  });
}

export function openShareRoute(open: (asked: { id: string; visit: Buffer }) => Promise<Buffer>): Route {
  return questionRoute({
    path: '/v1/shares/open',
    name: 'openShare',
    summary: 'What a link shows, for whoever has it; each visit counts once, however often it asks',
    limit: 'lookUp',
    body: z
      .strictObject({ id: hex128('Of the link'), visit: hex128('Chosen at random by whoever opens it') })
      .meta({ id: 'ShareOpening' }),
    answer: {
      status: 200,
      description: 'To be unlocked by the key of the link',
      schema: z.strictObject({ sealed }).meta({ id: 'OpenedShare' }),
    },
    problems: ['SHARE_OVER'],
    async handle({ body: { id, visit } }) {
      const bytes = await open({ id, visit: Buffer.from(visit, 'hex') });
      return { status: 200, body: { sealed: bytes.toString('base64url') } };
    },
  });
}
