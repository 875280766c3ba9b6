import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import type { JsonObject } from '../../proof/json.ts';
import { type AppParts, createRoutes } from '../../server/app.ts';
import { toOpenApi } from '../../server/http/openapi.ts';
import { toApiTypes } from './api-types.ts';

export const CLIENT_FILE = fileURLToPath(new URL('../../client/api.ts', import.meta.url));

const BIOME = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');

/** What `client/api.ts` has to be. */
export function createClientFile(): string {
  return format(toApiTypes(describeApi()));
}

/** What routes say of themselves asks nothing of what they would call. */
function describeApi(): JsonObject {
  const parts = { catalogue: loadCatalogue(), deps: { verifier: '' }, webhooks: {}, checks: {}, signIn: null };
  return toOpenApi(createRoutes(parts as unknown as AppParts));
}

function format(text: string): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [BIOME, 'format', `--stdin-file-path=${CLIENT_FILE}`],
    {
      input: text,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`biome does not format it: ${stderr}`);
  return stdout;
}
