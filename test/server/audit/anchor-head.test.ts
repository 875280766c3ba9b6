import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeCredentialType } from '../../../proof/credential-type.ts';
import { anchorHeads, type HeadDeps } from '../../../server/audit/anchor-head.ts';
import { checkLog } from '../../../server/audit/check-log.ts';
import {
  AUDIT_FILE,
  AUDIT_TYPE,
  HEAD_DEFINITIONS,
  PLATFORM_FILE,
  PLATFORM_TYPE,
} from '../../../server/audit/definition.ts';
import { linkRecords } from '../../../server/audit/link.ts';
import { exportAudit } from '../../../server/audit/query.ts';
import { recordAudit } from '../../../server/audit/record.ts';
import { provisionIssuer } from '../../../server/chain/provision.ts';
import { createRegistry } from '../../../server/chain/registry.ts';
import { createRpc } from '../../../server/chain/rpc.ts';
import { readTrustedRegistry } from '../../../server/chain/trusted-registry.ts';
import { createHeadSigner } from '../../../server/keys/audit-head-signer.ts';
import { eproof, eproofWith } from '../../end-to-end/command-line.ts';
import { actorOf, createWorld, eventually, expectSameCounts, type World } from '../harness.ts';
import { catalogue, keyOf } from '../instance.ts';

const DAY_MS = 86_400_000;

