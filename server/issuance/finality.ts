import { type Post, type RegistryReading, readRegistry } from '../../proof/nodes.ts';
import { AppError } from '../app-error.ts';
import type { Registry } from '../chain/registry.ts';
import type { TrustedNodes } from '../chain/trusted-registry.ts';
import type { CredentialRow, Db } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * What is common to whatever becomes final: batches (confirm-batches.ts), changes of status (confirm-status.ts), notices (confirm-notices.ts).
 */

export interface FinalityDeps
  extends Pick<IssuanceDeps, 'now' | 'cipher' | 'findDefinition' | 'findDepartment' | 'registryIndex'> {
  db: Db;
  registry: Registry;
  trusted: TrustedNodes;
  post: Post;
  /** Blocks on top of the one that holds the anchor; with 0, that the nodes agree on that block is enough. */
  confirmations: number;
  maxBlockAgeSeconds: number;
  onFault(what: string, error: unknown): void;
}

export interface BatchQuestion {
  issuer: number;
  batch: Uint8Array;
  locator: number | null;
}

/** @throws AppError CHAIN_UNREACHABLE where the nodes do not answer or do not agree */
export async function readBatch(
  { trusted, confirmations, post }: FinalityDeps,
  question: BatchQuestion,
): Promise<RegistryReading> {
  const registry = { ...trusted, issuers: [], types: [] };
  const reading = await readRegistry({ ...question, registry, depth: confirmations }, post);
  if ('failure' in reading) throw new AppError('CHAIN_UNREACHABLE', `${reading.failure}: ${reading.detail}`);
  return reading;
}

/** What an event says of a credential. */
export function toLinks({ id }: Pick<CredentialRow, 'id'>): { credential: string; href: string } {
  const credential = toCredentialId(id);
  return { credential, href: `/v1/credentials/${credential}` };
}
