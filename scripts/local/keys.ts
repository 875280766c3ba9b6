import { join } from 'node:path';
import type { SecurityModuleConfig } from '../../server/config.ts';
import { openKeystoreOf } from '../../server/keys/key-source.ts';
import { type Keystore, openPasswordFile } from '../../server/keys/keystore.ts';

/** The data folder's keys and secrets; folder and password are made at the first start. A password that was sealed since is opened by its module. */
export async function openKeys(
  dataFolder: string,
  securityModule: SecurityModuleConfig | null = null,
): Promise<Keystore> {
  const folder = join(dataFolder, 'keys');
  const passwordFile = join(folder, 'password');
  await openPasswordFile(passwordFile);
  return openKeystoreOf({ folder, passwordFile, securityModule });
}
