import { z } from 'zod';
import type { HolderPerson } from '../auth/session.ts';
import { type CopyView, DEVICES } from '../copies/copies.ts';
import type { NewCopy } from '../copies/enrol.ts';
import { verifiableCredentialOf } from '../issuance/document-content.ts';
import type { DocumentSource } from '../issuance/use-cases.ts';
import { instant } from './fields.ts';
import { holderReadRoute, holderWriteRoute, type Route } from './route.ts';

const device = z.enum(DEVICES).meta({ description: 'Of which kind the device is, as its browser says' });

const copy = z
  .strictObject({
    id: z.string().meta({ examples: ['cpy_12'] }),
    credential: z.string().meta({ description: 'What it is a copy of' }),
    device,
    state: z.enum(['waiting', 'ready', 'over']).meta({
      description:
        'waiting: on its way to the chain, which takes seconds. ready: it may be shown. over: for ever, and its device makes another one',
    }),
    validUntil: z.iso.date().meta({ description: 'Its own last day: a device makes another one before' }),
    createdAt: instant,
    endedAt: instant.nullable().meta({ description: 'When its holder ended it' }),
    madeBy: z.string().nullable().meta({ description: 'Of a company’s, the id of the delegate who made it' }),
    mayEnd: z.boolean().meta({ description: 'Whether who asks may end it' }),
  })
  .meta({ id: 'DeviceCopy' });

const copyList = z.strictObject({ items: z.array(copy) }).meta({ id: 'DeviceCopyList' });

const BASE = '/v1/holder/credentials/:id/copies';

interface OneCopy {
  holder: HolderPerson;
  id: string;
}

export interface CopyUseCases {
  enrol(copy: NewCopy): Promise<CopyView>;
  list(asked: { holder: HolderPerson; credential?: string }): Promise<CopyView[]>;
  proof(one: OneCopy): Promise<Pick<DocumentSource, 'fullProof' | 'type' | 'registry'>>;
  end(one: OneCopy): Promise<CopyView>;
}

/** For holders: what their devices show by keys of their own. */
export function copyRoutes({ enrol, list, proof, end }: CopyUseCases): Route[] {
  return [
    holderWriteRoute({
      path: BASE,
      name: 'createCopy',
      summary: 'A short-lived copy of a document, bound to a key in the browser of its holder',
      body: z
        .strictObject({
          holderKey: z.string().max(100).meta({ description: 'Compressed P-256 key, in base64url without padding' }),
          device,
        })
        .meta({ id: 'NewDeviceCopy' }),
      answer: { status: 201, description: 'The copy, on its way to the chain', schema: copy },
      problems: [
        ...(['FORBIDDEN', 'CREDENTIAL_NOT_FOUND', 'NOT_FINAL', 'CREDENTIAL_DISBELIEVED'] as const),
        ...(['COPY_NOT_POSSIBLE', 'COPY_LIMIT', 'ISSUER_HELD'] as const),
      ],
      async handle({ holder, id: credential, body, idempotencyKey }) {
        return { status: 201, body: await enrol({ holder, idempotencyKey, credential, ...body }) };
      },
    }),
    holderReadRoute({
      path: BASE,
      name: 'listCopies',
      summary: 'The copies of a document that are bound to devices, newest first; those that are over for a week more',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The newest 200', schema: copyList },
      problems: ['FORBIDDEN'],
      handle: async ({ holder, id: credential }) => ({
        status: 200,
        body: { items: await list({ holder, credential }) },
      }),
    }),
    holderReadRoute({
      path: '/v1/holder/copies',
      name: 'listAllCopies',
      summary: 'Likewise of all documents of the holder',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The newest 200', schema: copyList },
      problems: ['FORBIDDEN'],
      handle: async ({ holder }) => ({ status: 200, body: { items: await list({ holder }) } }),
    }),
    holderReadRoute({
      path: '/v1/holder/copies/:id/proof',
      name: 'getCopyProof',
      summary: 'A copy in full as a W3C Verifiable Credential, for the device that has its key',
      query: z.strictObject({}),
      answer: { status: 200, description: 'A VC Data Model 2.0 credential', mediaType: 'application/vc' },
      problems: ['FORBIDDEN', 'COPY_NOT_FOUND', 'NOT_FINAL', 'COPY_OVER', 'CREDENTIAL_DISBELIEVED'],
      handle: async ({ holder, id }) => ({
        status: 200,
        mediaType: 'application/vc',
        body: verifiableCredentialOf(await proof({ holder, id })),
      }),
    }),
    holderWriteRoute({
      path: '/v1/holder/copies/:id/end',
      name: 'endCopy',
      summary: 'End a copy, as of a device that was lost: what it shows is revoked',
      body: z.strictObject({}),
      answer: { status: 200, description: 'The copy', schema: copy },
      problems: ['FORBIDDEN', 'COPY_NOT_FOUND'],
      handle: async ({ holder, id }) => ({ status: 200, body: await end({ holder, id }) }),
    }),
  ];
}
