import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealBatch } from '../../proof/batch.ts';
import { toHex } from '../../proof/bytes.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { decodeHeaderItems } from '../../proof/header.ts';
import type { Post } from '../../proof/nodes.ts';
import { BATCHES_PER_PAGE, type BatchReading } from '../../proof/reading.ts';
import type { Verdict } from '../../proof/verdict.ts';
import { type Sources, verifyProof } from '../../proof/verification.ts';
import { checkLog } from '../../server/audit/check-log.ts';
import { AUDIT_DEFINITION } from '../../server/audit/definition.ts';
import { createRegistry } from '../../server/chain/registry.ts';
import { createRpc } from '../../server/chain/rpc.ts';
import { toCredentialId } from '../../server/issuance/credential-id.ts';
import { isReleased } from '../../server/issuance/held.ts';
import { decryptPayload } from '../../server/issuance/payload.ts';
import { fullProof } from '../../server/issuance/proof-of.ts';
import type { BatchRow, CredentialRow, StatusChangeRow } from '../../server/store/schema.ts';
import type { World } from '../server/harness.ts';
import { type MailServer, readMail } from '../server/mail/mail-server.ts';
import { sourcesOf } from '../server/sources.ts';
import type { Department } from './department.ts';
import type { Receiver } from './receiver.ts';

/*
 * What holds whatever happened: each guarantee looks at the database, the chain, the second store, the receiver and at what departments
 * were told, and names every breach. Those of ALWAYS hold at any moment, a dead service's included; those of SETTLED when all is done.
 */

/** Everything that a service leaves behind, and what is remembered of it from one look to the next. */
export interface Scene {
  world: World;
  departments: readonly Department[];
  /** FEHD's. */
  receiver: Receiver;
  mailServer: MailServer;
  /** Credentials that a verifier has called revoked, by id. */
  seenRevoked: Set<string>;
}

/** What was found at one moment. */
interface Facts extends Scene {
  credentials: readonly CredentialRow[];
  batches: readonly BatchRow[];
  changes: readonly StatusChangeRow[];
  /** By batch id in hex. */
  anchored: ReadonlyMap<string, Anchored>;
  /** How often the chain says that it anchored a batch. */
  anchorings: readonly string[];
  /** By batch id in hex: content hashes in the order of the leaves. */
  manifests: ReadonlyMap<string, readonly string[]>;
  /** Of every credential that has a signature and claims, by the verifier's own function. */
  verdicts: ReadonlyMap<CredentialRow, Verdict>;
}

type Anchored = BatchReading & { issuer: number };
type Guarantee = (facts: Facts) => string[] | Promise<string[]>;

export const ALWAYS = {
  'verifies only when anchored': ({ verdicts, anchored, batches }) =>
    [...verdicts].flatMap(([row, { genuine }]) => {
      const batch = batches.find(({ seq }) => seq === row.batch_seq);
      const isAnchored = batch !== undefined && anchored.has(toHex(batch.id));
      if (genuine === 'genuine' && !isAnchored) return [`${nameOf(row)} is genuine, and its batch is not on the chain`];
      if (row.state === 'final' && genuine !== 'genuine') return [`${nameOf(row)} is final, and ${genuine}`];
      return [];
    }),

  'no index is given twice': ({ anchorings, manifests, credentials, batches }) => {
    const leaves = [...new Set(anchorings)].flatMap((id) => manifests.get(id) ?? []);
    return [
      ...repeated(anchorings).map((id) => `batch ${id} was anchored twice`),
      ...repeated(leaves).map((content) => `the content ${content} has two leaves on the chain`),
      ...repeated(credentials.map(({ id }) => toHex(id))).map((id) => `the id ${id} was given twice`),
      ...credentials.flatMap((row) => misplaced(row, batches, manifests)),
    ];
  },

  'revoked is never valid again': ({ verdicts, changes, seenRevoked }) => {
    const forGood = new Set(
      changes.filter(({ act, state }) => act === 'revoke' && state === 'final').map((change) => change.credential_seq),
    );
    for (const row of verdicts.keys()) if (forGood.has(row.seq)) seenRevoked.add(nameOf(row));
    const all = [...verdicts].map(([row, { standing }]) => ({ id: nameOf(row), standing: standing?.code }));
    for (const { id, standing } of all) if (standing === 'revoked') seenRevoked.add(id);
    return all.flatMap(({ id, standing }) =>
      seenRevoked.has(id) && standing !== 'revoked' ? [`${id} was revoked, and is ${standing}`] : [],
    );
  },
} satisfies Record<string, Guarantee>;

