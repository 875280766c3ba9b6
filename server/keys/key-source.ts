import type { KeyPlaces } from './key-places.ts';
import { type Keystore, openKeystore } from './keystore.ts';
import { readPassword } from './password.ts';
import { openSecurityModule, type SecurityModule } from './security-module.ts';
import type { SigningKey } from './signing-key.ts';

/** The departments' keys by their names: those of a security module, where one is set up, and those of the keystore. */
export interface KeySource {
  findKey(name: string): Promise<SigningKey | null>;
  /** Makes one that there is not: in the security module, where one is set up. */
  createKey(name: string): Promise<SigningKey>;
  /** Where it makes them, for people. */
  place: string;
  close(): void;
}

/** @throws AppError KEY_UNREADABLE, SECURITY_MODULE_UNUSABLE */
export async function openKeySource(places: KeyPlaces): Promise<KeySource> {
  const module = places.securityModule && (await openSecurityModule(places.securityModule));
  try {
    return toKeySource(
      places,
      module,
      await openKeystore(places.folder, await readPassword(places.passwordFile, module)),
    );
  } catch (error) {
    module?.close();
    throw error;
  }
}

function toKeySource(
  { folder, securityModule }: KeyPlaces,
  module: SecurityModule | null,
  keystore: Keystore,
): KeySource {
  return {
    findKey: async (name) => (await module?.findKey(name)) ?? keystore.findKey(name),
    createKey: (name) => (module ? module.createKey(name) : keystore.openKey(name)),
    place: securityModule ? `the token "${securityModule.token}"` : folder,
    close: () => module?.close(),
  };
}

/** The keystore alone, of which the service needs what is no department's. @throws AppError as openKeySource */
export async function openKeystoreOf({ folder, passwordFile, securityModule }: KeyPlaces): Promise<Keystore> {
  const module = securityModule && (await openSecurityModule(securityModule));
  try {
    return await openKeystore(folder, await readPassword(passwordFile, module));
  } finally {
    module?.close();
  }
}
