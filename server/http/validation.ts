import type { z } from 'zod';
import type { Json } from '../../proof/json.ts';
import { AppError } from '../app-error.ts';
import { RequestError } from './request-error.ts';

/** A body of the shape of `schema`. @throws AppError VALIDATION_FAILED, naming every field that is not */
export function parseBody<S extends z.ZodType>(schema: S, body: Json): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .flatMap(toFaults)
    .map(({ path, ...fault }) => ({ pointer: toPointer(path), ...fault }));
  throw new AppError('VALIDATION_FAILED', 'the body is not what this route takes', { problems });
}

/** Query parameters of the shape of `schema`. @throws RequestError QUERY_INVALID, naming every parameter that is not */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .flatMap(toFaults)
    .map(({ path, ...fault }) => ({ parameter: String(path[0]), ...fault }));
  throw new RequestError('QUERY_INVALID', 'the query is not what this route takes', { problems });
}

function toPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}

interface Fault {
  path: readonly PropertyKey[];
  code: 'FIELD_UNKNOWN' | 'FIELD_MISSING' | 'FIELD_INVALID';
  message: string;
}

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      code: 'FIELD_UNKNOWN',
      message: `"${key.slice(0, 60)}" is not known here`,
    }));
  const name = issue.path.join('/') || 'body';
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return [{ path: issue.path, code: 'FIELD_MISSING', message: `"${name}" is required` }];
  return [{ path: issue.path, code: 'FIELD_INVALID', message: `"${name}" ${ruleOf(issue)}` }];
}

/** What the value must be. The rules that schemas word themselves are passed on; zod's own are sentences of another style. */
function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${NOUNS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_big':
      return `must ${issue.origin === 'string' ? `have at most ${issue.maximum} characters` : `be at most ${issue.maximum}`}`;
    case 'too_small':
      return `must ${issue.origin === 'string' ? 'not be empty' : `be at least ${issue.minimum}`}`;
    default:
      return issue.message;
  }
}

const NOUNS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};
