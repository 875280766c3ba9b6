import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { HEAD_DEFINITIONS } from '../audit/definition.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { OpenRegistryState, OwnedKey, RegistryState } from '../chain/registry-state.ts';
import type { KeyPurpose } from '../keys/department-signers.ts';
import type { Db, IssuerRow, Tx } from '../store/schema.ts';
import { faultOf } from './fault.ts';

/*
 * The registry decides what a department's signing keys are; nothing of it is kept here but which of them this service signs with.
 */

export interface SigningKeyDeps {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** @throws AppError CHAIN_UNREACHABLE */
  openRegistry: OpenRegistryState;
  /** Whether this service has the key of an address, and so could sign with it. */
  hasKey(address: string): boolean;
}

export const KEY_STATES = ['not-yet-valid', 'active', 'ended', 'compromised'] as const;

export interface SigningKeyView {
  /** 0x and 40 lower-case hex digits. */
  address: string;
  /** Its number at the department, from 1. */
  number: number;
  purpose: KeyPurpose;
  state: (typeof KEY_STATES)[number];
  validFrom: string;
  /** The first moment at which it is no longer valid; null: no end. */
  validUntil: string | null;
  /** Since when it is reported to have been in wrong hands; null: never. */
  compromisedSince: string | null;
  /** `signing`: this service signs with it now. `ready`: it could. `elsewhere`: it does not have it. */
  use: 'signing' | 'ready' | 'elsewhere';
  /** What of it this service knows; batches of audit heads among them. */
  anchored: { batches: number; credentials: number; lastAt: string | null };
}

export interface SigningKeysView {
  items: SigningKeyView[];
  /** The account that adds, ends and reports keys; its key is in no service. */
  admin: string;
  registry: { chainId: number; address: string };
  /** At which all of this was read. */
  block: { number: number; time: string };
}

/** All that the department ever had, in the order of their numbers. @throws AppError FORBIDDEN, ISSUER_NOT_READY, REGISTRY_UNAVAILABLE */
export async function listSigningKeys(db: Db | Tx, deps: SigningKeyDeps, actor: Actor): Promise<SigningKeysView> {
  requireAct(actor, 'signing-keys.read');
  return atRegistry(actor, deps, async (state, issuer) => {
    const [keys, admin, anchored] = await Promise.all([
      state.keysOf(issuer),
      state.adminOf(issuer),
      countAnchored(db, actor.issuer),
    ]);
    return {
      items: keys.map((key) => toView(key, { deps, state, issuer: actor.issuer, anchored })),
      admin,
      registry: { chainId: state.chainId, address: state.address },
      block: { number: state.block.number, time: toInstant(state.block.time) },
    };
  });
}

/** One, with all that its list says beside it. @throws AppError as `listSigningKeys`, SIGNING_KEY_NOT_FOUND */
export async function getSigningKey(
  db: Db | Tx,
  deps: SigningKeyDeps,
  { actor, address }: { actor: Actor; address: string },
): Promise<SigningKeysView> {
  const list = await listSigningKeys(db, deps, actor);
  const items = list.items.filter((key) => key.address === address.toLowerCase());
  if (items.length === 0) throw signingKeyNotFound();
  return { ...list, items };
}

/**
 * Asks the registry at one block, for a department that is in it.
 * @throws AppError ISSUER_NOT_READY, REGISTRY_UNAVAILABLE
 */
export async function atRegistry<T>(
  { issuer }: Actor,
  { openRegistry }: SigningKeyDeps,
  ask: (state: RegistryState, issuer: number) => Promise<T>,
): Promise<T> {
  if (issuer.number === null) throw new AppError('ISSUER_NOT_READY', 'the department is not on the chain yet');
  try {
    return await ask(await openRegistry(), issuer.number);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CHAIN_UNREACHABLE') throw error;
    throw new AppError('REGISTRY_UNAVAILABLE', 'no node of the chain says what the registry has', { cause: error });
  }
}

/** The department's own key. @throws AppError SIGNING_KEY_NOT_FOUND, also for another department's */
export async function findKey(state: RegistryState, issuer: number, address: string): Promise<OwnedKey> {
  if (!/^0x[0-9a-f]{40}$/.test(address)) throw signingKeyNotFound();
  const [key] = await state.readKeys([address]);
  if (key?.issuer !== issuer) throw signingKeyNotFound();
  return key;
}

function signingKeyNotFound(): AppError {
  return new AppError('SIGNING_KEY_NOT_FOUND', 'the department never had such a signing key');
}

type Counted = SigningKeyView['anchored'];

async function countAnchored(db: Db | Tx, { id }: IssuerRow): Promise<ReadonlyMap<string, Counted>> {
  const rows = await db
    .selectFrom('batches')
    .select(['key', sql<string>`count(*)`.as('batches'), sql<Date>`max(anchored_at)`.as('last_at')])
    .select(
      sql<string>`coalesce(sum(size) filter (where definition <> all(${[...HEAD_DEFINITIONS]}::text[])), 0)`.as(
        'credentials',
      ),
    )
    .where('issuer_id', '=', id)
    .where('state', 'in', ['anchored', 'final'])
    .where('key', 'is not', null)
    .groupBy('key')
    .execute();
  return new Map(
    rows.map(({ key, batches, credentials, last_at }) => [
      key as string,
      { batches: Number(batches), credentials: Number(credentials), lastAt: last_at?.toISOString() ?? null },
    ]),
  );
}

interface Beside {
  deps: SigningKeyDeps;
  state: RegistryState;
  issuer: IssuerRow;
  anchored: ReadonlyMap<string, Counted>;
}

function toView(key: OwnedKey, { deps, state, issuer, anchored }: Beside): SigningKeyView {
  const { address, number, validFrom, validUntil, invalidFrom } = key;
  const purpose = key.purpose === 'anchor' ? 'anchor' : 'status';
  const fault = faultOf(key, { issuer: key.issuer, purpose, time: state.block.time });
  const isUsed = address === (purpose === 'anchor' ? issuer.anchor_key : issuer.status_key) && fault === null;
  return {
    address,
    number,
    purpose,
    state: (fault ?? 'active') as SigningKeyView['state'],
    validFrom: toInstant(validFrom),
    validUntil: validUntil === 0 ? null : toInstant(validUntil),
    compromisedSince: invalidFrom === 0 ? null : toInstant(invalidFrom),
    use: isUsed ? 'signing' : deps.hasKey(address) ? 'ready' : 'elsewhere',
    anchored: anchored.get(address) ?? { batches: 0, credentials: 0, lastAt: null },
  };
}

/** Of seconds since 1970 UTC. */
export function toInstant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
