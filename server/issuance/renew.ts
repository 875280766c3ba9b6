import type { RenewalWindow } from '../../catalogue/lifecycle.ts';
import { renewalDays, renewedTerm, type Term } from '../../catalogue/renewal.ts';
import { LAST_DAY, toDate, toHongKongDay } from '../../proof/day.ts';
import type { JsonObject } from '../../proof/json.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { CredentialRow, Tx } from '../store/schema.ts';
import { openChanges } from './change-status.ts';
import { findImages } from './document.ts';
import { foldChanges, type IntendedStatus } from './intended-status.ts';
import { acceptCredential, findSeq } from './issue.ts';
import { requireNoApproval } from './issuing-rules.ts';
import { findNotices, movedDay, type Notices } from './last-day.ts';
import { claimsOfPayload, decryptPayload, type Payload } from './payload.ts';
import { findRow } from './query.ts';
import { boundTo, requireReplaceable } from './replacement.ts';
import { keepReplacementNote } from './replacement-note.ts';
import { toDay } from './to-day.ts';
import type { CredentialView, HolderContact, IssuanceDeps, NewCredential } from './use-cases.ts';

export interface RenewalRequest {
  actor: Actor;
  /** "crd_…" */
  id: string;
  /** The day on which the renewal was applied for: the type's window is for it, not for the day of the decision. */
  appliedOn?: string | undefined;
  /** Where the term is to be another than the type's rule proposes. */
  validUntil?: string | undefined;
  /** What changed since; null takes a claim away. */
  claims?: JsonObject | undefined;
  holder?: HolderContact | undefined;
  /** Why, for the department's eyes. */
  note?: string | undefined;
}

/**
 * Issues the next term: it begins on the day after the old one's last, says what the old one said, and is bound to the same key.
 * @throws AppError as ReplaceCredential, and VALIDATION_FAILED, CREDENTIAL_ERASED, NOT_RENEWABLE, RENEWAL_TOO_EARLY, RENEWAL_TOO_LATE
 */
export async function renewCredential(tx: Tx, deps: IssuanceDeps, request: RenewalRequest): Promise<CredentialView> {
  const { actor, id } = request;
  requireAct(actor, 'credentials.issue');
  const row = await findRow(tx, { issuer: actor.issuer, id, lock: true });
  await requireNoApproval(tx, { issuer: actor.issuer, code: row.code });
  const changes = await openChanges(tx, row);
  await requireReplaceable(tx, row, changes);
  const appliedOn = readAppliedOn(request.appliedOn, todayOf(deps));
  const notices = await findNotices(tx, [row.issuer_id], 'intended');
  const term = requireRenewable(deps, { row, status: foldChanges(row, changes), notices, appliedOn });
  const view = await issueTerm(tx, deps, { actor, row, appliedOn, term, change: request });
  const { note } = request;
  if (note !== undefined)
    await keepReplacementNote(tx, deps, { old: row, successorSeq: await findSeq(tx, actor, view.id), note });
  return view;
}

/** @throws AppError VALIDATION_FAILED unless it is a day until today */
export function readAppliedOn(date: string | undefined, today: number): number {
  if (date === undefined) return today;
  const day = toDay(date);
  if (day !== null && day <= today) return day;
  const message = '"appliedOn" must be a day of the calendar as YYYY-MM-DD, not after today in Hong Kong';
  throw new AppError('VALIDATION_FAILED', 'nobody applied on such a day', {
    problems: [{ pointer: '/appliedOn', code: day === null ? 'DATE_INVALID' : 'DATE_TO_COME', message }],
  });
}

interface Application {
  row: Pick<CredentialRow, 'issuer_id' | 'type_number' | 'code' | 'valid_from' | 'valid_until' | 'erased_at'>;
  status: IntendedStatus;
  notices: Notices;
  appliedOn: number;
}

type Moved = Pick<Application, 'status' | 'notices'> & { row: Pick<CredentialRow, 'issuer_id' | 'type_number'> };

