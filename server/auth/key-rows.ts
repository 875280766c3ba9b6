import { sql } from 'kysely';
import { askTogether } from '../store/asked-together.ts';
import type { ApiKeyRow, Db, IssuerRow } from '../store/schema.ts';

/** What the database knows of whoever calls, by the SHA-256 in hexadecimal of what the request came with. */
export interface KeyRows {
  /** By its newest secret, or the one before; not of a key that was deactivated. */
  bySecret(sha256: string): Promise<KeyOfIssuer | undefined>;
  /** Whatever became of the token and of its key. */
  byToken(sha256: string): Promise<TokenOfKey | undefined>;
  /** Of the secret that came. */
  noteUse(id: number, column: 'last_used_at' | 'previous_used_at', now: Date): Promise<void>;
}

export interface KeyOfIssuer {
  apiKey: ApiKeyRow;
  issuer: IssuerRow;
}

export interface TokenOfKey extends KeyOfIssuer {
  secretSha256: Buffer;
  scopes: readonly string[];
  expiresAt: Date;
}

/** Every request asks, and none is told what was true before it came. */
export function createKeyRows(db: Db): KeyRows {
  return {
    bySecret: askTogether((secrets) => findBySecrets(db, secrets)),
    byToken: askTogether((tokens) => findByTokens(db, tokens)),
    async noteUse(id, column, now) {
      await db
        .updateTable('api_keys')
        .set({ [column]: now })
        .where('id', '=', id)
        .execute();
    },
  };
}

async function findBySecrets(db: Db, secrets: readonly string[]): Promise<Map<string, KeyOfIssuer>> {
  const named = anyOf(secrets);
  const rows = await selectKeys(db)
    .where((where) => where.or([where('k.key_sha256', '=', named), where('k.previous_sha256', '=', named)]))
    .where('k.revoked_at', 'is', null)
    .execute();
  const found = new Map<string, KeyOfIssuer>();
  for (const row of rows) {
    const key = toKey(row);
    if (row.previous_sha256) found.set(row.previous_sha256.toString('hex'), key);
    found.set(row.key_sha256.toString('hex'), key);
  }
  return found;
}

async function findByTokens(db: Db, tokens: readonly string[]): Promise<Map<string, TokenOfKey>> {
  const rows = await selectKeys(db)
    .innerJoin('access_tokens as t', 't.api_key_id', 'k.id')
    .select(['t.token_sha256', 't.secret_sha256', 't.scopes as token_scopes', 't.expires_at as token_expires_at'])
    .where('t.token_sha256', '=', anyOf(tokens))
    .execute();
  return new Map(
    rows.map(({ token_sha256, secret_sha256, token_scopes, token_expires_at, ...row }) => [
      token_sha256.toString('hex'),
      { ...toKey(row), secretSha256: secret_sha256, scopes: token_scopes, expiresAt: token_expires_at },
    ]),
  );
}

/** The same text for one and for many, so that it is planned once. */
function anyOf(hashes: readonly string[]) {
  return sql<Buffer>`any(${hashes.map((hash) => Buffer.from(hash, 'hex'))}::bytea[])`;
}

function selectKeys(db: Db) {
  return db
    .selectFrom('api_keys as k')
    .innerJoin('issuers as i', 'i.id', 'k.issuer_id')
    .selectAll('k')
    .select([
      'i.code as issuer_code',
      'i.profile as issuer_profile',
      'i.number as issuer_number',
      'i.anchor_key as issuer_anchor_key',
      'i.status_key as issuer_status_key',
      'i.anchor_fault as issuer_anchor_fault',
      'i.status_fault as issuer_status_fault',
      'i.state as issuer_state',
      'i.held_reason as issuer_held_reason',
      'i.created_at as issuer_created_at',
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectKeys>['execute']>>[number];

function toKey(row: Row): KeyOfIssuer {
  const {
    issuer_code: code,
    issuer_profile: profile,
    issuer_number: number,
    issuer_anchor_key: anchor_key,
    issuer_status_key: status_key,
    issuer_anchor_fault: anchor_fault,
    issuer_status_fault: status_fault,
    issuer_state: state,
    issuer_held_reason: held_reason,
    issuer_created_at: created_at,
    ...apiKey
  } = row;
  const keys = { anchor_key, status_key, anchor_fault, status_fault };
  const issuer = { id: row.issuer_id, code, profile, number, ...keys, state, held_reason, created_at };
  return { apiKey, issuer };
}
