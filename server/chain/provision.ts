import { setTimeout } from 'node:timers/promises';
import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { AppError } from '../app-error.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { Db, IssuerRow, IssuerState } from '../store/schema.ts';
import { withLock } from '../store/store.ts';
import { encodeCall, type Registry } from './registry.ts';
import { countTransactions, estimateGas, findReceipt, readFees, sendRaw, signTransaction } from './transaction.ts';

/** A department to be put on the chain. */
export interface NewIssuer {
  issuer: IssuerRow;
  /** Administers the department: adds its keys and opens its types. */
  admin: SigningKey;
  /** Addresses. */
  anchorKey: string;
  statusKey: string;
  types: readonly OpenedType[];
}

/** A credential type of the catalogue, or the type of audit heads. */
type OpenedType = Pick<CatalogueType, 'code' | 'version' | 'sha256'>;

export interface Provisioning {
  db: Db;
  registry: Registry;
  /** Admits departments. Like each admin, it pays for its own transactions. */
  governance: SigningKey;
}

const PURPOSES = { anchor: 1, status: 2 } as const;
const LOCK_WAIT_MS = 200;

/** As `provisionIssuers`, for one. */
export async function provisionIssuer({
  db,
  registry,
  governance,
  ...one
}: Provisioning & NewIssuer): Promise<IssuerRow> {
  const [issuer] = await provisionIssuers({ db, registry, governance }, [one]);
  return issuer as IssuerRow;
}

/**
 * Puts departments on the chain: admitted, with their keys and their credential types; however many there are, it takes two blocks.
 * Every step first asks the chain whether it was done already, so it can be repeated after any crash, and later with more types.
 */
export async function provisionIssuers(
  provisioning: Provisioning,
  issuers: readonly NewIssuer[],
): Promise<IssuerRow[]> {
  for (;;) {
    const done = await withLock(provisioning.db, 'provision', () => provisionAlone(provisioning, issuers));
    if (done) return done;
    await setTimeout(LOCK_WAIT_MS);
  }
}

async function provisionAlone(provisioning: Provisioning, issuers: readonly NewIssuer[]): Promise<IssuerRow[]> {
  const { registry, governance } = provisioning;
  // what an earlier run has sent and is not mined yet would be sent twice
  const senders = [governance, ...issuers.map(({ admin }) => admin)];
  await Promise.all(senders.map((key) => waitUntilMined(registry, key.address)));
  const numbers = await admitAll(provisioning, issuers);
  return Promise.all(
    issuers.map(async (one) => {
      const number = numbers.get(one.issuer.profile) as number;
      await sendAll(registry, one.admin, await findMissing(registry, one, number));
      return save(provisioning, one, number);
    }),
  );
}

/** The departments' numbers in the registry, by their profiles. */
async function admitAll(
  { registry, governance }: Provisioning,
  issuers: readonly NewIssuer[],
): Promise<Map<string, number>> {
  const before = await findAdmitted(registry, issuers);
  const missing = issuers.filter(({ issuer }) => !before.has(issuer.profile));
  if (missing.length === 0) return before;
  const calls = missing.map(({ issuer, admin }) => encodeCall('admitIssuer', [admin.address, `0x${issuer.profile}`]));
  await sendAll(registry, governance, calls);
  const admitted = await findAdmitted(registry, issuers);
  const refused = issuers.find(({ issuer }) => !admitted.has(issuer.profile));
  if (refused) throw new AppError('CHAIN_REFUSED', `${refused.issuer.code} was not admitted`);
  return admitted;
}

async function findAdmitted(registry: Registry, issuers: readonly NewIssuer[]): Promise<Map<string, number>> {
  const logs = await registry.logs('IssuerAdmitted', []);
  const numbers = new Map<string, number>();
  for (const { issuer, admin } of issuers) {
    const log = logs.find(({ args }) => args.getValue('profile') === `0x${issuer.profile}`);
    if (!log) continue;
    if (String(log.args.getValue('admin')).toLowerCase() !== admin.address)
      throw new AppError('CHAIN_REFUSED', `${issuer.code} is on the chain with another admin than ${admin.address}`);
    numbers.set(issuer.profile, Number(log.args.getValue('issuer')));
  }
  return numbers;
}

