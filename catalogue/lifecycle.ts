import type { Json, JsonObject } from '../proof/json.ts';
import { expectCount, expectList, expectObject, expectText, readJsonFile, refuseOthers } from './json-file.ts';

/*
 * How a department handles credentials of a type in the course of time. No verifier needs it to judge a document, so it is no part of the
 * definition that the chain knows by its hash: a window that moves makes no new kind of document.
 */

export interface Lifecycle {
  /** When a renewal may be applied for; null for what is not renewed. */
  renewal: RenewalWindow | null;
  /** How long before the last valid day its holder and its department are reminded: the longest first, each once. */
  reminders: readonly { days: number }[];
  /** The last valid day is at most so long after the date in a claim: a lift is examined within a year. Null where none is followed. */
  follows: FollowedDate | null;
  /** Of what is provisional: the types of which a full one takes its place. */
  becomes: readonly string[];
  /** Of which types its parent may be, such as the licence of a branch's permit; null for what has none. */
  parent: ParentRule | null;
  /** What nobody has confirmed, by its name here. */
  drafts: readonly string[];
}

export interface FollowedDate {
  /** Of type date. */
  claim: string;
  months: number;
}

export interface ParentRule {
  types: readonly string[];
  /** An identifier that says the parent's number. */
  claim: string;
}

/** Both ends count back from the last valid day, and belong to the window. */
export interface RenewalWindow {
  earliest: Span;
  latest: Span;
}

export type Span = { months: number } | { days: number };

/** Of a type for which nothing is said. */
export const NO_LIFECYCLE: Lifecycle = {
  renewal: null,
  reminders: [],
  follows: null,
  becomes: [],
  parent: null,
  drafts: [],
};

const MOST_MONTHS = 120;
const MOST_DAYS = 3_660;
const FORMAT = 'eproof-lifecycle/1';

/** Throws a TypeError that names the field: the files are our own. */
export function decodeLifecycle(bytes: Uint8Array): { code: string; lifecycle: Lifecycle } {
  const {
    format,
    code,
    renewal,
    reminders = [],
    follows,
    becomes = [],
    parent,
    drafts,
    ...others
  } = readJsonFile(bytes);
  if (format !== FORMAT) throw new TypeError(`"format" must be ${FORMAT}`);
  refuseOthers(others, '');
  return {
    code: expectText(code, 'code'),
    lifecycle: {
      renewal: renewal === undefined ? null : decodeWindow(expectObject(renewal, 'renewal')),
      reminders: decodeReminders(reminders),
      follows: follows === undefined ? null : decodeFollowed(expectObject(follows, 'follows')),
      becomes: expectList(becomes, 'becomes').map((type) => expectText(type, 'becomes')),
      parent: parent === undefined ? null : decodeParent(expectObject(parent, 'parent')),
      drafts: expectList(drafts, 'drafts').map((name) => expectText(name, 'drafts')),
    },
  };
}

function decodeWindow({ earliest, latest, ...others }: JsonObject): RenewalWindow {
  refuseOthers(others, 'renewal.');
  return { earliest: decodeSpan(earliest, 'renewal.earliest'), latest: decodeSpan(latest, 'renewal.latest') };
}

function decodeReminders(json: Json): Lifecycle['reminders'] {
  const reminders = expectList(json, 'reminders').map((reminder) => {
    const { days, ...others } = expectObject(reminder, 'reminders');
    refuseOthers(others, 'reminders.');
    return { days: expectCount(days, 'reminders.days', MOST_DAYS) };
  });
  // one on the last day itself, or two on one day, would remind nobody of anything
  if (reminders.some(({ days }, i) => days === 0 || days >= (reminders[i - 1]?.days ?? Number.POSITIVE_INFINITY)))
    throw new TypeError('"reminders" must come one after another, before the last day');
  return reminders;
}

function decodeFollowed({ claim, months, ...others }: JsonObject): FollowedDate {
  refuseOthers(others, 'follows.');
  return { claim: expectText(claim, 'follows.claim'), months: expectCount(months, 'follows.months', MOST_MONTHS) };
}

function decodeParent({ types, claim, ...others }: JsonObject): ParentRule {
  refuseOthers(others, 'parent.');
  return {
    types: expectList(types, 'parent.types').map((type) => expectText(type, 'parent.types')),
    claim: expectText(claim, 'parent.claim'),
  };
}

function decodeSpan(json: Json | undefined, path: string): Span {
  const { months, days, ...others } = expectObject(json, path);
  refuseOthers(others, `${path}.`);
  if ((months === undefined) === (days === undefined)) throw new TypeError(`"${path}" must have "months" or "days"`);
  return months === undefined
    ? { days: expectCount(days, `${path}.days`, MOST_DAYS) }
    : { months: expectCount(months, `${path}.months`, MOST_MONTHS) };
}
