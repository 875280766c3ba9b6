import { type Actor, requireAct } from '../auth/policy.ts';
import type { CredentialRow, Db, StatusChangeRow } from '../store/schema.ts';
import { toChangeView } from './change-status.ts';
import { contextOf } from './payload.ts';
import { findRow } from './query.ts';
import type { IssuanceDeps, StatusChangeView } from './use-cases.ts';

export interface PastChange extends StatusChangeView {
  /** Whoever asked for it. */
  requestedBy: string;
  /** For the department's eyes; null where there is none, or it was erased with the claims. */
  note: string | null;
  /** Null as long as it is not on the chain. */
  block: number | null;
}

/** Far more than happens to a document in its life. */
const MOST_CHANGES = 200;

/** What was done to the status of one credential, newest first. @throws AppError FORBIDDEN, CREDENTIAL_NOT_FOUND */
export async function listPastChanges(
  db: Db,
  deps: IssuanceDeps,
  { actor, id }: { actor: Actor; id: string },
): Promise<PastChange[]> {
  requireAct(actor, 'credentials.read');
  const row = await findRow(db, { issuer: actor.issuer, id });
  const changes = await db
    .selectFrom('status_changes')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('credential_seq', '=', row.seq)
    .orderBy('seq', 'desc')
    .limit(MOST_CHANGES)
    .execute();
  return changes.map((change) => ({
    ...toChangeView(change, row),
    requestedBy: change.requested_by,
    note: readNote(change, row, deps),
    block: change.block_number,
  }));
}

function readNote({ note }: StatusChangeRow, row: CredentialRow, { cipher }: IssuanceDeps): string | null {
  if (note === null || row.erased_at !== null) return null;
  const text = cipher.openDataKey(row.wrapped_key).decrypt(note, contextOf('note', row.id));
  return Buffer.from(text).toString();
}
