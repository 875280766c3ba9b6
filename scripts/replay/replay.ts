import type { Result } from 'ethers';
import {
  type ActState,
  type BatchState,
  type IssuerState,
  NO_ACT,
  NO_BATCH,
  NOBODY,
  type RecordState,
  type RegistryState,
} from './state.ts';

/** One event of the registry, with the time of its block in seconds since 1970 UTC. */
export interface RegistryEvent {
  name: string;
  args: Result;
  block: number;
  time: bigint;
}

const [ACTIVE, SUSPENDED, ENDED] = [1n, 2n, 3n];
const [OPEN, CLOSED] = [1n, 2n];
const [REVOKE, SUSPEND] = [0n, 1n];
const [ENDORSED, VOID] = [1n, 2n];
const FLAGGING_SECONDS = 90n * 86_400n;

/**
 * The state that a registry's events lead to, from the first to the last.
 * @throws Error where an event speaks of what no earlier event made: then events are missing
 */
export function replayEvents(events: readonly RegistryEvent[]): RegistryState {
  const state: RegistryState = { guardian: NOBODY, pausedUntil: 0n, issuers: {} };
  for (const event of events) {
    const apply = HANDLERS[event.name];
    if (!apply) throw new Error(`the event ${event.name} is not known`);
    apply(state, event);
  }
  return withReports(state);
}

type Handler = (state: RegistryState, event: RegistryEvent) => void;

const HANDLERS: Readonly<Record<string, Handler>> = {
  GuardianChanged: (state, { args }) => {
    state.guardian = lower(args.guardian);
  },
  Paused: (state, { args }) => {
    state.pausedUntil = args.until;
  },
  Unpaused: (state) => {
    state.pausedUntil = 0n;
  },
  IssuerAdmitted: (state, { args }) => {
    state.issuers[args.issuer] = newIssuer(lower(args.admin), args.profile);
  },
  IssuerSuspended: (state, { args }) => {
    issuerOf(state, args.issuer).state = SUSPENDED;
  },
  IssuerReinstated: (state, { args }) => {
    issuerOf(state, args.issuer).state = ACTIVE;
  },
  IssuerEnded: (state, { args }) => {
    Object.assign(issuerOf(state, args.issuer), { state: ENDED, successor: args.successor });
  },
  AdminTransferOffered: (state, { args }) => {
    issuerOf(state, args.issuer).offered = lower(args.admin);
  },
  AdminTransferred: (state, { args }) => {
    Object.assign(issuerOf(state, args.issuer), { admin: lower(args.to), offered: NOBODY });
  },
  RecoveryProposed: (state, { args }) => {
    const { recovery } = issuerOf(state, args.issuer);
    Object.assign(recovery, { admin: lower(args.admin), executableFrom: args.executableFrom });
  },
  RecoveryObjected: (state, { args }) => {
    Object.assign(issuerOf(state, args.issuer).recovery, { executableFrom: args.executableFrom, objected: true });
  },
  RecoveryWithdrawn: (state, { args }) => {
    Object.assign(issuerOf(state, args.issuer).recovery, NO_PROPOSAL);
  },
  RecoveryExecuted: (state, { args, time }) => {
    const issuer = issuerOf(state, args.issuer);
    Object.assign(issuer, { admin: lower(args.to), offered: NOBODY });
    Object.assign(issuer.recovery, NO_PROPOSAL, { recoveredAt: time });
  },
  KeyAdded: (state, { args }) => {
    const { purpose, validFrom, validUntil } = args;
    const key = { address: lower(args.key), purpose, validFrom, validUntil, invalidFrom: 0n };
    issuerOf(state, args.issuer).keys[args.number] = key;
  },
  KeyEnded: (state, { args }) => {
    keyOf(state, args.issuer, args.key).validUntil = args.validUntil;
  },
  KeyCompromised: (state, { args }) => {
    keyOf(state, args.issuer, args.key).invalidFrom = args.invalidFrom;
  },
  CredentialTypeOpened: (state, { args }) => {
    issuerOf(state, args.issuer).types[args.number] = { definition: args.definition, state: OPEN, notices: {} };
  },
  CredentialTypeClosed: (state, { args }) => {
    typeOf(state, args.issuer, args.number).state = CLOSED;
  },
  BatchAnchored: anchor,
  BatchAlreadyAnchored: () => {},
  BatchEndorsed: (state, { args }) => {
    batchOf(state, args).judgement = ENDORSED;
  },
  BatchVoided: (state, { args }) => {
    const issuer = issuerOf(state, args.issuer);
    const batch = findBatch(issuer, args.batch);
    if (batch) batch.judgement = VOID;
    else issuer.killed[args.batch] = true;
  },
  StatusChanged: changeStatus,
  SuccessorNamed: (state, { args }) => {
    const { successorBatch, successorLeaf } = args;
    Object.assign(recordOf(batchOf(state, args), args.leaf), {
      successorBatch,
      successorLeaf,
      succession: actOf(args),
    });
  },
  ValidityExtended: (state, { args }) => {
    const { validUntil } = args;
    Object.assign(recordOf(batchOf(state, args), args.leaf), { validUntil, extension: actOf(args) });
  },
  NoticePosted: (state, { args }) => {
    const { from, to, validUntil, law } = args;
    const notice = { from, to, validUntil, law, posted: actOf(args), withdrawnAt: 0n };
    typeOf(state, args.issuer, args.credentialType).notices[args.index] = notice;
  },
  NoticeWithdrawn: (state, { args, time }) => {
    const { notices } = typeOf(state, args.issuer, args.credentialType);
    expectThere(notices[args.index], `notice ${args.index}`).withdrawnAt = time;
  },
  EIP712DomainChanged: () => {},
};

