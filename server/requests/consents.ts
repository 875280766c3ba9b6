import { discloseClaims } from '../../proof/disclosure.ts';
import { encodeProof } from '../../proof/proof.ts';
import { AppError } from '../app-error.ts';
import type { HolderPerson } from '../auth/session.ts';
import { recordCompanyAct } from '../companies/acts.ts';
import { fromCredentialId, toCredentialId } from '../issuance/credential-id.ts';
import { credentialDocument } from '../issuance/document.ts';
import { holderActor } from '../issuance/holder.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { ConsentRequestRow, Db, Tx } from '../store/schema.ts';
import { noRequest, type RequestView, readRequestId, stateOf, toRequestId, viewRequest } from './requests.ts';

/* What a holder does with a department's request: consents with one of their documents, refuses, or takes a consent back. */

/** Of the newest readings that are told. */
const READINGS_TOLD = 20;

export interface HolderRequest extends RequestView {
  /** The code of the department that asks. */
  department: string;
  /** Final ones of the type; while it waits for an answer. */
  documents: readonly string[];
  /** With which it was answered; null where that was erased. */
  credential: string | null;
  readings: number;
  /** The newest ones. */
  readAt: readonly string[];
}

type Deps = IssuanceDeps;

/** Newest first. */
export async function listOwnRequests(own: Db, deps: Deps, holder: HolderPerson): Promise<HolderRequest[]> {
  const rows = await ofHolder(own, holder).orderBy('r.seq', 'desc').limit(100).execute();
  const views: HolderRequest[] = [];
  for (const row of rows) views.push(await view(own, deps, { row, holder }));
  return views;
}

interface Own {
  holder: HolderPerson;
  id: string;
}

/** @throws AppError REQUEST_NOT_FOUND */
export async function getOwnRequest(own: Db, deps: Deps, { holder, id }: Own): Promise<HolderRequest> {
  return view(own, deps, { row: await find(own, { holder, id }), holder });
}

export interface Consent extends Own {
  credential: string;
  /** What the holder was shown that the department will see: the encoded proof. */
  proof: Uint8Array;
}

/**
 * `own` is the holder's, `db` sees all: a proof is made out of what the document's department has.
 *   1. the document is the holder's, of the type that was asked for, and final
 *   2. of it the proof shows what was asked for and what the type always shows, and nothing else: it is made here again, and has to be the same byte for byte
 *   3. it is kept under the key of the document itself, so that it ends with an erasure whoever has the row; consenting again with the same document answers the same
 * @throws AppError REQUEST_NOT_FOUND, REQUEST_CLOSED, CREDENTIAL_NOT_FOUND, NOT_FINAL, PROOF_NOT_AS_ASKED
 */
export async function consent(
  { own, db }: { own: Db; db: Db },
  deps: Deps,
  { holder, id, credential, proof }: Consent,
): Promise<HolderRequest> {
  const now = new Date(deps.now());
  const asked = await find(own, { holder, id });
  const actor = await holderActor(own, { holder, id: credential });
  const source = await credentialDocument(db, deps, { actor, id: credential });
  const type = source.type.definition;
  if (source.view.type !== asked.type) throw notAsAsked('the document is of another type');
  const names = claimsToShow(type, asked.claims);
  const expected = encodeProof(discloseClaims(source.fullProof, type, names));
  if (!Buffer.from(expected).equals(proof))
    throw notAsAsked('the proof shows something else than what was asked for, or is of another document');
  const key = await db
    .selectFrom('credentials')
    .select(['seq', 'wrapped_key'])
    .where('id', '=', Buffer.from(fromCredentialId(credential) as Uint8Array))
    .executeTakeFirstOrThrow();
  const sealed = deps.cipher.openDataKey(key.wrapped_key).encrypt(proof, contextOfProof(asked.seq));
  return own.transaction().execute(async (tx) => {
    const row = await find(tx, { holder, id }, 'lock');
    // an answer that was lost on the way is asked for again
    if (stateOf(row, now) === 'consented' && row.credential_seq === key.seq) return view(tx, deps, { row, holder });
    requireOpen(row, now);
    await tx
      .updateTable('consent_requests')
      .set({
        ...{ answer: 'consented', answered_at: now, credential_seq: key.seq, proof: Buffer.from(sealed) },
        delegate_seq: holder.acting?.delegateSeq ?? null,
      })
      .where('seq', '=', row.seq)
      .execute();
    await recordCompanyAct(tx, holder, { act: 'request.consent', object: id, now });
    return view(tx, deps, { row: await find(tx, { holder, id }), holder });
  });
}

