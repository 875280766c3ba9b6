import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { encodeCall, type Refusal } from '../chain/registry.ts';
import type { RegistryState } from '../chain/registry-state.ts';
import type { KeyPurpose } from '../keys/department-signers.ts';
import type { Tx } from '../store/schema.ts';
import { atRegistry, findKey, type SigningKeyDeps } from './signing-key.ts';

/*
 * What the department's admin sends to the registry. The admin is an account of its own, whose key this service does not have: it is prepared
 * here, and signed and sent by whoever has that key.
 */

/** Times as Dates, which count to the second. */
export type KeyAct =
  | { act: 'add'; address: string; purpose: KeyPurpose; from?: Date | undefined; until?: Date | undefined }
  | { act: 'end'; address: string; at?: Date | undefined }
  | { act: 'report'; address: string; since: Date };

export interface KeyTransaction {
  act: KeyAct['act'];
  /** The key that it is about. */
  address: string;
  chainId: number;
  /** The department's admin, who alone can send it. */
  from: string;
  to: string;
  data: string;
  /** What the data says: a function of the registry, and its arguments by their names; times in seconds since 1970 UTC. */
  call: { name: 'addKey' | 'endKey' | 'reportCompromise'; arguments: Readonly<Record<string, string | number>> };
}

const PURPOSES: Readonly<Record<KeyPurpose, number>> = { anchor: 1, status: 2 };

/** A time that a person types now is signed in some minutes, and mined after that. */
const AHEAD_SECONDS = 600;

/**
 * The call that does it. Whether the registry takes it, the registry itself is asked, as it stands.
 * @throws AppError FORBIDDEN, ISSUER_NOT_READY, REGISTRY_UNAVAILABLE, SIGNING_KEY_NOT_FOUND, SIGNING_KEY_TAKEN, SIGNING_KEY_ENDED,
 *   REGISTRY_REFUSES, VALIDATION_FAILED
 */
export async function prepareTransaction(
  tx: Tx,
  deps: SigningKeyDeps,
  { actor, wanted }: { actor: Actor; wanted: KeyAct },
): Promise<KeyTransaction> {
  requireAct(actor, 'signing-keys.prepare');
  const prepared = await atRegistry(actor, deps, async (state, issuer) => {
    const address = wanted.address.toLowerCase();
    if (wanted.act !== 'add') await findKey(state, issuer, address);
    // a chain that nobody uses may have made no block for a while
    requireTimes(wanted, Math.max(state.block.time, Math.floor(deps.now() / 1000)));
    const call = toCall(wanted, issuer, address);
    const data = encodeKeyCall(call);
    const from = await state.adminOf(issuer);
    const refusal = await state.refusalOf({ from, data });
    if (refusal) throw toProblem(refusal);
    return { act: wanted.act, address, chainId: state.chainId, from, to: state.address, data, call };
  });
  const { name, arguments: given } = prepared.call;
  await recordAudit(tx, actor, {
    act: `signing-key.prepare-${wanted.act}`,
    object: prepared.address,
    after: { call: name, ...given },
  });
  return prepared;
}

/** The data of a prepared call; whoever signs it computes it again, and signs nothing else. */
export function encodeKeyCall({ name, arguments: given }: KeyTransaction['call']): string {
  return encodeCall(name, Object.values(given));
}

/** In the order of the function's parameters. */
export function toCall(wanted: KeyAct, issuer: number, key: string): KeyTransaction['call'] {
  if (wanted.act === 'end') return { name: 'endKey', arguments: { issuer, key, validUntil: toSeconds(wanted.at) } };
  if (wanted.act === 'report')
    return { name: 'reportCompromise', arguments: { issuer, key, since: toSeconds(wanted.since) } };
  const purpose = PURPOSES[wanted.purpose];
  const window = { validFrom: toSeconds(wanted.from), validUntil: toSeconds(wanted.until) };
  return { name: 'addKey', arguments: { issuer, key, purpose, ...window } };
}

/** 0 stands for no time of its own. */
function toSeconds(time: Date | undefined): number {
  return time === undefined ? 0 : Math.floor(time.getTime() / 1000);
}

/** What the registry takes now and would refuse in some minutes. @throws AppError VALIDATION_FAILED */
function requireTimes(wanted: KeyAct, now: number): void {
  const isTooSoon = (time: Date | undefined) => time !== undefined && toSeconds(time) < now + AHEAD_SECONDS;
  const rule = `must be at least ${AHEAD_SECONDS / 60} minutes ahead, because it still has to be signed; left out it means the block that takes it`;
  if (wanted.act === 'add' && isTooSoon(wanted.from)) throw invalid('from', 'KEY_BACK_DATED', rule);
  if (wanted.act === 'add' && isTooSoon(wanted.until)) throw invalid('until', 'KEY_END_PASSED', rule);
  if (wanted.act === 'end' && isTooSoon(wanted.at)) throw invalid('at', 'KEY_END_PASSED', rule);
}

/** In the words of the contract's errors. */
function toProblem({ reason }: Refusal): AppError {
  const name = /^\w+/.exec(reason)?.[0] ?? '';
  switch (name) {
    case 'KeyInvalid':
      return invalid('address', 'KEY_ADDRESS_INVALID', 'must not be the address 0: nobody signs for it');
    case 'KeyBackDated':
      return invalid('from', 'KEY_BACK_DATED', 'must not be before the newest block: a window is never back-dated');
    case 'KeyInvalidWindow':
      return invalid('until', 'KEY_WINDOW_EMPTY', 'must be after "from"');
    case 'KeyEndInvalid':
      return invalid('at', 'KEY_END_PASSED', 'must be to come');
    case 'KeyCompromiseTimeInvalid':
      return invalid('since', 'COMPROMISE_TO_COME', 'must have come: not after the newest block, and after 1970');
    case 'KeyCompromiseNotEarlier':
      return invalid('since', 'COMPROMISE_NOT_EARLIER', 'must be before the time that was reported already');
    case 'KeyAlreadyAdded':
      return new AppError('SIGNING_KEY_TAKEN', 'the address is, or was, the signing key of a department');
    case 'KeyAlreadyEnded':
      return new AppError('SIGNING_KEY_ENDED', 'the signing key ends as early as that by itself');
    default:
      return new AppError('REGISTRY_REFUSES', `the registry does not take it as it stands: ${reason}`);
  }
}

export function invalid(field: string, code: string, rule: string): AppError {
  const message = `"${field}" ${rule}`;
  return new AppError('VALIDATION_FAILED', message, { problems: [{ pointer: `/${field}`, code, message }] });
}

/** Whether a report since then could be made, judged as the registry does. @throws AppError VALIDATION_FAILED */
export async function requireReportable(
  state: RegistryState,
  issuer: number,
  { address, since }: { address: string; since: Date },
): Promise<void> {
  const data = encodeKeyCall(toCall({ act: 'report', address, since }, issuer, address));
  const refusal = await state.refusalOf({ from: await state.adminOf(issuer), data });
  if (refusal) throw toProblem(refusal);
}
