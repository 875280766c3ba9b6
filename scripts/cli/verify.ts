import { parseArgs } from 'node:util';
import { decodeHex } from '../../proof/bytes.ts';
import { decodeDate, toHongKongDay } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import type { Presented } from '../../proof/presented.ts';
import { isAsReceipt } from '../../proof/receipt.ts';
import type { Verdict } from '../../proof/verdict.ts';
import { toVerdictJson } from '../../proof/verdict-json.ts';
import { verifyPresented } from '../../proof/verification.ts';
import { type Command, UsageError } from './command.ts';
import { NothingPresented, NotReadable, readPresented } from './evidence-file.ts';
import { checkNodes, openTrust, TRUST_OPTIONS } from './trust-source.ts';
import { describeReceipt, describeVerdict } from './verdict-text.ts';

const USAGE = `usage: eproof verify FILE_OR_TEXT [--at DATE] [--audience NAME]... [--nonce HEX] [--rpc URL]... [--trust FILE_OR_URL] [--snapshot FILE] [--json]

  FILE_OR_TEXT   a PDF, PNG, JPG or JSON file, or the text of a QR code; of a receipt that was saved as JSON, what it is of is verified
                 again, and compared with what the receipt says
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

const EXIT = { inForce: 0, notInForce: 1, notGenuine: 2, couldNotBeChecked: 3 } as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  const sources = await openTrust(options);
  try {
    const { presented, audiences, nonce, day } = options;
    const occasion = { audiences: audiences.length > 0 ? audiences : sources.trust.verifiers, nonce };
    const evidence = await readPresented(presented);
    const verdict = await verifyPresented(evidence, { ...sources, occasion, day });
    process.stdout.write(options.json ? jsonOf(verdict, evidence) : textOf(verdict, evidence));
    return exitCodeOf(verdict);
  } catch (error) {
    return reject(error, options.json);
  }
}

function jsonOf(verdict: Verdict, { receipt }: Presented): string {
  const earlier = receipt && {
    checkedAt: receipt.checkedAt,
    genuine: receipt.genuine,
    standing: receipt.standing,
    holds: isAsReceipt(verdict, receipt),
  };
  return `${JSON.stringify({ ...toVerdictJson(verdict), ...(earlier ? { receipt: earlier } : {}) }, null, 2)}\n`;
}

function textOf(verdict: Verdict, { receipt }: Presented): string {
  return `${receipt ? `${describeReceipt(receipt, isAsReceipt(verdict, receipt))}\n` : ''}${describeVerdict(verdict)}`;
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
}

const OPTIONS = {
  ...TRUST_OPTIONS,
  snapshot: { type: 'string' },
  at: { type: 'string' },
  audience: { type: 'string', multiple: true, default: [] as string[] },
  nonce: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const [presented, ...more] = positionals;
  if (presented === undefined || more.length > 0)
    throw new UsageError(`expected one file or text, got ${positionals.length}`);
  return {
    presented,
    rpc: checkNodes(values.rpc),
    trust: values.trust,
    snapshot: values.snapshot,
    audiences: values.audience,
    nonce: values.nonce === undefined ? null : readNonce(values.nonce),
    day: values.at === undefined ? undefined : readPastDay(values.at),
    json: values.json,
  };
}

function readNonce(hex: string): Uint8Array {
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) throw new UsageError(`"--nonce" must be 32 hex digits, got ${hex}`);
  return decodeHex(hex);
}

function readPastDay(date: string): number {
  const day = decodeDateOrNull(date);
  if (day === null) throw new UsageError(`"--at" must be a day as YYYY-MM-DD, got ${date}`);
  if (day > toHongKongDay(Date.now() / 1000)) throw new UsageError(`"--at" must not be after today, got ${date}`);
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

export function exitCodeOf({ genuine, standing }: Verdict): number {
  if (genuine === 'not-genuine') return EXIT.notGenuine;
  if (genuine === 'could-not-be-checked') return EXIT.couldNotBeChecked;
  if (standing === null || standing.code === 'not-known') return EXIT.couldNotBeChecked;
  return standing.code === 'in-force' || standing.code === 'in-force-past-date' ? EXIT.inForce : EXIT.notInForce;
}

// Where there is no e-Proof of this verifier there is nothing to judge: a blurred picture is no forgery.
function reject(error: unknown, json: boolean): number {
  if (error instanceof NotReadable) throw new UsageError(error.message);
  if (!(error instanceof ProofError) && !(error instanceof NothingPresented)) throw error;
  const code = error instanceof ProofError ? error.code : 'NOTHING_PRESENTED';
  const refused = { genuine: 'could-not-be-checked', standing: null, refused: { code, message: error.message } };
  process.stdout.write(
    json ? `${JSON.stringify(refused, null, 2)}\n` : `NO E-PROOF OF THIS VERIFIER\n${error.message}\n`,
  );
  return EXIT.couldNotBeChecked;
}
