import type { JsonObject } from '../../proof/json.ts';
import { decodeProof } from '../../proof/proof.ts';
import { toDigits } from '../../proof/qr-text.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { Db, Tx } from '../store/schema.ts';
import { contextOfProof } from './consents.ts';
import { findRequest, stateOf } from './requests.ts';
import type { Judge } from './verdict.ts';

export interface RequestAnswer {
  /** What the verifier's own function says of the proof at this moment. */
  verdict: JsonObject;
  /** The proof as a QR code holds it: its address shows the same at the public verifier. */
  link: string;
}

interface Parts {
  /** The asking department's. */
  tx: Tx;
  /** Sees all: the proof lies under the key of the document, which is another department's. */
  db: Db;
  deps: IssuanceDeps;
  judge: Judge;
}

/**
 * What a holder consented to, judged anew. That it was read is told to the holder and to the department's log in the transaction that is over before it is answered.
 * @throws AppError FORBIDDEN, REQUEST_NOT_FOUND, REQUEST_NOT_READABLE
 */
export async function readAnswer(
  { tx, db, deps, judge }: Parts,
  { actor, id }: { actor: Actor; id: string },
): Promise<RequestAnswer> {
  requireAct(actor, 'holders.ask');
  const row = await findRequest(tx, { actor, id });
  const now = new Date(deps.now());
  const credential =
    stateOf(row, now) === 'consented'
      ? await db
          .selectFrom('credentials')
          .select('wrapped_key')
          .where('seq', '=', row.credential_seq)
          .where('erased_at', 'is', null)
          .executeTakeFirst()
      : undefined;
  if (!credential)
    throw new AppError('REQUEST_NOT_READABLE', 'the holder has not consented, or it can be read no longer');
  await tx
    .insertInto('consent_readings')
    .values({ issuer_id: actor.issuer.id, request_seq: row.seq, reader: actor.id, read_at: now })
    .execute();
  await recordAudit(tx, actor, { act: 'request.read', object: id });
  const bytes = deps.cipher.openDataKey(credential.wrapped_key).decrypt(row.proof as Buffer, contextOfProof(row.seq));
  return { verdict: await judge(decodeProof(bytes)), link: `${deps.verifier}#${toDigits(bytes)}` };
}
