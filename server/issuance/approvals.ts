import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { toHex } from '../../proof/bytes.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { toDate } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodeHeaderItems } from '../../proof/header.ts';
import { isJsonObject, type JsonObject } from '../../proof/json.ts';
import { AppError } from '../app-error.ts';
import type { Actor } from '../auth/policy.ts';
import { isSamePerson } from '../auth/same-person.ts';
import { recomputeContent } from '../keys/signer.ts';
import type { ApprovalRow, CredentialRow, Db, Tx } from '../store/schema.ts';
import { findUnapprovedImported } from './approved-imports.ts';
import { findIssuingRule } from './issuing-rules.ts';
import { claimsOfPayload, contextOf, decryptPayload, toApproved } from './payload.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * An approval is for a content hash: header, seeds and claims. Whatever is edited is submitted again with new seeds, so that it has
 * another hash, for which there is no approval.
 */

/** What is approved: a draft, or a file of many. */
export type Approved = Pick<ApprovalRow, 'issuer_id' | 'content_hash'> &
  ({ draft_seq: number } | { import_seq: number });

/** The approvals of what is submitted at present, in the order in which they were given. */
export function findApprovals(tx: Db | Tx, { issuer_id, content_hash, ...of }: Approved): Promise<ApprovalRow[]> {
  const query = tx
    .selectFrom('approvals')
    .selectAll()
    .where('issuer_id', '=', issuer_id)
    .where('content_hash', '=', content_hash)
    .orderBy('seq');
  return (
    'draft_seq' in of ? query.where('draft_seq', '=', of.draft_seq) : query.where('import_seq', '=', of.import_seq)
  ).execute();
}

/** @returns how many there are with it. @throws AppError SAME_PERSON */
export async function approve(
  tx: Tx,
  actor: Actor,
  { of, people, at }: { of: Approved; people: readonly string[]; at: Date },
): Promise<number> {
  const given = await findApprovals(tx, of);
  await requireOtherPerson(tx, actor, { people, given });
  await tx
    .insertInto('approvals')
    .values({ ...of, actor: actor.id, created_at: at })
    .execute();
  return given.length + 1;
}

/** By whom, and when. */
export interface ApprovalView {
  by: string;
  at: string;
}

export function toApprovalView({ actor, created_at }: ApprovalRow): ApprovalView {
  return { by: actor, at: created_at.toISOString() };
}

/** A draft is never issued without somebody else's look, also where its type could be issued by one call. */
export async function approvalsNeeded(tx: Db | Tx, { issuer }: Actor, code: string): Promise<number> {
  return Math.max(1, (await findIssuingRule(tx, { issuer, code })).approvals);
}

/** Preparer, editor, submitter and every approver are different people. @throws AppError SAME_PERSON */
async function requireOtherPerson(
  tx: Tx,
  actor: Actor,
  { people, given }: { people: readonly string[]; given: readonly ApprovalRow[] },
): Promise<void> {
  if (await isSamePerson(tx, actor, people))
    throw new AppError('SAME_PERSON', 'who prepared, edited or submitted it cannot approve it');
  const approvers = given.map((approval) => approval.actor);
  if (await isSamePerson(tx, actor, approvers))
    throw new AppError('SAME_PERSON', "you have approved this already: the other approval is another person's");
}

/**
 * What is stored still says what the hash says: the encrypted claims, the images that they name, and the columns that lists show.
 * @throws AppError CONTENT_CHANGED
 */
export async function requireUnchanged(tx: Tx, deps: IssuanceDeps, row: CredentialRow): Promise<void> {
  try {
    recomputeContent(toApproved(row, deps.cipher));
    requireSameColumns(row);
    await requireSameImages(tx, deps, row);
  } catch (cause) {
    if (!(cause instanceof AppError || cause instanceof ProofError)) throw cause;
    throw new AppError('CONTENT_CHANGED', 'what is stored is not what was submitted: return it to its preparer', {
      cause,
    });
  }
}

function requireSameColumns(row: CredentialRow): void {
  const header = decodeHeaderItems(decodeCbor(row.header));
  const isSame =
    row.id.equals(header.id) &&
    row.type_number === header.credentialType &&
    row.issued === header.issued &&
    row.valid_from === header.validFrom &&
    row.valid_until === header.validUntil &&
    row.partly_until === header.partlyUntil;
  if (!isSame) throw new AppError('DATA_UNREADABLE', 'the columns of a credential are not what its header says');
}

