import { decodeCbor } from '../../proof/cbor.ts';
import { decodeHeaderItems } from '../../proof/header.ts';
import { AppError } from '../app-error.ts';
import { failpoint } from '../failpoint.ts';
import type { CredentialRow, Db, StatusChangeRow, Tx } from '../store/schema.ts';
import { foldChanges, type IntendedStatus } from './intended-status.ts';
import { recordChanges } from './record-changes.ts';
import { takeReplacementNotes } from './replacement-note.ts';
import { requireNotFailed } from './status-rules.ts';
import { type IssuanceDeps, REASONS } from './use-cases.ts';

/*
 * One credential takes the place of another: as soon as it is final, and not before its own first day, the old one names it as its
 * successor. Until then what hangs on the wall is in force: a licence that is renewed two months ahead is not "superseded" meanwhile.
 */

/** @throws AppError CREDENTIAL_FAILED, ALREADY_REVOKED, ALREADY_SUPERSEDED */
export async function requireReplaceable(
  tx: Db | Tx,
  row: CredentialRow,
  changes: readonly StatusChangeRow[],
): Promise<void> {
  const replaced = await findReplaced(tx, [row]);
  requireNoSuccessor(row, foldChanges(row, changes), replaced.has(row.seq));
}

/** @throws AppError CREDENTIAL_FAILED, ALREADY_REVOKED, ALREADY_SUPERSEDED */
export function requireNoSuccessor(
  row: Pick<CredentialRow, 'state'>,
  { revoked, superseded }: IntendedStatus,
  hasReplacement: boolean,
): void {
  requireNotFailed(row);
  if (revoked) throw new AppError('ALREADY_REVOKED', 'the credential is revoked, which is for ever');
  if (superseded || hasReplacement)
    throw new AppError('ALREADY_SUPERSEDED', 'the credential was replaced by a newer one');
}

/**
 * One that is provisional is replaced by a full one, of the types that its own names; any other by another of its type. Else a restaurant's
 * licence could be "superseded" by a permit for something else.
 * @throws AppError VALIDATION_FAILED
 */
export function requireSuccessorType(deps: Pick<IssuanceDeps, 'findType'>, old: string, code: string): void {
  const allowed = [old, ...(deps.findType(old)?.lifecycle.becomes ?? [])];
  if (allowed.includes(code)) return;
  const message = `"type" must be ${allowed.join(' or ')}: what a credential of ${old} is replaced by`;
  throw new AppError('VALIDATION_FAILED', 'it cannot take the place of a credential of another kind', {
    problems: [{ pointer: '/type', code: 'NOT_A_SUCCESSOR', message }],
  });
}

/**
 * The hash of the holder's key to which it is bound, and what takes its place stays bound, unless another key is named or none is wanted: else who could
 * present it yesterday could not today.
 */
export function boundTo({ header }: Pick<CredentialRow, 'header'>): Uint8Array | null {
  return decodeHeaderItems(decodeCbor(header)).holderKey;
}

/** Those of them for which another one was issued that is or will be their successor. All belong to one department. */
export async function findReplaced(
  tx: Db | Tx,
  rows: readonly Pick<CredentialRow, 'seq' | 'issuer_id'>[],
): Promise<Set<number>> {
  const [first] = rows;
  if (!first) return new Set();
  const found = await tx
    .selectFrom('credentials')
    .select('replaces_seq')
    .where('issuer_id', '=', first.issuer_id)
    .where(
      'replaces_seq',
      'in',
      rows.map(({ seq }) => seq),
    )
    .where('state', '!=', 'failed')
    // one that was revoked before it took over leaves the old one as it was
    .where((where) => where.or([where('revoked', '=', false), where('takes_over_on', 'is', null)]))
    .execute();
  return new Set(found.map(({ replaces_seq }) => replaces_seq as number));
}

/** Records the successions that are due on a day in Hong Kong; whether there were any. A restart or another instance records none twice. */
export async function nameSuccessors(db: Db, { now, today }: { now: Date; today: number }): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('credentials')
      .select(['seq', 'issuer_id', 'replaces_seq', 'prepared_by'])
      .where('state', '=', 'final')
      .where('takes_over_on', '<=', today)
      .where('revoked', '=', false)
      .orderBy('takes_over_on')
      .limit(MOST_AT_ONCE)
      .forUpdate()
      .skipLocked()
      .execute();
    if (due.length === 0) return false;
    const notes = await takeReplacementNotes(
      tx,
      due.map(({ seq }) => seq),
    );
    await recordChanges(
      tx,
      due.map(({ issuer_id, seq, replaces_seq, prepared_by }) => ({
        issuer_id,
        credential_seq: replaces_seq as number,
        act: 'amend' as const,
        reason: REASONS.replaced,
        successor_seq: seq,
        note: notes.get(seq) ?? null,
        state: 'recorded' as const,
        requested_by: prepared_by,
        created_at: now,
      })),
    );
    await tx
      .updateTable('credentials')
      .set({ takes_over_on: null })
      .where(
        'seq',
        'in',
        due.map(({ seq }) => seq),
      )
      .execute();
    failpoint('successor-named');
    return true;
  });
}

const MOST_AT_ONCE = 1_000;
