import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Handle, PKCS11, Template, TokenInfo } from 'pkcs11js';
import { recoverSigner, SIGNATURE_BYTES } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import type { SecurityModuleConfig } from '../config.ts';
import { addressOf, type SigningKey } from './signing-key.ts';

/*
 * Keys in a hardware security module, by PKCS#11 2.40: they are made there, never leave it, and sign what they are handed. A key is found by its label,
 * which is the name that a keystore file would have, such as "FEHD-anchor". Calls wait for the module, so whoever asks it much has a process of its own.
 */

export interface SecurityModule {
  /** The key of this name, or null where the token has none. @throws AppError KEY_UNREADABLE where it has several, or one of another curve */
  findKey(name: string): Promise<SigningKey | null>;
  /** Makes a key that never leaves the token. @throws AppError KEY_EXISTS */
  createKey(name: string): Promise<SigningKey>;
  /** The names and addresses of all keys that could sign for a department. */
  listKeys(): Promise<NamedKey[]>;
  /** What the token's own AES key, made at the first call, encrypts (AES-256-GCM): only this token can open it. */
  seal(plain: Uint8Array): Promise<Uint8Array>;
  /** @throws AppError KEY_UNREADABLE for what another token sealed, or what was changed */
  open(sealed: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

export interface NamedKey {
  name: string;
  address: string;
}

type Library = typeof import('pkcs11js');

/** The object identifier 1.3.132.0.10, secp256k1, as DER. */
const SECP256K1 = Buffer.from('06052b8104000a', 'hex');
/** DER of an octet string that holds an uncompressed point of that curve. */
const POINT_HEAD = Buffer.from('0441', 'hex');
const POINT_BYTES = 65;
const SEAL_KEY = 'eproof-seal';
const SEAL_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BITS = 128;

/**
 * Logs in at the token. A token that says of itself that a PIN was wrong is left alone: another try may lock it.
 * @throws AppError SECURITY_MODULE_UNUSABLE, with what to do about it
 */
export async function openSecurityModule(settings: Omit<SecurityModuleConfig, 'environment'>): Promise<SecurityModule> {
  const library = await loadBinding();
  const pin = await readPin(settings.pinFile);
  const module = new library.PKCS11();
  try {
    module.load(settings.library);
    module.C_Initialize();
  } catch (cause) {
    throw unusable(`"${settings.library}" cannot be loaded as a PKCS#11 library: ${reasonOf(cause)}`, cause);
  }
  try {
    return toSecurityModule(library, module, logIn(library, module, settings.token, pin));
  } catch (cause) {
    module.C_Finalize();
    throw cause instanceof AppError ? cause : unusable(`the token "${settings.token}": ${reasonOf(cause)}`, cause);
  }
}

/** An optional dependency, because its native part is compiled where it is installed. */
async function loadBinding(): Promise<Library> {
  try {
    return (await import('pkcs11js')).default as unknown as Library;
  } catch (cause) {
    throw unusable('the package pkcs11js is not installed: run "npm rebuild pkcs11js" where a C++ compiler is', cause);
  }
}

async function readPin(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw unusable(`the PIN cannot be read from "${path}": ${reasonOf(cause)}`, cause);
  }
}

function logIn(library: Library, module: PKCS11, label: string, pin: string): Handle {
  const slots = module.C_GetSlotList(true).map((slot) => ({ slot, info: module.C_GetTokenInfo(slot) }));
  const found = slots.filter(({ info }) => info.label.trim() === label);
  const [chosen] = found;
  if (!chosen || found.length > 1) {
    const labels = slots.map(({ info }) => `"${info.label.trim()}"`).join(', ') || 'none';
    throw unusable(`it has ${found.length === 0 ? 'no' : 'more than one'} token "${label}"; there are ${labels}`);
  }
  requireUntried(library, chosen.info, label);
  const session = module.C_OpenSession(chosen.slot, library.CKF_SERIAL_SESSION | library.CKF_RW_SESSION);
  module.C_Login(session, library.CKU_USER, pin);
  return session;
}

function requireUntried(library: Library, { flags }: TokenInfo, label: string): void {
  if (flags & library.CKF_USER_PIN_LOCKED)
    throw unusable(`the PIN of the token "${label}" is locked: its security officer sets a new one`);
  if (flags & (library.CKF_USER_PIN_COUNT_LOW | library.CKF_USER_PIN_FINAL_TRY))
    throw unusable(`a PIN of the token "${label}" was wrong: log in there by hand once before this tries again`);
}

function toSecurityModule(library: Library, module: PKCS11, session: Handle): SecurityModule {
  const find = (template: Template): Handle[] => {
    module.C_FindObjectsInit(session, template);
    try {
      return module.C_FindObjects(session, MOST_KEYS);
    } finally {
      module.C_FindObjectsFinal(session);
    }
  };
  const read = (object: Handle, type: number): Buffer =>
    module.C_GetAttributeValue(session, object, [{ type }])[0]?.value as Buffer;

  function toSigningKey(key: Handle): SigningKey {
    const address = addressOfPoint(readPoint(key));
    return { address, sign: (digest) => toSignature(signWith(key, digest), digest, address) };
  }

  /** A private key does not tell its point; its public half, which has the same CKA_ID, does. */
  function readPoint(key: Handle): Buffer {
    const id = read(key, library.CKA_ID);
    const [half] = find([
      { type: library.CKA_CLASS, value: library.CKO_PUBLIC_KEY },
      { type: library.CKA_ID, value: id },
    ]);
    if (!half) throw new AppError('KEY_UNREADABLE', `the key ${id.toString('hex')} has no public half in the token`);
    return read(half, library.CKA_EC_POINT);
  }

  function signWith(key: Handle, digest: Uint8Array): Buffer {
    module.C_SignInit(session, { mechanism: library.CKM_ECDSA }, key);
    return module.C_Sign(session, Buffer.from(digest), Buffer.alloc(SIGNATURE_BYTES - 1));
  }

  function findPrivate(name?: string): Handle[] {
    return find([
      { type: library.CKA_CLASS, value: library.CKO_PRIVATE_KEY },
      { type: library.CKA_KEY_TYPE, value: library.CKK_EC },
      ...(name === undefined ? [] : [{ type: library.CKA_LABEL, value: name }]),
    ]);
  }

  function findOne(name: string): SigningKey | null {
    const found = findPrivate(name);
    if (found.length > 1) throw new AppError('KEY_UNREADABLE', `the token has ${found.length} keys named "${name}"`);
    return found[0] ? toSigningKey(found[0]) : null;
  }

  function findSealKey(): Handle | undefined {
    return find([
      { type: library.CKA_CLASS, value: library.CKO_SECRET_KEY },
      { type: library.CKA_LABEL, value: SEAL_KEY },
    ])[0];
  }

  function createSealKey(): Handle {
    return module.C_GenerateKey(session, { mechanism: library.CKM_AES_KEY_GEN }, [
      ...kept(library, SEAL_KEY),
      { type: library.CKA_VALUE_LEN, value: SEAL_KEY_BYTES },
      { type: library.CKA_ENCRYPT, value: true },
      { type: library.CKA_DECRYPT, value: true },
    ]);
  }

  const gcm = (iv: Buffer) => ({
    mechanism: library.CKM_AES_GCM,
    parameter: { type: library.CK_PARAMS_AES_GCM, iv, ivBits: 8 * IV_BYTES, tagBits: TAG_BITS },
  });

  return {
    findKey: async (name) => findOne(name),
    async createKey(name) {
      if (findOne(name)) throw new AppError('KEY_EXISTS', `the token has a key named "${name}" already`);
      const id = { type: library.CKA_ID, value: randomBytes(16) };
      const { privateKey } = module.C_GenerateKeyPair(
        session,
        { mechanism: library.CKM_EC_KEY_PAIR_GEN },
        [
          { type: library.CKA_TOKEN, value: true },
          { type: library.CKA_LABEL, value: name },
          { type: library.CKA_EC_PARAMS, value: SECP256K1 },
          { type: library.CKA_VERIFY, value: true },
          id,
        ],
        [...kept(library, name), { type: library.CKA_SIGN, value: true }, id],
      );
      return toSigningKey(privateKey);
    },
    async listKeys() {
      return findPrivate()
        .map((key) => ({ name: read(key, library.CKA_LABEL).toString(), point: readPoint(key) }))
        .filter(({ point }) => isOurs(point))
        .map(({ name, point }) => ({ name, address: addressOfPoint(point) }))
        .sort((one, other) => one.name.localeCompare(other.name));
    },
    async seal(plain) {
      const iv = randomBytes(IV_BYTES);
      module.C_EncryptInit(session, gcm(iv), findSealKey() ?? createSealKey());
      const body = module.C_Encrypt(session, Buffer.from(plain), Buffer.alloc(plain.length + TAG_BITS / 8));
      return new Uint8Array(Buffer.concat([iv, body]));
    },
    async open(sealed) {
      const key = findSealKey();
      if (!key) throw new AppError('KEY_UNREADABLE', `the token has no key "${SEAL_KEY}": another one sealed this`);
      try {
        const body = Buffer.from(sealed.subarray(IV_BYTES));
        module.C_DecryptInit(session, gcm(Buffer.from(sealed.subarray(0, IV_BYTES))), key);
        return new Uint8Array(module.C_Decrypt(session, body, Buffer.alloc(body.length)));
      } catch (cause) {
        throw new AppError('KEY_UNREADABLE', 'what was sealed by the token was changed, or by another token', {
          cause,
        });
      }
    },
    close() {
      module.C_Finalize();
    },
  };
}

const MOST_KEYS = 10_000;

/** Kept in the token, for its user alone, and never told to anybody. */
function kept(library: Library, label: string): Template {
  return [
    { type: library.CKA_TOKEN, value: true },
    { type: library.CKA_PRIVATE, value: true },
    { type: library.CKA_SENSITIVE, value: true },
    { type: library.CKA_EXTRACTABLE, value: false },
    { type: library.CKA_LABEL, value: label },
  ];
}

function isOurs(point: Buffer): boolean {
  if (point.length !== POINT_HEAD.length + POINT_BYTES || !point.subarray(0, 2).equals(POINT_HEAD)) return false;
  try {
    secp256k1.Point.fromBytes(point.subarray(2)).assertValidity();
    return true;
  } catch {
    return false;
  }
}

function addressOfPoint(point: Buffer): string {
  if (!isOurs(point)) throw new AppError('KEY_UNREADABLE', 'the key of the token is none of the curve secp256k1');
  return addressOf(point.subarray(2));
}

const HALF_ORDER = secp256k1.Point.CURVE().n >> 1n;

/**
 * The one form of a signature that the format takes: a module gives r and s alone, of either half of the order. Which of the two keys that could have made it
 * is the right one, the address tells; a signature that is neither's is not handed on.
 */
function toSignature(raw: Uint8Array, digest: Uint8Array, address: string): Uint8Array {
  const { r, s } = secp256k1.Signature.fromBytes(raw, 'compact');
  const low = s > HALF_ORDER ? secp256k1.Point.Fn.neg(s) : s;
  const signature = new Uint8Array(SIGNATURE_BYTES);
  signature.set(new secp256k1.Signature(r, low).toBytes('compact'));
  for (const v of [27, 28]) {
    signature[SIGNATURE_BYTES - 1] = v;
    if (recoverSigner(digest, signature) === address) return signature;
  }
  throw new AppError('SECURITY_MODULE_UNUSABLE', 'the security module signed as another key than it names');
}

function unusable(what: string, cause?: unknown): AppError {
  return new AppError('SECURITY_MODULE_UNUSABLE', `the security module cannot be used: ${what}`, { cause });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