export const SETTLED = {
  ...ALWAYS,

  'every acknowledged credential is final once, or failed and reported': async (facts) => {
    const { departments, credentials } = facts;
    const rows = Map.groupBy(credentials, nameOf);
    const told = departments.flatMap((department) => department.told.flatMap(issuedBy));
    const ids = told.flatMap(({ id }) => (id === null ? [] : [id]));
    const expected = told.reduce((sum, { count }) => sum + count, 0);
    const issued = credentials.filter(({ state }) => state !== 'submitted');
    return [
      ...ids.flatMap((id) => (rows.has(id) ? [] : [`${id} was acknowledged, and is lost`])),
      ...repeated(ids).map((id) => `${id} answered two requests`),
      ...(issued.length === expected ? [] : [`${expected} were acknowledged, and ${issued.length} are issued`]),
      ...issued.flatMap((row) => (isSettled(row) ? [] : [`${nameOf(row)} is ${row.state}: ${row.failure}`])),
    ];
  },

  'every acknowledged change of status is final once, or failed and reported': ({ departments, changes }) => {
    const told = departments.flatMap(({ told: all }) =>
      all.flatMap(({ answer }) => (answer.act && answer.credential ? [answer] : [])),
    );
    const known = new Map(changes.map((change) => [`chg_${change.seq}`, change]));
    return [
      ...told.flatMap(({ id }) => (known.has(id) ? [] : [`${id} was acknowledged, and is lost`])),
      ...repeated(told.map(({ id }) => id)).map((id) => `${id} answered two requests`),
      ...changes.flatMap(({ seq, state, failure }) =>
        state === 'final' || (state === 'failed' && failure) ? [] : [`change ${seq} is ${state}: ${failure}`],
      ),
    ];
  },

  'counts agree': ({ batches, credentials, anchored, anchorings }) => {
    const kept = batches.filter(({ state }) => state !== 'failed');
    const [ofDatabase, ofChain] = [new Set(kept.map(({ id }) => toHex(id))), new Set(anchorings)];
    const placed = credentials.filter(({ batch_seq }) => batch_seq !== null);
    return [
      ...[...ofDatabase].filter((id) => !ofChain.has(id)).map((id) => `the chain does not have the batch ${id}`),
      ...[...ofChain].filter((id) => !ofDatabase.has(id)).map((id) => `the database does not have the batch ${id}`),
      ...kept.flatMap(({ id, size, definition, seq }) => {
        const leaves = placed.filter(({ batch_seq }) => batch_seq === seq).length;
        const isWhole = (definition === AUDIT_DEFINITION || leaves === size) && anchored.get(toHex(id))?.size === size;
        return isWhole ? [] : [`the batch ${toHex(id)} has ${size} leaves, of which ${leaves} are here`];
      }),
      ...placed.flatMap((row) =>
        differing(row, anchored.get(toHex(batches.find(({ seq }) => seq === row.batch_seq)?.id ?? NONE))),
      ),
    ];
  },

  'the receiver is told of each event once': async ({ world, receiver, credentials }) => {
    const kept = await world.db.selectFrom('webhook_events').select(['id', 'type', 'data']).execute();
    const said = kept.map(
      ({ type, data }) => `${type} ${(data as Named).change ?? (data as Named).credential ?? (data as Named).import}`,
    );
    const heard = new Set(receiver.events.map(({ id }) => id));
    const fehd = world.issuers.FEHD.id;
    const ends = credentials.filter(({ issuer_id, erased_at }) => issuer_id === fehd && erased_at === null);
    const expected = ends.map((row) => `credential.${row.state === 'failed' ? 'failed' : 'final'} ${nameOf(row)}`);
    return [
      ...repeated(said).map((event) => `there are two events ${event}`),
      ...kept.flatMap(({ id, type }) => (heard.has(id) ? [] : [`nobody was told of ${type} ${id}`])),
      ...expected.flatMap((event) => (said.includes(event) ? [] : [`there is no event ${event}`])),
    ];
  },

  'a holder is sent each mail, once or as the same message': async ({ world, mailServer }) => {
    const kept = await world.db
      .selectFrom('mails')
      .select(['seq', 'state', 'code', 'message_id', 'credential_seq'])
      .execute();
    const taken = mailServer.taken.map(({ raw }) => readMail(raw).headers['message-id'] ?? '');
    return [
      ...repeated(kept.map(({ credential_seq }) => `${credential_seq}`)).map(
        (seq) => `there are two mails of credential ${seq}`,
      ),
      ...kept.flatMap(({ seq, state, code }) => (state === 'sent' ? [] : [`mail ${seq} is ${state}: ${code}`])),
      ...kept.flatMap(({ seq, message_id: id }) =>
        taken.some((one) => one.includes(id)) ? [] : [`the mail server was not given mail ${seq}`],
      ),
      ...taken.flatMap((one) =>
        kept.some(({ message_id: id }) => one.includes(id)) ? [] : [`nobody knows of the message ${one}`],
      ),
    ];
  },

  'the audit log is whole': async (facts) => {
    const { credentials, world } = facts;
    const audit = await readAudit(facts);
    const { problem } = await checkLog(linesOf(audit));
    const issued = audit
      .split('\n')
      .flatMap((line) => /"act":"credential.issue","object":"(crd_[^"]+)"/.exec(line)?.[1] ?? []);
    const own = credentials.filter((row) => row.issuer_id === world.issuers.FEHD.id && row.import_seq === null);
    return [
      ...(problem ? [`line ${problem.line}: ${problem.code}`] : []),
      ...repeated(issued).map((id) => `the log says twice that ${id} was issued`),
      ...own.flatMap((row) =>
        issued.includes(nameOf(row)) ? [] : [`the log does not say that ${nameOf(row)} was issued`],
      ),
    ];
  },

  'what was erased is gone': ({ departments, credentials, world }) => {
    const journal = new Set(readdirSync(world.settings.erasures).map((name) => name.replace('.json', '')));
    const told = departments.flatMap(({ told: all }) => all.flatMap(erasedBy));
    return credentials.flatMap((row) => {
      const isKept = journal.has(toHex(row.id));
      if (told.includes(nameOf(row)) && !isKept) return [`the erasure of ${nameOf(row)} is not in the journal`];
      const isEmpty = row.payload.length === 0 && row.wrapped_key.length === 0;
      return isKept && !isEmpty ? [`the claims of ${nameOf(row)} are still there`] : [];
    });
  },
} satisfies Record<string, Guarantee>;