const NO_PROPOSAL = { admin: NOBODY, executableFrom: 0n, objected: false };

function newIssuer(admin: string, profile: string): IssuerState {
  return {
    admin,
    offered: NOBODY,
    state: ACTIVE,
    successor: 0n,
    profile,
    recovery: { ...NO_PROPOSAL, recoveredAt: 0n },
    keys: {},
    types: {},
    batches: {},
    revoked: {},
    killed: {},
  };
}

function anchor(state: RegistryState, { args, time }: RegistryEvent): void {
  const issuer = issuerOf(state, args.issuer);
  const { recoveredAt } = issuer.recovery;
  const [number] = Object.entries(issuer.keys).find(([, { address }]) => address === lower(args.key)) ?? [];
  issuer.batches[args.number] = {
    id: args.batch,
    credentialType: args.credentialType,
    size: args.size,
    key: BigInt(expectThere(number, `key ${args.key}`)),
    anchoredAt: time,
    judgement: 0n,
    flagged: recoveredAt !== 0n && time < recoveredAt + FLAGGING_SECONDS,
    revoked: (issuer.revoked[args.batch] ?? 0n) & ((1n << args.size) - 1n),
    suspended: 0n,
    amended: 0n,
    records: {},
  };
}

function changeStatus(state: RegistryState, { args }: RegistryEvent): void {
  const issuer = issuerOf(state, args.issuer);
  const leaves: bigint = args.leaves;
  if (args.act === REVOKE) {
    issuer.revoked[args.batch] = (issuer.revoked[args.batch] ?? 0n) | leaves;
    const batch = findBatch(issuer, args.batch);
    if (batch) batch.revoked |= leaves;
    return;
  }
  const batch = batchOf(state, args);
  for (let leaf = 0n; leaf < batch.size; leaf++) {
    if (((leaves >> leaf) & 1n) === 0n) continue;
    const record = recordOf(batch, leaf);
    if (args.act === SUSPEND)
      Object.assign(record, { suspension: actOf(args), suspendedUntil: args.until, lift: NO_ACT });
    else record.lift = actOf(args);
  }
  batch.suspended = args.act === SUSPEND ? batch.suspended | leaves : batch.suspended & ~leaves;
}

// What is read of an act is what is known of its key now, not when it acted.
function withReports(state: RegistryState): RegistryState {
  const invalidFrom = new Map(
    Object.values(state.issuers).flatMap(({ keys }) =>
      Object.values(keys).map((key) => [key.address, key.invalidFrom] as const),
    ),
  );
  const report = (act: ActState): ActState => ({ ...act, invalidFrom: invalidFrom.get(act.key) ?? 0n });
  for (const issuer of Object.values(state.issuers)) {
    for (const { notices } of Object.values(issuer.types))
      for (const notice of Object.values(notices)) notice.posted = report(notice.posted);
    for (const { records } of Object.values(issuer.batches))
      for (const record of Object.values(records))
        for (const name of ['succession', 'suspension', 'lift', 'extension'] as const)
          record[name] = report(record[name]);
  }
  return state;
}

function actOf({ key, time }: Result): ActState {
  return { key: lower(key), time, invalidFrom: 0n };
}

function recordOf(batch: BatchState, leaf: bigint): RecordState {
  batch.amended |= 1n << leaf;
  batch.records[`${leaf}`] ??= {
    successorBatch: NO_BATCH,
    successorLeaf: 0n,
    succession: NO_ACT,
    suspension: NO_ACT,
    suspendedUntil: 0n,
    lift: NO_ACT,
    validUntil: 0n,
    extension: NO_ACT,
  };
  return batch.records[`${leaf}`] as RecordState;
}

function issuerOf(state: RegistryState, number: bigint): IssuerState {
  return expectThere(state.issuers[`${number}`], `issuer ${number}`);
}

function keyOf(state: RegistryState, issuer: bigint, address: string) {
  const key = Object.values(issuerOf(state, issuer).keys).find((candidate) => candidate.address === lower(address));
  return expectThere(key, `key ${address}`);
}

function typeOf(state: RegistryState, issuer: bigint, number: bigint) {
  return expectThere(issuerOf(state, issuer).types[`${number}`], `type ${number}`);
}

function findBatch({ batches }: IssuerState, id: string): BatchState | undefined {
  return Object.values(batches).find((batch) => batch.id === id);
}

function batchOf(state: RegistryState, { issuer, batch }: Result): BatchState {
  return expectThere(findBatch(issuerOf(state, issuer), batch), `batch ${batch}`);
}

function expectThere<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`an event speaks of the ${what}, which no earlier one made`);
  return found;
}

function lower(address: string): string {
  return address.toLowerCase();
}
