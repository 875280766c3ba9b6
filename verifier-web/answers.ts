import type { Check, CheckName, Verdict } from '../proof/verdict.ts';

/** The three things that people want to know; every check explains one of them. */
export const ANSWER_NAMES = ['notAltered', 'issued', 'inForce'] as const;
/** Of a presentation there is one thing more to know. */
export type AnswerName = (typeof ANSWER_NAMES)[number] | 'shownByHolder';

export type AnswerValue = 'yes' | 'no' | 'partly' | 'unknown' | 'not-asked';

export interface Answer {
  name: AnswerName;
  value: AnswerValue;
  checks: Check[];
}

const ANSWER_OF: Record<CheckName, AnswerName> = {
  format: 'notAltered',
  commitments: 'notAltered',
  inclusion: 'notAltered',
  signature: 'notAltered',
  registry: 'issued',
  anchor: 'issued',
  key: 'issued',
  issuer: 'issued',
  credentialType: 'issued',
  status: 'inForce',
  validity: 'inForce',
  holderBinding: 'shownByHolder',
};

/** The answers say nothing that the verdict does not: they are its checks, grouped. */
export function toAnswers(verdict: Verdict): Answer[] {
  const isPresentation = verdict.checks.some(({ name }) => name === 'holderBinding');
  const names: readonly AnswerName[] = isPresentation ? [...ANSWER_NAMES, 'shownByHolder'] : ANSWER_NAMES;
  return names.map((name) => {
    const checks = verdict.checks.filter((check) => ANSWER_OF[check.name] === name);
    return { name, checks, value: name === 'inForce' ? inForce(verdict) : answerOf(name, checks, verdict) };
  });
}

function answerOf(name: AnswerName, checks: readonly Check[], verdict: Verdict): AnswerValue {
  if (checks.some((check) => check.outcome === 'fail')) return 'no';
  // One changed character gives another batch, which no register holds: to the register, altered and never issued look the same.
  if (name === 'notAltered' && verdict.checks.some((check) => check.code === 'NOT_ANCHORED')) return 'no';
  return checks.every((check) => check.outcome === 'pass') ? 'yes' : 'unknown';
}

function inForce({ genuine, standing }: Verdict): AnswerValue {
  if (genuine === 'not-genuine') return 'not-asked';
  if (!standing) return 'unknown';
  if (standing.code === 'partly-expired') return 'partly';
  if (standing.code === 'not-known') return 'unknown';
  return standing.code === 'in-force' || standing.code === 'in-force-past-date' ? 'yes' : 'no';
}
