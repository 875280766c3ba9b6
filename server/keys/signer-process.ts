import type { CborValue } from '../../proof/cbor.ts';
import { AppError } from '../app-error.ts';
import { createDepartmentSigners, type DepartmentSigners, openKeys } from './department-signers.ts';
import { readFrames, writeFrame } from './frame.ts';
import { openKeySource } from './key-source.ts';
import {
  decodeBatchItems,
  decodeChangeItems,
  decodeExtensionItems,
  decodeHeadItems,
  decodeNoticeItems,
  decodeSuccessionItems,
  expectText,
  type SignerStart,
} from './signer-message.ts';

/*
 * The process that has the departments' keys, in the keystore's files or in a security module: node signer-process.ts <start as JSON>. It answers what comes by stdin on stdout,
 * computes everything that it signs from what it is given, and ends when stdin does. What is no message ends it too: its parent, which
 * alone can write there, then is not what it should be.
 * It begins with [0, null, addresses of its anchor keys, of its status keys].
 *   [number, "batch", address, batch]  →  [number, null, id, signature]  or  [number, code, message]
 *   [number, "head",  address, head]   →  the same
 *   [number, "change",  address, change], and so "succession", "extension" and "notice"
 *                                      →  the same with an empty id
 */
const start = JSON.parse(process.argv[2] as string) as SignerStart;

try {
  const signers = await openSigners(start);
  const { anchor, status } = signers.addresses;
  writeFrame(process.stdout, [0, null, [...anchor], [...status]]);
  for await (const message of readFrames(process.stdin)) writeFrame(process.stdout, await answer(signers, message));
} catch (error) {
  const { code, message } = error as AppError;
  writeFrame(process.stdout, [0, error instanceof AppError ? code : 'SIGNER_UNREACHABLE', message]);
  process.exitCode = 1;
}

async function openSigners({ registry, keys, ...places }: SignerStart): Promise<DepartmentSigners> {
  return createDepartmentSigners(await openKeys(await openKeySource(places), keys), registry);
}

async function answer(signers: DepartmentSigners, [number, ...question]: readonly CborValue[]): Promise<CborValue[]> {
  if (typeof number !== 'number') throw new TypeError('a message has a number');
  try {
    const { id, signature } = await sign(signers, question);
    return [number, null, id, signature];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [number, error.code, error.message];
  }
}

async function sign(signers: DepartmentSigners, [what, to, content]: readonly CborValue[]) {
  const address = expectText(to, 'address');
  if (what === 'batch') return known(signers.findBatchSigner(address), address)(decodeBatchItems(content));
  if (what === 'head') {
    const { number, head } = decodeHeadItems(content);
    return known(signers.findHeadSigner(address), address)(number, head);
  }
  return { id: new Uint8Array(), signature: await signAct(signers, { what, address, content }) };
}

interface Question {
  what: CborValue | undefined;
  address: string;
  content: CborValue | undefined;
}

/** A status key alone names successors, an anchor key alone prolongs, and either changes a status. */
function signAct(signers: DepartmentSigners, { what, address, content }: Question): Promise<Uint8Array> {
  const status = signers.findStatusSigner(address);
  const validity = signers.findValiditySigner(address);
  switch (what) {
    case 'change':
      return known(status ?? validity, address).signStatusChange(decodeChangeItems(content));
    case 'succession':
      return known(status, address).signSuccession(decodeSuccessionItems(content));
    case 'extension':
      return known(validity, address).signExtension(decodeExtensionItems(content));
    case 'notice':
      return known(validity, address).signNotice(decodeNoticeItems(content));
    default:
      throw new TypeError('only batches, heads, changes of status, successions, extensions and notices are signed');
  }
}

function known<T>(signer: T | undefined, address: string): T {
  if (!signer) throw new AppError('KEY_UNKNOWN', `the signer does not have the key of ${address}`);
  return signer;
}
