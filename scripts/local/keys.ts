import { join } from 'node:path';
import { type Keystore, openKeystore, openPasswordFile } from '../../server/keys/keystore.ts';

/** The data folder's keys and secrets; folder and password are made at the first start. */
export async function openKeys(dataFolder: string): Promise<Keystore> {
  const folder = join(dataFolder, 'keys');
  return openKeystore(folder, await openPasswordFile(join(folder, 'password')));
}
