import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { HolderPerson } from '../auth/session.ts';
import type { OwnCompany } from '../companies/acting.ts';
import type { ActsRequest, CompanyActView } from '../companies/acts.ts';
import type { DelegateView, Ending, NewDelegate } from '../companies/delegates.ts';
import {
  type NewNomination,
  NOMINATION_STATES,
  type NominationDetail,
  type NominationSearch,
  type NominationView,
} from '../companies/nominations.ts';
import type { Tx } from '../store/schema.ts';
import { companyNumber, instant, line, paragraph, returnNote } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { holderReadRoute, holderWriteRoute, type Route, readRoute, sessionRoute, writeRoute } from './route.ts';
import { requireHolder } from './session-request.ts';

const role = z.enum(['admin', 'delegate']).meta({
  description:
    'admin: also says who acts for the company, and sees who did what. delegate: sees, shows and shares its documents',
});
const account = line(200).meta({ description: 'Their subject at the sign-in service' });

const company = z
  .strictObject({ id: z.string().meta({ examples: ['cmp_7'] }), number: z.string(), name: z.string(), role })
  .meta({ id: 'OwnCompany' });

const delegate = z
  .strictObject({
    id: z.string().meta({ examples: ['dlg_7'] }),
    name: z.string(),
    role,
    source: z.enum(['department', 'provider', 'company']).meta({ description: 'Whose word it was' }),
    createdAt: instant,
    createdBy: z.string().nullable().meta({ description: 'The delegate who added them' }),
    endedAt: instant.nullable(),
    endedBy: z.string().nullable().meta({ description: 'The delegate who ended them' }),
    openLinks: z.int().meta({ description: 'Links of theirs that can be opened' }),
    isOneself: z.boolean(),
  })
  .meta({ id: 'Delegate' });

const act = z
  .strictObject({
    by: z.string().meta({ description: 'The id of the delegate' }),
    name: z.string(),
    act: z.enum([
      'document.see',
      'document.code',
      'document.file',
      'share.create',
      'share.end',
      'copy.enrol',
      'copy.end',
      'report.create',
      'request.consent',
      'request.refuse',
      'request.withdraw',
      'delegate.add',
      'delegate.end',
    ]),
    object: z.string().nullable().meta({ description: 'The id of what it was done to' }),
    at: instant,
  })
  .meta({ id: 'CompanyAct' });

export interface CompanyUseCases {
  own(person: HolderPerson): Promise<OwnCompany[]>;
  delegates(holder: HolderPerson): Promise<DelegateView[]>;
  add(delegate: NewDelegate): Promise<DelegateView>;
  end(ending: Ending): Promise<DelegateView>;
  acts(request: ActsRequest): Promise<{ items: CompanyActView[]; next: string | null }>;
}

