import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { requireSeenVersion } from '../seen-version.ts';
import type { Db, IssuerRow, Tx } from '../store/schema.ts';

/** A department's own rule for one of its types. It is no part of the type's definition, which verifiers know by its hash. */
export interface IssuingRule {
  /** How many people, beside those who prepared it, approve a credential before it is issued: 0 to 2. */
  approvals: number;
  /** The same for a change of status: 0 or 1. */
  statusApprovals: number;
  /** For how many months after its end a credential's claims are kept (retention.ts): 1 to 1200; null: until somebody erases them. */
  retentionMonths: number | null;
}

/** With its version. */
export interface IssuingRuleView extends IssuingRule {
  /** Null where the department made none yet. */
  changedAt: string | null;
}

const NO_RULE: IssuingRule = { approvals: 0, statusApprovals: 0, retentionMonths: null };

interface OfType {
  issuer: IssuerRow;
  code: string;
}

/** What holds for a type; nobody's approval is needed where the department made no rule. */
export async function findIssuingRule(tx: Db | Tx, { issuer, code }: OfType): Promise<IssuingRule> {
  const row = await tx
    .selectFrom('issuing_rules')
    .select(['approvals', 'status_approvals as statusApprovals', 'retention_months as retentionMonths'])
    .where('issuer_id', '=', issuer.id)
    .where('code', '=', code)
    .executeTakeFirst();
  return row ?? NO_RULE;
}

interface OneRule {
  actor: Actor;
  code: string;
}

export async function getIssuingRule(db: Db, { actor, code }: OneRule): Promise<IssuingRuleView> {
  requireAct(actor, 'department.read');
  const type = { issuer: actor.issuer, code };
  return { ...(await findIssuingRule(db, type)), changedAt: toChangedAt(await findVersion(db, type)) };
}

/**
 * What waits for approval is judged by the rule at the time of each approval. `changedAt` is that of the rule which was seen.
 * @throws AppError FORBIDDEN, RULES_CHANGED
 */
export async function setIssuingRule(
  tx: Tx,
  input: OneRule & { rule: IssuingRule; changedAt?: string | null | undefined },
): Promise<IssuingRuleView> {
  const { actor, code, rule } = input;
  requireAct(actor, 'rules.manage');
  const type = { issuer: actor.issuer, code };
  // of a type without a rule there is no row to wait at
  await tx.selectFrom('issuers').select('id').where('id', '=', actor.issuer.id).forNoKeyUpdate().execute();
  const version = await findVersion(tx, type);
  requireSeenVersion('RULES_CHANGED', version, input.changedAt);
  const before = await findIssuingRule(tx, type);
  const values = {
    approvals: rule.approvals,
    status_approvals: rule.statusApprovals,
    retention_months: rule.retentionMonths,
    changed_by: actor.id,
    // two within a millisecond must not look like one to whoever saw the first
    changed_at: sql<Date>`greatest(now(), ${version}::timestamptz + interval '1 millisecond')`,
  };
  const { changed_at } = await tx
    .insertInto('issuing_rules')
    .values({ issuer_id: actor.issuer.id, code, ...values })
    .onConflict((conflict) => conflict.columns(['issuer_id', 'code']).doUpdateSet(values))
    .returning('changed_at')
    .executeTakeFirstOrThrow();
  await recordAudit(tx, actor, { act: 'type.rules', object: code, before: { ...before }, after: { ...rule } });
  return { ...rule, changedAt: toChangedAt(changed_at) };
}

async function findVersion(tx: Db | Tx, { issuer, code }: OfType): Promise<Date | null> {
  const row = await tx
    .selectFrom('issuing_rules')
    .select('changed_at')
    .where('issuer_id', '=', issuer.id)
    .where('code', '=', code)
    .executeTakeFirst();
  return row?.changed_at ?? null;
}

function toChangedAt(version: Date | null): string | null {
  return version?.toISOString() ?? null;
}

/** @throws AppError APPROVAL_REQUIRED where one call may not issue */
export async function requireNoApproval(tx: Db | Tx, type: OfType): Promise<void> {
  if ((await findIssuingRule(tx, type)).approvals === 0) return;
  throw new AppError(
    'APPROVAL_REQUIRED',
    '"type" is issued by two people or more: prepare it by POST /v1/drafts, or send a file with "approval=true", and have it approved',
  );
}