describe('the head of an audit log', () => {
  let world: World;
  let folder: string;

  before(async () => {
    world = await createWorld();
    folder = mkdtempSync(join(tmpdir(), 'eproof-audit-'));
    const { FEHD } = world.issuers;
    await provisionIssuer({
      db: world.db,
      registry: createRegistry(world.settings.trusted, createRpc([world.settings.rpcUrl])),
      issuer: FEHD,
      governance: keyOf(0),
      admin: keyOf(2),
      anchorKey: FEHD.anchor_key as string,
      statusKey: FEHD.status_key as string,
      types: [AUDIT_TYPE, PLATFORM_TYPE],
    });
    await publishTrust();
    await world.startJobs();
    // in the days to come, so that the jobs of the world find nothing due today
    await tell(5, 1);
    await anchor(2);
    await tell(4, 2);
    await anchor(3);
    await tell(3, 3);
  });
  after(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function publishTrust() {
    const registry = await readTrustedRegistry(world.db, world.settings.trusted);
    const rest = { test: true, verifiers: [], maxBlockAgeSeconds: 1e9, maxSnapshotAgeSeconds: 1e9 };
    mkdirSync(join(folder, 'issuers'));
    writeFileSync(
      join(folder, 'trust.json'),
      JSON.stringify({ format: 'eproof-trust/1', ...rest, registries: [registry] }),
    );
    for (const { sha256, bytes } of catalogue.departments) writeFileSync(join(folder, `issuers/${sha256}.json`), bytes);
  }

  async function tell(count: number, inDays: number, issuerId: number | null = world.issuers.FEHD.id) {
    for (let i = 0; i < count; i++)
      await world.db
        .insertInto('audit_records')
        .values({
          issuer_id: issuerId,
          at: new Date(Date.now() + inDays * DAY_MS),
          actor: 'key:1',
          act: 'test.tell',
          object: null,
          allowed: true,
          code: null,
          before: null,
          after: JSON.stringify({ i, inDays }),
          request_id: null,
          address: '10.0.0.1',
        })
        .execute();
    await eventually('all are linked', async () => {
      await linkRecords(world.db);
      const open = await world.db.selectFrom('audit_records').select('seq').where('position', 'is', null).execute();
      return open.length === 0;
    });
  }

  function headDeps(days: number): HeadDeps {
    return {
      db: world.db,
      registry: world.deps.registry,
      now: () => Date.now() + days * DAY_MS,
      findHeadSigner: () => createHeadSigner(keyOf(10), world.deps.registry),
      keepManifest: async () => {},
      onFault: (_what, error) => {
        throw error;
      },
    };
  }

  /** Anchors as it is due that many days from now, and waits until it is final. */
  async function anchor(days: number) {
    const deps = headDeps(days);
    expect(await anchorHeads(deps)).to.equal(1);
    expect(await anchorHeads(deps), 'once a day').to.equal(0);
    await untilAnchored();
  }

  function untilAnchored() {
    return eventually('the heads are final', async () => {
      const open = await world.db.selectFrom('batches').select('seq').where('state', '!=', 'final').execute();
      return open.length === 0;
    });
  }

  async function exported(): Promise<string[]> {
    const issuer = await world.db
      .selectFrom('issuers')
      .selectAll()
      .where('code', '=', 'FEHD')
      .executeTakeFirstOrThrow();
    let text = '';
    for await (const chunk of exportAudit(world.db, world.deps.registry, actorOf(issuer))) text += chunk;
    return text.trimEnd().split('\n');
  }

  async function verify(lines: readonly string[], ...flags: string[]) {
    const file = join(folder, 'log.jsonl');
    writeFileSync(file, `${lines.join('\n')}\n`);
    return eproof(folder, 'audit', 'verify', file, '--trust', join(folder, 'trust.json'), '--json', ...flags);
  }

  async function* each(lines: readonly string[]) {
    yield* lines;
  }
  const problemOf = async (lines: readonly string[]) => {
    const { problem } = await checkLog(each(lines));
    return problem && `${problem.line} ${problem.code}`;
  };

  it('is on the chain day by day, and the log is proved against it without the service', async () => {
    const { code, stdout, stderr } = await verify(await exported());
    expect(stderr).to.equal('');
    const outcome = JSON.parse(stdout);
    expect(outcome).to.include({ issuer: 'FEHD', records: 12, isWhole: true, isAnchored: true });
    expect(outcome.heads.map(({ position }: { position: number }) => position)).to.deep.equal([5, 9]);
    expect(code).to.equal(0);
    await expectSameCounts(world);
  });

  it('is no credential: nothing decodes its type, and no verifier is told of it', async () => {
    for (const file of [AUDIT_FILE, PLATFORM_FILE])
      expect(() => decodeCredentialType(JSON.parse(new TextDecoder().decode(file)))).to.throw();
    const { types } = await readTrustedRegistry(world.db, world.settings.trusted);
    for (const definition of HEAD_DEFINITIONS) {
      expect(types.map((type) => type.definition)).to.not.include(definition);
      expect(catalogue.types.map(({ sha256 }) => sha256)).to.not.include(definition);
    }
  });

  it('misses no byte that is changed, and names its line', async () => {
    const lines = await exported();
    for (let line = 1; line < lines.length; line++) {
      const changed = lines.with(
        line,
        (lines[line] as string).replace(/[0-9](?=[^0-9]*$)/, (digit) => String((Number(digit) + 1) % 10)),
      );
      expect(await problemOf(changed), lines[line]).to.match(new RegExp(`^${line + 1} `));
    }
    const respelled = lines.with(2, (lines[2] as string).replace('"key:1"', '"k\\u0065y:1"'));
    expect(await problemOf(respelled)).to.equal('3 RECORD_CHANGED');
  });

  it('misses no record that is removed, moved or put in', async () => {
    const lines = await exported();
    expect(await problemOf(lines.toSpliced(3, 1))).to.equal('4 RECORD_OUT_OF_ORDER');
    expect(await problemOf(lines.toSpliced(1, 2, lines[2] as string, lines[1] as string))).to.equal(
      '2 RECORD_OUT_OF_ORDER',
    );
    expect(await problemOf(lines.toSpliced(2, 0, lines[1] as string))).to.equal('3 RECORD_OUT_OF_ORDER');
    expect(await problemOf(lines.slice(0, -1))).to.equal(`${lines.length - 1} LOG_TRUNCATED`);
    expect(await problemOf(lines.slice(0, 3))).to.equal('3 LOG_TRUNCATED');
    expect(await problemOf([...lines, lines[1] as string])).to.equal(`${lines.length + 1} LOG_CONTINUES`);
    expect(await problemOf([])).to.equal('1 LOG_TRUNCATED');
  });

  it('gives away a log that was cut and ended anew, because the chain has a later head', async () => {
    const lines = await exported();
    const at = lines.findIndex((line) => line.includes('"position":8,'));
    const { hash } = JSON.parse(lines[at] as string);
    const cut = [...lines.slice(0, at + 1), JSON.stringify({ end: { position: 8, hash } })];
    expect(await problemOf(cut)).to.equal(null);
    const { code, stdout } = await verify(cut);
    expect(code).to.equal(1);
    expect(JSON.parse(stdout).problems.join()).to.contain('the chain has a head that the log does not have');
  });

  it("gives away a log that names another department's number", async () => {
    const lines = (await exported()).filter((line) => !line.startsWith('{"head"'));
    const { code, stdout } = await verify(lines.with(0, (lines[0] as string).replace(/"number":\d+/, '"number":2')));
    expect(code).to.equal(1);
    expect(JSON.parse(stdout).problems.join()).to.contain('line 1: "number"');
  });

  for (const [what, at, change] of [
    ['whose end is null', -1, () => '{"end":null}'],
    ['whose head is null', 6, () => '{"head":null}'],
    ['that names no registry', 0, (line: string) => line.replace(/"registry":\{[^}]*\}/, '"registry":null')],
    ['whose registry is none', 0, (line: string) => line.replace(/"address":"[^"]*"/, '"address":"0x"')],
    ['whose number is text', 0, (line: string) => line.replace(/"number":\d+/, '"number":"1"')],
  ] as const)
    it(`is a value and no crash for a log ${what}`, async () => {
      const lines = await exported();
      const changed = lines.with(at, change(lines.at(at) as string));
      expect(changed).to.not.deep.equal(lines);
      expect(await problemOf(changed)).to.match(/^\d+ (LINE_INVALID|NOT_A_LOG)$/);
    });

  describe("of the platform's own log", () => {
    let platform: string[];

    before(async () => {
      await tell(3, 3, null);
      // FEHD's own head of that day, and the platform's, which it carries
      expect(await anchorHeads(headDeps(4))).to.equal(2);
      await untilAnchored();
      await tell(2, 4, null);
      expect(await anchorHeads(headDeps(5))).to.equal(1);
      await untilAnchored();
      await tell(1, 5, null);
      const file = join(folder, 'platform.jsonl');
      const env = { DATABASE_URL: world.settings.databaseUrl };
      const exporting = ['audit', 'export', '--platform', '--out', file, '--trust', join(folder, 'trust.json')];
      const { code, stderr } = await eproofWith(env, folder, ...exporting);
      expect([code, stderr]).to.deep.equal([0, '']);
      platform = readFileSync(file, 'utf8').trimEnd().split('\n');
    });

    it('is exported by the operator, and proved against the chain without the service', async () => {
      const { code, stdout } = await verify(platform);
      const outcome = JSON.parse(stdout);
      expect(outcome).to.include({ issuer: 'platform', number: null, records: 6, isWhole: true, isAnchored: true });
      expect(outcome.heads.map(({ position }: { position: number }) => position)).to.deep.equal([3, 5]);
      expect(code).to.equal(0);
    });

    it("leaves its carrier's log as it was", async () => {
      const lines = await exported();
      expect(lines.join()).to.not.include('platform');
      const { code, stdout } = await verify(lines);
      expect([code, JSON.parse(stdout).heads.length]).to.deep.equal([0, 3]);
    });

    it('gives away a log that was cut and ended anew, or has no heads at all', async () => {
      const at = platform.findIndex((line) => line.includes('"position":4,'));
      const { hash } = JSON.parse(platform[at] as string);
      const cut = [...platform.slice(0, at + 1), JSON.stringify({ end: { position: 4, hash } })];
      for (const log of [cut, platform.filter((line) => !line.startsWith('{"head"'))]) {
        expect(await problemOf(log)).to.equal(null);
        const { code, stdout } = await verify(log);
        expect(code).to.equal(1);
        expect(JSON.parse(stdout).problems.join()).to.contain('the chain has a head that the log does not have');
      }
    });

    it('misses no byte that is changed, nor another carrier', async () => {
      for (const [line, text] of platform.entries()) {
        if (line === 0) continue;
        const changed = text.replace(/[0-9](?=[^0-9]*$)/, (digit) => String((Number(digit) + 1) % 10));
        expect(await problemOf(platform.with(line, changed)), text).to.match(new RegExp(`^${line + 1} `));
      }
      const head = platform.findIndex((line) => line.startsWith('{"head"'));
      const nobody = (platform[head] as string).replace(/"number":\d+/, '"number":null');
      expect(await problemOf(platform.with(head, nobody))).to.equal(`${head + 1} LINE_INVALID`);
    });

    it("does not pass for a department's, nor a department's for it", async () => {
      const named = (lines: readonly string[], from: string, to: string) =>
        lines.with(0, (lines[0] as string).replace(`"issuer":"${from}"`, `"issuer":"${to}"`));
      expect(await problemOf(named(platform, 'platform', 'FEHD'))).to.equal('1 NOT_A_LOG');
      expect(await problemOf(named(await exported(), 'FEHD', 'platform'))).to.equal('1 NOT_A_LOG');
    });
  });

  it('of one department waits for its key, and of another does not wait with it', async () => {
    const { TD } = world.issuers;
    await provisionIssuer({
      db: world.db,
      registry: createRegistry(world.settings.trusted, createRpc([world.settings.rpcUrl])),
      issuer: TD,
      governance: keyOf(0),
      admin: keyOf(3),
      anchorKey: TD.anchor_key as string,
      statusKey: TD.status_key as string,
      types: [AUDIT_TYPE],
    });
    await recordAudit(world.db, actorOf(TD), { act: 'test.tell' });
    await eventually('it is linked', async () => {
      await linkRecords(world.db);
      return (await world.db.selectFrom('audit_records').where('position', 'is', null).execute()).length === 0;
    });
    const faults: string[] = [];
    const anchored = await anchorHeads({
      ...headDeps(5),
      findHeadSigner: (address) =>
        address === TD.anchor_key ? createHeadSigner(keyOf(13), world.deps.registry) : undefined,
      onFault: (_what, error) => faults.push((error as { code: string }).code),
    });
    expect([anchored, faults]).to.deep.equal([1, ['KEY_UNKNOWN']]);
  });

  it('cannot be asked for where no node answers, which is told apart from a wrong log', async () => {
    expect((await verify(await exported(), '--rpc', 'http://127.0.0.1:9')).code).to.equal(3);
    expect((await verify(await exported(), '--offline')).code).to.equal(0);
    expect(readFileSync(join(folder, 'log.jsonl'), 'utf8')).to.contain('eproof-audit/1');
  });
});
