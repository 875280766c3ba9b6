import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { HolderPerson } from '../auth/session.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { RequestAnswer } from '../requests/answer.ts';
import type { Consent, HolderRequest } from '../requests/consents.ts';
import {
  type DepartmentRequest,
  MOST_ANSWER_DAYS,
  MOST_PURPOSE_LENGTH,
  MOST_READ_DAYS,
  type NewRequest,
  REQUEST_STATES,
} from '../requests/requests.ts';
import type { Tx } from '../store/schema.ts';
import { companyNumber, instant, jsonObject, label, line, paragraph } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { holderReadRoute, holderWriteRoute, type Route, readRoute, writeRoute } from './route.ts';

/** A proof that discloses much of a document with long texts. */
const MOST_PROOF_BYTES = 65_536;

const fields = {
  id: z.string().meta({ examples: ['req_7'] }),
  type: z.string().meta({ description: 'The code of a credential type', examples: ['IRD-BR'] }),
  claims: z.array(z.string()).meta({ description: 'Of the type, by name; what it always shows is seen beside them' }),
  purpose: z.string(),
  state: z.enum(REQUEST_STATES).meta({
    description:
      'open: waits for the holder. overdue: not answered in time. consented: can be read. withdrawn: the holder took it back. over: the agreed time is past, or the document was erased. ended: the department needs it no longer',
  }),
  createdAt: instant,
  answerBy: instant.meta({ description: 'Until when the holder may answer' }),
  readUntil: instant.meta({ description: 'Until when the department may read' }),
  answeredAt: instant.nullable(),
};

const request = z
  .strictObject({ ...fields, caseNumber: z.string(), askedBy: z.string() })
  .meta({ id: 'ConsentRequest' });

const ownRequest = z
  .strictObject({
    ...fields,
    department: z.strictObject({ code: z.string(), name: label }),
    typeTitle: label,
    definition: z.string().meta({ description: 'SHA-256 of the type’s file: /types/{sha256}.json' }),
    documents: z.array(z.string()).meta({ description: 'Ids of the holder’s documents of the type, while it is open' }),
    credential: z.string().nullable().meta({ description: 'With which it was answered' }),
    readings: z.int(),
    readAt: z.array(instant).meta({ description: 'When the department read it, the newest 20' }),
  })
  .meta({ id: 'OwnConsentRequest' });

interface One {
  actor: Actor;
  id: string;
}

export interface RequestUseCases {
  create(tx: Tx, request: NewRequest): Promise<DepartmentRequest>;
  list(asked: {
    actor: Actor;
    limit: number;
    cursor?: string | undefined;
  }): Promise<{ items: DepartmentRequest[]; next: string | null }>;
  get(one: One): Promise<DepartmentRequest>;
  end(tx: Tx, one: One): Promise<DepartmentRequest>;
  read(tx: Tx, one: One): Promise<RequestAnswer>;
}

/** For the department that asks. */
export function requestRoutes({ create, list, get, end, read }: RequestUseCases): Route[] {
  const location = (body: object) => `/v1/requests/${(body as { id: string }).id}`;
  return [
    writeRoute({
      path: '/v1/requests',
      name: 'createRequest',
      summary: 'Ask a holder for claims of a document that another department issued',
      body: z
        .strictObject({
          holder: z
            .strictObject({
              subject: line(200).optional().meta({ description: "The holder's subject at the sign-in service" }),
              company: companyNumber.optional().meta({ description: 'Of a company, instead of "subject"' }),
            })
            .refine(({ subject, company }) => (subject === undefined) !== (company === undefined), {
              message: 'must have one of "subject" of a person and "company"',
            })
            .meta({ id: 'AskedHolder' }),
          type: line(60),
          claims: z.array(line(60)).min(1).max(60),
          purpose: paragraph(MOST_PURPOSE_LENGTH).meta({ description: 'For the holder: what it is for' }),
          caseNumber: line(60).meta({ description: 'Yours; the holder does not see it' }),
          answerBy: z.iso.datetime().meta({ description: `Within ${MOST_ANSWER_DAYS} days; UTC` }),
          readUntil: z.iso.datetime().meta({ description: `After "answerBy", within ${MOST_READ_DAYS} days; UTC` }),
        })
        .meta({ id: 'NewConsentRequest' }),
      answer: {
        status: 201,
        description: 'The request. Nothing says whether there is such a holder, or such a document',
        schema: request,
      },
      problems: ['FORBIDDEN', 'TYPE_UNKNOWN', 'REQUEST_LIMIT'],
      location,
      async handle(tx, { caller: { actor }, body: { answerBy, readUntil, ...asked } }) {
        const times = { answerBy: new Date(answerBy), readUntil: new Date(readUntil) };
        return { status: 201, ...withoutWords(await create(tx, { actor, ...asked, ...times })) };
      },
    }),
    readRoute({
      path: '/v1/requests',
      name: 'listRequests',
      summary: 'What the department asked of holders, newest first',
      query: z.strictObject({ ...pageQuery({ usual: 20, most: 200, cursorLength: 20 }) }),
      answer: { status: 200, description: 'A page', schema: pageOf(request, 'ConsentRequestPage') },
      problems: ['FORBIDDEN', 'CURSOR_INVALID'],
      async handle({ caller: { actor }, query: { limit, starting_after: cursor } }) {
        const { items, next } = await list({ actor, limit, cursor });
        return { status: 200, body: toPage(items, next) };
      },
    }),
    readRoute({
      path: '/v1/requests/:id',
      name: 'getRequest',
      summary: 'One request, and how it stands',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The request', schema: request },
      problems: ['FORBIDDEN', 'REQUEST_NOT_FOUND'],
      handle: async ({ caller: { actor }, id }) => ({ status: 200, body: await get({ actor, id }) }),
    }),
    writeRoute({
      path: '/v1/requests/:id/read',
      name: 'readRequest',
      summary: 'What the holder consented to, verified at this moment; the holder sees when it was read',
      body: z.strictObject({}),
      answer: {
        status: 200,
        description: 'The proof and the verdict on it. They stand in the first answer alone, which is not kept',
        schema: z
          .strictObject({
            id: z.string(),
            verdict: jsonObject('As the verifier’s own function gives it, with the claims; {} where it is repeated'),
            link: z.string().meta({ description: 'The same at the public verifier' }),
          })
          .meta({ id: 'ConsentAnswer' }),
      },
      problems: ['FORBIDDEN', 'REQUEST_NOT_FOUND', 'REQUEST_NOT_READABLE'],
      location,
      async handle(tx, { caller: { actor }, id }) {
        const once = await read(tx, { actor, id });
        return { status: 200, body: { id, verdict: {}, link: '' }, once };
      },
    }),
    writeRoute({
      path: '/v1/requests/:id/end',
      name: 'endRequest',
      summary: 'The department needs it no longer: what it could read is gone',
      body: z.strictObject({}),
      answer: { status: 200, description: 'The request', schema: request },
      problems: ['FORBIDDEN', 'REQUEST_NOT_FOUND'],
      location,
      handle: async (tx, { caller: { actor }, id }) => ({ status: 200, ...withoutWords(await end(tx, { actor, id })) }),
    }),
  ];
}

