import { z } from 'zod';
import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { DISCLOSURES, HOLDER_KINDS } from '../../proof/credential-type.ts';
import type { Actor } from '../auth/policy.ts';
import { toTemplate } from './claims-template.ts';
import { jsonObject, label } from './fields.ts';
import { RequestError } from './request-error.ts';
import { type Route, readRoute } from './route.ts';

const summaryFields = {
  code: z.string(),
  version: z.int(),
  definition: z.string().meta({ description: 'The SHA-256 of the definition file: GET /types/{definition}.json' }),
  title: label,
  holder: z.enum(HOLDER_KINDS),
  disclosure: z.enum(DISCLOSURES),
};
const typeSummary = z.strictObject(summaryFields).meta({ id: 'CredentialType' });
const typeDetail = z
  .strictObject({
    ...summaryFields,
    validity: jsonObject('The rule for the dates'),
    lifecycle: jsonObject(
      'When a renewal may be applied for and when its holder is reminded (counted back from the last valid day), which date the end follows, which types a provisional one becomes, and which its parent is of',
    ),
    dates: jsonObject('What this type calls its dates'),
    claims: z.array(jsonObject('Name, type, group, whether required, label, options, longest text')),
    template: jsonObject('A body for POST /v1/credentials to fill in'),
  })
  .meta({ id: 'CredentialTypeDetail' });

/** The newest version of each type of the actor's department. */
type ListTypes = (actor: Actor) => readonly CatalogueType[];

export function listTypesRoute(listTypes: ListTypes): Route {
  return readRoute({
    path: '/v1/types',
    name: 'listTypes',
    summary: 'The credential types that your department issues',
    query: z.strictObject({}),
    answer: {
      status: 200,
      description: 'All of them, by code',
      schema: z.strictObject({ items: z.array(typeSummary) }).meta({ id: 'CredentialTypeList' }),
    },
    problems: ['FORBIDDEN'],
    handle: ({ caller: { actor } }) => ({ status: 200, body: { items: listTypes(actor).map(toSummary) } }),
  });
}

export function getTypeRoute(listTypes: ListTypes): Route {
  return readRoute({
    path: '/v1/types/:id',
    name: 'getType',
    summary: 'A credential type by its code: its claims, its rules and a body to fill in',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The type', schema: typeDetail },
    problems: ['TYPE_NOT_FOUND', 'FORBIDDEN'],
    handle({ caller: { actor }, id }) {
      const type = listTypes(actor).find(({ code }) => code === id);
      if (!type) throw new RequestError('TYPE_NOT_FOUND', 'your department has no credential type with this code');
      return { status: 200, body: toDetail(type) };
    },
  });
}

function toSummary({ code, version, sha256, definition: { title, holder, disclosure } }: CatalogueType) {
  return { code, version, definition: sha256, title, holder, disclosure };
}

function toDetail(type: CatalogueType) {
  const { validity, dates, claims } = type.definition;
  return {
    ...toSummary(type),
    validity,
    lifecycle: toLifecycle(type),
    dates,
    claims,
    template: toTemplate(type.definition),
  };
}

function toLifecycle({ lifecycle: { renewal, reminders, follows, becomes, parent, drafts } }: CatalogueType) {
  return { renewal, reminders, follows, becomes, parent, drafts };
}