/** For whoever acts for companies. */
export function companyRoutes({ own, delegates, add, end, acts }: CompanyUseCases): Route[] {
  return [
    sessionRoute({
      path: '/v1/holder/companies',
      name: 'listOwnCompanies',
      summary: 'The companies that the holder who is signed in may act for',
      query: z.strictObject({}),
      answer: {
        status: 200,
        description: 'All of them',
        schema: z.strictObject({ items: z.array(company) }).meta({ id: 'OwnCompanyList' }),
      },
      problems: ['FORBIDDEN'],
      handle: async ({ session }) => ({ status: 200, body: { items: await own(requireHolder(session)) } }),
    }),
    holderReadRoute({
      path: '/v1/holder/delegates',
      name: 'listDelegates',
      summary: 'Who acts for a company, and who did; for its administrators',
      query: z.strictObject({}),
      answer: {
        status: 200,
        description: 'All of them, who acts first',
        schema: z.strictObject({ items: z.array(delegate) }).meta({ id: 'DelegateList' }),
      },
      problems: [],
      handle: async ({ holder }) => ({ status: 200, body: { items: await delegates(holder) } }),
    }),
    holderWriteRoute({
      path: '/v1/holder/delegates',
      name: 'addDelegate',
      summary: 'Let somebody act for the company, at once',
      body: z.strictObject({ account, name: line(200), role }).meta({ id: 'NewDelegate' }),
      answer: { status: 201, description: 'The delegate', schema: delegate },
      problems: ['DELEGATE_EXISTS', 'DELEGATE_LIMIT'],
      handle: async ({ holder, body }) => ({ status: 201, body: await add({ holder, ...body }) }),
    }),
    holderWriteRoute({
      path: '/v1/holder/delegates/:id/end',
      name: 'endDelegate',
      summary: 'Somebody acts for the company no longer, at once and in every session',
      body: z
        .strictObject({ endLinks: z.boolean().default(false).meta({ description: 'Also the links that they made' }) })
        .meta({ id: 'DelegateEnding' }),
      answer: { status: 200, description: 'The delegate', schema: delegate },
      problems: ['DELEGATE_NOT_FOUND', 'OWN_ROLES'],
      handle: async ({ holder, id, body }) => ({ status: 200, body: await end({ holder, id, ...body }) }),
    }),
    holderReadRoute({
      path: '/v1/holder/company-acts',
      name: 'listCompanyActs',
      summary: 'Who did what in a company’s name, newest first; for its administrators',
      query: z.strictObject({ ...pageQuery({ usual: 50, most: 200, cursorLength: 20 }) }),
      answer: { status: 200, description: 'A page', schema: pageOf(act, 'CompanyActPage') },
      problems: ['CURSOR_INVALID'],
      async handle({ holder, query: { limit, starting_after: cursor } }) {
        const { items, next } = await acts({ holder, limit, cursor });
        return { status: 200, body: toPage(items, next) };
      },
    }),
  ];
}

const nominationFields = {
  id: z.string().meta({ examples: ['nom_7'] }),
  state: z.enum(NOMINATION_STATES).meta({
    description:
      'proposed: waits for a second person of the department. admitted: waits for the administrator’s sign-in. taken: they signed in and became it',
  }),
  number: z.string(),
  name: z.string(),
  person: z.string().meta({ description: 'The administrator’s name' }),
  namedBy: z.string().meta({ description: 'GET /v1/people has the name' }),
  createdAt: instant,
  decidedBy: z.string().nullable().meta({ description: 'Who admitted or refused it' }),
  decidedAt: instant.nullable(),
  takenAt: instant.nullable().meta({ description: 'When they signed in and became it' }),
  withdrawnBy: z.string().nullable(),
  withdrawnAt: instant.nullable(),
  note: z.string().nullable().meta({ description: 'Why it was refused or withdrawn' }),
};
const nomination = z.strictObject(nominationFields).meta({ id: 'CompanyNomination' });
const nominationDetail = z
  .strictObject({
    ...nominationFields,
    standing: z
      .strictObject({
        administrators: z.int(),
        delegates: z.int(),
        isActing: z.boolean().meta({ description: 'Whether whom the department named acts by that word' }),
      })
      .meta({ description: 'How many act for the company at this moment, by whosever word' }),
  })
  .meta({ id: 'CompanyNominationDetail' });

interface One {
  actor: Actor;
  id: string;
}

export interface NominationUseCases {
  nominate(tx: Tx, input: { actor: Actor; nomination: NewNomination }): Promise<NominationView>;
  list(request: NominationSearch): Promise<{ items: NominationView[]; next: string | null }>;
  get(one: One): Promise<NominationDetail>;
  admit(tx: Tx, admission: One & { account: string }): Promise<NominationView>;
  refuse(tx: Tx, refusal: One & { note: string }): Promise<NominationView>;
  withdraw(tx: Tx, withdrawal: One & { note?: string | undefined }): Promise<NominationView>;
}

const NOMINATIONS = '/v1/company-administrators';

export const nominationsQuery = z.strictObject({
  number: companyNumber.optional(),
  state: z.enum(NOMINATION_STATES).optional(),
  ...pageQuery({ usual: 20, most: 200, cursorLength: 20 }),
});

