import { sql } from 'kysely';
import { recordAudit } from '../audit/record.ts';
import { createServiceActor } from '../auth/policy.ts';
import type { Registry, RegistryLog } from '../chain/registry.ts';
import type { Db, IssuerRow, TypeVersionRow } from '../store/schema.ts';
import { toTypeVersionId } from './version.ts';

/*
 * Whoever has the key of the department's admin may send it to the registry from anywhere; the registry says whether it is there.
 *   1. a version is prepared: every instance reads its bytes within a second or two (live-catalogue.ts)
 *   2. the registry has opened it, deep enough, and it was prepared long enough ago for 1: it is in use, in one transaction
 *   3. every instance takes it for the newest version at its next look; what another issued by it meanwhile, it can read since 1
 */

export interface TypeWatchDeps {
  db: Db;
  registry: Registry;
  /** Blocks on top of the one that opened it. */
  confirmations: number;
}

/** Twice what an instance may take to look, and more. */
const KNOWN_TO_ALL_SECONDS = 5;

/** Takes into use what the registry has; whether there was anything. */
export async function takeIntoUse({ db, registry, confirmations }: TypeWatchDeps): Promise<boolean> {
  const waiting = await db
    .selectFrom('type_versions')
    .selectAll()
    .where('state', '=', 'prepared')
    .where('prepared_at', '<', sql<Date>`now() - make_interval(secs => ${KNOWN_TO_ALL_SECONDS})`)
    .execute();
  if (waiting.length === 0) return false;
  const head = Number(await registry.rpc.call<string>('eth_blockNumber', []));
  let isAny = false;
  for (const [issuerId, versions] of Map.groupBy(waiting, ({ issuer_id }) => issuer_id)) {
    const issuer = await db.selectFrom('issuers').selectAll().where('id', '=', issuerId).executeTakeFirstOrThrow();
    const opened = await registry.logs('CredentialTypeOpened', [issuer.number]);
    for (const version of versions) {
      const log = opened.find(({ args }) => args.getValue('definition') === `0x${version.sha256}`);
      if (!log || log.blockNumber + confirmations > head) continue;
      isAny = (await publish(db, issuer, { version, log })) || isAny;
    }
  }
  return isAny;
}

/** Of instances that see it at the same moment one does it. */
function publish(
  db: Db,
  issuer: IssuerRow,
  { version, log }: { version: TypeVersionRow; log: RegistryLog },
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('type_versions')
      .set({ state: 'published', published_at: sql<Date>`now()` })
      .where('seq', '=', version.seq)
      .where('sha256', '=', version.sha256)
      .where('state', '=', 'prepared')
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) return false;
    await tx
      .insertInto('credential_types')
      .values({
        issuer_id: issuer.id,
        number: Number(log.args.getValue('number')),
        code: version.code,
        version: version.version as number,
        definition: version.sha256 as string,
        opened_transaction: log.transactionHash,
      })
      .onConflict((conflict) => conflict.columns(['issuer_id', 'number']).doNothing())
      .execute();
    await recordAudit(tx, createServiceActor(issuer, 'reconciliation'), {
      act: 'type.publish',
      object: toTypeVersionId(version),
      after: { code: version.code, version: version.version, definition: version.sha256 },
    });
    return true;
  });
}
