import { z } from 'zod';
import { toDate } from '../../proof/day.ts';
import type { Actor } from '../auth/policy.ts';
import type { EffectsRequest, KeyEffects } from '../signing-keys/effects.ts';
import { KEY_STATES, type SigningKeysView, type SigningKeyView } from '../signing-keys/signing-key.ts';
import type { KeyAct, KeyTransaction } from '../signing-keys/transaction.ts';
import type { Tx } from '../store/schema.ts';
import { instant } from './fields.ts';
import { pageQuery } from './page.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const PATH = '/v1/signing-keys';

const address = z.string().meta({ examples: ['0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'] });
const count = z.int().min(0);
const purpose = z.enum(['anchor', 'status']).meta({
  description: '"anchor": issues, moves last valid days and changes status; "status": changes status alone',
});
const block = z.strictObject({ number: z.int(), time: instant });

const signingKey = z
  .strictObject({
    address,
    number: z.int().meta({ description: 'At the department, from 1' }),
    purpose,
    state: z.enum(KEY_STATES),
    validFrom: instant,
    validUntil: instant
      .nullable()
      .meta({ description: 'The first moment at which it is no longer valid; null: no end' }),
    compromisedSince: instant
      .nullable()
      .meta({ description: 'Nothing that it did from then on is believed, but revocations' }),
    use: z.enum(['signing', 'ready', 'elsewhere']).meta({
      description: '"signing": this service signs with it now; "ready": it could; "elsewhere": it does not have it',
    }),
    anchored: z
      .strictObject({ batches: count, credentials: count, lastAt: instant.nullable() })
      .meta({ description: 'What this service knows to be anchored by it' }),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'SigningKey' });

const signingKeys = z
  .strictObject({
    items: z.array(signingKey),
    admin: address.meta({ description: 'The account that adds, ends and reports keys; no service has its key' }),
    registry: z.strictObject({ chainId: z.int(), address }),
    block: block.meta({ description: 'At which all of this was read' }),
  })
  .meta({ id: 'SigningKeys' });

const sum = { batches: count, credentials: count, auditHeads: count };
const counted = z.strictObject(sum);
const typeCode = z.string().nullable().meta({ description: 'Null for a type that this service does not know' });
const standing = z.string().nullable();

const effects = z
  .strictObject({
    address,
    purpose,
    act: z.enum(['end', 'report']),
    since: instant.nullable(),
    block,
    failing: z
      .strictObject({
        ...sum,
        unknownBatches: count.meta({ description: 'In the registry and not in this service: who anchored them?' }),
        types: z.array(z.strictObject({ type: typeCode, batches: count, credentials: count })),
      })
      .meta({ description: 'Genuine now, and would be no more' }),
    items: z
      .array(
        z.strictObject({
          id: z.string(),
          number: z.int(),
          type: typeCode,
          size: count,
          anchoredAt: instant,
          isKnown: z.boolean(),
        }),
      )
      .meta({ description: 'Of the failing batches, a page' }),
    has_more: z.boolean(),
    next: z.string().nullable(),
    staying: z
      .strictObject({ before: counted, endorsed: counted })
      .meta({ description: 'Anchored by it and genuine afterwards: before that time, or endorsed by the admin' }),
    failingAlready: counted.meta({ description: 'Not genuine now: void, or reported before' }),
    ignored: z
      .strictObject({
        acts: count,
        changes: z
          .array(
            z.strictObject({
              credential: z.string().nullable(),
              reference: z.string().nullable(),
              act: z.enum(['suspend', 'reinstate', 'succeed', 'extend']),
              at: instant,
              before: standing,
              after: standing,
            }),
          )
          .meta({ description: 'At most 200; those that change what verifiers say come first' }),
        notices: z.array(
          z.strictObject({
            type: typeCode,
            from: z.iso.date(),
            to: z.iso.date(),
            validUntil: z.iso.date(),
            law: z.string().nullable(),
          }),
        ),
      })
      .meta({ description: 'What it did to status and validity that would count no more; revocations stay' }),
    signing: z.strictObject({ isInUse: z.boolean(), next: address.nullable() }).meta({
      description:
        'Whether this service signs with it, and with which of its other keys it would go on; null: it would stop',
    }),
  })
  .meta({ id: 'SigningKeyEffects' });

const time = (description: string) =>
  z.iso
    .datetime('must be a time in UTC, such as 2027-03-01T00:00:00Z')
    .transform((text) => new Date(text))
    .meta({ description });

const wantedAddress = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address: 0x and 40 hexadecimal digits')
  .meta({ description: 'Of the key' });

const newTransaction = z
  .discriminatedUnion('act', [
    z.strictObject({
      act: z.literal('add'),
      address: wantedAddress,
      purpose,
      from: time('Left out: from the block that adds it').optional(),
      until: time('Left out: without an end').optional(),
    }),
    z.strictObject({
      act: z.literal('end'),
      address: wantedAddress,
      at: time('Left out: after the block that ends it').optional(),
    }),
    z.strictObject({
      act: z.literal('report'),
      address: wantedAddress,
      since: time('Since when it was in wrong hands: in the past, and earlier than reported before'),
    }),
  ])
  .meta({ id: 'NewSigningKeyTransaction' });

