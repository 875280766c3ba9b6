import { toDate } from '../../proof/day.ts';
import type { Json } from '../../proof/json.ts';
import { AppError, type Problem } from '../app-error.ts';
import type { OpenType } from './prepare.ts';
import { toDay } from './to-day.ts';
import type { NewCredential } from './use-cases.ts';

/*
 * A credential may belong to another of its department, as the permit of a branch to the licence of its company. Which types may, and which claim says
 * the parent's number, is the type's (catalogue/lifecycles). This is the rule without a database, for single calls and for the threads of imports.
 */

/** What counts of a credential that others name as their parent. */
export interface Parent extends ParentStanding {
  code: string;
  /** The value of the claim with that role; undefined where it has ended, or its type has none. */
  number: Json | undefined;
}

export interface ParentStanding {
  seq: number;
  /** Revoked, replaced, failed or erased, or about to be. */
  hasEnded: boolean;
  /** Its last valid day, as it is moved; null where it has none. */
  end: number | null;
  /** Another one as soon as anything happened to it that may have ended it. */
  version: string;
}

export interface Parented<R> {
  seq: number | null;
  /** With the parent's end, where the type's rule is to end with it and no end was asked for. */
  request: R;
}

/** What the rule looks at. */
export type ChildRequest = Pick<NewCredential, 'parent' | 'claims' | 'validity'>;

/**
 * @param parent what was found by "parent"; undefined for nothing of the department
 * @throws AppError VALIDATION_FAILED where the parent is none, is another than the claim says, or ends before
 */
export function belongTo<R extends ChildRequest>(
  { open, request }: { open: Pick<OpenType, 'type'>; request: R },
  parent: Parent | undefined,
): Parented<R> {
  if (request.parent === undefined) return { seq: null, request };
  const rule = open.type.lifecycle.parent;
  if (rule === null) throw refuse('/parent', 'PARENT_NOT_ALLOWED', '"parent" is for types that have one');
  if (!parent) throw refuse('/parent', 'CREDENTIAL_NOT_FOUND', '"parent" is no credential of yours');
  if (!rule.types.includes(parent.code))
    throw refuse('/parent', 'PARENT_NOT_ALLOWED', `"parent" must be a credential of ${rule.types.join(' or ')}`);
  const { hasEnded, end, number } = parent;
  if (hasEnded || (end !== null && (toDay(request.validity.validFrom) ?? 0) > end))
    throw refuse('/parent', 'PARENT_ENDED', '"parent" has ended, or ends before "validFrom"');
  if (number === undefined || number !== request.claims[rule.claim])
    throw refuse(`/claims/${rule.claim}`, 'PARENT_OTHER', `"${rule.claim}" must be the number of "parent"`);
  return { seq: parent.seq, request: endWithParent({ open, request }, end) };
}

/** Whether credentials of a type end no later than their parent. */
export function followsParent({ type }: Pick<OpenType, 'type'>): boolean {
  return type.definition.validity.kind === 'followsParent';
}

function endWithParent<R extends ChildRequest>(
  { open, request }: { open: Pick<OpenType, 'type'>; request: R },
  end: number | null,
): R {
  if (!followsParent(open) || end === null) return request;
  const { validUntil } = request.validity;
  if (validUntil === undefined) return { ...request, validity: { ...request.validity, validUntil: toDate(end) } };
  const day = validUntil === null ? null : toDay(validUntil);
  if (day === null || day <= end) return request;
  throw refuse(
    '/validity/validUntil',
    'AFTER_PARENT',
    `"validUntil" must be ${toDate(end)} or earlier, as "parent" ends`,
  );
}

function refuse(pointer: string, code: string, message: string): AppError {
  const problems: Problem[] = [{ pointer, code, message }];
  return new AppError('VALIDATION_FAILED', 'the credential cannot belong to such a parent', { problems });
}
