import { isEqualBytes, toHex } from './bytes.ts';
import { LAST_DAY, lastSecondOf, toHongKongDay } from './day.ts';
import type { Header } from './header.ts';
import type { RegistryReading } from './nodes.ts';
import type { Proof } from './proof.ts';
import type { BatchReading } from './reading.ts';
import { believedRecords, isBelieved, type LeafRecords, type NoticeReading } from './records.ts';
import type { StatusEvent } from './status-event.ts';

/**
 * What a person wants to know of a genuine credential (FORMAT.md section 10.6). Times are seconds since 1970 UTC, days Hong Kong
 * days; an end of null is no end.
 */
export type Standing =
  | { code: 'revoked'; time: number | null; reason: number | null }
  | { code: 'superseded'; time: number; successor: { batch: string; leaf: number } }
  | { code: 'suspended'; since: number; until: number | null; reason: number | null }
  | { code: 'expired'; on: number }
  | { code: 'in-force-past-date'; date: number; until: number | null; by: 'amendment' | 'notice'; law: string | null }
  | { code: 'not-yet-in-force'; from: number }
  | { code: 'partly-expired'; since: number; until: number | null }
  | { code: 'in-force'; until: number | null }
  /** Only from a snapshot that is too old to say: what it was then may have ended since. */
  | { code: 'not-known'; since: number };
export type StandingCode = Standing['code'];

/** What was done to one credential, as far as it is believed, at some time. */
interface LeafStatus {
  revoked: { time: number | null; reason: number | null } | null;
  superseded: { time: number; successor: { batch: string; leaf: number } } | null;
  suspended: { since: number; until: number | null; reason: number | null } | null;
  end: End;
}

/** The last valid day: as the credential says, or moved by an amendment of it or by a notice about its type. */
interface End {
  day: number | null;
  by: 'header' | 'amendment' | 'notice';
  law: string | null;
}

/** One credential of a batch: all that its standing depends on, beside what the registry says. */
export type BatchLeaf = Pick<Proof, 'index' | 'header'>;
type Said = Pick<RegistryReading, 'records' | 'notices' | 'events'>;

/** The standing on the day of `now`. */
export function standingOf(leaf: BatchLeaf, batch: BatchReading, reading: Said, now: number): Standing {
  return judgeStatus(leaf.header, statusNow(leaf, batch, reading), toHongKongDay(now));
}

/** What an old snapshot still says for certain: what was taken back stays so; all else may have changed. */
export function lastKnownStanding(proof: Proof, batch: BatchReading, reading: RegistryReading): Standing {
  const status = statusNow(proof, batch, reading);
  if (status.revoked) return { code: 'revoked', ...status.revoked };
  return { code: 'not-known', since: reading.block.time };
}

/**
 * What the register says today about a day in the past, acts that came later and reach back included: an end that was moved, a key
 * that was in wrong hands. Null where the day is still to come, or the events were not told or do not lead to what the register says of
 * today.
 */
export function standingOn(
  { day, now }: { day: number; now: number },
  proof: Proof,
  batch: BatchReading,
  reading: RegistryReading,
): Standing | null {
  const events = believedEvents(proof, batch, reading);
  if (!events || day > toHongKongDay(now)) return null;
  const present = statusNow(proof, batch, reading);
  const statusAt = (time: number) =>
    statusAfter(
      events.filter((event) => event.time <= time),
      present.end,
    );
  if (!isSameStatus(statusAt(Number.POSITIVE_INFINITY), present)) return null;
  return judgeStatus(proof.header, statusAt(lastSecondOf(day)), day);
}

/** One value by a fixed precedence: what was done to the credential before what the calendar does to it. */
function judgeStatus(header: Header, { revoked, superseded, suspended, end }: LeafStatus, day: number): Standing {
  const { validFrom, validUntil, partlyUntil } = header;
  const until = end.day === LAST_DAY ? null : end.day;
  if (revoked) return { code: 'revoked', ...revoked };
  if (superseded) return { code: 'superseded', ...superseded };
  if (suspended && (suspended.until === null || day <= suspended.until)) return { code: 'suspended', ...suspended };
  if (end.day !== null && day > end.day) return { code: 'expired', on: end.day };
  if (validUntil !== null && day > validUntil && end.by !== 'header')
    return { code: 'in-force-past-date', date: validUntil, until, by: end.by, law: end.law };
  if (day < validFrom) return { code: 'not-yet-in-force', from: validFrom };
  if (partlyUntil !== null && day > partlyUntil) return { code: 'partly-expired', since: partlyUntil, until };
  return { code: 'in-force', until };
}

