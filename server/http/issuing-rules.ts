import { z } from 'zod';
import type { CatalogueType } from '../../catalogue/catalogue.ts';
import type { Actor } from '../auth/policy.ts';
import type { IssuingRuleView, setIssuingRule } from '../issuance/issuing-rules.ts';
import type { Tx } from '../store/schema.ts';
import { instant, seenVersion } from './fields.ts';
import { RequestError } from './request-error.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const ruleFields = {
  approvals: z
    .int()
    .min(0)
    .max(2)
    .meta({ description: 'How many people, beside those who prepared it, approve a credential before it is issued' }),
  statusApprovals: z.int().min(0).max(1).meta({ description: 'The same for a change of its status' }),
  retentionMonths: z.int().min(1).max(1200).nullable().meta({
    description:
      'How many months after its last valid day, or after it was revoked or replaced, a credential is erased; null for never',
  }),
};
const newRule = z.strictObject({ ...ruleFields, changedAt: seenVersion }).meta({ id: 'NewIssuingRule' });
const issuingRule = z
  .strictObject({
    type: z.string(),
    ...ruleFields,
    changedAt: instant.nullable().meta({ description: 'Null where the department made no rule yet' }),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'IssuingRule' });

/** The types of the actor's department, once it is known that the actor may: whoever may not learns nothing of what there is. */
type ListTypes = (actor: Actor) => readonly CatalogueType[];

export function getIssuingRuleRoute(
  listTypes: ListTypes,
  get: (input: { actor: Actor; code: string }) => Promise<IssuingRuleView>,
): Route {
  return readRoute({
    path: '/v1/types/:id/rules',
    name: 'getIssuingRule',
    summary:
      'How many people approve a credential of this type and a change of its status, and how long its claims are kept',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The rule', schema: issuingRule },
    problems: ['TYPE_NOT_FOUND', 'FORBIDDEN'],
    async handle({ caller: { actor }, id }) {
      const code = requireCode(listTypes, actor, id);
      return { status: 200, body: toJson(code, await get({ actor, code })) };
    },
  });
}

export function setIssuingRuleRoute(
  listTypes: ListTypes,
  set: (tx: Tx, input: Parameters<typeof setIssuingRule>[1]) => Promise<IssuingRuleView>,
): Route {
  return writeRoute({
    path: '/v1/types/:id/rules',
    name: 'setIssuingRule',
    summary:
      'Say how many people approve a credential of this type and a change of its status, and how long its claims are kept',
    body: newRule,
    answer: { status: 200, description: 'The rule', schema: issuingRule },
    problems: ['TYPE_NOT_FOUND', 'RULES_CHANGED', 'FORBIDDEN'],
    async handle(tx, { caller: { actor }, id, body: { changedAt, ...rule } }) {
      const code = requireCode(listTypes, actor, id);
      return { status: 200, body: toJson(code, await set(tx, { actor, code, rule, changedAt })) };
    },
    location: (body) => (body as { links: { self: string } }).links.self,
  });
}

function requireCode(listTypes: ListTypes, actor: Actor, code: string): string {
  if (listTypes(actor).some((type) => type.code === code)) return code;
  throw new RequestError('TYPE_NOT_FOUND', 'your department has no credential type with this code');
}

function toJson(code: string, rule: IssuingRuleView) {
  return { type: code, ...rule, links: { self: `/v1/types/${code}/rules` } };
}
