import { z } from 'zod';
import type { JsonObject } from '../../proof/json.ts';
import type { Problem } from '../app-error.ts';
import type { Actor } from '../auth/policy.ts';
import type { PreviewSource } from '../issuance/preview.ts';
import type { Tx } from '../store/schema.ts';
import { TYPE_VERSION_STATES } from '../store/schema.ts';
import { CHANGES, CONCERNED } from '../type-versions/changes.ts';
import type { TypeTransaction, TypeVersionSummary, TypeVersionView } from '../type-versions/version.ts';
import { instant, jsonObject, line } from './fields.ts';
import { pdfQuery } from './get-pdf.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { PREVIEW_ANSWER, type Preview, toPreview } from './previews.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const PATH = '/v1/type-versions';

const summaryFields = {
  id: z.string().meta({ examples: ['tvn_7'] }),
  type: z.string().meta({ description: "The type's code" }),
  version: z.int().meta({ description: 'The number that it has, or will have' }),
  state: z.enum(TYPE_VERSION_STATES).meta({
    description:
      '"draft": may be wrong; "prepared": its bytes are fixed, and the registry is looked at; "published": the registry has it, and new documents are of it',
  }),
  sha256: z.string().nullable().meta({ description: 'Of its file: fixed when it is prepared' }),
  createdBy: z.string(),
  createdAt: instant,
  changedBy: z.string(),
  changedAt: instant,
  preparedBy: z.string().nullable(),
  preparedAt: instant.nullable(),
  publishedAt: instant.nullable(),
  links: z.strictObject({ self: z.string(), preview: z.string() }),
};
const summary = z.strictObject(summaryFields).meta({ id: 'TypeVersion' });

const detail = z
  .strictObject({
    ...summaryFields,
    definition: jsonObject(
      'The definition file (proof/FORMAT.md section 7); what was typed, right or wrong, in a draft',
    ),
    faults: z
      .array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() }))
      .meta({ description: 'What keeps it from being prepared; a pointer leads into the definition' }),
    changes: z
      .array(
        z.strictObject({
          what: z.enum(CHANGES),
          name: z.string().nullable().meta({ description: 'Of the claim or the date' }),
          before: z.string().nullable(),
          after: z.string().nullable(),
          concerns: z.array(z.enum(CONCERNED)),
        }),
      )
      .meta({ description: 'Against the version before; none as long as there are faults' }),
  })
  .meta({ id: 'TypeVersionDetail' });

const prepared = z
  .strictObject({
    version: detail,
    transaction: z.strictObject({
      chainId: z.int(),
      from: z.string().meta({ description: "The department's admin, who alone can send it" }),
      to: z.string().meta({ description: 'The registry' }),
      data: z.string().meta({ description: 'What it is called with' }),
      call: z.strictObject({
        name: z.literal('openCredentialType'),
        arguments: z.strictObject({ issuer: z.int(), definition: z.string() }),
      }),
    }),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'PreparedTypeVersion' });

const newVersion = z.strictObject({ type: line(40).meta({ examples: ['FEHD-GRL'] }) }).meta({ id: 'NewTypeVersion' });
const update = z
  .strictObject({
    definition: jsonObject(
      'Title, dates, validity, disclosure and claims as a definition file has them; kept also where they are wrong',
    ),
    changedAt: instant
      .optional()
      .meta({ description: 'That of what was edited: refused where somebody has changed it since' }),
  })
  .meta({ id: 'TypeVersionUpdate' });
const seen = z
  .strictObject({ changedAt: instant.meta({ description: 'That of what was seen: nothing else is registered' }) })
  .meta({ id: 'SeenTypeVersion' });

const listQuery = z.strictObject({
  type: line(40).optional().meta({ description: 'Of this type alone' }),
  ...pageQuery({ usual: 50, most: 200, cursorLength: 20 }),
});

interface One {
  actor: Actor;
  id: string;
}

export interface TypeVersionUseCases {
  list(asked: {
    actor: Actor;
    type: string | undefined;
    limit: number;
    cursor: string | undefined;
  }): Promise<{ items: TypeVersionSummary[]; next: string | null }>;
  create(tx: Tx, input: { actor: Actor; type: string }): Promise<TypeVersionView>;
  get(one: One): Promise<TypeVersionView>;
  update(tx: Tx, input: One & { definition: JsonObject; changedAt?: string | undefined }): Promise<TypeVersionView>;
  prepare(
    tx: Tx,
    input: One & { changedAt: string },
  ): Promise<{ version: TypeVersionView; transaction: TypeTransaction }>;
  discard(tx: Tx, one: One): Promise<TypeVersionView>;
  preview(one: One): Promise<PreviewSource>;
}

export function typeVersionRoutes(useCases: TypeVersionUseCases, preview: Preview): Route[] {
  return [...readRoutes(useCases, preview), ...changeRoutes(useCases)];
}

