import { expect } from 'chai';
import { decodeHex, toHex } from '../../../proof/bytes.ts';
import { batchId } from '../../../proof/signature.ts';
import { decodeTrust } from '../../../proof/trust.ts';
import { type Sources, verifyQrText } from '../../../proof/verification.ts';
import { encodeAnchor, encodeCall } from '../../../server/chain/registry.ts';
import { createRpc, postWithFetch } from '../../../server/chain/rpc.ts';
import { readFees } from '../../../server/chain/transaction.ts';
import { eventually, send, sendFor } from '../harness.ts';
import { type RealService, startRealService, untilFinal } from '../http/real-service.ts';
import { call, type Exchange, newCredential } from '../http/service.ts';
import { catalogue, FOLLOWERS, keyOf } from '../instance.ts';

/** Accounts of the world: FEHD's admin and keys. */
const ADMIN = 2;
const ANCHOR = keyOf(10).address;
const STATUS = keyOf(11).address;
const FOLLOWER = keyOf(FOLLOWERS).address;
const NOBODY = `0x${'99'.repeat(20)}`;
const PATH = '/v1/signing-keys';

describe('signing keys', () => {
  let service: RealService;
  let fehd: string;
  let sources: Sources;

  before(async () => {
    service = await startRealService({}, ['FEHD', 'TD']);
    fehd = service.apiKeys.FEHD;
    sources = {
      trust: decodeTrust((await call(service.current, '/trust.json')).text),
      loadFile: async (path) => (await call(service.current, `/${path}`)).bytes,
      post: postWithFetch,
      now: () => Date.now() / 1000,
    };
  });
  after(() => service.close());

  const ask = (path: string, exchange: Exchange = {}) => call(service.current, path, { key: fehd, ...exchange });
  const prepare = (body: object) => ask(`${PATH}/transactions`, { body });
  const effectsOf = async (address: string, query = '') => (await ask(`${PATH}/${address}/effects${query}`)).json;
  const isoAfter = (instant: string, seconds = 0) => new Date(Date.parse(instant) + seconds * 1000).toISOString();
  const issue = async (seed: number, code = 'FEHD-GRL') => {
    const { json } = await ask('/v1/credentials', { body: newCredential(code, seed) });
    return json.id as string;
  };
  const issueFinal = async (seed: number, code?: string) => untilFinal(service, fehd, await issue(seed, code));
  const verdictOn = async (qr: string) => {
    const { genuine, standing, checks } = await verifyQrText(qr, sources);
    return [genuine, standing?.code ?? checks.find(({ outcome }) => outcome === 'fail')?.code];
  };
  const sendAsAdmin = ({ data }: { data: string }) => send(service.world, ADMIN, data);
  /** A batch that the service knows nothing of. */
  const anchorAsThief = async () => {
    const { world } = service;
    const type = catalogue.types.find(({ code }) => code === 'FEHD-GRL');
    const batch = {
      issuer: world.issuers.FEHD.number as number,
      definition: decodeHex(type?.sha256 ?? ''),
      root: new Uint8Array(32).fill(7),
      size: 3,
    };
    const id = batchId(world.deps.registry, batch);
    const data = encodeAnchor([{ ...batch, signature: keyOf(10).sign(id) }]);
    await sendFor(world, { account: 3, data, to: world.deps.registry.address, fees: await dearFees() });
    return `0x${toHex(id)}`;
  };
  const dearFees = async () => {
    const { maxFeePerGas, tip } = await readFees(createRpc([service.world.settings.rpcUrl]));
    return { maxFeePerGas: (maxFeePerGas ?? 0n) * 20n, tip: tip * 10n + 1_000_000_000n };
  };
  const setNextBaseFee = (fee: bigint) =>
    service.world.chain.request('hardhat_setNextBlockBaseFeePerGas', [`0x${fee.toString(16)}`]);
  const keyInUse = async () => (await ask('/v1/me')).json.keys;

  it('are told as the registry has them, with what each anchored and who administers them', async () => {
    await issueFinal(1);
    const { json, status } = await ask(PATH);
    expect(status).to.equal(200);
    expect(json.admin).to.equal(keyOf(ADMIN).address);
    expect(json.registry).to.deep.equal(service.world.deps.registry);
    expect(json.items).to.have.length(2);
    const [anchor, statusKey] = json.items;
    expect(anchor).to.deep.include({ address: ANCHOR, number: 1, purpose: 'anchor', state: 'active', use: 'signing' });
    expect(anchor).to.deep.include({ validUntil: null, compromisedSince: null });
    expect(anchor.anchored).to.deep.include({ batches: 1, credentials: 1 });
    expect(statusKey).to.deep.include({
      address: STATUS,
      number: 2,
      purpose: 'status',
      state: 'active',
      use: 'signing',
    });
    expect(statusKey.anchored).to.deep.equal({ batches: 0, credentials: 0, lastAt: null });
    expect((await ask(`${PATH}/${ANCHOR}`)).json.items).to.deep.equal([anchor]);
  });

  for (const [what, address] of [
    ['nobody', NOBODY],
    ['another department', keyOf(13).address],
    ['no address', 'key_1'],
  ] as const)
    it(`know no key of ${what}`, async () => {
      for (const path of ['', '/effects']) {
        const { status, json } = await ask(`${PATH}/${address}${path}`);
        expect([status, json.code]).to.deep.equal([404, 'SIGNING_KEY_NOT_FOUND']);
      }
    });

  it('are added, ended and reported by the admin alone: what is prepared is refused first where the registry would', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const far = new Date(Date.now() + 86_400_000).toISOString();
    const farther = new Date(Date.now() + 2 * 86_400_000).toISOString();
    const refusals: [object, string, string | undefined][] = [
      [{ act: 'add', address: ANCHOR, purpose: 'anchor' }, 'SIGNING_KEY_TAKEN', undefined],
      [{ act: 'add', address: keyOf(13).address, purpose: 'status' }, 'SIGNING_KEY_TAKEN', undefined],
      [{ act: 'add', address: `0x${'0'.repeat(40)}`, purpose: 'anchor' }, 'VALIDATION_FAILED', 'KEY_ADDRESS_INVALID'],
      [{ act: 'add', address: NOBODY, purpose: 'anchor', from: soon }, 'VALIDATION_FAILED', 'KEY_BACK_DATED'],
      [{ act: 'add', address: NOBODY, purpose: 'anchor', until: soon }, 'VALIDATION_FAILED', 'KEY_END_PASSED'],
      [
        { act: 'add', address: NOBODY, purpose: 'anchor', from: farther, until: far },
        'VALIDATION_FAILED',
        'KEY_WINDOW_EMPTY',
      ],
      [{ act: 'add', address: '0x12', purpose: 'anchor' }, 'VALIDATION_FAILED', undefined],
      [{ act: 'add', address: NOBODY, purpose: 'both' }, 'VALIDATION_FAILED', undefined],
      [{ act: 'end', address: NOBODY }, 'SIGNING_KEY_NOT_FOUND', undefined],
      [{ act: 'end', address: ANCHOR, at: soon }, 'VALIDATION_FAILED', 'KEY_END_PASSED'],
      [{ act: 'report', address: ANCHOR, since: far }, 'VALIDATION_FAILED', 'COMPROMISE_TO_COME'],
      [{ act: 'report', address: ANCHOR, since: '1970-01-01T00:00:00Z' }, 'VALIDATION_FAILED', 'COMPROMISE_TO_COME'],
    ];
    for (const [body, code, fault] of refusals) {
      const { json } = await prepare(body);
      expect([json.code, fault && json.errors?.[0]?.code], JSON.stringify(body)).to.deep.equal([code, fault]);
    }
    const { json, status } = await prepare({
      act: 'add',
      address: NOBODY,
      purpose: 'status',
      from: far,
      until: farther,
    });
    expect(status).to.equal(201);
    expect(json).to.deep.include({
      from: keyOf(ADMIN).address,
      to: service.world.deps.registry.address,
      chainId: 31_337,
    });
    const window = [far, farther].map((time) => Math.floor(Date.parse(time) / 1000));
    const { number } = service.world.issuers.FEHD;
    expect(json.data).to.equal(encodeCall('addKey', [number, NOBODY, 2, ...window]));
    expect((await ask(PATH)).json.items).to.have.length(2);
    const record = await eventually('the audit log tells of it', async () => {
      const { items } = (await ask('/v1/audit?act=signing-key.prepare-add')).json;
      return items[0];
    });
    expect(record.object).to.equal(NOBODY);
  });

  it('cannot be added while the registry is paused, and can be reported', async () => {
    await send(service.world, 0, encodeCall('setGuardian', [keyOf(0).address]));
    await send(service.world, 0, encodeCall('pause', []));
    const refused = await prepare({ act: 'add', address: NOBODY, purpose: 'anchor' });
    expect([refused.status, refused.json.code]).to.deep.equal([409, 'REGISTRY_REFUSES']);
    expect(refused.json.detail).to.contain('RegistryPaused');
    expect((await prepare({ act: 'end', address: STATUS })).status).to.equal(201);
    await send(service.world, 0, encodeCall('unpause', []));
  });

  it('are not guessed while the chain is down', async () => {
    service.world.chain.setDown(true);
    const { status, json, headers } = await ask(PATH);
    service.world.chain.setDown(false);
    expect([status, json.code, headers.get('retry-after')]).to.deep.equal([503, 'REGISTRY_UNAVAILABLE', '10']);
  });

  it('of status: a report says whose standing it changes, and it changes them', async () => {
    const ids = (await Promise.all([11, 12, 13, 14].map((seed) => issueFinal(seed)))).map(({ id }) => id as string);
    const [suspended, lifted, replaced, revoked] = ids as [string, string, string, string];
    const qrOf = async (id: string) => (await ask(`/v1/credentials/${id}/qr.txt`)).text;
    const qrs = { suspended: await qrOf(suspended), revoked: await qrOf(revoked) };
    const change = async (id: string, act: string) => {
      await ask(`/v1/credentials/${id}/${act}`, { body: { reason: 'conditions-breached' } });
      await untilFinal(service, fehd, id);
    };
    await ask(`/v1/credentials/${replaced}/replace`, { body: newCredential('FEHD-GRL', 15) });
    await Promise.all([
      change(suspended, 'suspend'),
      change(lifted, 'suspend').then(() => change(lifted, 'reinstate')),
      change(revoked, 'revoke'),
    ]);
    await eventually('it is replaced', async () => (await untilFinal(service, fehd, replaced)).status === 'superseded');
    const { compromisedSince, validFrom } = (await ask(`${PATH}/${STATUS}`)).json.items[0];
    expect(compromisedSince).to.equal(null);
    const effects = await effectsOf(STATUS, `?since=${isoAfter(validFrom)}`);
    expect(effects.failing).to.deep.include({ batches: 0, credentials: 0 });
    expect(effects.signing).to.deep.equal({ isInUse: true, next: null });
    const told = Object.fromEntries(
      effects.ignored.changes.map((change: { credential: string; act: string; before: string; after: string }) => [
        `${change.credential} ${change.act}`,
        [change.before, change.after],
      ]),
    );
    expect(told).to.deep.equal({
      [`${suspended} suspend`]: ['suspended', 'in-force'],
      [`${replaced} succeed`]: ['superseded', 'in-force'],
      // its suspension and the end of it are both not believed
      [`${lifted} suspend`]: ['in-force', 'in-force'],
      [`${lifted} reinstate`]: ['in-force', 'in-force'],
    });
    const { json: transaction } = await prepare({ act: 'report', address: STATUS, since: validFrom });
    await sendAsAdmin(transaction);
    expect(await verdictOn(qrs.suspended)).to.deep.equal(['genuine', 'in-force']);
    expect(await verdictOn(qrs.revoked)).to.deep.equal(['genuine', 'revoked']);
    await eventually('the alarm is raised', async () => (await keyInUse()).statusFault === 'compromised');
    const again = await prepare({ act: 'report', address: STATUS, since: validFrom });
    expect(again.json.errors[0].code).to.equal('COMPROMISE_NOT_EARLIER');
  });

  it('of batches: a report says which stop being genuine, and exactly those do', async () => {
    const good = await issueFinal(21);
    const bad = await issueFinal(22);
    const worse = await issueFinal(23, 'FEHD-FF');
    // one more is on its way when the report is mined before it: it pays too little for the thief's block
    await service.world.chain.request('evm_setAutomine', [false]);
    const late = await issue(24);
    await eventually('it is sent', async () =>
      service.world.db
        .selectFrom('batches')
        .select('seq')
        .where('state', '=', 'sent')
        .where('transaction_seq', 'in', (from) =>
          from.selectFrom('transactions').select('seq').where('sent_at', 'is not', null),
        )
        .executeTakeFirst(),
    );
    const { maxFeePerGas } = await readFees(createRpc([service.world.settings.rpcUrl]));
    await setNextBaseFee((maxFeePerGas ?? 0n) * 2n);
    const thiefs = await anchorAsThief();
    await service.world.chain.request('evm_mine', []);
    await setNextBaseFee((maxFeePerGas ?? 0n) / 2n);
    const qrOf = async (one: { links: { qrText: string } }) => (await ask(one.links.qrText)).text;
    const qrs = { good: await qrOf(good), bad: await qrOf(bad), worse: await qrOf(worse) };
    const all = await effectsOf(ANCHOR, '?since=2020-01-01T00:00:00Z&limit=500');
    const anchoredAt = (one: { batch: { number: number } }) =>
      all.items.find(({ number }: { number: number }) => number === one.batch.number).anchoredAt as string;
    expect(anchoredAt(good) < anchoredAt(bad)).to.equal(true);
    const since = anchoredAt(bad);
    const effects = await effectsOf(ANCHOR, `?since=${since}&limit=1`);
    expect(effects.failing).to.deep.equal({
      batches: 3,
      credentials: 5,
      auditHeads: 0,
      unknownBatches: 1,
      types: [
        { type: 'FEHD-GRL', batches: 2, credentials: 4 },
        { type: 'FEHD-FF', batches: 1, credentials: 1 },
      ],
    });
    expect(effects.items.map(({ number }: { number: number }) => number)).to.deep.equal([bad.batch.number]);
    const rest = await effectsOf(ANCHOR, `?since=${since}&limit=2&starting_after=${effects.next}`);
    expect(rest.items.pop()).to.include({ size: 3, isKnown: false });
    expect(rest.items).to.deep.equal([
      {
        id: worse.batch.id,
        number: worse.batch.number,
        type: 'FEHD-FF',
        size: 1,
        anchoredAt: anchoredAt(worse),
        isKnown: true,
      },
    ]);
    expect([rest.has_more, rest.next]).to.deep.equal([false, null]);
    expect(effects.staying.before.batches).to.equal(all.failing.batches - 3);
    // the other key of this service is not in the registry: it would stop
    expect(effects.signing).to.deep.equal({ isInUse: true, next: null });
    expect((await ask(`${PATH}/${ANCHOR}/effects?since=${since}&starting_after=x`)).json.code).to.equal(
      'CURSOR_INVALID',
    );
    const end = await effectsOf(ANCHOR);
    expect([end.act, end.failing.batches, end.ignored.acts]).to.deep.equal(['end', 0, 0]);

    // what nobody here knows is told, and holds the department until its key is reported
    const me = await eventually('the thief is noticed', async () => {
      const { json } = await ask('/v1/me');
      return json.unknownBatches.count > 0 && json.state === 'held' && json;
    });
    expect(me.unknownBatches.items).to.have.length(1);
    expect(me.unknownBatches.items[0]).to.include({ id: thiefs, size: 3, key: ANCHOR });
    const held = await ask('/v1/credentials', { body: newCredential('FEHD-GRL', 27) });
    expect([held.status, held.json.code]).to.deep.equal([503, 'ISSUER_HELD']);
    const { json: transaction } = await prepare({ act: 'report', address: ANCHOR, since });
    const fees = await dearFees();
    await sendFor(service.world, { account: ADMIN, data: transaction.data, to: transaction.to, fees });
    await service.world.chain.request('evm_setAutomine', [true]);
    await service.world.chain.request('evm_mine');

    expect(await verdictOn(qrs.good)).to.deep.equal(['genuine', 'in-force']);
    expect(await verdictOn(qrs.bad)).to.deep.equal(['not-genuine', 'KEY_COMPROMISED']);
    expect(await verdictOn(qrs.worse)).to.deep.equal(['not-genuine', 'KEY_COMPROMISED']);
    await eventually('the department is told', async () => (await ask('/v1/me')).json.disbelieved === 2);
    expect((await keyInUse()).anchorFault).to.equal('compromised');
    const { json: list } = await ask('/v1/credentials?disbelieved=true');
    expect(list.items.map(({ id }: { id: string }) => id)).to.have.members([bad.id, worse.id]);
    const refused = await ask(bad.links.pdf);
    expect([refused.status, refused.json.code]).to.deep.equal([409, 'CREDENTIAL_DISBELIEVED']);
    expect((await ask(good.links.pdf)).status).to.equal(200);
    const { json: changed } = await ask(`/v1/credentials/${bad.id}`);
    expect(changed.disbelieved).to.equal(true);

    // the thief's batch is not believed any more, and holds nothing up
    await eventually('the hold is over', async () => (await ask('/v1/me')).json.state === 'active');
    expect((await ask('/v1/me')).json.unknownBatches).to.deep.equal({ count: 0, items: [] });

    // what is accepted waits, and keeps nobody else from being answered
    const again = (await ask(`/v1/credentials/${bad.id}/replace`, { body: newCredential('FEHD-GRL', 25) })).json.id;
    await eventually('what was on its way waits', async () => {
      const { json } = await ask(`/v1/credentials/${late}`);
      return json.state === 'sealed';
    });
    expect((await ask(`/v1/credentials/${again}`)).json.state).to.equal('issued');
    const { json: ready } = await call(service.current, '/readyz');
    expect(ready.parts.work).to.include({ keylessIssuers: 1, credentials: 0 });
    const ofTd = await call(service.current, '/v1/credentials', {
      key: service.apiKeys.TD,
      body: newCredential('TD-DL', 26),
    });
    await untilFinal(service, service.apiKeys.TD, ofTd.json.id);

    // a good key is added, which this service has: it goes on by itself, and each is anchored once
    const { json: adding } = await prepare({ act: 'add', address: FOLLOWER, purpose: 'anchor' });
    await sendAsAdmin(adding);
    for (const id of [late, again]) {
      const { links } = await untilFinal(service, fehd, id);
      expect(await verdictOn((await ask(links.qrText)).text)).to.deep.equal(['genuine', 'in-force']);
    }
    expect(await keyInUse()).to.deep.include({ anchor: FOLLOWER, anchorFault: null });
    expect((await ask('/v1/me')).json.disbelieved).to.equal(1);
    const { n } = await service.world.db
      .selectFrom('batches')
      .select((from) => from.fn.countAll<string>().as('n'))
      .where('issuer_id', '=', service.world.issuers.FEHD.id)
      .executeTakeFirstOrThrow();
    // and the thief's
    expect(await service.world.batchCount('FEHD')).to.equal(Number(n) + 1);

    // endorsed by the admin, a batch is genuine again
    const endorse = encodeCall('endorseBatch', [service.world.issuers.FEHD.number, worse.batch.id]);
    await send(service.world, ADMIN, endorse);
    expect(await verdictOn(qrs.worse)).to.deep.equal(['genuine', 'in-force']);
    await eventually('it is handed out again', async () => (await ask(worse.links.pdf)).status === 200);
    const after = await effectsOf(ANCHOR, `?since=${isoAfter(since, -1)}`);
    expect(after.staying.endorsed).to.deep.include({ batches: 1, credentials: 1 });
    expect(after.failingAlready).to.deep.include({ batches: 2, credentials: 4 });
  });

  it('that have ended end no later', async () => {
    await sendAsAdmin((await prepare({ act: 'end', address: STATUS })).json);
    const { status, json } = await prepare({ act: 'end', address: STATUS });
    expect([status, json.code]).to.deep.equal([409, 'SIGNING_KEY_ENDED']);
  });

  it('hold nothing up by what a thief anchored, once the key is reported', async () => {
    await service.restart();
    expect((await ask('/v1/me')).json.state).to.equal('active');
    expect((await keyInUse()).anchor).to.equal(FOLLOWER);
  });
});
