import { toHex } from '../../proof/bytes.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { CompanyNominationRow, Db, Tx } from '../store/schema.ts';
import { type CompanyName, open, seal } from './company.ts';

/*
 * A department's word that somebody may administrate a company: how a company comes to its first administrator where the sign-in service says nothing of
 * companies. It is a row of the department, which the person's next sign-in takes up (settle.ts).
 */

export interface NominationView extends CompanyName {
  /** "nom_7" */
  id: string;
  /** The administrator's name. */
  person: string;
  namedBy: string;
  createdAt: string;
  /** When they signed in and became it. */
  takenAt: string | null;
  withdrawnAt: string | null;
}

type Deps = Pick<IssuanceDeps, 'cipher' | 'now' | 'hashCompanyNumber' | 'hashHolderSubject'>;

export interface NewNomination extends CompanyName {
  administrator: { account: string; name: string };
}

/** @throws AppError FORBIDDEN, NOMINATION_EXISTS */
export async function nominate(
  tx: Tx,
  deps: Deps,
  { actor, nomination }: { actor: Actor; nomination: NewNomination },
): Promise<NominationView> {
  requireAct(actor, 'companies.admit');
  const { number, name, administrator } = nomination;
  const subjectHmac = deps.hashCompanyNumber(number);
  const key = deps.cipher.createDataKey();
  const sealed = { number, name, person: administrator.name };
  const row = await tx
    .insertInto('company_nominations')
    .values({
      ...{ issuer_id: actor.issuer.id, subject_hmac: subjectHmac, named_by: actor.id },
      ...{ person_hmac: deps.hashHolderSubject(administrator.account), created_at: new Date(deps.now()) },
      ...{ data_key: Buffer.from(key.wrapped), sealed: seal(key, sealed, contextOfNomination(subjectHmac)) },
    })
    .onConflict((conflict) =>
      conflict.columns(['issuer_id', 'subject_hmac', 'person_hmac']).where('withdrawn_at', 'is', null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
  if (!row)
    throw new AppError('NOMINATION_EXISTS', 'the department has named this administrator: withdraw that word first');
  await recordAudit(tx, actor, { act: 'company.nominate', object: toNominationId(row) });
  return view(deps, row);
}

/** Newest first. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listNominations(
  db: Db,
  deps: Deps,
  { actor, limit, cursor }: { actor: Actor; limit: number; cursor?: string | undefined },
): Promise<{ items: NominationView[]; next: string | null }> {
  requireAct(actor, 'companies.admit');
  let query = db.selectFrom('company_nominations').selectAll().where('issuer_id', '=', actor.issuer.id);
  if (cursor !== undefined) {
    const before = readSeq(cursor);
    if (before === null)
      throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
    query = query.where('seq', '<', before);
  }
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => view(deps, row));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Whoever became administrator by it acts no longer, at once; withdrawing it again answers the same. @throws AppError FORBIDDEN, NOMINATION_NOT_FOUND */
export async function withdrawNomination(
  tx: Tx,
  deps: Deps,
  { actor, id }: { actor: Actor; id: string },
): Promise<NominationView> {
  requireAct(actor, 'companies.admit');
  const row = await tx
    .selectFrom('company_nominations')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', readSeq(id) ?? 0)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw new AppError('NOMINATION_NOT_FOUND', 'there is no such word of the department');
  if (row.withdrawn_at !== null) return view(deps, row);
  const withdrawn = { withdrawn_at: new Date(deps.now()) };
  await tx
    .updateTable('company_nominations')
    .set(withdrawn)
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', row.seq)
    .execute();
  await recordAudit(tx, actor, { act: 'company.withdraw', object: toNominationId(row) });
  return view(deps, { ...row, ...withdrawn });
}

function readSeq(id: string): number | null {
  return Number(/^nom_([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0) || null;
}

function toNominationId({ seq }: Pick<CompanyNominationRow, 'seq'>): string {
  return `nom_${seq}`;
}

function view({ cipher }: Deps, row: CompanyNominationRow): NominationView {
  const key = cipher.openDataKey(row.data_key);
  return {
    id: toNominationId(row),
    ...open<CompanyName & { person: string }>(key, row.sealed, contextOfNomination(row.subject_hmac)),
    namedBy: row.named_by,
    createdAt: row.created_at.toISOString(),
    takenAt: row.taken_at?.toISOString() ?? null,
    withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
  };
}

export function contextOfNomination(subjectHmac: Buffer): string {
  return `company-nomination:${toHex(subjectHmac)}`;
}
