import { z } from 'zod';
import { decodeDate } from '../../proof/day.ts';
import { CREDENTIAL_STATUSES, type CredentialPage, type ListRequest } from '../issuance/use-cases.ts';
import { CREDENTIAL_STATES, credential, toCredentialJson } from './credential-schema.ts';
import { line, momentFrom, momentTo } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { type Route, readRoute } from './route.ts';

type List = (request: ListRequest) => Promise<CredentialPage>;

/** Text, because the address of the next page repeats it. */
const lastDay = z.iso.date('must be a date').refine((date) => date >= '1970', 'must be a date from 1970 on');

export const credentialsQuery = z.strictObject({
  type: line(60).optional().meta({ description: 'The code of a credential type' }),
  state: z.enum(CREDENTIAL_STATES).optional(),
  status: z.enum(CREDENTIAL_STATUSES).optional(),
  reference: line(40).optional().meta({ description: 'As it is printed on the document' }),
  text: line(300).optional().meta({
    description:
      'A whole name or number that stands in the document, in one of its languages: capitals, accents, punctuation and the order of words make no difference',
  }),
  created_from: momentFrom.optional().meta({ description: 'An instant, or the first Hong Kong day' }),
  created_to: momentTo.optional().meta({ description: 'An instant that is left out, or the last Hong Kong day' }),
  expiring_from: lastDay.optional().meta({
    description:
      'Final, neither revoked nor replaced, and its last valid day, as it was moved, is this Hong Kong day or later; with "expiring_to": what ends soon',
  }),
  expiring_to: lastDay.optional().meta({ description: 'Likewise, and it is this day or earlier' }),
  parent: line(40).optional().meta({ description: 'Those that belong to the credential with this id' }),
  disbelieved: z
    .literal('true')
    .optional()
    .meta({ description: 'What verifiers call not genuine, and nothing has taken the place of: to be issued again' }),
  order: z.enum(['asc', 'desc']).default('desc').meta({ description: 'By the time of issuing; newest first' }),
  ...pageQuery({ usual: 20, most: 200, cursorLength: 400 }),
});

const page = pageOf(credential, 'CredentialPage');

export function listCredentialsRoute(list: List): Route {
  return readRoute({
    path: '/v1/credentials',
    name: 'listCredentials',
    reads: { act: 'credential.list', what: 'list' },
    summary: 'The credentials of your department, a page at a time',
    query: credentialsQuery,
    answer: { status: 200, description: 'A page; the header "Link" has the address of the next', schema: page },
    problems: ['CURSOR_INVALID'],
    async handle({ caller: { actor }, query }) {
      const { items, next } = await list({ actor, ...toListRequest(query) });
      const headers = next === null ? {} : { Link: `<${nextAddress(query, next)}>; rel="next"` };
      return { status: 200, headers, body: toPage(items.map(toCredentialJson), next) };
    },
  });
}

function toListRequest({ limit, order, starting_after: cursor, ...asked }: z.output<typeof credentialsQuery>) {
  const { type, state, status, reference, text, parent, created_from: createdFrom, created_to: createdTo } = asked;
  const [expiringFrom, expiringTo] = [asked.expiring_from, asked.expiring_to].map((date) =>
    date === undefined ? undefined : decodeDate(date),
  );
  const disbelieved = asked.disbelieved === 'true';
  const filters = {
    type,
    state,
    status,
    reference,
    text,
    parent,
    createdFrom,
    createdTo,
    expiringFrom,
    expiringTo,
    disbelieved,
  };
  return { filters, limit, order, cursor };
}

function nextAddress(filters: z.output<typeof credentialsQuery>, next: string): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filters, starting_after: next }))
    if (value !== undefined) search.set(name, value instanceof Date ? value.toISOString() : String(value));
  return `/v1/credentials?${search}`;
}