// The words and records decide; events only say when and why.
function statusNow(leaf: BatchLeaf, batch: BatchReading, reading: Said): LeafStatus {
  const { index, header } = leaf;
  const found = reading.records.find((candidate) => candidate.leaf === index);
  const record = found ? believedRecords(found) : null;
  const events = eventsOf(leaf, batch, reading);
  const revoked = ((batch.revoked >> BigInt(index)) & 1n) === 1n;
  const revocation = events?.find(({ act }) => act === 'revoke');
  const suspension = events?.findLast(({ act }) => act === 'suspend');
  return {
    revoked: revoked ? { time: revocation?.time ?? null, reason: revocation?.reason ?? null } : null,
    superseded: supersededBy(record),
    suspended: suspendedBy(record, suspension),
    end: endOf(header, record, reading.notices),
  };
}

/** The last valid day, moved or not; null where there is no end. */
export function lastDayOf(
  { index, header }: BatchLeaf,
  { records, notices }: Pick<Said, 'records' | 'notices'>,
): number | null {
  const found = records.find(({ leaf }) => leaf === index);
  const { day } = endOf(header, found ? believedRecords(found) : null, notices);
  return day === LAST_DAY ? null : day;
}

function supersededBy(record: LeafRecords | null): LeafStatus['superseded'] {
  const succession = record?.succession;
  if (!succession) return null;
  return { time: succession.at, successor: { batch: `0x${toHex(succession.batch)}`, leaf: succession.leaf } };
}

function suspendedBy(record: LeafRecords | null, event: StatusEvent | undefined): LeafStatus['suspended'] {
  const { suspension = null, lift = null } = record ?? {};
  if (!suspension || lift) return null;
  const reason = event && event.time === suspension.at ? event.reason : null;
  return { since: suspension.at, until: suspension.until, reason };
}

function endOf({ validUntil }: Header, record: LeafRecords | null, notices: readonly NoticeReading[]): End {
  const extension = record?.extension;
  const own: End = extension
    ? { day: extension.validUntil, by: 'amendment', law: null }
    : { day: validUntil, by: 'header', law: null };
  const moved = moveByNotices(
    own.day,
    notices.filter(({ posted, withdrawnAt }) => withdrawnAt === 0 && isBelieved(posted)),
  );
  return moved ? { ...moved, by: 'notice' } : own;
}

/**
 * Where notices that hold move a last valid day to, and by which law; null where none does. They are taken in the order in which they
 * were posted: one may move what an earlier one moved.
 */
export function moveByNotices(
  day: number | null,
  notices: readonly Pick<NoticeReading, 'from' | 'to' | 'validUntil' | 'law'>[],
): { day: number; law: string | null } | null {
  let moved: { day: number; law: string | null } | null = null;
  for (const { from, to, validUntil, law } of notices) {
    const end = moved?.day ?? day;
    if (end !== null && from <= end && end <= to && validUntil > end) moved = { day: validUntil, law };
  }
  return moved;
}

function eventsOf({ index }: BatchLeaf, { id }: BatchReading, { events }: Said): StatusEvent[] | null {
  const bit = 1n << BigInt(index);
  return events?.filter((event) => isEqualBytes(event.batch, id) && (event.leaves & bit) !== 0n) ?? null;
}

// A revocation stays, whoever's key it was; every other act counts only where the key is believed.
function believedEvents(proof: Proof, batch: BatchReading, reading: RegistryReading): StatusEvent[] | null {
  const events = eventsOf(proof, batch, reading);
  const { eventKeys } = reading;
  if (!events || !eventKeys) return null;
  const invalidFrom = new Map(eventKeys.map((key) => [key.address, key.invalidFrom]));
  if (events.some(({ key }) => !invalidFrom.has(key))) return null;
  return events.filter(
    ({ act, key, time }) => act === 'revoke' || isBelieved({ key, at: time, invalidFrom: invalidFrom.get(key) ?? 0 }),
  );
}

function statusAfter(events: readonly StatusEvent[], end: End): LeafStatus {
  const status: LeafStatus = { revoked: null, superseded: null, suspended: null, end };
  for (const { act, time, reason, until, successor } of events) {
    if (act === 'revoke') status.revoked ??= { time, reason };
    if (act === 'suspend') status.suspended = { since: time, until, reason };
    if (act === 'reinstate') status.suspended = null;
    if (act === 'succeed' && successor)
      status.superseded = { time, successor: { batch: `0x${toHex(successor.batch)}`, leaf: successor.leaf } };
  }
  return status;
}

function isSameStatus(a: LeafStatus, b: LeafStatus): boolean {
  return (
    (a.revoked === null) === (b.revoked === null) &&
    a.superseded?.successor.batch === b.superseded?.successor.batch &&
    a.superseded?.successor.leaf === b.superseded?.successor.leaf &&
    (a.suspended === null) === (b.suspended === null) &&
    a.suspended?.until === b.suspended?.until
  );
}
