import { decodeDate, LAST_DAY, toDate } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import { AppError, type Problem } from '../app-error.ts';
import type { CredentialRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { openChanges } from './change-status.ts';
import { fromCredentialId } from './credential-id.ts';
import { isReleased } from './held.ts';
import { foldChanges } from './intended-status.ts';
import { findNotices, movedDay } from './last-day.ts';
import { claimsOfPayload, decryptPayload } from './payload.ts';
import type { OpenType } from './prepare.ts';
import type { IssuanceDeps, NewCredential } from './use-cases.ts';

/*
 * A credential may belong to another of its department, as the permit of a branch to the licence of its company. Which types may, and which claim says
 * the parent's number, is the type's (catalogue/lifecycles). Ending a parent ends no child by itself: it is offered, and confirmed with it.
 */

interface Asked {
  issuer: IssuerRow;
  open: OpenType;
  request: NewCredential;
}

export interface Parented {
  seq: number | null;
  /** With the parent's end, where the type's rule is to end with it and no end was asked for. */
  request: NewCredential;
}

/** @throws AppError VALIDATION_FAILED where the parent is none, is another than the claim says, or ends before */
export async function readParent(tx: Db | Tx, deps: IssuanceDeps, asked: Asked): Promise<Parented> {
  const { open, request } = asked;
  if (request.parent === undefined) return { seq: null, request };
  const rule = open.type.lifecycle.parent;
  if (rule === null) throw refuse('/parent', 'PARENT_NOT_ALLOWED', '"parent" is for types that have one');
  const row = await findParent(tx, asked, request.parent);
  if (!rule.types.includes(row.code))
    throw refuse('/parent', 'PARENT_NOT_ALLOWED', `"parent" must be a credential of ${rule.types.join(' or ')}`);
  const end = await requireStanding(tx, row, request.validity.validFrom);
  requireNamed(deps, row, { claim: rule.claim, request });
  return { seq: row.seq, request: endWithParent(asked, end) };
}

// Shared with others who name it, and not with whoever ends it.
async function findParent(tx: Db | Tx, { issuer }: Asked, id: string): Promise<CredentialRow> {
  const row = await tx
    .selectFrom('credentials')
    .selectAll()
    .where('issuer_id', '=', issuer.id)
    .where('state', '!=', 'submitted')
    .where(isReleased('credentials'))
    .where('id', '=', fromCredentialId(id) ?? Buffer.alloc(0))
    .forShare()
    .executeTakeFirst();
  if (!row) throw refuse('/parent', 'CREDENTIAL_NOT_FOUND', '"parent" is no credential of yours');
  return row;
}

/** Its last valid day, as it is moved; null where it has none. */
async function requireStanding(tx: Db | Tx, row: CredentialRow, validFrom: string): Promise<number | null> {
  const { revoked, superseded, extendedUntil } = foldChanges(row, await openChanges(tx, row));
  const own = extendedUntil ?? row.valid_until;
  const end = movedDay(row, own, await findNotices(tx, [row.issuer_id], 'intended'))?.day ?? own;
  const isOver = end !== null && (toDay(validFrom) ?? 0) > end;
  if (revoked || superseded || isOver || row.state === 'failed' || row.erased_at !== null)
    throw refuse('/parent', 'PARENT_ENDED', '"parent" has ended, or ends before "validFrom"');
  return end === LAST_DAY ? null : end;
}

/** The document names its parent by a number: it has to be that one's. */
function requireNamed(
  deps: IssuanceDeps,
  row: CredentialRow,
  { claim, request }: { claim: string; request: NewCredential },
): void {
  const type = deps.findDefinition(row.definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${row.definition}`);
  const number = type.definition.claims.find(({ role }) => role === 'number');
  const claims = claimsOfPayload(type.definition, decryptPayload(row, deps.cipher));
  if (number && claims[number.name] === request.claims[claim]) return;
  throw refuse(`/claims/${claim}`, 'PARENT_OTHER', `"${claim}" must be the number of "parent"`);
}

function endWithParent({ open, request }: Asked, end: number | null): NewCredential {
  if (open.type.definition.validity.kind !== 'followsParent' || end === null) return request;
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

function toDay(date: string): number | null {
  try {
    return decodeDate(date);
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

function refuse(pointer: string, code: string, message: string): AppError {
  const problems: Problem[] = [{ pointer, code, message }];
  return new AppError('VALIDATION_FAILED', 'the credential cannot belong to such a parent', { problems });
}
