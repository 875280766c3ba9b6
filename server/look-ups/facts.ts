import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Catalogue, CatalogueType } from '../../catalogue/catalogue.ts';
import { type Fact, isDay, labelOfFact, nameOfFact } from '../../catalogue/look-up.ts';
import { pointerTo } from '../../proof/claim-value.ts';
import type { Label } from '../../proof/credential-type.ts';
import { toDate } from '../../proof/day.ts';
import { isJsonObject, type Json, type JsonObject } from '../../proof/json.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { AppError, type Problem } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import type { Origin } from '../auth/policy.ts';
import { toCredentialId } from '../issuance/credential-id.ts';
import { claimsOfPayload, decryptPayload } from '../issuance/payload.ts';
import { qrProof } from '../issuance/proof-of.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { Db } from '../store/schema.ts';
import { countAttempt, giveBackAttempt } from './attempts.ts';
import type { Decoy, Decoys } from './decoy.ts';
import { type Final, findFinal, findIssuerOf, frameOf, noMatch } from './final.ts';

/** A kind of document that is shown to whoever types facts from it. */
export interface FactType {
  type: string;
  title: Label;
  department: { code: string; name: Label };
  facts: { name: string; label: Label; kind: 'text' | 'date'; last: number | null }[];
}

export function listFactTypes({ types, departments }: Catalogue): FactType[] {
  return types
    .filter((type) => type.facts.length > 0 && type === newestOf(types, type.code))
    .map(({ code, definition, facts }) => ({
      type: code,
      title: definition.title,
      department: {
        code: definition.department,
        name: departments.find((one) => one.code === definition.department)?.profile.name as Label,
      },
      facts: facts.map((fact) => ({
        name: nameOfFact(fact),
        label: labelOfFact(definition, fact),
        kind: isDay(definition, fact) ? 'date' : 'text',
        last: 'claim' in fact ? fact.last : null,
      })),
    }));
}

function newestOf(types: readonly CatalogueType[], code: string): CatalogueType | undefined {
  return types.findLast((type) => type.code === code);
}

export interface FactQuestion {
  /** The code of a type. */
  type: string;
  /** Of the credential. */
  id: Buffer;
  /** What was typed, by the names of the facts. */
  facts: JsonObject;
  origin: Origin;
}

/**
 * The proof that shows the claims of the shown group, for whoever knows the facts.
 *
 * Nobody learns from the answer, nor from how long it takes, whether there is such a credential, which fact is wrong, or whether too many
 * have guessed: in every case that is refused one attempt is counted, one credential looked for, one payload decrypted, all facts
 * compared, and the same words said.
 * @throws AppError LOOK_UP_NO_MATCH, VALIDATION_FAILED for facts that the type does not ask
 */
export async function lookUpFacts(
  db: Db,
  { deps, decoys }: { deps: IssuanceDeps; decoys: Decoys },
  question: FactQuestion,
): Promise<string> {
  const typed = readFacts(deps.findType(question.type), question.facts);
  const reference = deps.cipher.fingerprint(question.id, 'look-up');
  const now = new Date(deps.now());
  const isOpen = await countAttempt(db, reference, now);
  const found = await findFinal(db, deps, question.id);
  const isAsked = found !== null && found.type.code === question.type;
  const decoy = decoys(question.type);
  const isKnown = knows(typed, isAsked ? found : decoy, deps);
  if (!found || !isAsked || !isOpen || !isKnown) throw noMatch();
  await giveBackAttempt(db, reference, now);
  await recordShown(db, found, question.origin);
  return showShown(db, deps, found);
}

/** @throws AppError VALIDATION_FAILED */
function readFacts(type: CatalogueType | undefined, facts: JsonObject): ReadonlyMap<string, string> {
  if (!type || type.facts.length === 0) throw invalid([typeProblem()]);
  const names = type.facts.map(nameOfFact);
  const strangers = Object.keys(facts).filter((name) => !names.includes(name));
  const problems = [...strangers.map(strangerProblem), ...names.flatMap((name) => factProblems(name, facts[name]))];
  if (problems.length > 0) throw invalid(problems);
  return new Map(names.map((name) => [name, facts[name] as string]));
}

