import { expect } from 'chai';
import { decodeCbor } from '../../../proof/cbor.ts';
import { decodeHeaderItems, encodeHeader } from '../../../proof/header.ts';
import { encodeProof } from '../../../proof/proof.ts';
import { toQrText } from '../../../proof/qr-text.ts';
import { verifyQrText } from '../../../proof/verification.ts';
import { copyProof, listCopies } from '../../../server/copies/copies.ts';
import { enrolCopy } from '../../../server/copies/enrol.ts';
import { revokeCredential, suspendCredential } from '../../../server/issuance/change-status.ts';
import { hashStoredContent } from '../../../server/issuance/content-hash.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { replaceCredential } from '../../../server/issuance/issue.ts';
import { contextOf, decryptPayload, encodePayload, type Payload } from '../../../server/issuance/payload.ts';
import type { ChangeStatus } from '../../../server/issuance/use-cases.ts';
import type { Jobs } from '../../../server/jobs/jobs.ts';
import type { CredentialRow } from '../../../server/store/schema.ts';
import { actorOf, createWorld, eventually, sampleRequest, untilFinal, type World } from '../harness.ts';
import { VERIFIER } from '../instance.ts';
import { sourcesOf } from '../sources.ts';
import { newHolderKey } from './device.ts';

describe('copies for devices, on the chain', () => {
  let world: World;
  let jobs: Jobs;
  const holder = () => ({ kind: 'holder' as const, subjectHmac: world.deps.hashHolderSubject('holder-1') });

  before(async () => {
    world = await createWorld(['FEHD']);
    jobs = await world.startJobs();
  });
  after(() => world.close());

  let seed = 0;
  async function issue(): Promise<string> {
    const { id } = await world.issue('FEHD-GRL', ++seed, { holder: { subject: 'holder-1' } });
    await untilFinal(world, [id]);
    return id;
  }

  async function enrol(credential: string) {
    const stores = { own: world.db, db: world.db };
    const holderKey = await newHolderKey();
    const idempotencyKey = `${credential} ${holderKey}`;
    return enrolCopy(stores, world.deps, {
      holder: holder(),
      idempotencyKey,
      credential,
      holderKey,
      device: 'android',
    });
  }

  const stateOf = async (credential: string) =>
    (await listCopies(world.db, { holder: holder(), credential }, new Date())).map(({ state }) => state);
  const proofOf = async (id: string) =>
    (await copyProof({ own: world.db, db: world.db }, world.deps, { holder: holder(), id })).fullProof;

  async function ready(credential: string) {
    const copy = await enrol(credential);
    await eventually('the copy is ready', async () => (await stateOf(credential))[0] === 'ready');
    return proofOf(copy.id);
  }

  const act = (change: ChangeStatus, id: string) =>
    world.db
      .transaction()
      .execute((tx) =>
        change(tx, world.deps, { actor: actorOf(world.issuers.FEHD), id, reason: 'other-public-reason' }),
      );

  const standingOf = async (proof: Parameters<typeof encodeProof>[0]) =>
    (await verifyQrText(toQrText(VERIFIER, encodeProof(proof)), await sourcesOf(world))).standing?.code;

  const untilStanding = (proof: Parameters<typeof encodeProof>[0], code: string) =>
    eventually(`the copy is ${code}`, async () => (await standingOf(proof)) === code);

  const settled = () =>
    eventually('nothing is under way', async () => {
      const open = await world.db
        .selectFrom('status_changes')
        .select('seq')
        .where('state', 'not in', ['final', 'failed'])
        .execute();
      return open.length === 0;
    });

  it('are genuine to every verifier, and suspended, superseded and revoked with their original, and no later', async () => {
    const [id, replaced] = [await issue(), await issue()];
    const [copy, second, old] = await Promise.all([ready(id), ready(id), ready(replaced)]);
    expect(await standingOf(copy)).to.equal('in-force');
    await act(suspendCredential, id);
    expect(await stateOf(id), 'at once').to.deep.equal(['over', 'over']);
    const actor = actorOf(world.issuers.FEHD);
    const request = { ...sampleRequest('FEHD-GRL', 900), holder: { subject: 'holder-1' } };
    await world.db
      .transaction()
      .execute((tx) => replaceCredential(tx, world.deps, { actor, id: replaced, request, appliedOn: undefined }));
    await untilStanding(copy, 'suspended');
    await act(revokeCredential, id);
    for (const one of [copy, second]) await untilStanding(one, 'revoked');
    await untilStanding(old, 'superseded');
    await settled();
    const changes = await world.db
      .selectFrom('status_changes as s')
      .innerJoin('credentials_and_copies as k', 'k.seq', 's.credential_seq')
      .select(['s.act', 'k.copy_of', 's.key_nonce'])
      .execute();
    for (const one of ['suspend', 'revoke', 'amend']) {
      const nonces = (isCopy: boolean) =>
        changes
          .filter((change) => change.act === one && (change.copy_of !== null) === isCopy)
          .map(({ key_nonce }) => Number(key_nonce));
      expect(nonces(true), one).to.have.length(one === 'amend' ? 1 : 2);
      expect(Math.max(...nonces(true)), one).to.be.at.most(nonces(false)[0] as number);
    }
  });

  it('are not signed once their original has ended, whenever that was', async () => {
    const id = await issue();
    await jobs.stop();
    await enrol(id);
    await act(revokeCredential, id);
    jobs = await world.startJobs();
    await settled();
    const row = await world.db
      .selectFrom('credentials_and_copies')
      .select(['state', 'batch_seq'])
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(row).to.deep.equal({ state: 'failed', batch_seq: null });
  });

  it('are signed by the signer only where they say what it signed before', async () => {
    const id = await issue();
    await jobs.stop();
    const forgeries: Record<string, (row: CredentialRow, payload: Payload) => { header?: object; payload?: Payload }> =
      {
        'nothing changed': () => ({}),
        'a claim': (_, payload) => ({
          payload: { ...payload, shown: { ...payload.shown, values: payload.shown.values.with(0, 'FORGED 1') } },
        }),
        'its end': (row) => ({ header: { validUntil: (row.valid_until as number) + 1 } }),
        'its day of issue': (row) => ({ header: { issued: row.issued - 1 } }),
        'its key': () => ({ header: { holderKey: null } }),
      };
    for (const change of Object.values(forgeries)) await forge(await enrol(id), change);
    jobs = await world.startJobs();
    const states = await eventually('the signer has said what it thinks of them', async () => {
      const rows = await world.db
        .selectFrom('credentials_and_copies')
        .select('state')
        .where('copy_of', 'is not', null)
        .where('id', '=', Buffer.from(fromCredentialId(id) as Uint8Array))
        .orderBy('seq')
        .execute();
      return rows.every(({ state }) => state === 'final' || state === 'failed') && rows.map(({ state }) => state);
    });
    const said = Object.fromEntries(Object.keys(forgeries).map((what, i) => [what, states[i]]));
    expect(said).to.deep.equal({
      'nothing changed': 'final',
      ...{ 'a claim': 'failed', 'its end': 'failed', 'its day of issue': 'failed', 'its key': 'failed' },
    });
  });

  /** As somebody could who writes the database and has its keys: consistently. */
  async function forge(
    { id }: { id: string },
    change: (row: CredentialRow, payload: Payload) => { header?: object; payload?: Payload },
  ): Promise<void> {
    const { cipher } = world.deps;
    const row = await world.db
      .selectFrom('credentials_and_copies')
      .selectAll()
      .where('seq', '=', Number(id.slice(4)))
      .executeTakeFirstOrThrow();
    const payload = decryptPayload(row, cipher);
    const forged = change(row, payload);
    const header = Buffer.from(encodeHeader({ ...decodeHeaderItems(decodeCbor(row.header)), ...forged.header }));
    const plain = encodePayload(forged.payload ?? payload).bytes;
    await world.db
      .updateTable('credentials_and_copies')
      .set({
        header,
        payload: Buffer.from(cipher.openDataKey(row.wrapped_key).encrypt(plain, contextOf('payload', row.id))),
        content_hash: Buffer.from(hashStoredContent(header, plain)),
      })
      .where('seq', '=', row.seq)
      .execute();
  }
});
