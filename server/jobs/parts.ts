import type { Post } from '../../proof/nodes.ts';
import { createRegistry } from '../chain/registry.ts';
import { openRegistryState } from '../chain/registry-state.ts';
import type { Rpc } from '../chain/rpc.ts';
import type { TrustedNodes } from '../chain/trusted-registry.ts';
import type { ManifestFolder } from '../issuance/manifest.ts';
import type { ReconcileDeps } from '../issuance/reconcile.ts';
import { reconcileStatus } from '../issuance/reconcile-status.ts';
import type { SealingRule } from '../issuance/seal.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { DepartmentSigners } from '../keys/department-signers.ts';
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
  /** What departments have published since the start (type-versions/live-catalogue.ts); left out where nothing is. */
  loadTypes?: () => Promise<boolean>;
  /** Pays for what is carried; one account for the whole service. */
  relayerKey: SigningKey;
  /** What has the departments' keys. */
  signers: DepartmentSigners;
  manifests: ManifestFolder;
  sealing: SealingRule;
  webhooks: { allowPrivate: boolean };
  mail: Pick<JobDeps['mailing'], 'isTest' | 'send' | 'holderPage'>;
  confirmations: number;
  maxBlockAgeSeconds: number;
  pollMs: number;
  onFault(what: string, error: unknown): void;
  onReadBack: ReconcileDeps['onReadBack'];
  onUnknown: ReconcileDeps['onUnknown'];
}

export function toJobDeps(parts: JobParts): JobDeps {
  const { db, issuance, onFault, pollMs } = parts;
  const registry = createRegistry(issuance.registry, parts.rpc);
  const common = { db, onFault };
  const confirming = {
    ...issuance,
    ...common,
    registry,
    trusted: parts.trusted,
    post: parts.post,
    confirmations: parts.confirmations,
    maxBlockAgeSeconds: parts.maxBlockAgeSeconds,
  };
  return {
    pollMs,
    onFault,
    sealing: {
      ...issuance,
      ...common,
      sealing: parts.sealing,
      keepManifest: parts.manifests.keep,
      findBatchSigner: parts.signers.findBatchSigner,
    },
    heads: {
      db,
      onFault,
      registry: issuance.registry,
      now: issuance.now,
      keepManifest: parts.manifests.keep,
      findHeadSigner: parts.signers.findHeadSigner,
    },
    delivering: { ...issuance, db, ...parts.webhooks, resolve: resolveWithSystem },
    mailing: { ...issuance, ...common, ...parts.mail },
    relaying: {
      ...common,
      registry,
      key: parts.relayerKey,
      now: issuance.now,
      findDefinition: issuance.findDefinition,
      findManifest: parts.manifests.find,
      onReadBack: parts.onReadBack,
      onUnknown: parts.onUnknown,
      findStatusSigner: parts.signers.findStatusSigner,
      findValiditySigner: parts.signers.findValiditySigner,
    },
    erasing: issuance,
    confirming,
    publishing: { db, registry, confirmations: parts.confirmations, load: parts.loadTypes ?? (async () => false) },
    watching: {
      db,
      openRegistry: () => openRegistryState(registry),
      keysHere: parts.signers.addresses,
      reconcileStatus: () => reconcileStatus(confirming),
    },
  };
}
