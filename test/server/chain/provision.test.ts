import { expect } from 'chai';
import { type NewIssuer, provisionIssuers } from '../../../server/chain/provision.ts';
import { createRegistry, encodeCall } from '../../../server/chain/registry.ts';
import { createRpc } from '../../../server/chain/rpc.ts';
import {
  countTransactions,
  estimateGas,
  readFees,
  sendRaw,
  signTransaction,
} from '../../../server/chain/transaction.ts';
import { registerDepartment } from '../../../server/issuance/department.ts';
import { createWorld, type World } from '../harness.ts';
import { catalogue, keyOf } from '../instance.ts';

describe('provisionIssuers', () => {
  let world: World;

  before(async () => {
    world = await createWorld();
  });

  after(() => world.close());

  const registryOf = () => createRegistry(world.deps.registry, createRpc([world.settings.rpcUrl]));
  const provision = (...issuers: NewIssuer[]) =>
    provisionIssuers({ db: world.db, registry: registryOf(), governance: keyOf(0) }, issuers);

  async function newIssuer(code: string, account: number): Promise<NewIssuer> {
    const profile = catalogue.departments.find((department) => department.code === code);
    if (!profile) throw new Error(`no ${code}`);
    return {
      issuer: await registerDepartment(world.db, profile),
      admin: keyOf(account),
      anchorKey: keyOf(account + 100).address,
      statusKey: keyOf(account + 200).address,
      types: catalogue.types.filter(({ definition }) => definition.department === code),
    };
  }

  it('puts several departments on the chain, and leaves alone what is there', async () => {
    const issuers = [await newIssuer('EMSD', 5), await newIssuer('LD', 6)];
    const first = await provision(...issuers);
    expect(first.map(({ state }) => state)).to.deep.equal(['active', 'active']);
    const block = await world.chain.request('eth_blockNumber');
    expect(await provision(...issuers)).to.deep.equal(first);
    expect(await world.chain.request('eth_blockNumber')).to.equal(block);
    const types = await world.db
      .selectFrom('credential_types')
      .select(['code', 'number'])
      .where('issuer_id', '=', (first[0] as { id: number }).id)
      .orderBy('number')
      .execute();
    expect(types.map(({ number }) => number)).to.deep.equal(issuers[0]?.types.map((_, i) => i + 1));
  });

  it('goes on where an earlier run ended after the admission', async () => {
    const issuer = await newIssuer('BD', 7);
    await admitByHand(issuer);
    const count = await issuerCount();
    expect(await provision(issuer)).to.have.length(1);
    expect(await issuerCount()).to.equal(count);
  });

  it('opens types that the catalogue has gained since', async () => {
    const issuer = await newIssuer('SWD', 8);
    await provision({ ...issuer, types: [] });
    const [row] = await provision(issuer);
    const types = await world.db
      .selectFrom('credential_types')
      .select('code')
      .where('issuer_id', '=', (row as { id: number }).id)
      .execute();
    expect(types.map(({ code }) => code)).to.deep.equal(issuer.types.map(({ code }) => code));
  });

  it('rejects a department that is on the chain with another admin', async () => {
    const issuer = await newIssuer('EMSD', 9);
    expect(await provision(issuer).catch((error: { code: string }) => error.code)).to.equal('CHAIN_REFUSED');
  });

  async function issuerCount(): Promise<number> {
    return (await registryOf().logs('IssuerAdmitted', [])).length;
  }

  async function admitByHand({ admin, issuer }: NewIssuer): Promise<void> {
    const { rpc, address } = registryOf();
    const governance = keyOf(0);
    const call = { to: address.address, data: encodeCall('admitIssuer', [admin.address, `0x${issuer.profile}`]) };
    const signed = signTransaction(governance, {
      ...call,
      chainId: address.chainId,
      nonce: await countTransactions(rpc, governance.address, 'latest'),
      gasLimit: await estimateGas(rpc, { ...call, from: governance.address }),
      fees: await readFees(rpc),
    });
    await sendRaw(rpc, signed.raw);
  }
});
