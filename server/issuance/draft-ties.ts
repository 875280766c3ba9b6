import { AppError } from '../app-error.ts';
import type { Actor } from '../auth/policy.ts';
import type { CredentialRow, Tx } from '../store/schema.ts';
import { contentOf } from './approvals.ts';
import { openChanges } from './change-status.ts';
import { foldChanges } from './intended-status.ts';
import { readParent } from './parent.ts';
import { requireNoSuccessor } from './replacement.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * A submitted credential names others, which go on living while it waits: the one that it belongs to, and the one whose place it takes. An
 * approval looks at them again by the rules of submission, because what they have become since is in no hash.
 */

/** @throws AppError as submission would: VALIDATION_FAILED for its parent, CREDENTIAL_FAILED, ALREADY_REVOKED, ALREADY_SUPERSEDED */
export async function requireTies(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, credential, parent }: { actor: Actor; credential: CredentialRow; parent: string | undefined },
): Promise<void> {
  await requireStillReplaceable(tx, credential);
  if (parent === undefined) return;
  const type = deps.findDefinition(credential.definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${credential.definition}`);
  const { claims, validity } = contentOf(deps, credential);
  const request = { claims, validity, parent };
  const { seq } = await readParent(tx, deps, { issuer: actor.issuer, open: { type }, request });
  if (seq !== credential.parent_seq)
    throw new AppError('DATA_UNREADABLE', 'a draft and its credential differ in parent');
}

/** It is itself the successor that keeps others away, so that only the end of the old one can stand against it. */
async function requireStillReplaceable(tx: Tx, { issuer_id, replaces_seq }: CredentialRow): Promise<void> {
  if (replaces_seq === null) return;
  const old = await tx
    .selectFrom('credentials')
    .selectAll()
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', replaces_seq)
    .forUpdate()
    .executeTakeFirstOrThrow();
  requireNoSuccessor(old, foldChanges(old, await openChanges(tx, old)), false);
}