/** What was asked for, and what a document of the type never hides once something of it is shown. */
export function claimsToShow(type: Parameters<typeof discloseClaims>[1], asked: readonly string[]): string[] {
  const names = new Set([...type.claims.filter(({ always }) => always).map(({ name }) => name), ...asked]);
  return type.claims.map(({ name }) => name).filter((name) => names.has(name));
}

function notAsAsked(why: string): AppError {
  return new AppError('PROOF_NOT_AS_ASKED', why);
}

/** Refusing it again answers the same. @throws AppError REQUEST_NOT_FOUND, REQUEST_CLOSED */
export async function refuse(own: Db, deps: Deps, { holder, id }: Own): Promise<HolderRequest> {
  const now = new Date(deps.now());
  return own.transaction().execute(async (tx) => {
    const row = await find(tx, { holder, id }, 'lock');
    if (stateOf(row, now) === 'refused') return view(tx, deps, { row, holder });
    requireOpen(row, now);
    await tx
      .updateTable('consent_requests')
      .set({ answer: 'refused', answered_at: now, delegate_seq: holder.acting?.delegateSeq ?? null })
      .where('seq', '=', row.seq)
      .execute();
    await recordCompanyAct(tx, holder, { act: 'request.refuse', object: id, now });
    return view(tx, deps, { row: await find(tx, { holder, id }), holder });
  });
}

/** What was consented to is gone, and read no more; taking it back again answers the same. @throws AppError REQUEST_NOT_FOUND, REQUEST_CLOSED */
export async function withdraw(own: Db, deps: Deps, { holder, id }: Own): Promise<HolderRequest> {
  const now = new Date(deps.now());
  return own.transaction().execute(async (tx) => {
    const row = await find(tx, { holder, id }, 'lock');
    if (row.answer !== 'consented') throw closed('there is no consent that could be taken back');
    if (row.withdrawn_at === null) {
      await tx
        .updateTable('consent_requests')
        .set({ withdrawn_at: now, proof: null })
        .where('seq', '=', row.seq)
        .execute();
      await recordCompanyAct(tx, holder, { act: 'request.withdraw', object: id, now });
    }
    return view(tx, deps, { row: await find(tx, { holder, id }), holder });
  });
}

function requireOpen(row: Found, now: Date): void {
  if (stateOf(row, now) !== 'open') throw closed('the request was answered, has ended, or its time is past');
}

function closed(why: string): AppError {
  return new AppError('REQUEST_CLOSED', why);
}

type Found = ConsentRequestRow & { code: string };

function ofHolder(own: Db | Tx, { subjectHmac }: HolderPerson) {
  return own
    .selectFrom('consent_requests as r')
    .innerJoin('issuers as i', 'i.id', 'r.issuer_id')
    .selectAll('r')
    .select('i.code')
    .where('r.holder_subject_hmac', '=', subjectHmac);
}

async function find(own: Db | Tx, { holder, id }: Own, lock?: 'lock'): Promise<Found> {
  let query = ofHolder(own, holder).where('r.seq', '=', readRequestId(id) ?? 0);
  if (lock) query = query.forUpdate('r');
  const row = await query.executeTakeFirst();
  if (!row) throw noRequest();
  return row;
}

async function view(
  own: Db | Tx,
  deps: Deps,
  { row, holder }: { row: Found; holder: HolderPerson },
): Promise<HolderRequest> {
  const { view: seen } = viewRequest(deps, row);
  const documents =
    seen.state === 'open'
      ? await own
          .selectFrom('credentials')
          .select('id')
          .where('holder_subject_hmac', '=', holder.subjectHmac)
          .where('code', '=', row.type)
          .where('state', '=', 'final')
          .orderBy('seq', 'desc')
          .limit(50)
          .execute()
      : [];
  const used =
    row.credential_seq === null
      ? undefined
      : await own
          .selectFrom('credentials')
          .select('id')
          .where('seq', '=', row.credential_seq)
          .where('holder_subject_hmac', '=', holder.subjectHmac)
          .executeTakeFirst();
  const readings = own.selectFrom('consent_readings').where('request_seq', '=', row.seq);
  const { count } = await readings.select(({ fn }) => fn.countAll<string>().as('count')).executeTakeFirstOrThrow();
  const newest = await readings.select('read_at').orderBy('read_at', 'desc').limit(READINGS_TOLD).execute();
  return {
    ...seen,
    department: row.code,
    documents: documents.map(({ id }) => toCredentialId(id)),
    credential: used ? toCredentialId(used.id) : null,
    readings: Number(count),
    readAt: newest.map(({ read_at }) => read_at.toISOString()),
  };
}

export function contextOfProof(requestSeq: number): string {
  return `consent-proof:${toRequestId(requestSeq)}`;
}
