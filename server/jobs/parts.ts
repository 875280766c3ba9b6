import type { Post } from '../../proof/nodes.ts';
import { createRegistry } from '../chain/registry.ts';
import type { Checkpoint } from '../chain/relayer.ts';
import type { Rpc } from '../chain/rpc.ts';
import type { TrustedNodes } from '../chain/trusted-registry.ts';
import type { KeepManifest } from '../issuance/manifest.ts';
import type { SealingRule } from '../issuance/seal.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { AnchorSigners } from '../keys/anchor-signers.ts';
import { createStatusSigner } from '../keys/signer.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { Db } from '../store/schema.ts';
import { resolveWithSystem } from '../webhooks/address.ts';
import type { JobDeps } from './jobs.ts';

/** What an instance has, from which every job gets the parts that it needs. */
export interface JobParts {
  db: Db;
  issuance: IssuanceDeps;
  rpc: Rpc;
  post: Post;
  trusted: TrustedNodes;
  /** Pays for what is carried; one account for the whole service. */
  relayerKey: SigningKey;
  /** What has the departments' anchor keys. */
  anchorSigners: AnchorSigners;
  /** The departments' status keys. */
  statusKeys: readonly SigningKey[];
  keepManifest: KeepManifest;
  sealing: SealingRule;
  webhooks: { allowPrivate: boolean };
  confirmations: number;
  maxBlockAgeSeconds: number;
  pollMs: number;
  onFault(what: string, error: unknown): void;
  checkpoint?: Checkpoint;
}

export function toJobDeps(parts: JobParts): JobDeps {
  const { db, issuance, onFault, pollMs } = parts;
  const registry = createRegistry(issuance.registry, parts.rpc);
  const common = { db, onFault, checkpoint: parts.checkpoint ?? (() => {}) };
  const statusSigners = new Map(
    parts.statusKeys.map((key) => [key.address, createStatusSigner(key, issuance.registry)]),
  );
  return {
    pollMs,
    onFault,
    sealing: {
      ...issuance,
      ...common,
      sealing: parts.sealing,
      keepManifest: parts.keepManifest,
      findBatchSigner: parts.anchorSigners.findBatchSigner,
    },
    heads: {
      db,
      registry: issuance.registry,
      now: issuance.now,
      keepManifest: parts.keepManifest,
      findHeadSigner: parts.anchorSigners.findHeadSigner,
    },
    delivering: { ...issuance, db, ...parts.webhooks, resolve: resolveWithSystem },
    relaying: {
      ...common,
      registry,
      key: parts.relayerKey,
      now: issuance.now,
      findStatusSigner: (address) => statusSigners.get(address),
    },
    confirming: {
      ...issuance,
      ...common,
      registry,
      trusted: parts.trusted,
      post: parts.post,
      confirmations: parts.confirmations,
      maxBlockAgeSeconds: parts.maxBlockAgeSeconds,
    },
  };
}
