import { toDate } from './day.ts';
import type { Json, JsonObject } from './json.ts';
import type { Standing } from './standing.ts';
import type { Verdict } from './verdict.ts';

/** The verdict for machines: names as in the verdict itself, days as dates, bytes left out. */
export function toVerdictJson(verdict: Verdict): JsonObject {
  const { genuine, standing, past, checks, credential, issuer, anchored, bearer, checked, time } = verdict;
  return {
    genuine,
    standing: standing && standingToJson(standing),
    past: past && { day: toDate(past.day), standing: past.standing && standingToJson(past.standing) },
    checks: checks.map((check) => ({ ...check })),
    credential: credential && {
      reference: credential.reference,
      type: credential.type && {
        code: credential.type.code,
        version: credential.type.version,
        title: { ...credential.type.title },
      },
      issued: toDate(credential.proof.header.issued),
      validFrom: toDate(credential.proof.header.validFrom),
      validUntil: credential.proof.header.validUntil === null ? null : toDate(credential.proof.header.validUntil),
      claims: credential.claims,
      batch: credential.batch,
    },
    issuer: issuer && {
      code: issuer.profile.code,
      name: { ...issuer.profile.name },
      state: issuer.state,
      successor: issuer.successor,
    },
    anchored: anchored && { ...anchored },
    bearer,
    checked: checked && { ...checked, block: { ...checked.block } },
    time,
  };
}

/** Which of a standing's numbers are days; the others are seconds. */
const DAYS: Readonly<Record<Standing['code'], readonly string[]>> = {
  revoked: [],
  superseded: [],
  suspended: ['until'],
  expired: ['on'],
  'in-force-past-date': ['date', 'until'],
  'not-yet-in-force': ['from'],
  'partly-expired': ['since', 'until'],
  'in-force': ['until'],
  'not-known': [],
};

export function isStandingCode(code: unknown): code is Standing['code'] {
  return typeof code === 'string' && Object.hasOwn(DAYS, code);
}

function standingToJson(standing: Standing): JsonObject {
  const dated: Record<string, Json> = {};
  for (const [name, value] of Object.entries(standing)) {
    const isDay = DAYS[standing.code].includes(name) && typeof value === 'number';
    dated[name] = isDay ? toDate(value) : (value as Json);
  }
  return dated;
}
