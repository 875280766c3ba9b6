import { readFile } from 'node:fs/promises';
import { decodeBase64Url } from '../../proof/bytes.ts';
import { AppError } from '../app-error.ts';
import type { SecurityModule } from './security-module.ts';

/** What a file begins with whose password only a security module can read. */
const SEALED = 'sealed:';

/**
 * The password of a keystore, from a file that has it in clear or sealed by a security module.
 * @throws AppError KEY_UNREADABLE
 */
export async function readPassword(path: string, module: Pick<SecurityModule, 'open'> | null): Promise<string> {
  const text = (await readPasswordFile(path)).trim();
  if (!text.startsWith(SEALED)) return text;
  if (module === null)
    throw new AppError(
      'KEY_UNREADABLE',
      `"${path}" was sealed by a security module: set "PKCS11_LIBRARY" and what belongs to it`,
    );
  return Buffer.from(await module.open(decodeBase64Url(text.slice(SEALED.length), 'password'))).toString('utf8');
}

async function readPasswordFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError(
      'KEY_UNREADABLE',
      `the password of the keys cannot be read from "${path}": set "EPROOF_DATA_DIR", or "EPROOF_PASSWORD_FILE"`,
      { cause },
    );
  }
}

/** What such a file holds. @throws AppError KEY_EXISTS for what is sealed already */
export async function sealPassword(text: string, module: Pick<SecurityModule, 'seal'>): Promise<string> {
  if (text.startsWith(SEALED)) throw new AppError('KEY_EXISTS', 'the password is sealed already');
  const sealed = await module.seal(new TextEncoder().encode(text.trim()));
  return `${SEALED}${Buffer.from(sealed).toString('base64url')}\n`;
}
