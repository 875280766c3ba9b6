import { decodeHex, toHex } from '../../proof/bytes.ts';
import type { RegistryAddress } from '../../proof/signature.ts';
import { definitionOf } from './definition.ts';
import { toHeadBatch } from './head.ts';
import { type AuditRecord, chainStart, hashRecord, PLATFORM } from './record.ts';

/** What is wrong with an exported log, and where: lines count from 1. */
export interface LogProblem {
  line: number;
  code: LogProblemCode;
  message: string;
}

export type LogProblemCode =
  | 'NOT_A_LOG'
  | 'LINE_INVALID'
  | 'RECORD_CHANGED'
  | 'RECORD_OUT_OF_ORDER'
  | 'OTHER_DEPARTMENT'
  | 'HEAD_WRONG'
  | 'LOG_TRUNCATED'
  | 'LOG_CONTINUES';

export interface CheckedHead {
  line: number;
  day: string;
  position: number;
  batch: string;
}

export interface CheckedLog {
  issuer: string;
  number: number | null;
  registry: RegistryAddress;
  records: number;
  heads: CheckedHead[];
  problem: LogProblem | null;
}

class Wrong extends Error {
  readonly code: LogProblemCode;
  constructor(code: LogProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

interface Walk extends CheckedLog {
  hash: Uint8Array;
  ended: boolean;
}

/** Walks an exported log from its first line, and stops at the first that is not what the ones before it demand. */
export async function checkLog(lines: AsyncIterable<string>): Promise<CheckedLog> {
  let walk: Walk | null = null;
  let line = 0;
  try {
    for await (const text of lines) {
      line++;
      if (walk) step(walk, { line, text });
      else walk = start(text);
    }
    if (!walk?.ended) throw new Wrong('LOG_TRUNCATED', 'the log stops before its last line, which says where it ends');
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const nothing = { issuer: '', number: null, registry: { chainId: 0, address: '' }, records: 0, heads: [] };
    return toChecked(walk ?? nothing, { line: Math.max(1, line), code: error.code, message: error.message });
  }
  return toChecked(walk, null);
}

function toChecked(walk: Omit<CheckedLog, 'problem'>, problem: LogProblem | null): CheckedLog {
  const { issuer, number, registry, records, heads } = walk;
  return { issuer, number, registry, records, heads, problem };
}

function start(text: string): Walk {
  const { format, issuer, number, registry, definition } = parse(text) as Record<string, unknown>;
  if (format !== 'eproof-audit/1' || typeof issuer !== 'string')
    throw new Wrong('NOT_A_LOG', '"format" must be eproof-audit/1');
  if (definition !== definitionOf(issuer))
    throw new Wrong('NOT_A_LOG', `"definition" must be ${definitionOf(issuer)}, the type of its audit heads`);
  if (number !== null && !(Number.isInteger(number) && (number as number) > 0 && (number as number) <= 0xffff_ffff))
    throw new Wrong('NOT_A_LOG', '"number" must be that of the department in the registry, or null');
  return {
    issuer,
    number: number as number | null,
    registry: toRegistry(registry),
    records: 0,
    heads: [],
    problem: null,
    hash: chainStart(issuer),
    ended: false,
  };
}

function toRegistry(value: unknown): RegistryAddress {
  const { chainId, address } = toObject(value);
  if (!Number.isSafeInteger(chainId) || (chainId as number) < 1 || !/^0x[0-9a-fA-F]{40}$/.test(String(address)))
    throw new Wrong('NOT_A_LOG', '"registry" must have "chainId" and "address"');
  return { chainId: chainId as number, address: address as string };
}

function step(walk: Walk, { line, text }: { line: number; text: string }): void {
  if (walk.ended) throw new Wrong('LOG_CONTINUES', 'the log goes on after the line that ends it');
  const value = parse(text);
  if ('end' in value) end(walk, toObject(value.end) as { position: number; hash: string });
  else if ('head' in value)
    checkHead(walk, { ...(toObject(value.head) as unknown as CheckedHead & { hash: string }), line });
  else checkRecord(walk, value as unknown as AuditRecord & { hash: string }, text);
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  return toObject(value);
}

function toObject(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Wrong('LINE_INVALID', 'the line is not made of JSON objects');
}

function checkRecord(walk: Walk, { hash, ...record }: AuditRecord & { hash: string }, text: string): void {
  if (record.position !== walk.records + 1)
    throw new Wrong(
      'RECORD_OUT_OF_ORDER',
      `expected the record at position ${walk.records + 1}, got ${record.position}: one is missing or moved`,
    );
  if (record.issuer !== walk.issuer) throw new Wrong('OTHER_DEPARTMENT', `the record is not of ${walk.issuer}`);
  const expected = hashRecord(walk.hash, record);
  // what the hash covers is the record as it is written: no second writing of the same value
  if (toHex(expected) !== hash || JSON.stringify({ ...record, hash }) !== text)
    throw new Wrong('RECORD_CHANGED', `the record at position ${record.position} is not what its hash says`);
  walk.hash = expected;
  walk.records++;
}

function checkHead(walk: Walk, head: CheckedHead & { hash: string; number?: unknown }): void {
  const { line, day, position, hash, batch } = head;
  if (position !== walk.records || hash !== toHex(walk.hash))
    throw new Wrong('HEAD_WRONG', `the head of ${day} is not the record before it: records were removed or added`);
  const { id } = toHeadBatch(walk.registry, numberOf(walk, head), { issuer: walk.issuer, day, position, hash });
  if (`0x${toHex(id)}` !== batch) throw new Wrong('HEAD_WRONG', `the batch of ${day} is not the one of this head`);
  walk.heads.push({ line, day, position, batch });
}

/** A department signs its own heads; of the platform's each says who did. */
function numberOf({ issuer, number }: Walk, { number: carrier }: { number?: unknown }): number {
  if (issuer !== PLATFORM) return number ?? 0;
  if (Number.isInteger(carrier) && (carrier as number) > 0 && (carrier as number) <= 0xffff_ffff)
    return carrier as number;
  throw new Wrong('LINE_INVALID', '"number" of the head must be that of a department in the registry');
}

function end(walk: Walk, { position, hash }: { position: number; hash: string }): void {
  if (position !== walk.records || hash !== toHex(walk.hash))
    throw new Wrong('LOG_TRUNCATED', `the log ends at position ${position}, and has ${walk.records} records`);
  walk.ended = true;
}

/** A batch of audit heads as the chain has it. */
export interface AnchoredHead {
  /** 32 bytes. */
  id: Uint8Array;
  isVoid: boolean;
}

/** The log's heads against those that the chain has of the department: each must be in the other. */
export function compareHeads({ heads }: CheckedLog, anchored: readonly AnchoredHead[]): string[] {
  const onChain = new Map(anchored.map(({ id, isVoid }) => [toHex(id), isVoid]));
  const problems = heads.flatMap(({ line, day, batch }) => {
    const isVoid = onChain.get(toHex(decodeHex(batch)));
    if (isVoid === undefined) return [`line ${line}: the head of ${day} is not on the chain`];
    return isVoid ? [`line ${line}: the head of ${day} was voided by the department`] : [];
  });
  const inLog = new Set(heads.map(({ batch }) => batch));
  for (const { id } of anchored)
    if (!inLog.has(`0x${toHex(id)}`))
      problems.push(`the chain has a head that the log does not have (batch 0x${toHex(id)}): records are missing`);
  return problems;
}
