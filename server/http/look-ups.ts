import { z } from 'zod';
import { fromReference } from '../issuance/credential-id.ts';
import { verifiableCredentialOf } from '../issuance/document-content.ts';
import type { FactQuestion, FactType } from '../look-ups/facts.ts';
import { PURPOSES, type RestrictedAnswer, type RestrictedQuestion } from '../look-ups/restricted.ts';
import type { Tx } from '../store/schema.ts';
import { jsonObject, label, line } from './fields.ts';
import { openRoute, questionRoute, type Route, writeRoute } from './route.ts';

const reference = line(40)
  .refine((text) => fromReference(text) !== null, 'has a wrong character: compare it with the paper')
  .meta({ description: 'As it is printed under the QR code', examples: ['355N-874V-VFP9'] });

const found = z
  .strictObject({ qrText: z.string().meta({ description: 'To be judged like what a camera reads from a QR code' }) })
  .meta({ id: 'LookedUp' });

export function lookUpReferenceRoute(lookUp: (id: Buffer) => Promise<string>): Route {
  return questionRoute({
    path: '/v1/look-ups/reference',
    name: 'lookUpReference',
    summary: 'What the QR code beside a printed reference holds, for whoever cannot scan it',
    limit: 'lookUp',
    body: z.strictObject({ reference }).meta({ id: 'ReferenceLookUp' }),
    answer: { status: 200, description: 'The proof', schema: found },
    problems: ['LOOK_UP_NO_MATCH'],
    handle: async ({ body }) => ({ status: 200, body: { qrText: await lookUp(idOf(body)) } }),
  });
}

const factType = z
  .strictObject({
    type: z.string().meta({ examples: ['HA-MC'] }),
    title: label,
    department: z.strictObject({ code: z.string(), name: label }),
    facts: z.array(
      z.strictObject({
        name: z.string(),
        label,
        kind: z.enum(['text', 'date']).meta({ description: 'A date is written as 2026-03-01' }),
        last: z.int().nullable().meta({ description: 'How many of its last characters are asked for; null for all' }),
      }),
    ),
  })
  .meta({ id: 'FactType' });

export function listFactTypesRoute(list: () => readonly FactType[]): Route {
  return openRoute({
    path: '/v1/look-ups/facts',
    name: 'listFactTypes',
    summary: 'The kinds of document that are shown to whoever types facts from the paper, and which facts',
    answer: {
      status: 200,
      description: 'All of them',
      schema: z.strictObject({ items: z.array(factType) }).meta({ id: 'FactTypeList' }),
    },
    problems: [],
    handle: () => ({ status: 200, body: { items: list() } }),
  });
}

export function lookUpFactsRoute(lookUp: (question: FactQuestion) => Promise<string>): Route {
  return questionRoute({
    path: '/v1/look-ups/facts',
    name: 'lookUpFacts',
    summary: 'The claims that a document shows, for whoever knows facts from it; nothing says which one is wrong',
    limit: 'facts',
    body: z
      .strictObject({
        type: line(60).meta({ description: 'One of GET /v1/look-ups/facts' }),
        reference,
        facts: jsonObject('What is typed, by the names of the facts of the type'),
      })
      .meta({ id: 'FactLookUp' }),
    answer: { status: 200, description: 'The proof', schema: found },
    problems: ['LOOK_UP_NO_MATCH'],
    async handle({ body, origin }) {
      const { type, facts } = body;
      return { status: 200, body: { qrText: await lookUp({ type, facts, id: idOf(body), origin }) } };
    },
  });
}

const restricted = z
  .strictObject({
    id: z.string(),
    credential: jsonObject(
      'A W3C Verifiable Credential with all claims. Null in an answer that is repeated under its Idempotency-Key',
    ).nullable(),
    verdict: jsonObject('As the verifier’s own function gives it, with the claims; {} in an answer that is repeated'),
    link: z.string().meta({ description: 'The same at the public verifier, without the claims' }),
  })
  .meta({ id: 'RestrictedLookedUp' });

export function lookUpRestrictedRoute(
  lookUp: (tx: Tx, question: RestrictedQuestion) => Promise<RestrictedAnswer>,
): Route {
  return writeRoute({
    path: '/v1/look-ups/restricted',
    name: 'lookUpRestricted',
    summary:
      'All of a document that only officers may read, of any department; both departments’ audit logs tell of it',
    limit: 'lookUp',
    body: z
      .strictObject({
        reference,
        purpose: z.enum(PURPOSES).meta({ description: 'Why it is asked' }),
        caseNumber: z
          .string()
          .regex(/^[0-9A-Za-z][0-9A-Za-z/.() -]{0,39}$/, 'must be letters, digits, and / . ( ) - between them')
          .meta({ description: 'The number of the case, never a name: audit logs keep it', examples: ['RN 12345/26'] }),
      })
      .meta({ id: 'RestrictedLookUp' }),
    answer: { status: 200, description: 'The credential', schema: restricted },
    problems: ['LOOK_UP_NO_MATCH', 'FORBIDDEN'],
    async handle(tx, { caller: { actor }, body }) {
      const { purpose, caseNumber } = body;
      const { source, verdict, link } = await lookUp(tx, { actor, id: idOf(body), purpose, caseNumber });
      // the answer that is kept for repetition is in clear
      const once = { credential: verifiableCredentialOf(source), verdict };
      return { status: 200, body: { id: source.view.id, credential: null, verdict: {}, link }, once };
    },
    location: (body) => `/v1/audit?act=credential.look-up&object=${(body as { id: string }).id}`,
  });
}

/** The schema has looked at it. */
function idOf({ reference: text }: { reference: string }): Buffer {
  return fromReference(text) as Buffer;
}
