/*
 * The places at which the fault suite ends the process as by `kill -9` (test/faults/README.md says what is true at each). There is one on
 * both sides of every COMMIT, and of every act that no database takes back: a file, a signature, a word to a node or a receiver.
 */
export const FAILPOINTS = [
  'write-uncommitted',
  'write-committed',
  'draft-released',
  'file-drafted',
  'batch-placed',
  'batch-sealed',
  'batch-dissolved',
  'manifest-kept',
  'batch-signature-made',
  'batch-signed',
  'transaction-signed',
  'transaction-stored',
  'transaction-sent',
  'transaction-send-noted',
  'receipt-seen',
  'receipt-noted',
  'transaction-lost',
  'transaction-repriced',
  'batch-anchor-seen',
  'batch-anchored',
  'batch-carried-again',
  'anchor-forgotten',
  'batch-verified',
  'batch-final-uncommitted',
  'batch-final',
  'status-signature-made',
  'status-anchored',
  'status-recorded-again',
  'status-forgotten',
  'status-final-uncommitted',
  'status-final',
  'status-reconciled',
  'successor-named',
  'renewal-issued',
  'operation-recorded',
  'delivery-taken',
  'delivery-sent',
  'delivery-noted',
  'mail-taken',
  'mail-sent',
  'mail-noted',
  'import-begun',
  'import-piece-copied',
  'import-piece-stored',
  'import-ended',
  'import-cleared',
  'import-part-released',
  'erasure-kept',
  'erasure-replayed',
  'batch-taken-back',
  'batch-read-back',
  'records-linked',
  'head-signed',
  'head-stored',
  'head-final',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

let armed: { name: Failpoint; left: number } | null = null;

/** This process ends when it passes the place for the n-th time. The suite's program alone calls it: no setting of the service does. */
export function armFailpoint(name: Failpoint, times: number): void {
  armed = { name, left: times };
}

export function failpoint(name: Failpoint): void {
  if (armed?.name === name && --armed.left === 0) process.kill(process.pid, 'SIGKILL');
}