async function requireSameImages(tx: Tx, deps: IssuanceDeps, row: CredentialRow): Promise<void> {
  const named = imageHashes(claimsOf(deps, row));
  const images = await tx
    .selectFrom('images')
    .selectAll()
    .where('issuer_id', '=', row.issuer_id)
    .where('credential_seq', '=', row.seq)
    .execute();
  const key = deps.cipher.openDataKey(row.wrapped_key as Buffer);
  const stored = new Map(
    images.map(({ claim, data }) => [claim, hash('sha256', key.decrypt(data, contextOf(`image:${claim}`, row.id)))]),
  );
  const isSame = stored.size === named.size && [...named].every(([claim, sha256]) => stored.get(claim) === sha256);
  if (!isSame) throw new AppError('DATA_UNREADABLE', 'the images of a credential are not those that its claims name');
}

/** What a credential that is not issued yet says, out of the very bytes that its content hash is over. */
export function contentOf(deps: IssuanceDeps, credential: CredentialRow) {
  const { issued, validFrom, validUntil } = decodeHeaderItems(decodeCbor(credential.header));
  return {
    claims: claimsOf(deps, credential),
    validity: {
      issued: toDate(issued),
      validFrom: toDate(validFrom),
      validUntil: validUntil === null ? null : toDate(validUntil),
    },
    holder: decryptPayload(credential, deps.cipher).holder ?? undefined,
  };
}

/** The claims of a credential that is not issued yet, as they will be signed. */
function claimsOf(deps: IssuanceDeps, row: CredentialRow): JsonObject {
  const type = deps.findDefinition(row.definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${row.definition}`);
  return claimsOfPayload(type.definition, decryptPayload(row, deps.cipher));
}

function imageHashes(claims: JsonObject): Map<string, string> {
  const images = Object.entries(claims).flatMap(([name, value]): [string, string][] =>
    isJsonObject(value ?? null) && typeof (value as JsonObject).sha256 === 'string'
      ? [[name, (value as { sha256: string }).sha256]]
      : [],
  );
  return new Map(images);
}

/** @throws AppError CONTENT_CHANGED */
export function requireSeen(contentHash: string, row: CredentialRow): void {
  if (contentHash === toHex(row.content_hash)) return;
  throw new AppError('CONTENT_CHANGED', '"contentHash" is not that of what is submitted now: read the draft again');
}

/**
 * Those that came by a draft, or a file, which too few people approved as they are, and those by neither of a type that has been issued by approval
 * alone since before they were accepted: whatever made them "issued", it was not the last approval.
 */
export async function findUnapproved(
  tx: Tx,
  rows: readonly Pick<CredentialRow, 'seq' | 'issuer_id' | 'import_seq'>[],
): Promise<Set<number>> {
  const seqs = rows.map(({ seq }) => seq);
  const issuers = [...new Set(rows.map(({ issuer_id }) => issuer_id))];
  // the database's clock and that of whoever accepted may differ
  const found = await tx
    .selectFrom('drafts as d')
    .innerJoin('credentials as c', 'c.seq', 'd.credential_seq')
    .select('c.seq')
    .where('d.issuer_id', 'in', issuers)
    .where('d.credential_seq', 'in', seqs)
    .where((where) =>
      where.or([
        where('d.state', '!=', 'issued'),
        where(
          where
            .selectFrom('approvals as a')
            .select((count) => count.fn.count<number>('a.actor').distinct().as('people'))
            .whereRef('a.draft_seq', '=', 'd.seq')
            .whereRef('a.content_hash', '=', 'c.content_hash'),
          '<',
          where.fn.coalesce('d.approvals_needed', sql.lit(1)),
        ),
      ]),
    )
    .union(
      tx
        .selectFrom('credentials as c')
        .innerJoin('issuing_rules as r', (join) =>
          join.onRef('r.issuer_id', '=', 'c.issuer_id').onRef('r.code', '=', 'c.code'),
        )
        .select('c.seq')
        .where('c.issuer_id', 'in', issuers)
        .where('c.seq', 'in', seqs)
        .where('r.approvals', '>', 0)
        .where(sql<boolean>`r.changed_at < c.approved_at - interval '5 minutes'`)
        .where(sql<boolean>`not exists (select from imports i where i.seq = c.import_seq and i.for_approval)`)
        .where((where) =>
          where.not(
            where.exists(where.selectFrom('drafts as d').select('d.seq').whereRef('d.credential_seq', '=', 'c.seq')),
          ),
        ),
    )
    .execute();
  return new Set([...found.map(({ seq }) => seq), ...(await findUnapprovedImported(tx, rows))]);
}