/** For the department that keeps the register of companies. */
export function nominationRoutes({ nominate, list, get, admit, refuse, withdraw }: NominationUseCases): Route[] {
  const location = (body: object) => `${NOMINATIONS}/${(body as NominationView).id}`;
  const answer = { status: 200, description: 'What was said', schema: nomination };
  return [
    writeRoute({
      path: NOMINATIONS,
      name: 'nameCompanyAdministrator',
      summary:
        'Say who may administrate a company: they do from their next sign-in on, an officer’s word after a second officer’s',
      body: z
        .strictObject({
          number: companyNumber,
          name: line(200).meta({ description: 'Of the company' }),
          administrator: z.strictObject({ account, name: line(200) }),
        })
        .meta({ id: 'NewCompanyNomination' }),
      answer: { ...answer, status: 201 },
      problems: ['FORBIDDEN', 'NOMINATION_EXISTS'],
      location,
      handle: async (tx, { caller: { actor }, body }) => ({
        status: 201,
        ...withoutNames(await nominate(tx, { actor, nomination: body })),
      }),
    }),
    readRoute({
      path: NOMINATIONS,
      name: 'listCompanyAdministrators',
      reads: { act: 'company.list', what: 'names' },
      summary: 'Whom the department named, newest first',
      query: nominationsQuery,
      answer: { status: 200, description: 'A page', schema: pageOf(nomination, 'CompanyNominationPage') },
      problems: ['FORBIDDEN', 'CURSOR_INVALID'],
      async handle({ caller: { actor }, query: { starting_after: cursor, ...query } }) {
        const { items, next } = await list({ actor, ...query, cursor });
        return { status: 200, body: toPage(items, next) };
      },
    }),
    readRoute({
      path: `${NOMINATIONS}/:id`,
      name: 'getCompanyAdministrator',
      reads: { act: 'company.read', what: 'names' },
      summary: 'Whom the department named, how that stands, and how many act for the company',
      query: z.strictObject({}),
      answer: { status: 200, description: 'What was said', schema: nominationDetail },
      problems: ['FORBIDDEN', 'NOMINATION_NOT_FOUND'],
      handle: async ({ caller: { actor }, id }) => ({ status: 200, body: await get({ actor, id }) }),
    }),
    writeRoute({
      path: `${NOMINATIONS}/:id/admit`,
      name: 'admitCompanyAdministrator',
      summary: 'Agree to what a colleague said: it counts from the administrator’s next sign-in on',
      body: z
        .strictObject({ account: account.meta({ description: 'The administrator’s, read from the papers once more' }) })
        .meta({ id: 'CompanyAdmission' }),
      answer,
      problems: ['FORBIDDEN', 'NOMINATION_NOT_FOUND', 'NOMINATION_STATE', 'SAME_PERSON'],
      location,
      handle: async (tx, { caller: { actor }, id, body }) => ({
        ...{ status: 200, ...withoutNames(await admit(tx, { actor, id, ...body })) },
      }),
    }),
    writeRoute({
      path: `${NOMINATIONS}/:id/refuse`,
      name: 'refuseCompanyAdministrator',
      summary: 'Refuse what a colleague said, with a reason',
      body: returnNote,
      answer,
      problems: ['FORBIDDEN', 'NOMINATION_NOT_FOUND', 'NOMINATION_STATE', 'SAME_PERSON'],
      location,
      handle: async (tx, { caller: { actor }, id, body }) => ({
        ...{ status: 200, ...withoutNames(await refuse(tx, { actor, id, ...body })) },
      }),
    }),
    writeRoute({
      path: `${NOMINATIONS}/:id/withdraw`,
      name: 'withdrawCompanyAdministrator',
      summary: 'Take it back: whoever became administrator by it acts no longer, at once',
      body: z.strictObject({ note: paragraph(500).optional().meta({ description: 'Why, for the department' }) }),
      answer,
      problems: ['FORBIDDEN', 'NOMINATION_NOT_FOUND', 'NOMINATION_STATE'],
      location,
      handle: async (tx, { caller: { actor }, id, body }) => ({
        ...{ status: 200, ...withoutNames(await withdraw(tx, { actor, id, ...body })) },
      }),
    }),
  ];
}

/** Whose company it is stands in the first answer alone, which is not kept. */
function withoutNames({ number, name, person, note, ...kept }: NominationView) {
  return { body: { ...kept, number: '', name: '', person: '', note: null }, once: { number, name, person, note } };
}