/** The term that follows. @throws AppError CREDENTIAL_ERASED, NOT_RENEWABLE, RENEWAL_TOO_EARLY, RENEWAL_TOO_LATE */
export function requireRenewable(deps: IssuanceDeps, application: Application): Term {
  const { row, appliedOn } = application;
  if (row.erased_at !== null)
    throw new AppError('CREDENTIAL_ERASED', 'the credential was erased: what it said is not there to be said again');
  const type = deps.findType(row.code);
  const window = type?.lifecycle.renewal;
  if (!type || !window || row.valid_until === null)
    throw new AppError('NOT_RENEWABLE', `"${row.code}" is not renewed, or the credential has no end`);
  const validUntil = toDate(lastDayOf(row.valid_until, application));
  requireInWindow(window, { lastDay: validUntil, appliedOn });
  const term = renewedTerm(type.definition.validity, { validFrom: toDate(row.valid_from), validUntil });
  if (!term) throw new AppError('NOT_RENEWABLE', `the rule of "${row.code}" does not say when a next term ends`);
  return term;
}

/** @param lastDay of the old term, YYYY-MM-DD. @throws AppError RENEWAL_TOO_EARLY, RENEWAL_TOO_LATE */
export function requireInWindow(
  window: RenewalWindow,
  { lastDay, appliedOn }: { lastDay: string; appliedOn: number },
): void {
  const { opens, closes } = renewalDays(window, lastDay);
  const applied = toDate(appliedOn);
  if (applied < opens)
    throw new AppError('RENEWAL_TOO_EARLY', `a renewal may be applied for from ${opens} on, not on ${applied}`);
  if (applied > closes)
    throw new AppError('RENEWAL_TOO_LATE', `a renewal could be applied for until ${closes}, not on ${applied}`);
}

/** Where it was kept in force until further notice the next term still follows its own last day: nothing is given or lost by waiting. */
export function lastDayOf(own: number, { row, status: { extendedUntil }, notices }: Moved): number {
  const day = extendedUntil === null || extendedUntil === LAST_DAY ? own : extendedUntil;
  return movedDay(row, day, notices)?.day ?? day;
}

interface Renewal {
  actor: Actor;
  row: CredentialRow;
  appliedOn: number;
  term: Term;
  change: Pick<RenewalRequest, 'validUntil' | 'claims' | 'holder'>;
}

export async function issueTerm(tx: Tx, deps: IssuanceDeps, renewal: Renewal): Promise<CredentialView> {
  const { actor, row, appliedOn } = renewal;
  const request = await composeTerm(tx, deps, renewal);
  const view = await acceptCredential(tx, deps, { actor, request, replacesSeq: row.seq, boundTo: boundTo(row) });
  await recordAudit(tx, actor, {
    act: 'credential.renew',
    object: view.replaces,
    after: { successor: view.id, appliedOn: toDate(appliedOn), validFrom: view.validFrom, validUntil: view.validUntil },
  });
  return view;
}

/** What the next term says. */
export async function composeTerm(
  tx: Tx,
  deps: IssuanceDeps,
  { row, term, change }: Pick<Renewal, 'row' | 'term' | 'change'>,
): Promise<NewCredential> {
  const payload = decryptPayload(row, deps.cipher);
  return {
    type: row.code,
    claims: withChanges(await claimsToSay(tx, deps, { row, payload }), change.claims ?? {}),
    validity: { validFrom: term.validFrom, validUntil: change.validUntil ?? term.validUntil },
    holder: change.holder ?? payload.holder ?? undefined,
  };
}

/** As a request says them: an image with its bytes. */
async function claimsToSay(
  tx: Tx,
  deps: IssuanceDeps,
  { row, payload }: { row: CredentialRow; payload: Payload },
): Promise<JsonObject> {
  const type = deps.findDefinition(row.definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${row.definition}`);
  const images = [...(await findImages(tx, row, deps))].map(([name, { mediaType, bytes }]) => [
    name,
    { mediaType, data: Buffer.from(bytes).toString('base64') },
  ]);
  return { ...claimsOfPayload(type.definition, payload), ...Object.fromEntries(images) };
}

function withChanges(claims: JsonObject, changes: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== null));
}

function todayOf(deps: IssuanceDeps): number {
  return toHongKongDay(deps.now() / 1000);
}
