import { expect } from 'chai';
import { toVerdictJson } from '../../../proof/verdict-json.ts';
import { verifyJson, verifyProof, verifyQrText } from '../../../proof/verification.ts';
import { revokeCredential } from '../../../server/issuance/change-status.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { verifiableCredentialOf } from '../../../server/issuance/document-content.ts';
import { lookUpReference } from '../../../server/look-ups/reference.ts';
import { lookUpRestricted } from '../../../server/look-ups/restricted.ts';
import type { Judge } from '../../../server/requests/verdict.ts';
import { actorOf, createWorld, eventually, expectCode, untilFinal, viewOf, type World } from '../harness.ts';
import { sourcesOf } from '../sources.ts';

describe('what is looked up', () => {
  let world: World;
  let licence: string;
  let driving: string;

  before(async () => {
    world = await createWorld();
    await world.startJobs();
    licence = (await world.issue('FEHD-GRL')).id;
    driving = (await world.issue('TD-DL')).id;
    await expectCode(byReference(licence), 'LOOK_UP_NO_MATCH');
    await untilFinal(world, [licence, driving]);
  });
  after(() => world.close());

  const idOf = (id: string) => fromCredentialId(id) as Buffer;
  const byReference = (id: string) => lookUpReference(world.db, world.deps, idOf(id));
  const verdictOn = async (id: string) => verifyQrText(await byReference(id), await sourcesOf(world));

  it('by its reference is genuine to a verifier who asks the chain, with claims or without', async () => {
    const [shown, hidden] = [await verdictOn(licence), await verdictOn(driving)];
    expect([shown.genuine, hidden.genuine]).to.deep.equal(['genuine', 'genuine']);
    expect(shown.credential?.claims).to.have.property('licenceNumber');
    expect(hidden.credential?.claims).to.deep.equal({});
  });

  it('by an officer of another department is genuine with all of its claims', async () => {
    const question = { id: idOf(driving), purpose: 'inspection', caseNumber: '1' } as const;
    const sources = await sourcesOf(world);
    const judge: Judge = async (proof) => toVerdictJson(await verifyProof(proof, sources));
    const actor = actorOf(world.issuers.HKPF);
    const { source, verdict: told } = await world.db
      .transaction()
      .execute((tx) => lookUpRestricted(tx, { ...world, judge }, { ...question, actor }));
    const verdict = await verifyJson(JSON.stringify(verifiableCredentialOf(source)), await sourcesOf(world));
    expect(verdict.genuine).to.equal('genuine');
    expect(told).to.deep.include({ genuine: 'genuine', credential: toVerdictJson(verdict).credential });
    expect(verdict.credential?.claims).to.have.all.keys('dlNumber', 'holderName', 'licenceKind', 'classes');
  });

  it('is found when it is revoked, and the chain says so', async () => {
    const actor = actorOf(world.issuers.FEHD);
    await world.db
      .transaction()
      .execute((tx) => revokeCredential(tx, world.deps, { actor, id: licence, reason: 'ceased' }));
    await eventually('it is revoked', async () => (await viewOf(world, 'FEHD', licence)).status === 'revoked');
    expect((await verdictOn(licence)).standing?.code).to.equal('revoked');
  });
});
