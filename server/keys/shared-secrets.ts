import { createHmac } from 'node:crypto';
import { AppError } from '../app-error.ts';
import type { Db } from '../store/schema.ts';
import { createCipher } from './cipher.ts';
import type { Keystore } from './keystore.ts';

/** What every instance on one database has to have alike, or it neither reads what another wrote nor finds whose it is. */
export interface SharedSecrets {
  /** Opens the data keys. */
  master: Uint8Array;
  /** By which a holder's credentials are found: auth/holder-index.ts */
  holderIndex: Uint8Array;
}

type SharedName = 'master' | 'holder-index';

/**
 * The secrets of the keystore, which are those of the database: it keeps an HMAC under each since the first start, and of the secrets
 * nothing. Only where the database was never used with a secret one is made.
 * @throws AppError SECRET_MISSING, SECRET_DIFFERS
 */
export async function openSharedSecrets(db: Db, keystore: Keystore): Promise<SharedSecrets> {
  return {
    master: await openShared(db, keystore, 'master'),
    holderIndex: await openShared(db, keystore, 'holder-index'),
  };
}

async function openShared(db: Db, keystore: Keystore, name: SharedName): Promise<Uint8Array> {
  const kept = await findCheck(db, name);
  const found = await keystore.findSecret(name);
  if (!found && (kept || (await findUse(db, name)))) throw toRefusal('SECRET_MISSING', name, 'is not in');
  const secret = found ?? (await keystore.openSecret(name));
  if (!kept) await proveOnData(db, name, secret);
  // of two that start at the same moment on different secrets the second is refused
  const agreed = kept ?? (await keepCheck(db, name, secret));
  if (!agreed.equals(checkOf(name, secret))) throw toRefusal('SECRET_DIFFERS', name, 'is another one in');
  return secret;
}

/** In the database for everybody who reads it: 256 random bits cannot be tried. */
function checkOf(name: SharedName, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`eproof secret check: ${name}`).digest();
}

async function findCheck(db: Db, name: SharedName): Promise<Buffer | null> {
  const row = await db.selectFrom('secret_checks').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

async function keepCheck(db: Db, name: SharedName, secret: Uint8Array): Promise<Buffer> {
  const row = { name, value: checkOf(name, secret) };
  await db
    .insertInto('secret_checks')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await findCheck(db, name)) as Buffer;
}

/** Something that was written with the secret, perhaps before there were checks. */
async function findUse(db: Db, name: SharedName): Promise<{ wrapped_key: Buffer } | undefined> {
  const used = db.selectFrom('credentials').select('wrapped_key').orderBy('seq', 'desc').limit(1);
  const found =
    name === 'master'
      ? used.where((where) => where.fn('length', ['wrapped_key']), '>', 0)
      : used.where('holder_subject_hmac', 'is not', null);
  return found.executeTakeFirst();
}

async function proveOnData(db: Db, name: SharedName, secret: Uint8Array): Promise<void> {
  const use = name === 'master' ? await findUse(db, name) : undefined;
  if (!use) return;
  try {
    createCipher(secret).openDataKey(use.wrapped_key);
  } catch (cause) {
    throw toRefusal('SECRET_DIFFERS', name, 'is another one in', cause);
  }
}

function toRefusal(
  code: 'SECRET_MISSING' | 'SECRET_DIFFERS',
  name: SharedName,
  what: string,
  cause?: unknown,
): AppError {
  return new AppError(
    code,
    `the secret "${name}" of this database ${what} "EPROOF_DATA_DIR": copy the folder "keys", with the file of its password, ` +
      'from the data folder of an instance that runs, or from its backup',
    { cause },
  );
}