const transaction = z
  .strictObject({
    act: z.enum(['add', 'end', 'report']),
    address,
    chainId: z.int(),
    from: address.meta({ description: "The department's admin, who alone can send it" }),
    to: address.meta({ description: 'The registry' }),
    data: z.string().meta({ description: 'What it is called with' }),
    call: z
      .strictObject({
        name: z.enum(['addKey', 'endKey', 'reportCompromise']),
        arguments: z.record(z.string(), z.union([z.string(), z.int()])),
      })
      .meta({ description: 'What the data says; times in seconds since 1970 UTC' }),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'SigningKeyTransaction' });

interface One {
  actor: Actor;
  address: string;
}

export interface SigningKeyUseCases {
  list(actor: Actor): Promise<SigningKeysView>;
  get(one: One): Promise<SigningKeysView>;
  previewEffects(request: EffectsRequest): Promise<KeyEffects>;
  prepare(tx: Tx, input: { actor: Actor; wanted: KeyAct }): Promise<KeyTransaction>;
}

const OF_REGISTRY = ['REGISTRY_UNAVAILABLE', 'ISSUER_NOT_READY', 'FORBIDDEN'] as const;

export function signingKeyRoutes({ list, get, previewEffects, prepare }: SigningKeyUseCases): Route[] {
  return [
    readRoute({
      path: PATH,
      name: 'listSigningKeys',
      summary: "The keys that sign in the department's name, as the registry has them",
      query: z.strictObject({}),
      answer: { status: 200, description: 'All that there ever were, by their numbers', schema: signingKeys },
      problems: OF_REGISTRY,
      handle: async ({ caller: { actor } }) => ({ status: 200, body: toJson(await list(actor)) }),
    }),
    readRoute({
      path: `${PATH}/:id`,
      name: 'getSigningKey',
      summary: 'One signing key, by its address',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The list with this one alone', schema: signingKeys },
      problems: ['SIGNING_KEY_NOT_FOUND', ...OF_REGISTRY],
      handle: async ({ caller: { actor }, id }) => ({
        status: 200,
        body: toJson(await get({ actor, address: id })),
      }),
    }),
    effectsRoute(previewEffects),
    prepareRoute(prepare),
  ];
}

const effectsQuery = z.strictObject({
  since: time('A report since this time; left out: its end').optional(),
  ...pageQuery({ usual: 50, most: 500, cursorLength: 10 }),
});

function effectsRoute(previewEffects: SigningKeyUseCases['previewEffects']): Route {
  return readRoute({
    path: `${PATH}/:id/effects`,
    name: 'previewSigningKeyEffects',
    summary:
      'What a report that the key was compromised since a time, or its end, would do to which batches; changes nothing',
    query: effectsQuery,
    answer: { status: 200, description: "By the verifier's own functions", schema: effects },
    problems: ['SIGNING_KEY_NOT_FOUND', 'CURSOR_INVALID', 'VALIDATION_FAILED', ...OF_REGISTRY],
    async handle({ caller: { actor }, id, query: { since, limit, starting_after: cursor } }) {
      const found = await previewEffects({ actor, address: id, since, limit, cursor });
      const notices = found.ignored.notices.map((notice) => ({
        ...notice,
        from: toDate(notice.from),
        to: toDate(notice.to),
        validUntil: toDate(notice.validUntil),
      }));
      return {
        status: 200,
        body: { ...found, has_more: found.next !== null, ignored: { ...found.ignored, notices } },
      };
    },
  });
}

function prepareRoute(prepare: SigningKeyUseCases['prepare']): Route {
  return writeRoute({
    path: `${PATH}/transactions`,
    name: 'prepareSigningKeyTransaction',
    summary: "What the department's admin sends to the registry to add, end or report a key; nothing is sent here",
    body: newTransaction,
    answer: { status: 201, description: 'To be signed and sent by the admin', schema: transaction },
    problems: ['SIGNING_KEY_NOT_FOUND', 'SIGNING_KEY_TAKEN', 'SIGNING_KEY_ENDED', 'REGISTRY_REFUSES', ...OF_REGISTRY],
    async handle(tx, { caller: { actor }, body }) {
      const prepared = await prepare(tx, { actor, wanted: body });
      return { status: 201, body: { ...prepared, links: { self: selfOf(prepared.address) } } };
    },
    location: (body) => (body as { links: { self: string } }).links.self,
  });
}

function toJson({ items, ...list }: SigningKeysView) {
  return { items: items.map((key: SigningKeyView) => ({ ...key, links: { self: selfOf(key.address) } })), ...list };
}

function selfOf(of: string): string {
  return `${PATH}/${of}`;
}
