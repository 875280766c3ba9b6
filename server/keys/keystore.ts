import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../app-error.ts';
import { failpoint } from '../failpoint.ts';
import { createPrivateKey, createSigningKey, type SigningKey } from './signing-key.ts';

const scryptKey = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);

const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** 32 MiB and about 80 ms for one guess of the password. */
const SCRYPT = { N: 32_768, r: 8, p: 1 } as const;
const FORMAT = 'eproof-keystore/1';

interface KeystoreFile {
  format: typeof FORMAT;
  /** For a signing key its address, else what the secret is for. */
  name: string;
  scrypt: { N: number; r: number; p: number; salt: string };
  iv: string;
  tag: string;
  secret: string;
}

export interface Keystore {
  /** The key of this name; made, or taken from `initial`, where there is none yet. */
  openKey(name: string, initial?: Uint8Array): Promise<SigningKey>;
  /** The key of this name, or null where there is none: for a key that others know already, a new one would sign nothing that counts. */
  findKey(name: string): Promise<SigningKey | null>;
  /** 32 secret bytes, such as the master key; made where there are none yet. */
  openSecret(name: string): Promise<Uint8Array>;
  /** The secret of this name, or null where there is none: nothing is made. */
  findSecret(name: string): Promise<Uint8Array | null>;
}

/** Secrets in files of a folder, each encrypted under one password. */
export async function openKeystore(folder: string, password: string): Promise<Keystore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const derive = createDerivation(password);
  const salt = (await findSalt(folder)) ?? randomBytes(SALT_BYTES);
  const pathOf = (name: string): string => {
    if (!/^[a-zA-Z0-9-]+$/.test(name)) throw new TypeError(`"${name}" is no name for a file`);
    return join(folder, `${name}.json`);
  };
  const find = async (name: string): Promise<Uint8Array | null> => {
    const path = pathOf(name);
    const text = await readIfThere(path);
    return text === null ? null : decryptSecret(text, { path, name, derive });
  };
  const openOrCreate = async (name: string, create: () => Uint8Array): Promise<Uint8Array> => {
    const found = await find(name);
    if (found) return found;
    const secret = create();
    const file = encryptSecret(secret, name, { salt, key: await derive(salt, SCRYPT) });
    const isOurs = await createDurably(pathOf(name), JSON.stringify(file, null, 2));
    return isOurs ? secret : ((await find(name)) as Uint8Array);
  };
  return {
    openKey: async (name, initial) => createSigningKey(await openOrCreate(name, () => initial ?? createPrivateKey())),
    findKey: async (name) => {
      const found = await find(name);
      return found && createSigningKey(found);
    },
    openSecret: (name) => openOrCreate(name, () => randomBytes(32)),
    findSecret: find,
  };
}

/** The password of a keystore in a file that only its owner may read; made where there is none. */
export async function openPasswordFile(path: string): Promise<string> {
  const found = await readIfThere(path);
  if (found !== null) return found.trim();
  const password = randomBytes(32).toString('base64url');
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const isOurs = await createDurably(path, `${password}\n`);
  return isOurs ? password : (await readFile(path, 'utf8')).trim();
}

function encryptSecret(secret: Uint8Array, name: string, { salt, key }: { salt: Buffer; key: Buffer }): KeystoreFile {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(secret), cipher.final()]);
  return {
    format: FORMAT,
    name,
    scrypt: { ...SCRYPT, salt: salt.toString('hex') },
    iv: iv.toString('hex'),
    tag: cipher.getAuthTag().toString('hex'),
    secret: body.toString('hex'),
  };
}

async function decryptSecret(
  text: string,
  { path, name, derive }: { path: string; name: string; derive: Derive },
): Promise<Uint8Array> {
  try {
    const file = JSON.parse(text) as KeystoreFile;
    if (file.format !== FORMAT) throw new Error(`"format" is not ${FORMAT}`);
    const key = await derive(Buffer.from(file.scrypt.salt, 'hex'), file.scrypt);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(file.iv, 'hex'));
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(Buffer.from(file.tag, 'hex'));
    return new Uint8Array(Buffer.concat([decipher.update(Buffer.from(file.secret, 'hex')), decipher.final()]));
  } catch (cause) {
    throw new AppError('KEY_UNREADABLE', `"${path}" cannot be opened with this password`, { cause });
  }
}

type Work = Pick<KeystoreFile['scrypt'], 'N' | 'r' | 'p'>;
type Derive = (salt: Buffer, work: Work) => Promise<Buffer>;

/** The password's key for a salt, computed once: the files of a folder share their salt, so that many keys open as quickly as one. */
function createDerivation(password: string): Derive {
  const derived = new Map<string, Promise<Buffer>>();
  return (salt, { N, r, p }) => {
    const name = `${salt.toString('hex')} ${N} ${r} ${p}`;
    const key = derived.get(name) ?? scryptKey(password, salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r });
    derived.set(name, key);
    return key;
  };
}

async function findSalt(folder: string): Promise<Buffer | null> {
  const first = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()[0];
  const text = first === undefined ? null : await readIfThere(join(folder, first));
  if (text === null) return null;
  try {
    return Buffer.from((JSON.parse(text) as KeystoreFile).scrypt.salt, 'hex');
  } catch {
    return null; // whoever opens that file is told what is wrong with it
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The file is there in whole or not at all, also after the power fails. Only its owner may read it. */
export function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  return placeDurably(path, content, rename);
}

/**
 * As `writeDurably`, but never in the place of another: false where there is one. Of instances that make a secret at the same moment all
 * use the same, because what one has encrypted under a secret that another replaced nobody could read again.
 */
async function createDurably(path: string, text: string): Promise<boolean> {
  try {
    await placeDurably(path, text, link);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function placeDurably(path: string, content: string | Uint8Array, place: typeof rename): Promise<void> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await writeAndSync(draft, content);
    failpoint('file-drafted');
    await place(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

async function writeAndSync(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
