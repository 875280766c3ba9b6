import { parseArgs } from 'node:util';
import { decodeHex } from '../../proof/bytes.ts';
import { decodeDate, toHongKongDay } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import type { Verdict } from '../../proof/verdict.ts';
import { type Sources, verifyJson, verifyQrText } from '../../proof/verification.ts';
import { NothingPresented, NotReadable, type Presented, readPresented } from './evidence-file.ts';
import { checkNodes, openTrust } from './trust-source.ts';
import { describeVerdict, toJson } from './verdict-text.ts';

export const USAGE = `usage: eproof verify FILE_OR_TEXT [--at DATE] [--audience NAME]... [--nonce HEX] [--rpc URL]... [--trust FILE_OR_URL] [--snapshot FILE] [--json]

  FILE_OR_TEXT   a PDF, PNG, JPG or JSON file, or the text of a QR code
  --at DATE      say also whether it was in force on this day of the past (YYYY-MM-DD, in Hong Kong)
  --audience A   a name that you go by, for what a holder presents to you; repeat it (default: the verifier's addresses)
  --nonce HEX    the 32 hex digits that you gave the holder to sign
  --rpc URL      ask this chain node instead of those that the trust file names; repeat it: all of them must agree
  --trust WHERE  the verifier's trust.json, as a file or an address
                 (default: the one that npm start wrote to the data folder, EPROOF_DATA_DIR or .eproof)
  --snapshot F   what eproof snapshot kept, for a place without a network: asked only where no node can be reached
  --json         print the verdict for machines

exit codes: 0 genuine and in force, 1 genuine but not in force, 2 not genuine, 3 could not be checked (or not whether it is still
in force) or no e-Proof of this verifier in it, 64 wrong usage or no such file
`;

const EXIT = { inForce: 0, notInForce: 1, notGenuine: 2, couldNotBeChecked: 3, usage: 64 } as const;

export async function verifyCommand(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if ('problem' in options) return refuse(`${options.problem}\n\n${USAGE}`);
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const sources = await openTrust(options);
  if ('problem' in sources) return refuse(`${sources.problem}\n`);
  try {
    const { presented, audiences, nonce, day } = options;
    const occasion = { audiences: audiences.length > 0 ? audiences : sources.trust.verifiers, nonce };
    const verdict = await judge(await readPresented(presented), { ...sources, occasion, day });
    process.stdout.write(options.json ? `${JSON.stringify(toJson(verdict), null, 2)}\n` : describeVerdict(verdict));
    return exitCodeOf(verdict);
  } catch (error) {
    return reject(error, options.json);
  }
}

interface Options {
  presented: string;
  rpc: string[];
  trust: string | undefined;
  snapshot: string | undefined;
  day: number | undefined;
  audiences: string[];
  nonce: Uint8Array | null;
  json: boolean;
  help: boolean;
}

function readOptions(argv: readonly string[]): Options | { problem: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        rpc: { type: 'string', multiple: true, default: [] },
        trust: { type: 'string' },
        snapshot: { type: 'string' },
        at: { type: 'string' },
        audience: { type: 'string', multiple: true, default: [] },
        nonce: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (!values.help && positionals.length !== 1)
      return { problem: `expected one file or text, got ${positionals.length}` };
    return {
      presented: positionals[0] ?? '',
      rpc: checkNodes(values.rpc),
      trust: values.trust,
      snapshot: values.snapshot,
      audiences: values.audience,
      nonce: values.nonce === undefined ? null : readNonce(values.nonce),
      day: values.at === undefined ? undefined : readPastDay(values.at),
      json: values.json,
      help: values.help,
    };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

function readNonce(hex: string): Uint8Array {
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) throw new Error(`"--nonce" must be 32 hex digits, got ${hex}`);
  return decodeHex(hex);
}

function readPastDay(date: string): number {
  const day = decodeDateOrNull(date);
  if (day === null) throw new Error(`"--at" must be a day as YYYY-MM-DD, got ${date}`);
  if (day > toHongKongDay(Date.now() / 1000)) throw new Error(`"--at" must not be after today, got ${date}`);
  return day;
}

function decodeDateOrNull(date: string): number | null {
  try {
    return decodeDate(date);
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

function judge(presented: Presented, sources: Sources): Promise<Verdict> {
  return presented.kind === 'json' ? verifyJson(presented.text, sources) : verifyQrText(presented.text, sources);
}

export function exitCodeOf({ genuine, standing }: Verdict): number {
  if (genuine === 'not-genuine') return EXIT.notGenuine;
  if (genuine === 'could-not-be-checked') return EXIT.couldNotBeChecked;
  if (standing === null || standing.code === 'not-known') return EXIT.couldNotBeChecked;
  return standing.code === 'in-force' || standing.code === 'in-force-past-date' ? EXIT.inForce : EXIT.notInForce;
}

// Where there is no e-Proof of this verifier there is nothing to judge: a blurred picture is no forgery.
function reject(error: unknown, json: boolean): number {
  if (error instanceof NotReadable) return refuse(`${error.message}\n`);
  if (!(error instanceof ProofError) && !(error instanceof NothingPresented)) throw error;
  const code = error instanceof ProofError ? error.code : 'NOTHING_PRESENTED';
  const refused = { genuine: 'could-not-be-checked', standing: null, refused: { code, message: error.message } };
  process.stdout.write(
    json ? `${JSON.stringify(refused, null, 2)}\n` : `NO E-PROOF OF THIS VERIFIER\n${error.message}\n`,
  );
  return EXIT.couldNotBeChecked;
}

function refuse(message: string): number {
  process.stderr.write(`eproof: ${message}`);
  return EXIT.usage;
}
