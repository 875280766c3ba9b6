/** What a registry holds, in plain data: numbers as bigint, bytes and addresses as lower-case hex. */
export interface RegistryState {
  guardian: string;
  pausedUntil: bigint;
  issuers: Record<string, IssuerState>;
}

export interface IssuerState {
  admin: string;
  offered: string;
  state: bigint;
  successor: bigint;
  profile: string;
  recovery: { admin: string; executableFrom: bigint; objected: boolean; recoveredAt: bigint };
  keys: Record<string, KeyState>;
  types: Record<string, TypeState>;
  batches: Record<string, BatchState>;
  /** Revoked leaves by batch id, as they were written: before a batch is anchored they may be leaves that it will not have. */
  revoked: Record<string, bigint>;
  /** Ids of batches that were killed before they were anchored. */
  killed: Record<string, boolean>;
}

export interface KeyState {
  address: string;
  purpose: bigint;
  validFrom: bigint;
  validUntil: bigint;
  invalidFrom: bigint;
}

export interface TypeState {
  definition: string;
  state: bigint;
  notices: Record<string, NoticeState>;
}

export interface NoticeState {
  from: bigint;
  to: bigint;
  validUntil: bigint;
  law: string;
  posted: ActState;
  withdrawnAt: bigint;
}

export interface BatchState {
  id: string;
  credentialType: bigint;
  size: bigint;
  key: bigint;
  anchoredAt: bigint;
  judgement: bigint;
  flagged: boolean;
  revoked: bigint;
  suspended: bigint;
  amended: bigint;
  records: Record<string, RecordState>;
}

export interface RecordState {
  successorBatch: string;
  successorLeaf: bigint;
  succession: ActState;
  suspension: ActState;
  suspendedUntil: bigint;
  lift: ActState;
  validUntil: bigint;
  extension: ActState;
}

export interface ActState {
  key: string;
  time: bigint;
  invalidFrom: bigint;
}

export const NOBODY = `0x${'0'.repeat(40)}`;
export const NO_ACT: ActState = { key: NOBODY, time: 0n, invalidFrom: 0n };
export const NO_BATCH = `0x${'0'.repeat(64)}`;

export interface Difference {
  place: string;
  events: string;
  contract: string;
}

/** Where the state that events lead to is not the contract's, place by place; empty where it is. */
export function compareStates(events: RegistryState, contract: RegistryState): Difference[] {
  const [told, held] = [flatten(events), flatten(contract)];
  const places = [...new Set([...told.keys(), ...held.keys()])];
  return places
    .map((place) => ({ place, events: told.get(place) ?? 'nothing', contract: held.get(place) ?? 'nothing' }))
    .filter((difference) => difference.events !== difference.contract);
}

function flatten(value: unknown, place = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[place, String(value)]]);
  const members = Object.entries(value).map(([name, member]) =>
    flatten(member, place === '' ? name : `${place} ${name}`),
  );
  return new Map(members.flatMap((member) => [...member]));
}