function invalid(problems: readonly Problem[]): AppError {
  return new AppError('VALIDATION_FAILED', 'the facts are not those that the type asks', { problems });
}

function typeProblem(): Problem {
  const message = '"type" must be one of those that GET /v1/look-ups/facts lists';
  return { pointer: '/type', code: 'FIELD_INVALID', message };
}

function strangerProblem(name: string): Problem {
  return { pointer: `/facts${pointerTo(name)}`, code: 'FIELD_UNKNOWN', message: 'the type does not ask for this fact' };
}

const MOST_CHARACTERS = 300;

function factProblems(name: string, value: Json | undefined): Problem[] {
  const pointer = `/facts${pointerTo(name)}`;
  if (value === undefined) return [{ pointer, code: 'FIELD_MISSING', message: `"facts/${name}" is required` }];
  if (typeof value === 'string' && value.length <= MOST_CHARACTERS && simplify(value) !== '') return [];
  const message = `"facts/${name}" must be a text of at most ${MOST_CHARACTERS} characters, letters or digits among them`;
  return [{ pointer, code: 'FIELD_INVALID', message }];
}

/** Every fact is compared, also after one that is wrong. */
function knows(typed: ReadonlyMap<string, string>, { row, type }: Decoy, { cipher }: IssuanceDeps): boolean {
  const claims = claimsOfPayload(type.definition, decryptPayload(row, cipher));
  let isKnown = true;
  for (const fact of type.facts) {
    const given = typed.get(nameOfFact(fact)) as string;
    isKnown = isOneOf(given, expectedOf(fact, { row, claims })) && isKnown;
  }
  return isKnown;
}

/** In each language in which the paper says it. */
function expectedOf(fact: Fact, { row, claims }: { row: Decoy['row']; claims: JsonObject }): string[] {
  if ('date' in fact) return [dateOf(row, fact.date)];
  const value = claims[fact.claim] ?? '';
  const texts = isJsonObject(value) ? Object.values(value) : [value];
  return texts.map((text) => simplify(String(text)).slice(-(fact.last ?? MOST_CHARACTERS)));
}

function dateOf(row: Decoy['row'], date: 'issued' | 'validFrom' | 'validUntil'): string {
  const day = { issued: row.issued, validFrom: row.valid_from, validUntil: row.valid_until }[date];
  return day === null ? '' : simplify(toDate(day));
}

/** What somebody types may differ from the paper in capitals, spaces, hyphens and wide characters, and in nothing else. */
function simplify(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

const comparing = randomBytes(32);
const digest = (text: string) => createHmac('sha256', comparing).update(text).digest();

/** Takes as long for what differs in its first character as for what differs in its last. */
function isOneOf(given: string, expected: readonly string[]): boolean {
  const typed = digest(simplify(given));
  let isFound = false;
  for (const text of expected) isFound = (timingSafeEqual(typed, digest(text)) && text !== '') || isFound;
  return isFound;
}

async function recordShown(db: Db, found: Final, origin: Origin): Promise<void> {
  const issuer = await findIssuerOf(db, found);
  const whoever = { issuer, id: 'public', name: 'public', may: new Set<never>(), origin };
  const event = { act: 'credential.show', object: toCredentialId(found.row.id), after: { by: 'facts' } } as const;
  await recordAudit(db, whoever, event);
}

async function showShown(db: Db, deps: IssuanceDeps, found: Final): Promise<string> {
  const { header, place } = await frameOf(db, deps, found);
  const payload = decryptPayload(found.row, deps.cipher);
  return toQrText(deps.verifier, encodeProof(qrProof(header, payload, { place, disclosure: 'public' })));
}
