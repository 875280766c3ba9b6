import { expect } from 'chai';
import { sql } from 'kysely';
import { toHex } from '../../../proof/bytes.ts';
import { type Actor, actsOf } from '../../../server/auth/policy.ts';
import { fromCredentialId, toCredentialId } from '../../../server/issuance/credential-id.ts';
import { approveDraft, createDraft, type DraftDetail, getDraft, submitDraft } from '../../../server/issuance/drafts.ts';
import { setIssuingRule } from '../../../server/issuance/issuing-rules.ts';
import { contextOf } from '../../../server/issuance/payload.ts';
import type { CredentialRow, Tx } from '../../../server/store/schema.ts';
import { createWorld, eventually, expectCode, sampleRequest, viewOf, type World } from '../harness.ts';
import type { DepartmentCode } from '../instance.ts';

describe('a credential that people approve', () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const person = (id: string, department: DepartmentCode = 'FEHD'): Actor => ({
    issuer: world.issuers[department],
    id,
    name: id,
    may: actsOf(['preparer', 'approver']),
  });
  const run = <T>(work: (tx: Tx) => Promise<T>) => world.db.transaction().execute(work);

  const submit = (code = 'FEHD-GRL', seed = 0): Promise<DraftDetail> =>
    run(async (tx) => {
      const actor = person('officer:1', code.split('-')[0] as DepartmentCode);
      const { id } = await createDraft(tx, world.deps, { actor, content: sampleRequest(code, seed) });
      return submitDraft(tx, world.deps, { actor, id });
    });
  const approval = ({ id, contentHash }: DraftDetail, actor = person('officer:2')) => ({
    actor,
    id,
    contentHash: contentHash as string,
  });
  const approve = (draft: DraftDetail, actor?: Actor) =>
    run((tx) => approveDraft(tx, world.deps, approval(draft, actor)));
  const rowOf = ({ contentHash }: DraftDetail): Promise<CredentialRow> =>
    world.db
      .selectFrom('credentials')
      .selectAll()
      .where('content_hash', '=', Buffer.from(contentHash as string, 'hex'))
      .executeTakeFirstOrThrow();
  const change = ({ seq }: CredentialRow, set: Partial<CredentialRow>) =>
    world.db.updateTable('credentials').set(set).where('seq', '=', seq).execute();

  it('is sealed with the hash that was approved, and only then', async () => {
    const [good, changed, waiting, forced] = await Promise.all([0, 1, 2, 3].map((seed) => submit('FEHD-GRL', seed)));
    if (!good || !changed || !waiting || !forced) throw new Error('four were submitted');
    const { credential } = await approve(good);
    await approve(changed);
    const { header } = await rowOf(waiting);
    await change(await rowOf(changed), { header });
    await change(await rowOf(forced), { state: 'issued', approved_by: 'officer:2', approved_at: new Date() });
    await world.startJobs();
    await eventually(`the approved one is final; faults: ${world.faults}`, async () => {
      return (await viewOf(world, 'FEHD', credential as string)).state === 'final';
    });
    for (const draft of [changed, forced]) expect((await rowOf(draft)).state).to.equal('failed');
    expect((await rowOf(waiting)).state).to.equal('submitted');
    const sealed = await rowOf(good);
    expect(toCredentialId(sealed.id)).to.equal(credential);
    expect(sealed).to.include({ prepared_by: 'officer:1', approved_by: 'officer:2' });
  });

  it('is not sealed by fewer approvals than it was issued by, nor without a draft where the type has demanded one', async () => {
    await setRule(2);
    const [whole, lacking] = await Promise.all([10, 11].map((seed) => submit('FEHD-GRL', seed)));
    if (!whole || !lacking) throw new Error('two were submitted');
    for (const draft of [whole, lacking]) {
      await approve(draft);
      expect((await rowOf(draft)).state).to.equal('submitted');
    }
    expect((await approve(whole, person('officer:3'))).state).to.equal('issued');
    const { seq } = await rowOf(lacking);
    await change(await rowOf(lacking), { state: 'issued', approved_by: 'officer:3', approved_at: new Date() });
    await world.db
      .updateTable('drafts')
      .set({ state: 'issued', approvals_needed: 2, wrapped_key: null, content: null })
      .where('credential_seq', '=', seq)
      .execute();
    await setRule(0);
    const [early, direct] = [await issueOne(12), await issueOne(13)];
    await setRule(1);
    await world.db.updateTable('issuing_rules').set({ changed_at: sql<Date>`now() - interval '1 hour'` }).execute();
    await change(early, { approved_at: sql<Date>`now() - interval '2 hours'` as unknown as Date });
    await world.startJobs();
    await eventually(`two are final; faults: ${world.faults}`, async () => {
      const states = await Promise.all([whole.contentHash, toHex(early.content_hash)].map(stateOf));
      return states.every((state) => state === 'final');
    });
    expect(await Promise.all([lacking.contentHash, toHex(direct.content_hash)].map(stateOf))).to.deep.equal([
      'failed',
      'failed',
    ]);
  });

  const setRule = (approvals: number) =>
    run((tx) =>
      setIssuingRule(tx, {
        actor: { ...person('officer:9'), may: actsOf(['admin']) },
        code: 'FEHD-GRL',
        rule: { approvals, statusApprovals: 0, retentionMonths: null },
      }),
    );
  const issueOne = async (seed: number): Promise<CredentialRow> => {
    const { id } = await world.issue('FEHD-GRL', seed);
    return world.db
      .selectFrom('credentials')
      .selectAll()
      .where('id', '=', fromCredentialId(id))
      .executeTakeFirstOrThrow();
  };
  const stateOf = async (contentHash: string | null) => {
    const { id } = await rowOf({ contentHash } as DraftDetail);
    return (await viewOf(world, 'FEHD', toCredentialId(id))).state;
  };

  it('is not approved when its image was changed, under its own key too', async () => {
    const actor = person('officer:2', 'HKPF');
    const draft = await submit('HKPF-SPP');
    const row = await rowOf(draft);
    const key = world.deps.cipher.openDataKey(row.wrapped_key as Buffer);
    const { claim } = await world.db
      .selectFrom('images')
      .select('claim')
      .where('credential_seq', '=', row.seq)
      .executeTakeFirstOrThrow();
    const data = Buffer.from(key.encrypt(Buffer.from('another face'), contextOf(`image:${claim}`, row.id)));
    await world.db.updateTable('images').set({ data }).where('credential_seq', '=', row.seq).execute();
    await expectCode(approve(draft, actor), 'CONTENT_CHANGED');
    await world.db.deleteFrom('images').where('credential_seq', '=', row.seq).execute();
    await expectCode(approve(draft, actor), 'CONTENT_CHANGED');
    expect((await rowOf(draft)).state).to.equal('submitted');
  });

  it('is neither approved nor issued by an approval that dies before its end', async () => {
    const draft = await submit();
    const dying = run(async (tx) => {
      expect((await approveDraft(tx, world.deps, approval(draft))).state).to.equal('issued');
      throw new Error('killed');
    });
    await dying.catch(() => undefined);
    const actor = person('officer:2');
    expect(await getDraft(world.db, world.deps, { actor, id: draft.id })).to.deep.include({
      state: 'submitted',
      approvals: [],
    });
    expect((await approve(draft)).state).to.equal('issued');
  });
});
