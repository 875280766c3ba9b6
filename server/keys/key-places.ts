import { join } from 'node:path';
import type { Config, SecurityModuleConfig } from '../config.ts';

/** Where keys are. */
export interface KeyPlaces {
  /** The keystore's folder, and the file with its password. */
  folder: string;
  passwordFile: string;
  /** Null where the keystore has all keys. */
  securityModule: SecurityModuleConfig | null;
}

export function keyPlacesOf({ dataFolder, passwordFile, securityModule }: Config): KeyPlaces {
  const folder = join(dataFolder, 'keys');
  return { folder, passwordFile: passwordFile ?? join(folder, 'password'), securityModule };
}
