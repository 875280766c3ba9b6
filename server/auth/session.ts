import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { decrypt, encrypt } from '../keys/cipher.ts';
import type { Db, DelegateRole, IssuerRow, OfficerRow, Tx } from '../store/schema.ts';
import { type Actor, actsOf, type Role } from './policy.ts';

/** Who is signed in. */
export type Person = OfficerPerson | HolderPerson;

export interface OfficerPerson {
  kind: 'officer';
  actor: Actor;
  roles: readonly Role[];
}

export interface HolderPerson {
  kind: 'holder';
  /** Of the person's subject, or of the number of the company that they act for (holder-index.ts): what the holder's credentials are found by. */
  subjectHmac: Buffer;
  /** Where it is a company that is the holder. */
  acting?: Acting;
}

/** Somebody who acts for a company (companies/acting.ts). */
export interface Acting {
  companySeq: number;
  delegateSeq: number;
  role: DelegateRole;
  personHmac: Buffer;
}

export interface Session {
  person: Person;
  /** Null where the provider told none. */
  name: string | null;
  /** For requests that change something: whoever cannot read our answers does not know it. */
  csrfToken: string;
  /** When it ends if it is not used, and when it ends all the same. */
  idleUntil: Date;
  expiresAt: Date;
}

export interface SessionLimits {
  idleMs: number;
  absoluteMs: number;
}

/** What is kept of the sign-in itself, under a key that only the cookie's owner has. */
export interface SessionSecret {
  name: string | null;
  /** The provider's issuer address. */
  issuer: string;
  idToken: string;
}

export type NewSession = SessionSecret & {
  person: { kind: 'officer'; officer: Pick<OfficerRow, 'id' | 'issuer_id'> } | HolderPerson;
};

const SECRET_BYTES = 32;
const SECRET_FORM = /^[\w-]{43}$/;
/** So that reading costs no write each time. */
const MOST_USE_NOTED_EVERY_MS = 60_000;

/** A secret for a cookie: 256 random bits, of which a plain hash tells nothing. */
export function createSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

export async function createSession(
  db: Db | Tx,
  { person, name, issuer, idToken }: NewSession,
  { now, limits }: { now: Date; limits: SessionLimits },
): Promise<string> {
  const secret = createSecret();
  const isOfficer = person.kind === 'officer';
  await db
    .insertInto('sessions')
    .values({
      secret_sha256: hashSecret(secret),
      issuer_id: isOfficer ? person.officer.issuer_id : null,
      officer_id: isOfficer ? person.officer.id : null,
      holder_subject_hmac: isOfficer ? null : person.subjectHmac,
      sealed: encrypt(
        createSecretKey(keyOf(secret, 'sealed')),
        Buffer.from(JSON.stringify({ name, issuer, idToken })),
        'session',
      ),
      created_at: now,
      used_at: now,
      expires_at: new Date(now.getTime() + limits.absoluteMs),
    })
    .execute();
  return secret;
}

/** The session of a cookie; null where it has ended, or its officer was deactivated. The roles are those of this moment. */
export async function findSession(
  db: Db,
  secret: string,
  { now, limits }: { now: Date; limits: SessionLimits },
): Promise<Session | null> {
  if (!SECRET_FORM.test(secret)) return null;
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('secret_sha256', '=', hashSecret(secret))
    .where('expires_at', '>', now)
    .where('used_at', '>', new Date(now.getTime() - limits.idleMs))
    .executeTakeFirst();
  if (!row) return null;
  const found = row.officer_id === null ? null : await findOfficer(db, row.officer_id);
  const person: Person | null =
    row.holder_subject_hmac === null ? found : { kind: 'holder', subjectHmac: row.holder_subject_hmac };
  if (!person) return null;
  await noteUse(db, { hash: row.secret_sha256, usedAt: row.used_at }, { now, limits });
  return {
    person,
    name: person.kind === 'officer' ? person.actor.name : openSealed(secret, row.sealed).name,
    csrfToken: toCsrfToken(secret),
    idleUntil: new Date(Math.min(now.getTime() + limits.idleMs, row.expires_at.getTime())),
    expiresAt: row.expires_at,
  };
}

async function findOfficer(db: Db, id: number): Promise<OfficerPerson | null> {
  const officer = await db
    .selectFrom('officers')
    .selectAll()
    .where('id', '=', id)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!officer) return null;
  const issuer = await db
    .selectFrom('issuers')
    .selectAll()
    .where('id', '=', officer.issuer_id)
    .executeTakeFirstOrThrow();
  return { kind: 'officer', roles: officer.roles as Role[], actor: toActor(officer, issuer) };
}

export function toActor(officer: OfficerRow, issuer: IssuerRow): Actor {
  return { issuer, id: toActorId(officer), name: officer.name, may: actsOf(officer.roles as Role[]) };
}

/** As it stands beside what the officer does. */
export function toActorId({ id }: Pick<OfficerRow, 'id'>): string {
  return `officer:${id}`;
}

async function noteUse(
  db: Db,
  { hash, usedAt }: { hash: Buffer; usedAt: Date },
  { now, limits }: { now: Date; limits: SessionLimits },
): Promise<void> {
  const everyMs = Math.min(MOST_USE_NOTED_EVERY_MS, limits.idleMs / 10);
  if (now.getTime() - usedAt.getTime() < everyMs) return;
  await db.updateTable('sessions').set({ used_at: now }).where('secret_sha256', '=', hash).execute();
}

export interface EndedSession {
  /** Null for a holder's. */
  officerId: number | null;
  /** What the provider has to be told. */
  sealed: SessionSecret;
}

/** Ends the session of a cookie; null where there was none. */
export async function endSession(db: Db | Tx, secret: string): Promise<EndedSession | null> {
  if (!SECRET_FORM.test(secret)) return null;
  const row = await db
    .deleteFrom('sessions')
    .where('secret_sha256', '=', hashSecret(secret))
    .returning(['officer_id', 'sealed'])
    .executeTakeFirst();
  return row ? { officerId: row.officer_id, sealed: openSealed(secret, row.sealed) } : null;
}

/** Signs an officer out everywhere. */
export async function endSessionsOf(tx: Tx, officer: Pick<OfficerRow, 'id' | 'issuer_id'>): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where('issuer_id', '=', officer.issuer_id)
    .where('officer_id', '=', officer.id)
    .execute();
}

const SIGN_IN_KEPT_MINUTES = 10;

/** Sessions past their absolute end and sign-ins that nobody finished. Idle ones are refused before, and go with their absolute end. */
export async function forgetEndedSessions(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('sessions').where('expires_at', '<=', now).execute();
  await db.deleteFrom('sign_ins').where('created_at', '<=', signInsSince(now)).execute();
}

export function signInsSince(now: Date): Date {
  return new Date(now.getTime() - SIGN_IN_KEPT_MINUTES * 60_000);
}

/** Follows from the secret, so that it ends with the session and needs no place of its own. */
function toCsrfToken(secret: string): string {
  return keyOf(secret, 'csrf').toString('base64url');
}

function openSealed(secret: string, sealed: Buffer): SessionSecret {
  return JSON.parse(
    Buffer.from(decrypt(createSecretKey(keyOf(secret, 'sealed')), sealed, 'session')).toString(),
  ) as SessionSecret;
}

function keyOf(secret: string, purpose: 'sealed' | 'csrf'): Buffer {
  return createHmac('sha256', secret).update(purpose).digest();
}
