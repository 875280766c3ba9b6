import { readFile } from 'node:fs/promises';
import { type Client, createClient } from '../../client/client.ts';
import { ApiProblem, NoAnswer } from '../../client/problem.ts';
import { UsageError } from './command.ts';
import { toPrintable, toPrintableJson } from './printable.ts';

/** Of the commands that ask the service. */
export const EXIT = { done: 0, refused: 1, partly: 2, unreachable: 3, notYet: 4 } as const;

const DEFAULT_PATIENCE = '60';

export const ACCESS_USAGE = `The service is that of EPROOF_URL; the key is EPROOF_API_KEY, or in the file that EPROOF_API_KEY_FILE names. A service that does not
answer is asked again for EPROOF_PATIENCE seconds (${DEFAULT_PATIENCE}); what is written is done once all the same.`;

/** The service that the environment names. A key in the arguments would be seen by everybody on the machine. @throws UsageError */
export async function openClient(env: NodeJS.ProcessEnv = process.env): Promise<Client> {
  const url = env.EPROOF_URL;
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError(
      '"EPROOF_URL" must be the http or https address of the service, such as http://127.0.0.1:3000',
    );
  const apiKey = await readKey(env);
  if (isInClear(new URL(url)))
    process.stderr.write('eproof: "EPROOF_URL" is http: whoever is on the way sees the key; name an https address\n');
  const patienceMs = readSeconds('EPROOF_PATIENCE', env.EPROOF_PATIENCE ?? DEFAULT_PATIENCE) * 1_000;
  return createClient({ url, credentials: { apiKey }, patienceMs });
}

async function readKey({ EPROOF_API_KEY: key, EPROOF_API_KEY_FILE: file }: NodeJS.ProcessEnv): Promise<string> {
  if ((key === undefined) === (file === undefined))
    throw new UsageError('one of "EPROOF_API_KEY" and "EPROOF_API_KEY_FILE" must be set, to a key of the department');
  const text = key ?? (await readFile(file as string, 'utf8').catch(refuseFile));
  const found = text.trim();
  if (!/^[\x21-\x7e]+$/.test(found))
    throw new UsageError(
      `"${key === undefined ? 'EPROOF_API_KEY_FILE' : 'EPROOF_API_KEY'}" must hold one key and nothing else`,
    );
  return found;
}

function refuseFile(error: Error): never {
  throw new UsageError(`"EPROOF_API_KEY_FILE" must name a file that can be read: ${error.message}`);
}

function isInClear({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

/** Does what a command is for; what the service refuses and what cannot be reached become words and exit codes. */
export async function withApi(json: boolean, work: (client: Client) => Promise<number>): Promise<number> {
  const client = await openClient();
  try {
    return await work(client);
  } catch (error) {
    if (error instanceof ApiProblem) return tellRefusal(error, json);
    if (!(error instanceof NoAnswer)) throw error;
    if (json) printJson({ unreachable: { reason: error.reason, message: error.message, requestId: error.requestId } });
    process.stderr.write(`eproof: ${toPrintable(error.message)} (request ${toPrintable(error.requestId)})\n`);
    return EXIT.unreachable;
  }
}

function tellRefusal(problem: ApiProblem, json: boolean): number {
  const { code, status, message: detail, faults: errors, requestId } = problem;
  if (json) printJson({ refused: { code, status, detail, errors, requestId } });
  const lines = [
    `eproof: refused: ${detail} (${code}, request ${requestId})`,
    ...errors.map((fault) => `  ${fault.pointer ?? fault.parameter ?? ''}  ${fault.detail} (${fault.code})`),
  ];
  process.stderr.write(`${lines.map(toPrintable).join('\n')}\n`);
  return EXIT.refused;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${toPrintableJson(value, 2)}\n`);
}

/** @throws UsageError */
export function readSeconds(name: string, text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`"${name}" must be a whole number of seconds, got ${text}`);
  return Number(text);
}
