import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { hasEmail } from '../issuance/holder.ts';
import { decryptPayload } from '../issuance/payload.ts';
import { findRow } from '../issuance/query.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import { requireBelieved } from '../signing-keys/disbelieved.ts';
import type { CredentialRow, Tx } from '../store/schema.ts';
import { findNewestMail, type MailView, toMailId, toMailView } from './outbox.ts';

/**
 * Sends a document to its holder again, to the address that the department gave when it issued it.
 * @throws AppError CREDENTIAL_NOT_FOUND, CREDENTIAL_FAILED, NOT_FINAL, CREDENTIAL_ERASED, ALREADY_REVOKED, ALREADY_SUPERSEDED, CREDENTIAL_DISBELIEVED,
 *   HOLDER_WITHOUT_EMAIL, MAIL_WAITING
 */
export async function mailCredential(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, id }: { actor: Actor; id: string },
): Promise<MailView> {
  requireAct(actor, 'credentials.mail');
  // locked, so that of two who ask at once the second finds what the first has asked for
  const credential = await findRow(tx, { issuer: actor.issuer, id, lock: true });
  requireDeliverable(credential);
  await requireBelieved(tx, credential);
  if (!hasEmail(decryptPayload(credential, deps.cipher).holder))
    throw new AppError('HOLDER_WITHOUT_EMAIL', 'the department named no e-mail address when it issued the credential');
  if ((await findNewestMail(tx, credential, 'document'))?.state === 'waiting')
    throw new AppError('MAIL_WAITING', 'a mail with the document is being sent already');
  const at = new Date(deps.now());
  const row = await tx
    .insertInto('mails')
    .values({
      issuer_id: credential.issuer_id,
      credential_seq: credential.seq,
      kind: 'document',
      next_at: at,
      requested_by: actor.id,
      created_at: at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(tx, actor, { act: 'credential.mail', object: id, after: { mail: toMailId(row.seq) } });
  return toMailView({ ...row, kind: 'document' });
}

function requireDeliverable({ state, erased_at, revoked, superseded_by_seq }: CredentialRow): void {
  if (state === 'failed') throw new AppError('CREDENTIAL_FAILED', 'the credential could not be issued');
  if (state !== 'final') throw new AppError('NOT_FINAL', 'the credential is not final on the chain yet');
  if (erased_at !== null) throw new AppError('CREDENTIAL_ERASED', 'the credential was erased');
  if (revoked) throw new AppError('ALREADY_REVOKED', 'the credential is revoked');
  if (superseded_by_seq !== null) throw new AppError('ALREADY_SUPERSEDED', 'the credential was replaced');
}
