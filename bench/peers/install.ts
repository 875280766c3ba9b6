import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/**
 * The peers' packages have a lock of their own: what is only compared with is never a dependency of the product. And a folder of their own:
 * OpenAttestation brings ethers 5, which would hide ours from the measurements.
 */
export function installPeers(): void {
  if (existsSync(new URL('node_modules/@govtechsg/oa-verify', import.meta.url))) return;
  process.stderr.write('installing the packages to compare with (once) ...\n');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0)
    throw new Error(
      'could not install the packages of bench/peers/package.json; check the npm registry and run npm run bench again',
    );
}

export const requirePeer = createRequire(new URL('package.json', import.meta.url));
