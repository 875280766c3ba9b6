import { z } from 'zod';
import { line } from './fields.ts';

/** How a list is asked for and answered, a page at a time. */

interface PageRules {
  /** Where the caller does not say. */
  usual: number;
  most: number;
  /** The longest cursor that the list gives. */
  cursorLength: number;
}

export function pageQuery({ usual, most, cursorLength }: PageRules) {
  const rule = `must be a whole number from 1 to ${most}`;
  return {
    limit: z
      .string()
      .regex(/^\d{1,4}$/, rule)
      .transform(Number)
      .refine((limit) => limit >= 1 && limit <= most, rule)
      .default(usual)
      .meta({ type: 'integer', minimum: 1, maximum: most, description: `${usual} where it is left out` }),
    starting_after: line(cursorLength).optional().meta({ description: '"next" of the page before' }),
  };
}

export function pageOf<Item extends z.ZodType>(item: Item, id: string) {
  return z.strictObject({ items: z.array(item), has_more: z.boolean(), next: z.string().nullable() }).meta({ id });
}

export function toPage<Item>(items: readonly Item[], next: string | null) {
  return { items, has_more: next !== null, next };
}
