import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { readIfPresent, writeDurably } from './durable-file.ts';

/** What the development provider keeps to itself, and the secret that it shares with the service. */
export interface IdentitySecrets {
  /** Signs ID tokens: a P-256 key as a private JWK. */
  signingKey: JWK;
  cookieKey: string;
  clientSecret: string;
  /** The file that has the client secret alone, for "OIDC_CLIENT_SECRET_FILE". */
  clientSecretFile: string;
}

/** Made at the first start; only the owner of the data folder may read them. */
export async function openIdentitySecrets(dataFolder: string): Promise<IdentitySecrets> {
  const folder = join(dataFolder, 'identity');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    signingKey: JSON.parse(await keep(join(folder, 'signing-key.json'), createSigningKey)) as JWK,
    cookieKey: await keep(join(folder, 'cookie-key'), createRandom),
    clientSecret: await keep(join(folder, 'client-secret'), createRandom),
    clientSecretFile: join(folder, 'client-secret'),
  };
}

async function keep(path: string, create: () => Promise<string>): Promise<string> {
  const found = readIfPresent(path)?.trim();
  if (found) return found;
  const made = await create();
  writeDurably(path, `${made}\n`);
  return made;
}

async function createSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = randomBytes(8).toString('hex');
  return JSON.stringify({ ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' });
}

async function createRandom(): Promise<string> {
  return randomBytes(32).toString('base64url');
}
