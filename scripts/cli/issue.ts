import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import type { NewCredential } from '../../client/api.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodeJson, MOST_JSON_CHARACTERS } from '../../proof/json.ts';
import { ACCESS_USAGE, printJson, readSeconds, withApi } from './api-access.ts';
import { type Command, UsageError } from './command.ts';
import { describeCredential } from './credential-text.ts';
import { awaitSettled } from './settled.ts';

const USAGE = `usage: eproof issue [FILE] [--key TEXT] [--wait SECONDS] [--json]

  FILE           the body of POST /v1/credentials as JSON: GET /v1/types/{code} gives one to fill in (default: standard input)
  --key TEXT     the Idempotency-Key; else it is made of the body, so that the same body sent again within a day is issued once
  --wait SECS    wait until it is final
  --json         print the credential for machines

${ACCESS_USAGE}
exit codes: 0 issued (with --wait: final), 1 refused, 3 the service could not be reached (send it again: it is issued once), 4 not final in time, 64 wrong usage
`;

const OPTIONS = {
  key: { type: 'string' },
  wait: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const [file = '-', ...more] = positionals;
  if (more.length > 0) throw new UsageError(`expected one file, got ${positionals.length}`);
  const waitSeconds = readSeconds('--wait', values.wait);
  const bytes = await readWhole(file);
  const body = readBody(bytes);
  const idempotencyKey = values.key ?? `issue-${createHash('sha256').update(bytes).digest('hex')}`;
  return withApi(values.json, async (client) => {
    const { body: issued, replayed } = await client.send('issueCredential', { body, idempotencyKey });
    if (replayed)
      process.stderr.write('eproof: this was issued before, and not again; --key with another text would\n');
    const { credential, exitCode } = await awaitSettled(client, issued, waitSeconds);
    if (values.json) printJson(credential);
    else process.stdout.write(describeCredential(credential));
    return exitCode;
  });
}

/** @throws UsageError */
async function readWhole(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of (file === '-' ? process.stdin : createReadStream(file)) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > 4 * MOST_JSON_CHARACTERS) break;
    }
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
  }
  return Buffer.concat(chunks);
}

// The service refuses a name that stands twice and a number that is not exact; parsed and written anew they would pass as something else.
function readBody(bytes: Buffer): NewCredential {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return decodeJson(text, { characters: MOST_JSON_CHARACTERS, plainNumbers: true }) as unknown as NewCredential;
  } catch (error) {
    if (error instanceof ProofError) throw new UsageError(`the body is not the JSON of a credential: ${error.message}`);
    if (error instanceof TypeError) throw new UsageError('the body must be UTF-8');
    throw error;
  }
}