/** Every breach of the guarantees, with the name of the one that noticed it. */
export async function findBreaches(scene: Scene, guarantees: Record<string, Guarantee>): Promise<string[]> {
  const facts = await look(scene);
  const found = await Promise.all(
    Object.entries(guarantees).map(async ([name, holds]) => (await holds(facts)).map((breach) => `${name}: ${breach}`)),
  );
  return found.flat();
}

const NONE = new Uint8Array(0);
type Named = Record<string, string | undefined>;

function nameOf({ id }: Pick<CredentialRow, 'id'>): string {
  return toCredentialId(id);
}

function repeated(values: readonly string[]): string[] {
  return [...Map.groupBy(values, (value) => value)].flatMap(([value, all]) => (all.length > 1 ? [value] : []));
}

/** How many credentials an answer acknowledges, and which where it names one. */
function issuedBy({ path, answer }: Department['told'][number]): { id: string | null; count: number }[] {
  if (/^\/v1\/credentials(\/\w+\/(replace|renew))?$/.test(path)) return [{ id: answer.id, count: 1 }];
  if (path.endsWith('/approve') && answer.state === 'issued') return [{ id: answer.credential, count: 1 }];
  if (path.startsWith('/v1/imports/') && answer.state === 'approved') return [{ id: null, count: answer.counts.ready }];
  if (path.startsWith('/v1/imports')) return [{ id: null, count: answer.counts.issued }];
  if (path.endsWith('/confirm') && answer.act === 'renew') return [{ id: null, count: answer.counts.ready }];
  return [];
}

function erasedBy({ path }: Department['told'][number]): string[] {
  return /^\/v1\/credentials\/(crd_\w+)\/erase$/.exec(path)?.slice(1) ?? [];
}

function isSettled({ state, failure }: CredentialRow): boolean {
  return state === 'final' || (state === 'failed' && failure !== null);
}

/** A credential that is not at the leaf that its batch's manifest has for it. */
function misplaced(row: CredentialRow, batches: readonly BatchRow[], manifests: Facts['manifests']): string[] {
  const batch = batches.find(({ seq }) => seq === row.batch_seq);
  if (!batch || batch.state === 'open') return [];
  const content = manifests.get(toHex(batch.id))?.[row.leaf as number];
  return content === toHex(row.content_hash) ? [] : [`${nameOf(row)} is not where the manifest of its batch has it`];
}

function differing(row: CredentialRow, batch: Anchored | undefined): string[] {
  const bit = 1n << BigInt(row.leaf as number);
  const isRevoked = ((batch?.revoked ?? 0n) & bit) !== 0n;
  const isSuspended = ((batch?.suspended ?? 0n) & bit) !== 0n;
  return row.revoked === isRevoked && row.suspended === isSuspended
    ? []
    : [`${nameOf(row)} has another status on the chain`];
}