function readRoutes({ list, get, preview: find }: TypeVersionUseCases, preview: Preview): Route[] {
  return [
    readRoute({
      path: PATH,
      name: 'listTypeVersions',
      summary: "New versions of your department's types, newest first: as they are written, and published",
      query: listQuery,
      answer: { status: 200, description: 'A page', schema: pageOf(summary, 'TypeVersionPage') },
      problems: ['CURSOR_INVALID', 'FORBIDDEN'],
      async handle({ caller: { actor }, query: { type, limit, starting_after: cursor } }) {
        const { items, next } = await list({ actor, type, limit, cursor });
        return { status: 200, body: toPage(items.map(withLinks), next) };
      },
    }),
    readRoute({
      path: `${PATH}/:id`,
      name: 'getTypeVersion',
      summary: 'One of them: its definition, what is wrong with it, and what it changes for whom',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The version', schema: detail },
      problems: ['TYPE_VERSION_NOT_FOUND', 'FORBIDDEN'],
      handle: async ({ caller: { actor }, id }) => ({ status: 200, body: toDetail(await get({ actor, id })) }),
    }),
    readRoute({
      path: `${PATH}/:id/preview.pdf`,
      name: 'previewTypeVersion',
      summary: 'What a document of it would look like, with invented values',
      query: pdfQuery,
      answer: PREVIEW_ANSWER,
      problems: [
        ...(['TYPE_VERSION_NOT_FOUND', 'VALIDATION_FAILED', 'ISSUER_NOT_READY'] as const),
        ...(['QR_TOO_LARGE', 'CREDENTIAL_TOO_LARGE', 'FORBIDDEN'] as const),
      ],
      handle: async ({ caller: { actor }, id, query: { lang } }) => toPreview(await find({ actor, id }), preview, lang),
    }),
  ];
}

function changeRoutes({ create, update: change, prepare, discard }: TypeVersionUseCases): Route[] {
  const ofOne = ['TYPE_VERSION_NOT_FOUND', 'TYPE_VERSION_STATE', 'FORBIDDEN'] as const;
  return [
    writeRoute({
      path: PATH,
      name: 'createTypeVersion',
      summary: 'Begin a new version of a type, with what the version in force says',
      body: newVersion,
      answer: { status: 201, description: 'The draft', schema: detail },
      problems: ['TYPE_UNKNOWN', 'TYPE_VERSION_OPEN', 'FORBIDDEN'],
      handle: async (tx, { caller: { actor }, body }) => ({
        status: 201,
        body: toDetail(await create(tx, { actor, ...body })),
      }),
      location,
    }),
    writeRoute({
      path: `${PATH}/:id/update`,
      name: 'updateTypeVersion',
      summary: 'Say it anew, right or wrong; what was prepared is a draft again',
      body: update,
      answer: { status: 200, description: 'The draft', schema: detail },
      problems: [...ofOne, 'DRAFT_CHANGED'],
      handle: async (tx, { caller: { actor }, id, body }) => ({
        status: 200,
        body: toDetail(await change(tx, { actor, id, ...body })),
      }),
      location,
    }),
    writeRoute({
      path: `${PATH}/:id/prepare`,
      name: 'prepareTypeVersion',
      summary: "Fix its bytes; the answer is what the department's admin sends to the registry. Nothing is sent here",
      body: seen,
      answer: { status: 200, description: 'To be signed and sent by the admin', schema: prepared },
      problems: [...ofOne, 'DRAFT_CHANGED', 'ISSUER_NOT_READY', 'REGISTRY_REFUSES', 'REGISTRY_UNAVAILABLE'],
      async handle(tx, { caller: { actor }, id, body }) {
        const { version, transaction } = await prepare(tx, { actor, id, ...body });
        return { status: 200, body: { version: toDetail(version), transaction, links: { self: selfOf(id) } } };
      },
      location,
    }),
    writeRoute({
      path: `${PATH}/:id/discard`,
      name: 'discardTypeVersion',
      summary: 'Throw it away',
      body: z.strictObject({}),
      answer: { status: 200, description: 'As it is now', schema: detail },
      problems: ofOne,
      handle: async (tx, { caller: { actor }, id }) => ({
        status: 200,
        body: toDetail(await discard(tx, { actor, id })),
      }),
      location,
    }),
  ];
}

function withLinks<View extends { id: string }>(view: View) {
  const self = selfOf(view.id);
  return { ...view, links: { self, preview: `${self}/preview.pdf` } };
}

function toDetail({ faults, ...view }: TypeVersionView) {
  return { ...withLinks(view), faults: faults.map(toFault) };
}

function toFault({ pointer, code, message }: Problem) {
  return { pointer, code, detail: message };
}

function selfOf(id: string): string {
  return `${PATH}/${id}`;
}

function location(body: object): string {
  return (body as { links: { self: string } }).links.self;
}
