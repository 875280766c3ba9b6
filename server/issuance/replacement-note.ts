import { AppError } from '../app-error.ts';
import type { CredentialRow, Tx } from '../store/schema.ts';
import { contextOf } from './payload.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * Why a credential takes the place of another, for the department's eyes. The registry has no place for a reason of a succession: its event says which
 * credential follows, and verifiers say "replaced". So the note is kept here, like that of any change of status:
 *   1. kept when the successor is made, under the key of the old one, so that erasing the old one forgets it
 *   2. moved to the change of status as soon as the successor takes over (replacement.ts): the old one's history has it from then on
 */

interface Kept {
  /** Whose place is taken. */
  old: CredentialRow;
  successorSeq: number;
  note: string;
}

/** @throws AppError CREDENTIAL_ERASED */
export async function keepReplacementNote(
  tx: Tx,
  deps: IssuanceDeps,
  { old, successorSeq, note }: Kept,
): Promise<void> {
  if (old.erased_at !== null)
    throw new AppError('CREDENTIAL_ERASED', '"note" cannot be kept: the credential was erased, and its key with it');
  const key = deps.cipher.openDataKey(old.wrapped_key);
  await tx
    .insertInto('replacement_notes')
    .values({
      successor_seq: successorSeq,
      issuer_id: old.issuer_id,
      note: Buffer.from(key.encrypt(Buffer.from(note), contextOf('note', old.id))),
    })
    .execute();
}

/** For the changes of status that are about to be recorded, by the successor. */
export async function takeReplacementNotes(tx: Tx, successorSeqs: readonly number[]): Promise<Map<number, Buffer>> {
  const rows = await tx
    .deleteFrom('replacement_notes')
    .where('successor_seq', 'in', successorSeqs)
    .returning(['successor_seq', 'note'])
    .execute();
  return new Map(rows.map(({ successor_seq, note }) => [successor_seq, note]));
}

/** What is said of a credential that is erased. */
export async function forgetReplacementNotes(tx: Tx, { issuer_id, seq }: Pick<CredentialRow, 'issuer_id' | 'seq'>) {
  await tx
    .deleteFrom('replacement_notes')
    .where('issuer_id', '=', issuer_id)
    .where('successor_seq', 'in', (query) =>
      query.selectFrom('credentials').select('seq').where('issuer_id', '=', issuer_id).where('replaces_seq', '=', seq),
    )
    .execute();
}
