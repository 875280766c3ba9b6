import type { ClaimDefinition, CredentialType, Label } from '../proof/credential-type.ts';
import type { Json } from '../proof/json.ts';
import { expectCount, expectList, expectObject, expectText, readJsonFile, refuseOthers } from './json-file.ts';

/*
 * What somebody who has the paper types from it to see a credential whose QR code tells no claims. No verifier needs it to judge a proof, so
 * it is no part of the definition that the chain knows by its hash.
 */

/** One thing that the paper shows: a claim, of which perhaps the last characters will do, or one of the dates. */
export type Fact = { claim: string; last: number | null } | { date: FactDate };

export const FACT_DATES = ['issued', 'validFrom', 'validUntil'] as const;
export type FactDate = (typeof FACT_DATES)[number];

const FORMAT = 'eproof-look-up/1';
const MOST_LAST = 20;
/** Fewer are guessed. */
const LEAST_LAST = 3;
const COMPARABLE: readonly ClaimDefinition['type'][] = ['text', 'bilingualText', 'identifier', 'date'];

/** Throws a TypeError that names the field: the files are our own. */
export function decodeLookUp(bytes: Uint8Array): { code: string; facts: Fact[] } {
  const { format, code, facts, drafts, ...others } = readJsonFile(bytes);
  if (format !== FORMAT) throw new TypeError(`"format" must be ${FORMAT}`);
  refuseOthers(others, '');
  for (const name of expectList(drafts, 'drafts')) expectText(name, 'drafts');
  return { code: expectText(code, 'code'), facts: expectList(facts, 'facts').map(decodeFact) };
}

function decodeFact(json: Json): Fact {
  const { claim, date, last, ...others } = expectObject(json, 'facts');
  refuseOthers(others, 'facts.');
  if ((claim === undefined) === (date === undefined)) throw new TypeError('"facts" must each have "claim" or "date"');
  if (claim === undefined) {
    const name = FACT_DATES.find((one) => one === date);
    if (!name || last !== undefined) throw new TypeError(`"facts.date" must be one of ${FACT_DATES.join(', ')}`);
    return { date: name };
  }
  return {
    claim: expectText(claim, 'facts.claim'),
    last: last === undefined ? null : expectCount(last, 'facts.last', MOST_LAST),
  };
}

/** Under what a fact is named, typed and told. */
export function nameOfFact(fact: Fact): string {
  return 'claim' in fact ? fact.claim : fact.date;
}

export function labelOfFact({ claims, dates }: CredentialType, fact: Fact): Label {
  const label = 'claim' in fact ? claims.find(({ name }) => name === fact.claim)?.label : dates[fact.date];
  if (!label) throw new TypeError(`"${nameOfFact(fact)}" has no label`);
  return label;
}

export function isDay({ claims }: CredentialType, fact: Fact): boolean {
  return 'date' in fact || claims.find(({ name }) => name === fact.claim)?.type === 'date';
}

/**
 * Two facts at least, of which one is a claim: the dates stand in the QR code, and whoever photographed that has not seen the paper.
 * Throws a TypeError where the facts are not those of such a type.
 */
export function checkFacts(type: CredentialType, facts: readonly Fact[]): void {
  if (type.disclosure !== 'knowledge-check') return;
  const names = facts.map(nameOfFact);
  if (facts.length < 2 || !facts.some((fact) => 'claim' in fact) || new Set(names).size < names.length)
    throw new TypeError(`"facts" of ${type.code} must be two or more different ones, a claim among them`);
  for (const fact of facts) {
    labelOfFact(type, fact);
    if ('claim' in fact) checkClaim(type, fact);
  }
}

function checkClaim(type: CredentialType, { claim: name, last }: { claim: string; last: number | null }): void {
  const claim = type.claims.find((one) => one.name === name);
  if (!claim?.required || !COMPARABLE.includes(claim.type))
    throw new TypeError(`"${name}" of ${type.code} must be required, and of type ${COMPARABLE.join(', ')}`);
  if (last !== null && (last < LEAST_LAST || claim.type !== 'identifier'))
    throw new TypeError(`"last" of ${name} must be ${LEAST_LAST} or more characters of an identifier`);
}
