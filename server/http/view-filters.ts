import { z } from 'zod';
import type { Json } from '../../proof/json.ts';
import type { ViewPlace } from '../store/schema.ts';
import type { ViewFilters } from '../views/views.ts';
import { auditQuery } from './audit.ts';
import { nominationsQuery } from './companies.ts';
import { draftsQuery } from './drafts.ts';
import { importsQuery } from './imports.ts';
import { credentialsQuery } from './list-credentials.ts';
import { reportsQuery } from './reports.ts';
import { parseBody } from './validation.ts';

/** Where in a list somebody is, and not what is in it. */
const PAGING: readonly string[] = ['limit', 'starting_after', 'order'];

const PERSONAL = z
  .string()
  .refine(() => false, 'points at a person or at one document, and views are kept in clear: leave it out')
  .optional();

/**
 * What a list can be asked for, of which a view keeps what is named here. A filter that is new to a list is refused until somebody has thought about whether it
 * may stand in clear.
 */
const FILTERS: Readonly<Record<ViewPlace, z.ZodType>> = {
  credentials: keeping(credentialsQuery, [
    ...(['type', 'state', 'status', 'disbelieved'] as const),
    ...(['created_from', 'created_to', 'expiring_from', 'expiring_to'] as const),
  ]),
  drafts: keeping(draftsQuery, ['type', 'state']),
  imports: keeping(importsQuery, ['state']),
  reports: keeping(reportsQuery, ['state']),
  companies: keeping(nominationsQuery, ['state']),
  audit: keeping(auditQuery, ['act', 'allowed', 'from', 'to']),
};

function keeping<Shape extends z.core.$ZodLooseShape>(
  { shape }: z.ZodObject<Shape>,
  kept: readonly (keyof Shape & string)[],
): z.ZodType {
  const names = Object.keys(shape).filter((name) => !PAGING.includes(name));
  const filters = names.map((name) => [name, (kept as readonly string[]).includes(name) ? shape[name] : PERSONAL]);
  return z
    .strictObject(Object.fromEntries(filters) as z.core.$ZodLooseShape)
    .refine((given) => Object.keys(given).length > 0, 'must have at least one filter');
}

/** What was sent is kept, and not what the list makes of it. @throws AppError VALIDATION_FAILED */
export function checkFilters(place: ViewPlace, filters: object): ViewFilters {
  parseBody(z.strictObject({ filters: FILTERS[place] }), { filters: filters as Json });
  return filters as ViewFilters;
}
