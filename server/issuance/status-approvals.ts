import type { Db, IssuerRow, Tx } from '../store/schema.ts';

/** How many people beside the one who asks have to agree to a change of status: as the strictest of the types says. */
export async function statusApprovals(tx: Db | Tx, issuer: IssuerRow, codes: readonly string[]): Promise<0 | 1> {
  if (codes.length === 0) return 0;
  const rule = await tx
    .selectFrom('issuing_rules')
    .select('status_approvals')
    .where('issuer_id', '=', issuer.id)
    .where('code', 'in', [...new Set(codes)])
    .where('status_approvals', '>', 0)
    .executeTakeFirst();
  return rule ? 1 : 0;
}
