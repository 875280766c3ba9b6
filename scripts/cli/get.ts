import { parseArgs } from 'node:util';
import type { FileName } from '../../client/client.ts';
import { writeWhole } from '../write-whole.ts';
import { ACCESS_USAGE, EXIT, printJson, readSeconds, withApi } from './api-access.ts';
import { type Command, UsageError } from './command.ts';

const USAGE = `usage: eproof get ID pdf|qr.png|qr.svg|qr.txt|proof [--out FILE] [--wait SECONDS] [--json]

  ID             of a credential: crd_…
  --out FILE     where to write it, for the eyes of this user alone (default: standard output, where that is no terminal)
  --wait SECS    wait until it is final
  --json         say for machines what was written; needs --out

${ACCESS_USAGE}
exit codes: 0 written, 1 refused, such as not final yet, 3 the service could not be reached, 64 wrong usage
`;

const PARTS: Readonly<Record<string, FileName>> = {
  pdf: 'getPdf',
  'qr.png': 'getQrPng',
  'qr.svg': 'getQrSvg',
  'qr.txt': 'getQrTxt',
  proof: 'getProof',
};

const OPTIONS = {
  out: { type: 'string' },
  wait: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const [id = '', part = '', ...more] = positionals;
  const { out, json } = values;
  const name = Object.hasOwn(PARTS, part) ? PARTS[part] : undefined;
  if (id === '' || name === undefined || more.length > 0)
    throw new UsageError(`expected an id and one of ${Object.keys(PARTS).join(', ')}`);
  if (out === undefined && (json || process.stdout.isTTY)) throw new UsageError('"--out" must name the file to write');
  const patienceMs = readSeconds('--wait', values.wait) * 1_000;
  return withApi(json, async (client) => {
    const answer = await client.open(name, { id, patienceMs } as { id: string; patienceMs: number });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (out === undefined) process.stdout.write(bytes);
    else await writeWhole(out, bytes);
    if (json)
      printJson({ id, part, file: out, sizeBytes: bytes.length, mediaType: answer.headers.get('content-type') });
    return EXIT.done;
  });
}