async function findMissing(
  registry: Registry,
  { anchorKey, statusKey, types }: NewIssuer,
  number: number,
): Promise<string[]> {
  const keys = (await registry.logs('KeyAdded', [number])).map(({ args }) =>
    String(args.getValue('key')).toLowerCase(),
  );
  const opened = await readOpened(registry, number);
  const missingKeys = [
    { key: anchorKey, purpose: PURPOSES.anchor },
    { key: statusKey, purpose: PURPOSES.status },
  ].filter(({ key }) => !keys.includes(key));
  return [
    ...missingKeys.map(({ key, purpose }) => encodeCall('addKey', [number, key, purpose, 0, 0])),
    ...types
      .filter(({ sha256 }) => !opened.has(sha256))
      .map(({ sha256 }) => encodeCall('openCredentialType', [number, `0x${sha256}`])),
  ];
}

async function readOpened(registry: Registry, issuer: number): Promise<Map<string, { number: number; hash: string }>> {
  const opened = await registry.logs('CredentialTypeOpened', [issuer]);
  return new Map(
    opened.map(({ args, transactionHash }) => [
      String(args.getValue('definition')).slice(2),
      { number: Number(args.getValue('number')), hash: transactionHash },
    ]),
  );
}

async function save({ db, registry }: Provisioning, one: NewIssuer, number: number): Promise<IssuerRow> {
  const { issuer, anchorKey, statusKey, types } = one;
  const opened = await readOpened(registry, number);
  return db.transaction().execute(async (tx) => {
    for (const { code, version, sha256 } of types) {
      const type = opened.get(sha256);
      if (!type) throw new AppError('CHAIN_REFUSED', `the type ${code} was not opened`);
      await tx
        .insertInto('credential_types')
        .values({
          issuer_id: issuer.id,
          number: type.number,
          code,
          version,
          definition: sha256,
          opened_transaction: type.hash,
        })
        .onConflict((conflict) => conflict.columns(['issuer_id', 'number']).doNothing())
        .execute();
    }
    return tx
      .updateTable('issuers')
      .set((from) => ({
        number,
        anchor_key: anchorKey,
        status_key: statusKey,
        state: from.case().when('state', '=', 'provisioning').then<IssuerState>('active').else(from.ref('state')).end(),
      }))
      .where('id', '=', issuer.id)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

/** Sends calls one after another without waiting between them, then waits for all. */
async function sendAll(registry: Registry, key: SigningKey, calls: readonly string[]): Promise<void> {
  if (calls.length === 0) return;
  const { rpc, address } = registry;
  const to = address.address;
  const fees = await readFees(rpc);
  const first = await countTransactions(rpc, key.address, 'latest');
  const hashes: string[] = [];
  for (const [i, data] of calls.entries()) {
    const gasLimit = await estimateGas(rpc, { from: key.address, to, data });
    const signed = signTransaction(key, { chainId: address.chainId, nonce: first + i, to, data, gasLimit, fees });
    const { outcome, reason } = await sendRaw(rpc, signed.raw);
    if (outcome !== 'accepted') throw new AppError('CHAIN_REFUSED', `a node refuses a transaction: ${reason}`);
    hashes.push(signed.hash);
  }
  for (const hash of hashes) await waitForSuccess(registry, hash);
}

const POLL_MS = 100;
const MOST_POLLS = 1_200;

async function waitForSuccess({ rpc }: Registry, hash: string): Promise<void> {
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    const receipt = await findReceipt(rpc, hash);
    if (receipt?.isSuccess) return;
    if (receipt) throw new AppError('CHAIN_REFUSED', `the transaction ${hash} reverted`);
    await setTimeout(POLL_MS);
  }
  throw new AppError('CHAIN_UNREACHABLE', `the transaction ${hash} was not mined in time`);
}

async function waitUntilMined({ rpc }: Registry, address: string): Promise<void> {
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    const [mined, sent] = await Promise.all([
      countTransactions(rpc, address, 'latest'),
      countTransactions(rpc, address, 'pending'),
    ]);
    if (mined >= sent) return;
    await setTimeout(POLL_MS);
  }
  throw new AppError('CHAIN_UNREACHABLE', `transactions of ${address} were not mined in time`);
}
