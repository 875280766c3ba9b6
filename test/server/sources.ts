import type { Sources } from '../../proof/verification.ts';
import { postWithFetch } from '../../server/chain/rpc.ts';
import { readTrustedRegistry } from '../../server/chain/trusted-registry.ts';
import type { World } from './harness.ts';
import { VERIFIER } from './instance.ts';

/** What a verifier has who trusts a world's registry, and asks its chain. */
export async function sourcesOf(world: World): Promise<Sources> {
  return {
    trust: {
      test: true,
      verifiers: [VERIFIER],
      maxBlockAgeSeconds: 100_000,
      maxSnapshotAgeSeconds: 100_000,
      registries: [await readTrustedRegistry(world.db, world.settings.trusted)],
    },
    async loadFile(path) {
      const sha256 = path.replace(/^.*\/|\.json$/g, '');
      const file = world.deps.findDefinition(sha256) ?? world.deps.findDepartment(departmentOf(world, sha256));
      if (!file) throw new Error(`no ${path}`);
      return file.bytes;
    },
    post: postWithFetch,
    now: () => Math.floor(Date.now() / 1000),
  };
}

function departmentOf(world: World, profile: string): string {
  return Object.values(world.issuers).find((issuer) => issuer.profile === profile)?.code ?? '';
}
