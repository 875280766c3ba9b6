import type { JsonObject } from '../../proof/json.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { toCredentialId } from '../issuance/credential-id.ts';
import { credentialDocument } from '../issuance/document.ts';
import type { DocumentSource, IssuanceDeps } from '../issuance/use-cases.ts';
import type { Judge } from '../requests/verdict.ts';
import type { Db, IssuerRow, Tx } from '../store/schema.ts';
import { findFinal, findIssuerOf, noMatch } from './final.ts';

export const PURPOSES = ['enforcement', 'inspection', 'application', 'emergency', 'court'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface RestrictedQuestion {
  actor: Actor;
  /** Of the credential. */
  id: Buffer;
  purpose: Purpose;
  /** The number of the case for which it is asked. */
  caseNumber: string;
}

export interface RestrictedAnswer {
  source: DocumentSource;
  /** On all of it. */
  verdict: JsonObject;
  /** Its QR code's text: what everybody may see of it. */
  link: string;
}

/**
 * All of a credential of a type that only officers may read, for an officer of any department. `tx` is the asking department's, `db` sees all.
 * The issuer's log is told first and for itself: an answer that breaks off leaves a record too many there, never one too few.
 * @throws AppError FORBIDDEN, LOOK_UP_NO_MATCH
 */
export async function lookUpRestricted(
  tx: Tx,
  { db, deps, judge }: { db: Db; deps: IssuanceDeps; judge: Judge },
  question: RestrictedQuestion,
): Promise<RestrictedAnswer> {
  requireAct(question.actor, 'restricted.look-up');
  const found = await findFinal(db, deps, question.id);
  if (found?.type.definition.disclosure !== 'authorised-only') throw noMatch();
  const issuer = await findIssuerOf(db, found);
  const object = toCredentialId(found.row.id);
  await tellBoth(tx, db, { question, issuer, object });
  const reader: Actor = { ...question.actor, issuer, may: new Set(['credentials.read']) };
  const source = await credentialDocument(db, deps, { actor: reader, id: object });
  return { source, verdict: await judge(source.fullProof), link: toQrText(deps.verifier, encodeProof(source.qrProof)) };
}

interface Told {
  question: RestrictedQuestion;
  issuer: IssuerRow;
  object: string;
}

async function tellBoth(tx: Tx, db: Db, { question, issuer, object }: Told): Promise<void> {
  const { actor, purpose, caseNumber } = question;
  const isOwn = issuer.id === actor.issuer.id;
  const event = { act: 'credential.look-up', object } as const;
  if (!isOwn) {
    const stranger = { ...actor, issuer, id: `${actor.issuer.code}/${actor.id}` };
    const after = { by: actor.issuer.code, purpose, caseNumber };
    await recordAudit(db, stranger, { ...event, after });
  }
  await recordAudit(tx, actor, { ...event, after: { issuer: issuer.code, purpose, caseNumber } });
}