/** What was written is personal: it stands in the first answer alone, which is not kept. */
function withoutWords({ purpose, caseNumber, ...kept }: DepartmentRequest) {
  return { body: { ...kept, purpose: '', caseNumber: '' }, once: { purpose, caseNumber } };
}

interface Own {
  holder: HolderPerson;
  id: string;
}

export interface ConsentUseCases {
  list(holder: HolderPerson): Promise<HolderRequest[]>;
  get(own: Own): Promise<HolderRequest>;
  consent(consent: Consent): Promise<HolderRequest>;
  refuse(own: Own): Promise<HolderRequest>;
  withdraw(own: Own): Promise<HolderRequest>;
}

/** For the holder who is asked. */
export function consentRoutes(
  { list, get, consent, refuse, withdraw }: ConsentUseCases,
  { findDepartment, findType }: Pick<IssuanceDeps, 'findDepartment' | 'findType'>,
): Route[] {
  const toJson = ({ department: code, ...told }: HolderRequest) => {
    const [department, type] = [findDepartment(code), findType(told.type)];
    if (!department || !type) throw new Error(`the catalogue lacks "${code}" or "${told.type}"`);
    const { definition, sha256 } = type;
    return {
      ...told,
      ...{ typeTitle: definition.title, definition: sha256 },
      department: { code, name: department.profile.name },
    };
  };
  const BASE = '/v1/holder/requests';
  const answer = { status: 200, description: 'The request', schema: ownRequest };
  return [
    holderReadRoute({
      path: BASE,
      name: 'listOwnRequests',
      summary: 'What departments ask of the holder, newest first, and what became of it',
      query: z.strictObject({}),
      answer: {
        status: 200,
        description: 'The newest hundred',
        schema: z.strictObject({ items: z.array(ownRequest) }).meta({ id: 'OwnConsentRequestList' }),
      },
      problems: [],
      handle: async ({ holder }) => ({ status: 200, body: { items: (await list(holder)).map(toJson) } }),
    }),
    holderReadRoute({
      path: `${BASE}/:id`,
      name: 'getOwnRequest',
      summary: 'One of them',
      query: z.strictObject({}),
      answer,
      problems: ['REQUEST_NOT_FOUND'],
      handle: async ({ holder, id }) => ({ status: 200, body: toJson(await get({ holder, id })) }),
    }),
    holderWriteRoute({
      path: `${BASE}/:id/consent`,
      name: 'consentToRequest',
      summary: 'Let the department read what it asked for, of one document',
      body: z
        .strictObject({
          credential: line(40),
          proof: z
            .string()
            .max(Math.ceil((MOST_PROOF_BYTES * 4) / 3))
            .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding')
            .meta({ description: 'What the holder was shown that they will see: the encoded proof, in base64url' }),
        })
        .meta({ id: 'Consent' }),
      answer,
      problems: ['REQUEST_NOT_FOUND', 'REQUEST_CLOSED', 'CREDENTIAL_NOT_FOUND', 'NOT_FINAL', 'PROOF_NOT_AS_ASKED'],
      handle: async ({ holder, id, body: { credential, proof } }) => ({
        status: 200,
        body: toJson(await consent({ holder, id, credential, proof: Buffer.from(proof, 'base64url') })),
      }),
    }),
    holderWriteRoute({
      path: `${BASE}/:id/refuse`,
      name: 'refuseRequest',
      summary: 'Refuse what a department asks',
      body: z.strictObject({}),
      answer,
      problems: ['REQUEST_NOT_FOUND', 'REQUEST_CLOSED'],
      handle: async ({ holder, id }) => ({ status: 200, body: toJson(await refuse({ holder, id })) }),
    }),
    holderWriteRoute({
      path: `${BASE}/:id/withdraw`,
      name: 'withdrawConsent',
      summary: 'Take a consent back: what it let the department read is gone',
      body: z.strictObject({}),
      answer,
      problems: ['REQUEST_NOT_FOUND', 'REQUEST_CLOSED'],
      handle: async ({ holder, id }) => ({ status: 200, body: toJson(await withdraw({ holder, id })) }),
    }),
  ];
}
