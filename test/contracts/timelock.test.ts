import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Contract, Interface, id, type Signer, Wallet, ZeroHash } from 'ethers';
import hre from 'hardhat';
import { deployRegistry, readRegistryArtifact, registryCodeHash } from '../../server/chain/deploy-registry.ts';
import {
  deployTimelock,
  type GovernanceAct,
  timelockAbi,
  toGovernanceAct,
} from '../../server/chain/deploy-timelock.ts';
import { registryAbi } from '../../server/chain/registry-abi.ts';
import { connect, ethers, networkHelpers, type Registry } from './registry.ts';

const DAY = 86_400;
const DELAY = 2 * DAY;
const { time } = networkHelpers;

describe('a registry that a timelock governs', () => {
  async function deployGoverned() {
    const [proposer, executor, guardian, admin, stranger, deployer] = (await ethers.getSigners()) as Signer[] as [
      Signer,
      Signer,
      Signer,
      Signer,
      Signer,
      Signer,
    ];
    const by = { signer: deployer };
    const { address: timelock } = await deployTimelock(by, {
      minDelaySeconds: DELAY,
      proposers: [await proposer.getAddress()],
      executors: [await executor.getAddress()],
    });
    const { address } = await deployRegistry({ ...by, governance: timelock });
    const registry = connect(address, stranger);
    const act = (name: string, ...args: unknown[]) => toGovernanceAct(address, DELAY, [name, args]);
    const schedule = (given: GovernanceAct, by_: Signer = proposer) =>
      by_.sendTransaction({ to: timelock, data: given.schedule });
    const execute = (given: GovernanceAct, by_: Signer = executor) =>
      by_.sendTransaction({ to: timelock, data: given.execute });
    const govern = async (name: string, ...args: unknown[]) => {
      const given = act(name, ...args);
      await schedule(given);
      await time.increase(DELAY);
      await execute(given);
    };
    const as = (signer: Signer): Registry => connect(address, signer);
    const controller = new Contract(timelock, timelockAbi, stranger);
    return {
      proposer,
      executor,
      guardian,
      admin,
      stranger,
      deployer,
      registry,
      as,
      act,
      schedule,
      execute,
      govern,
      controller,
      timelock,
    };
  }

  let world: Awaited<ReturnType<typeof deployGoverned>>;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployGoverned);
  });

  const profile = id('profile');

  it('admits a department after the delay, and not a second earlier', async () => {
    const admit = world.act('admitIssuer', await world.admin.getAddress(), profile);
    await world.schedule(admit);
    const scheduled = await time.latest();
    await time.setNextBlockTimestamp(scheduled + DELAY - 1);
    await expect(world.execute(admit)).to.be.revertedWithCustomError(
      world.controller,
      'TimelockUnexpectedOperationState',
    );
    await time.setNextBlockTimestamp(scheduled + DELAY);
    await world.execute(admit);
    expect(await world.registry.issuerCount()).to.equal(1n);
  });

  it('takes no delay that is shorter', async () => {
    const admit = world.act('admitIssuer', await world.admin.getAddress(), profile);
    const timelock = new Interface(timelockAbi);
    const data = timelock.encodeFunctionData('schedule', [admit.target, 0, admit.data, ZeroHash, ZeroHash, DELAY - 1]);
    await expect(world.proposer.sendTransaction({ to: world.timelock, data }))
      .to.be.revertedWithCustomError(world.controller, 'TimelockInsufficientDelay')
      .withArgs(DELAY - 1, DELAY);
  });

  it('is governed by nobody alone: not the deployer, not a proposer, not an executor', async () => {
    const admit = world.act('admitIssuer', await world.admin.getAddress(), profile);
    for (const signer of [world.deployer, world.proposer, world.executor, world.stranger])
      await expect(world.as(signer).admitIssuer(await world.admin.getAddress(), profile))
        .to.be.revertedWithCustomError(world.registry, 'GovernanceUnauthorized')
        .withArgs(await signer.getAddress());
    for (const signer of [world.deployer, world.executor, world.stranger])
      await expect(world.schedule(admit, signer)).to.be.revertedWithCustomError(
        world.controller,
        'AccessControlUnauthorizedAccount',
      );
    await world.schedule(admit);
    await time.increase(DELAY);
    for (const signer of [world.deployer, world.proposer, world.stranger])
      await expect(world.execute(admit, signer)).to.be.revertedWithCustomError(
        world.controller,
        'AccessControlUnauthorizedAccount',
      );
  });

  it('has an administrator in nobody but itself', async () => {
    for (const signer of [world.deployer, world.proposer, world.executor])
      expect(await world.controller.getFunction('hasRole')(ZeroHash, await signer.getAddress())).to.equal(false);
    expect(await world.controller.getFunction('hasRole')(ZeroHash, world.timelock)).to.equal(true);
    expect(await world.controller.getFunction('getMinDelay')()).to.equal(BigInt(DELAY));
  });

  it('names a guardian, who pauses for three days and cannot keep the place', async () => {
    await world.govern('setGuardian', await world.guardian.getAddress());
    await world.as(world.guardian).pause();
    const pausedAt = await time.latest();
    expect(await world.registry.pausedUntil()).to.equal(BigInt(pausedAt + 3 * DAY));
    await world.govern('setGuardian', await world.stranger.getAddress());
    await expect(world.as(world.guardian).unpause()).to.be.revertedWithCustomError(
      world.registry,
      'GuardianUnauthorized',
    );
    await time.increaseTo(pausedAt + 3 * DAY);
    await world.govern('admitIssuer', await world.admin.getAddress(), profile);
    expect(await world.registry.issuerCount()).to.equal(1n);
  });

  it('replaces a lost admin in public, after its own delay and that of the recovery', async () => {
    const to = await world.stranger.getAddress();
    await world.govern('admitIssuer', await world.admin.getAddress(), profile);
    await world.govern('proposeRecovery', 1, to);
    const proposedAt = await time.latest();
    await time.setNextBlockTimestamp(proposedAt + 14 * DAY - 1);
    await expect(world.registry.executeRecovery(1)).to.be.revertedWithCustomError(world.registry, 'RecoveryTooEarly');
    await time.setNextBlockTimestamp(proposedAt + 14 * DAY);
    await world.registry.executeRecovery(1);
    expect((await world.registry.adminOf(1)).admin).to.equal(to);
  });
});

