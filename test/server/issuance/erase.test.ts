import { expect } from 'chai';
import { encodeProof } from '../../../proof/proof.ts';
import { toQrText } from '../../../proof/qr-text.ts';
import { verifyQrText } from '../../../proof/verification.ts';
import { revokeCredential, suspendCredential } from '../../../server/issuance/change-status.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { credentialDocument } from '../../../server/issuance/document.ts';
import { eraseCredential, replayErasures } from '../../../server/issuance/erase.ts';
import { getCredential } from '../../../server/issuance/query.ts';
import { previewOperation } from '../../../server/issuance/status-operation.ts';
import type { ChangeStatus } from '../../../server/issuance/use-cases.ts';
import { actorOf, createWorld, eventually, expectCode, untilFinal, viewOf, type World } from '../harness.ts';
import { VERIFIER } from '../instance.ts';
import { sourcesOf } from '../sources.ts';

describe('erasing a credential', () => {
  let world: World;
  let id: string;
  let neighbour: string;

  beforeEach(async () => {
    world = await createWorld();
    await world.startJobs();
    // an image and a note are among what must go
    [id, neighbour] = (await world.issueMany('HKPF-SPP', 2)) as [string, string];
    await untilFinal(world, [id, neighbour]);
  });

  afterEach(() => world.close());

  const actor = () => actorOf(world.issuers.HKPF);
  const erase = () => world.db.transaction().execute((tx) => eraseCredential(tx, world.deps, { actor: actor(), id }));
  const rowOf = (one: string) =>
    world.db
      .selectFrom('credentials')
      .selectAll()
      .where('id', '=', fromCredentialId(one) as Buffer)
      .executeTakeFirstOrThrow();
  const qrTextOf = async (one: string) => {
    const { qrProof } = await credentialDocument(world.db, world.deps, { actor: actor(), id: one });
    return toQrText(VERIFIER, encodeProof(qrProof));
  };
  const standingOf = async (qrText: string) => (await verifyQrText(qrText, await sourcesOf(world))).standing?.code;
  const imagesOf = async (one: string) => {
    const { seq } = await rowOf(one);
    return (await world.db.selectFrom('images').select('claim').where('credential_seq', '=', seq).execute()).length;
  };

  it('destroys the key, the claims and the images, and keeps the header and the hash', async () => {
    const before = await rowOf(id);
    expect(await imagesOf(id)).to.equal(1);
    const view = await erase();
    const { payload, wrapped_key, erased_at, header, content_hash } = await rowOf(id);
    expect([payload.length, wrapped_key.length, await imagesOf(id)]).to.deep.equal([0, 0, 0]);
    expect([header, content_hash]).to.deep.equal([before.header, before.content_hash]);
    expect(view.erasedAt).to.equal(erased_at?.toISOString());
    expect(await getCredential(world.db, world.deps, { actor: actor(), id })).to.include({
      claims: null,
      holder: null,
    });
    await expectCode(qrTextOf(id), 'CREDENTIAL_ERASED');
  });

  it('destroys the notes, and takes no new one', async () => {
    const suspend = (act: ChangeStatus, note?: string) =>
      world.db
        .transaction()
        .execute((tx) => act(tx, world.deps, { actor: actor(), id, reason: 'none-given', ...(note && { note }) }));
    await suspend(suspendCredential, 'seen at work by a neighbour');
    await eventually('it is suspended', async () => (await viewOf(world, 'HKPF', id)).pendingChange === null);
    await erase();
    const { seq } = await rowOf(id);
    const changes = world.db.selectFrom('status_changes').select('note').where('credential_seq', '=', seq);
    expect(await changes.execute()).to.deep.equal([{ note: null }]);
    await expectCode(suspend(revokeCredential, 'another'), 'CREDENTIAL_ERASED');
  });

  it('destroys the note of a change of it that waits for a second person, and of no other', async () => {
    const rule = {
      issuer_id: world.issuers.HKPF.id,
      code: 'HKPF-SPP',
      approvals: 0,
      status_approvals: 1,
      changed_by: '',
    };
    await world.db.insertInto('issuing_rules').values(rule).execute();
    const because = { actor: actor(), reason: 'none-given', note: 'seen at work by a neighbour' } as const;
    await world.db.transaction().execute(async (tx) => {
      await suspendCredential(tx, world.deps, { ...because, id });
      await suspendCredential(tx, world.deps, { ...because, id: neighbour });
      await previewOperation(tx, world.deps, { ...because, act: 'revoke', ids: [id, neighbour] });
    });
    await erase();
    const proposed = await world.db
      .selectFrom('status_operations')
      .select(['note', 'note_key'])
      .orderBy('seq')
      .execute();
    expect(proposed.map(({ note, note_key }) => [note === null, note_key === null])).to.deep.equal([
      [true, true],
      [false, false],
      [false, false],
    ]);
  });

  it('answers the same when it is asked again', async () => {
    const { erasedAt } = await erase();
    expect((await erase()).erasedAt).to.equal(erasedAt);
  });

  it('leaves the others of its batch as good as before', async () => {
    await erase();
    expect(await standingOf(await qrTextOf(neighbour))).to.equal('in-force');
    expect(await imagesOf(neighbour)).to.equal(1);
  });

  it('takes nothing from the paper in its holder’s hand, which can still be revoked', async () => {
    const paper = await qrTextOf(id);
    await erase();
    expect(await standingOf(paper)).to.equal('in-force');
    await world.db
      .transaction()
      .execute((tx) => revokeCredential(tx, world.deps, { actor: actor(), id, reason: 'ceased' }));
    await eventually('it is revoked', async () => (await viewOf(world, 'HKPF', id)).status === 'revoked');
    expect(await standingOf(paper)).to.equal('revoked');
  });

  it('waits for what is on its way to the chain', async () => {
    const fresh = await createWorld();
    try {
      const waiting = await fresh.issue('HKPF-SPP');
      const asked = { actor: actorOf(fresh.issuers.HKPF), id: waiting.id };
      await expectCode(
        fresh.db.transaction().execute((tx) => eraseCredential(tx, fresh.deps, asked)),
        'NOT_FINAL',
      );
    } finally {
      await fresh.close();
    }
  });

  it('is done again after a backup brought the person back', async () => {
    const { payload, wrapped_key } = await rowOf(id);
    await erase();
    await world.db
      .updateTable('credentials')
      .set({ payload, wrapped_key, erased_at: null })
      .where('id', '=', fromCredentialId(id) as Buffer)
      .execute();
    expect(await replayErasures(world.db, world.deps.erasures)).to.equal(1);
    expect((await rowOf(id)).payload.length).to.equal(0);
    expect(await replayErasures(world.db, world.deps.erasures)).to.equal(0);
    expect((await rowOf(neighbour)).erased_at).to.equal(null);
  });

  it('is completed when the service dies after the journal and before the commit', async () => {
    const dying = world.db.transaction().execute(async (tx) => {
      await eraseCredential(tx, world.deps, { actor: actor(), id });
      throw new Error('killed');
    });
    await dying.catch((error: Error) => expect(error.message).to.equal('killed'));
    expect((await rowOf(id)).payload.length).to.be.greaterThan(0);
    await replayErasures(world.db, world.deps.erasures);
    expect((await rowOf(id)).payload.length).to.equal(0);
  });

  it('lets the database hold no row that is half erased', async () => {
    const half = world.db
      .updateTable('credentials')
      .set({ erased_at: new Date() })
      .where('id', '=', fromCredentialId(id) as Buffer)
      .execute();
    await half.then(
      () => expect.fail('the database took it'),
      (error: { constraint?: string }) => expect(error.constraint).to.equal('credentials_erased'),
    );
  });
});
