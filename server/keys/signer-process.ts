import { readFile } from 'node:fs/promises';
import type { CborValue } from '../../proof/cbor.ts';
import { AppError } from '../app-error.ts';
import { type AnchorSigners, createAnchorSigners, openKeysOf } from './anchor-signers.ts';
import { readFrames, writeFrame } from './frame.ts';
import { openKeystore } from './keystore.ts';
import {
  decodeBatchItems,
  decodeChangeItems,
  decodeExtensionItems,
  decodeHeadItems,
  decodeNoticeItems,
  expectText,
  type SignerStart,
} from './signer-message.ts';
import type { ValiditySigner } from './validity-signer.ts';

/*
 * The process that has the departments' anchor keys: node signer-process.ts <start as JSON>. It answers what comes by stdin on stdout,
 * computes everything that it signs from what it is given, and ends when stdin does. What is no message ends it too: its parent, which
 * alone can write there, then is not what it should be.
 * It begins with [0, null, addresses of its keys].
 *   [number, "batch", address, batch]  →  [number, null, id, signature]  or  [number, code, message]
 *   [number, "head",  address, head]   →  the same
 *   [number, "extension", address, extension], [number, "change", address, change], [number, "notice", address, notice]
 *                                      →  the same with an empty id
 */
const start = JSON.parse(process.argv[2] as string) as SignerStart;

try {
  const signers = await openSigners(start);
  writeFrame(process.stdout, [0, null, [...signers.addresses]]);
  for await (const message of readFrames(process.stdin)) writeFrame(process.stdout, await answer(signers, message));
} catch (error) {
  const { code, message } = error as AppError;
  writeFrame(process.stdout, [0, error instanceof AppError ? code : 'SIGNER_UNREACHABLE', message]);
  process.exitCode = 1;
}

async function openSigners({ folder, passwordFile, registry, keys }: SignerStart): Promise<AnchorSigners> {
  const keystore = await openKeystore(folder, (await readFile(passwordFile, 'utf8')).trim());
  const opened = await Promise.all(keys.map((key) => openKeysOf(keystore, key)));
  return createAnchorSigners(opened.flat(), registry);
}

async function answer(signers: AnchorSigners, [number, ...question]: readonly CborValue[]): Promise<CborValue[]> {
  if (typeof number !== 'number') throw new TypeError('a message has a number');
  try {
    const { id, signature } = await sign(signers, question);
    return [number, null, id, signature];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [number, error.code, error.message];
  }
}

function sign(signers: AnchorSigners, [what, to, content]: readonly CborValue[]) {
  const address = expectText(to, 'address');
  if (what === 'batch') return known(signers.findBatchSigner(address), address)(decodeBatchItems(content));
  if (what === 'extension' || what === 'change' || what === 'notice')
    return signAct(known(signers.findValiditySigner(address), address), what, content);
  if (what !== 'head') throw new TypeError('only batches, heads, extensions, notices and changes of status are signed');
  const { number, head } = decodeHeadItems(content);
  return known(signers.findHeadSigner(address), address)(number, head);
}

type ActKind = 'extension' | 'change' | 'notice';

async function signAct(signer: ValiditySigner, what: ActKind, content: CborValue | undefined) {
  const sign: Record<ActKind, () => Promise<Uint8Array>> = {
    extension: () => signer.signExtension(decodeExtensionItems(content)),
    change: () => signer.signStatusChange(decodeChangeItems(content)),
    notice: () => signer.signNotice(decodeNoticeItems(content)),
  };
  return { id: new Uint8Array(), signature: await sign[what]() };
}

function known<T>(signer: T | undefined, address: string): T {
  if (!signer) throw new AppError('KEY_UNKNOWN', `the signer does not have the key of ${address}`);
  return signer;
}