describe('deploy-registry', function () {
  this.timeout(60_000);
  const [KEY, PROPOSER, EXECUTOR, GUARDIAN] = [1, 2, 3, 4].map((i) => new Wallet(id(`wallet ${i}`))) as [
    Wallet,
    Wallet,
    Wallet,
    Wallet,
  ];
  let server: Awaited<ReturnType<typeof hre.network.createServer>>;
  let url: string;
  let folder: string;

  before(async () => {
    server = await hre.network.createServer({ network: 'default' }, '127.0.0.1', 0);
    url = `http://127.0.0.1:${(await server.listen()).port}`;
    folder = mkdtempSync(join(tmpdir(), 'eproof-deploy-'));
    await ask('hardhat_setBalance', [KEY.address, '0x8ac7230489e80000']);
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask<T>(method: string, params: unknown[]): Promise<T> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return ((await response.json()) as { result: T }).result;
  }

  /** The script with every option that it needs, changed as a test wants. */
  function run(
    out: string,
    change: Record<string, string | null> = {},
    env: Record<string, string> = { EPROOF_DEPLOYER_KEY: KEY.privateKey },
  ) {
    const options: Record<string, string | null> = {
      rpc: url,
      'chain-id': '31337',
      'min-delay': '172800',
      proposer: PROPOSER.address,
      executor: EXECUTOR.address,
      guardian: GUARDIAN.address,
      out: join(folder, out),
      ...change,
    };
    const args = Object.entries(options).flatMap(([name, value]) => (value === null ? [] : [`--${name}`, value]));
    const { EPROOF_DEPLOYER_KEY: _, ...inherited } = process.env;
    const script = new URL('../../scripts/deploy-registry.ts', import.meta.url).pathname;
    return new Promise<{ code: number; stderr: string }>((done) => {
      const child = execFile(
        process.execPath,
        [script, ...args],
        { env: { ...inherited, ...env } },
        (_error, _stdout, stderr) => done({ code: child.exitCode ?? -1, stderr }),
      );
    });
  }

  it('deploys both, writes down what they are, and prepares the guardian', async () => {
    const { code, stderr } = await run('done.json');
    expect([code, stderr]).to.deep.equal([0, '']);
    const result = JSON.parse(readFileSync(join(folder, 'done.json'), 'utf8'));
    expect(result).to.include({ chainId: 31_337, minDelaySeconds: 172_800 });
    expect(result.registryCode).to.equal(registryCodeHash(await readRegistryArtifact()));
    const registry = new Interface(registryAbi);
    const governance = await ask<string>('eth_call', [
      { to: result.registry.address, data: registry.encodeFunctionData('governance') },
      'latest',
    ]);
    expect(BigInt(governance)).to.equal(BigInt(result.timelock.address));
    expect(result.setGuardian.data).to.equal(registry.encodeFunctionData('setGuardian', [GUARDIAN.address]));
    await ask('hardhat_setBalance', [PROPOSER.address, '0x8ac7230489e80000']);
    await ask('hardhat_impersonateAccount', [PROPOSER.address]);
    const hash = await ask<string>('eth_sendTransaction', [
      { from: PROPOSER.address, to: result.timelock.address, data: result.setGuardian.schedule },
    ]);
    expect((await ask<{ status: string }>('eth_getTransactionReceipt', [hash])).status).to.equal('0x1');
  });

  it('takes the key from a file that nobody else may read', async () => {
    const file = join(folder, 'key');
    writeFileSync(file, `${KEY.privateKey}\n`, { mode: 0o600 });
    expect((await run('by-file.json', { 'key-file': file }, {})).code).to.equal(0);
    chmodSync(file, 0o640);
    const refused = await run('by-open-file.json', { 'key-file': file }, {});
    expect(refused.code).to.equal(64);
    expect(refused.stderr).to.contain('others may read').and.not.to.contain(KEY.privateKey);
  });

  const misuses: [what: string, change: Record<string, string | null>, says: string, env?: Record<string, string>][] = [
    ['another chain', { 'chain-id': '1' }, 'is a node of chain 31337, not of 1'],
    ['no guardian', { guardian: null }, '"--guardian" is missing'],
    ['no proposer', { proposer: null }, '"--proposer" is missing'],
    ['an address that is none', { executor: '0x1234' }, '"--executor" must be an address, got 0x1234'],
    ['no delay', { 'min-delay': '0' }, '"--min-delay" must be a whole number above 0, got 0'],
    ['no key', {}, "the deployer's key is missing", {}],
    ['a key that is none', {}, 'must be 0x and 64 hex digits', { EPROOF_DEPLOYER_KEY: '0x12' }],
    ['an odd option', { odd: 'x' }, 'Unknown option'],
  ];
  for (const [what, change, says, env] of misuses)
    it(`exits with 64 for ${what}, and writes nothing`, async () => {
      const { code, stderr } = await run('misuse.json', change, env);
      expect([code, stderr.split('\n').length]).to.deep.equal([64, 2]);
      expect(stderr).to.contain(says);
      expect(existsSync(join(folder, 'misuse.json'))).to.equal(false);
    });

  it('never writes over an earlier result, and says where no node answers', async () => {
    writeFileSync(join(folder, 'earlier.json'), 'earlier');
    const { code, stderr } = await run('earlier.json');
    expect([code, stderr.includes('earlier.json')]).to.deep.equal([1, true]);
    expect(readFileSync(join(folder, 'earlier.json'), 'utf8')).to.equal('earlier');
    expect((await run('nobody.json', { rpc: 'http://127.0.0.1:1' })).code).to.equal(1);
  });
});