async function* linesOf(text: string): AsyncGenerator<string> {
  for (const line of text.split('\n')) if (line !== '') yield line;
}

/**
 * Of a service that may go on meanwhile: the database at one moment, then what a verifier says of it, then the chain, which only
 * gains. In any other order a batch that is anchored between two readings would look like one that verifies without.
 */
async function look(scene: Scene): Promise<Facts> {
  const { db, settings } = scene.world;
  const rows = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => ({
      credentials: await tx
        .selectFrom('credentials')
        .selectAll()
        .where(isReleased('credentials'))
        .orderBy('leaf')
        .execute(),
      batches: await tx.selectFrom('batches').selectAll().execute(),
      changes: await tx.selectFrom('status_changes').selectAll().execute(),
    }));
  const verdicts = await judgeAll(scene.world, rows);
  return {
    ...scene,
    ...rows,
    verdicts,
    ...(await readChain(scene.world)),
    manifests: readManifests(settings.manifests),
  };
}

async function readChain({ settings, issuers }: World): Promise<Pick<Facts, 'anchored' | 'anchorings'>> {
  const registry = createRegistry(settings.trusted, createRpc([settings.rpcUrl]));
  const anchored = new Map<string, Anchored>();
  for (const { number } of Object.values(issuers))
    for (let page = 0, count = 1; page * BATCHES_PER_PAGE < count; page++) {
      const reading = await registry.readPage(number as number, page);
      count = reading.batchCount;
      for (const batch of reading.batches) anchored.set(toHex(batch.id), { ...batch, issuer: number as number });
    }
  const logs = await registry.logs('BatchAnchored', []);
  return { anchored, anchorings: logs.map(({ args }) => (args.batch as string).slice(2)) };
}

function readManifests(folder: string): Map<string, readonly string[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const read = (name: string) =>
    JSON.parse(readFileSync(join(folder, name), 'utf8')) as { leaves: { content: string }[] };
  return new Map(files.map((name) => [name.replace('.json', ''), read(name).leaves.map(({ content }) => content)]));
}

async function judgeAll(world: World, rows: Pick<Facts, 'credentials' | 'batches'>): Promise<Facts['verdicts']> {
  const sources = { ...(await sourcesOf(world)), post: postOnce() };
  const verdicts = new Map<CredentialRow, Verdict>();
  const judge = async (batch: BatchRow) => {
    const leaves = rows.credentials.filter(({ batch_seq }) => batch_seq === batch.seq);
    for (const [row, verdict] of await judgeBatch(world, sources, { batch, leaves })) verdicts.set(row, verdict);
  };
  await Promise.all(rows.batches.filter(isSigned).map(judge));
  return verdicts;
}

/** One moment has one answer to each question, however long a busy machine takes for it. */
function postOnce(): Post {
  const answers = new Map<string, Promise<string>>();
  const ask = async (url: string, body: string) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(url, { method: 'POST', headers, body })).text();
  };
  return (url, body) => {
    const answer = answers.get(body) ?? ask(url, body);
    answers.set(body, answer);
    return answer;
  };
}

function isSigned({ signature, definition }: BatchRow): boolean {
  return signature !== null && definition !== AUDIT_DEFINITION;
}

interface Leaves {
  batch: BatchRow;
  leaves: readonly CredentialRow[];
}

async function judgeBatch(
  { deps }: World,
  sources: Sources,
  { batch, leaves }: Leaves,
): Promise<[CredentialRow, Verdict][]> {
  const sealed = sealBatch(leaves.map(({ content_hash }) => content_hash));
  const place = {
    registry: 0,
    size: batch.size,
    signature: new Uint8Array(batch.signature as Buffer),
    locator: batch.number,
  };
  const judged: [CredentialRow, Verdict][] = [];
  for (const [index, row] of leaves.entries()) {
    if (row.erased_at !== null) continue;
    const payload = decryptPayload(row, deps.cipher);
    const header = decodeHeaderItems(decodeCbor(row.header));
    const proof = fullProof(header, payload, { ...place, index, path: sealed.inclusionOf(index) });
    judged.push([row, await verifyProof(proof, sources)]);
  }
  return judged;
}

/** FEHD's, as anybody checks it. */
async function readAudit({ departments: [fehd] }: Facts): Promise<string> {
  const { status, text } = (await fehd?.get('/v1/audit/export.jsonl')) ?? { status: 0, text: '' };
  if (status !== 200) throw new Error(`the audit log is not given: ${status} ${text}`);
  return text;
}
