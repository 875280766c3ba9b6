import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../proof/json.ts';
import { COMPANY_NUMBER } from '../companies/company.ts';

/** Kinds of fields that several schemas share. The rules of a credential type are the use cases' business, not these. */

const UNPRINTABLE = /\p{Cc}/u;

/** One line of text that a database can hold: no control characters (PostgreSQL refuses U+0000) and no lone surrogates. */
export function line(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine(
      (text) => text.isWellFormed() && !UNPRINTABLE.test(text),
      'must not contain control characters or lone surrogates',
    );
}

/** By which people know something of theirs: one line, without blanks around it. */
export function nameLine(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine(
      (text) => text.isWellFormed() && !UNPRINTABLE.test(text),
      'must not contain control characters or lone surrogates',
    );
}

/** Text of several lines. */
export function paragraph(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine(
      (text) => text.isWellFormed() && !UNPRINTABLE.test(text.replaceAll('\n', '')),
      'must not contain control characters other than line breaks, or lone surrogates',
    );
}

/**
 * An object as it was sent. A record schema would copy it and lose a name such as `__proto__` on the way, which must be refused by
 * whoever knows the names.
 */
export function jsonObject(description: string) {
  return z
    .custom<JsonObject>((value) => isJsonObject(value as Json), 'must be an object')
    .meta({ type: 'object', additionalProperties: true, description });
}

/** A day, of which the use cases check the rest: then one answer has all that is wrong with a credential. */
export function day(description: string) {
  return z
    .string()
    .min(1)
    .max(20)
    .meta({ format: 'date', description, examples: ['2026-03-01'] });
}

/** A day for a query, which no use case looks at again. */
export const calendarDay = z.iso
  .date('must be a day of the calendar as YYYY-MM-DD')
  .refine((date) => date >= '1970-01-01', 'must be a day from 1970-01-01');

const HONG_KONG_MIDNIGHT = 'T00:00:00+08:00';
const DAY_MS = 86_400_000;

/** For a query: an instant, or a Hong Kong day as documents carry it, from its first moment. */
export const momentFrom = moment(0);
/** Likewise, and of a day up to its last moment; left out itself. */
export const momentTo = moment(DAY_MS);

function moment(dayMs: number) {
  return z
    .union(
      [z.iso.datetime({ offset: true }), z.iso.date()],
      'must be an instant such as 2026-01-31T08:00:00Z, or a date',
    )
    .transform((text) =>
      text.includes('T') ? new Date(text) : new Date(Date.parse(`${text}${HONG_KONG_MIDNIGHT}`) + dayMs),
    );
}

export const label = z
  .strictObject({ en: z.string(), 'zh-Hant': z.string(), 'zh-Hans': z.string() })
  .meta({ id: 'Label' });
export const instant = z.iso.datetime().meta({ description: 'UTC' });

/** Of what is written over: refused where a colleague was faster. */
export const seenVersion = instant.nullable().optional().meta({
  description:
    'The "changedAt" of what was seen, null where nobody had changed it yet: refused where somebody has changed it since. Left out: whatever holds now is replaced',
});

/** SHA-256, as approvers name what they saw. */
export function hash256(description: string) {
  return z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in small letters')
    .meta({ description });
}

/** By whom, and when. */
export const approval = z.strictObject({ by: z.string(), at: instant });

/** What goes with a thing that an approver gives back. */
export const returnNote = z.strictObject({ note: paragraph(500).meta({ description: 'Why, for its preparer' }) });

/** Under which a company's documents are issued and found. Departments and the sign-in service write it alike: capitals and digits. */
export const companyNumber = z
  .string()
  .regex(COMPANY_NUMBER, 'must be 3 to 30 digits, capital letters and hyphens, as it stands in the register')
  .meta({ examples: ['74000001'] });
