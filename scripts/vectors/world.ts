import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../../proof/bytes.ts';
import { decodeDate, LAST_DAY, toHongKongDay } from '../../proof/day.ts';
import { hashHolderKey } from '../../proof/holder-key.ts';
import type { JsonObject } from '../../proof/json.ts';
import type { Proof } from '../../proof/proof.ts';
import { rootOf } from '../../proof/proof.ts';
import { batchId } from '../../proof/signature.ts';
import { decodeTrust, type Trust } from '../../proof/trust.ts';
import { CONSENT, EVERY, EVERY_CLAIMS, OTHER_PROFILE, PLAIN, PROFILE, TINY } from './definitions.ts';
import { type Department, type Draft, issueBatch, type Kind, toKind } from './issuing.ts';
import { CODE_HASH, createNode, createPost, type NodeModel } from './node.ts';
import { createRegistry, type RegistryModel } from './registry.ts';
import { namedHolder, namedKey } from './seed.ts';

/** Noon in Hong Kong on 22 November 2026. */
export const NOW = decodeDate('2026-11-22') * 86_400 + 4 * 3600;
/** Old enough for all that happens to have happened before any block that a verifier takes for new. */
const GENESIS = NOW - 600;
export const VERIFIER = 'https://verify.example/';

/** Claims of the worked example's type. */
export function tinyClaims(number: string): JsonObject {
  return {
    number,
    holder: { en: 'Chan Tai Man', 'zh-Hant': '陳大文' },
    conditions: ['Keep the door closed.'],
  };
}

/** Claims of the type that is not public. */
export const CONSENT_CLAIMS: JsonObject = {
  number: 'C-1',
  holder: { en: 'Chan Tai Man', 'zh-Hant': '陳大文' },
  result: 'pass',
  birthDate: '1961-02-28',
};

/** Whose key the bound credentials are bound to. */
export const HOLDER = namedHolder('Chan Tai Man');

export type World = ReturnType<typeof createWorld>;

/**
 * Two registries, two departments, all kinds of keys, and credentials in every standing: the same ones in every run. The first department
 * has at least `batches` batches; fewer than two pages of them are quicker to read.
 */
export function createWorld({ batches = 66 }: { batches?: number } = {}) {
  const registry = createRegistry({ chainId: 31_337, address: `0x${'e7'.repeat(20)}` }, GENESIS);
  const other = createRegistry({ chainId: 31_338, address: `0x${'d8'.repeat(20)}` }, GENESIS);
  const kinds = { tiny: toKind(TINY), every: toKind(EVERY), plain: toKind(PLAIN), consent: toKind(CONSENT) };
  const keys = {
    anchor: namedKey('anchor'),
    ended: namedKey('ended'),
    status: namedKey('status'),
    compromised: namedKey('compromised'),
    early: namedKey('early'),
    stranger: namedKey('stranger'),
    second: namedKey('second'),
    elsewhere: namedKey('elsewhere'),
  };
  const boundTo = hashHolderKey(HOLDER.key);
  const hash = (text: string) => sha256(new TextEncoder().encode(text));

  const first = registry.admitIssuer(hash(PROFILE));
  const second = registry.admitIssuer(hash(OTHER_PROFILE));
  const anchorTime = registry.blocks[0]!.time + 12;
  const always = { purpose: 'anchor', validFrom: NOW - 1_000_000, validUntil: 0, invalidFrom: 0 } as const;
  registry.addKey(first, { ...always, address: keys.anchor.address });
  registry.addKey(first, { ...always, address: keys.ended.address, validUntil: anchorTime });
  registry.addKey(first, { ...always, address: keys.status.address, purpose: 'status' });
  registry.addKey(first, { ...always, address: keys.compromised.address, invalidFrom: anchorTime + 12 });
  registry.addKey(first, { ...always, address: keys.early.address, validFrom: anchorTime + 1 });
  registry.addKey(second, { ...always, address: keys.second.address });
  for (const kind of [kinds.tiny, kinds.every, kinds.plain]) registry.openType(first, kind.definition);
  registry.openType(second, kinds.every.definition);
  registry.openType(second, kinds.tiny.definition);
  registry.openType(second, kinds.consent.definition);
  other.admitIssuer(hash(PROFILE));
  other.addKey(1, { ...always, address: keys.elsewhere.address });
  other.openType(1, kinds.tiny.definition);

  const department = { registry, place: 0, issuer: first, kind: kinds.tiny, number: 1, key: keys.anchor };
  const tiny = (drafts: Omit<Draft, 'claims'>[], change: Partial<Department> = {}, anchored = true): Proof[] =>
    issueBatch(
      { ...department, ...change },
      drafts.map((draft, i) => ({ claims: tinyClaims(`EX-${i + 1}`), ...draft })),
      anchored,
    );
  const one = (name: string, change: Partial<Department> = {}, anchored = true): Proof =>
    tiny([{ name }], change, anchored)[0] as Proof;

  const standings = tiny([
    { name: 'in force' },
    { name: 'revoked' },
    { name: 'suspended' },
    { name: 'superseded' },
    { name: 'expired', issued: '2025-01-01', validFrom: '2025-01-01', validUntil: '2026-11-21' },
    { name: 'not yet in force', validFrom: '2026-11-23' },
    { name: 'partly expired', partlyUntil: '2026-11-21' },
    { name: 'without an end', validUntil: null },
    { name: 'reinstated' },
    { name: 'last day', validFrom: '2025-11-23', validUntil: '2026-11-22' },
    { name: 'everything at once', validFrom: '2024-01-01', validUntil: '2026-11-21', partlyUntil: '2026-01-01' },
    { name: 'superseded and suspended' },
    { name: 'suspended and expired', validFrom: '2024-01-01', validUntil: '2026-11-21' },
  ]);
  const proofs = {
    standings,
    every: issueBatch({ ...department, kind: kinds.every, number: 2 }, [
      { name: 'every', claims: EVERY_CLAIMS },
      { name: 'nothing', claims: {} },
      { name: 'bound', claims: EVERY_CLAIMS, holderKey: boundTo },
    ]),
    plain: issueBatch({ ...department, kind: kinds.plain, number: 3 }, [
      { name: 'plain 1', claims: { number: 'P-1' } },
      { name: 'plain 2', claims: { number: 'P-2' } },
    ]),
    ended: one('ended', { key: keys.ended }),
    status: one('status', { key: keys.status }),
    early: one('early', { key: keys.early }),
    beforeCompromise: one('before', { key: keys.compromised }),
    second: one('second', { issuer: second, number: 2, key: keys.second }),
    elsewhere: one('elsewhere', { registry: other, place: 1, key: keys.elsewhere }),
    full: tiny(Array.from({ length: 256 }, (_, i) => ({ name: `full ${i}` }))),
    unanchored: one('unanchored', {}, false),
    stranger: one('stranger', { key: keys.stranger }, false),
    consent: issueBatch({ ...department, issuer: second, kind: kinds.consent, number: 3, key: keys.second }, [
      { name: 'consent 1', claims: CONSENT_CLAIMS },
      { name: 'consent 2', claims: CONSENT_CLAIMS, holderKey: boundTo },
      { name: 'consent 3', claims: CONSENT_CLAIMS },
    ]),
    bound: tiny(
      [
        { name: 'bound 1', holderKey: boundTo },
        { name: 'bound 2', holderKey: boundTo },
      ],
      { issuer: second, number: 2, key: keys.second },
    ),
  };
  registry.mine();
  const past = { validFrom: '2025-01-01', validUntil: '2026-11-21' };
  const late = {
    afterCompromise: one('after', { key: keys.compromised }),
    acts: tiny([
      { name: 'suspended until yesterday' },
      { name: 'suspended until today' },
      { name: 'suspended by a stolen key' },
      { name: 'lifted by a stolen key' },
      { name: 'succeeded by a stolen key' },
      { name: 'revoked by a stolen key' },
      { name: 'extended', ...past },
      { name: 'extended by a stolen key', ...past },
      { name: 'extended until further notice', ...past },
      { name: 'shortened' },
      { name: 'extended and suspended', ...past },
      { name: 'extended, before its printed end' },
    ]),
    noticed: issueBatch({ ...department, kind: kinds.plain, number: 3 }, [
      { name: 'moved', claims: { number: 'P-3' }, ...past, validUntil: '2026-10-15' },
      { name: 'moved by nothing', claims: { number: 'P-4' }, ...past, validUntil: '2026-09-30' },
      { name: 'moved by what was withdrawn', claims: { number: 'P-5' }, ...past, validUntil: '2026-11-02' },
      { name: 'moved by a stolen key', claims: { number: 'P-6' }, ...past, validUntil: '2026-11-20' },
      { name: 'moved twice', claims: { number: 'P-7' }, ...past, validUntil: '2026-11-10' },
      { name: 'without an end to move', claims: { number: 'P-8' }, validUntil: null },
    ]),
  };
  registry.mine();
  changeStatuses(registry, standings, proofs.plain[0] as Proof, idOf);
  actOn(registry, idOf(late.acts[0] as Proof), idOf(proofs.plain[0] as Proof, kinds.plain));
  postNotices(registry, first);
  for (let number = registry.readPage(registry.mine(), first, 0).batchCount; number < batches; number++)
    one(`filler ${number}`);
  for (const { blocks, mine } of [registry, other]) while (blocks.at(-1)!.time < NOW - 12) mine();

  const files = new Map<string, Uint8Array>();
  for (const [folder, text] of [
    ...Object.values(kinds).map(({ text }) => ['types', text] as const),
    ['issuers', PROFILE] as const,
    ['issuers', OTHER_PROFILE] as const,
  ])
    files.set(`${folder}/${toHex(hash(text))}.json`, new TextEncoder().encode(text));

  const trustJson = {
    format: 'eproof-trust/1',
    test: true,
    verifiers: [VERIFIER],
    maxBlockAgeSeconds: 300,
    maxSnapshotAgeSeconds: 86_400,
    registries: [
      {
        ...registry.address,
        codeHash: CODE_HASH,
        nodes: ['https://a.example/', 'https://b.example/', 'https://c.example/'],
        agree: 2,
        issuers: [
          {
            issuer: first,
            profile: toHex(hash(PROFILE)),
            keys: [keys.anchor, keys.ended, keys.status, keys.compromised, keys.early].map(({ address }) => address),
          },
          { issuer: second, profile: toHex(hash(OTHER_PROFILE)), keys: [keys.second.address] },
        ],
        types: [
          { issuer: first, number: 1, definition: toHex(kinds.tiny.definition) },
          { issuer: first, number: 2, definition: toHex(kinds.every.definition) },
          { issuer: first, number: 3, definition: toHex(kinds.plain.definition) },
          { issuer: second, number: 1, definition: toHex(kinds.every.definition) },
          { issuer: second, number: 2, definition: toHex(kinds.tiny.definition) },
          { issuer: second, number: 3, definition: toHex(kinds.consent.definition) },
        ],
      },
      {
        ...other.address,
        codeHash: CODE_HASH,
        nodes: ['https://d.example/'],
        agree: 1,
        issuers: [{ issuer: 1, profile: toHex(hash(PROFILE)), keys: [keys.elsewhere.address] }],
        types: [{ issuer: 1, number: 1, definition: toHex(kinds.tiny.definition) }],
      },
    ],
  };
  const trust: Trust = decodeTrust(JSON.stringify(trustJson));
  const nodes: Record<string, NodeModel> = {
    'https://a.example/': createNode(registry),
    'https://b.example/': createNode(registry),
    'https://c.example/': createNode(registry),
    'https://d.example/': createNode(other),
  };

  /** The batch id that a proof leads to, by the kind it was issued as. */
  function idOf(proof: Proof, kind: Kind = kinds.tiny): Uint8Array {
    const { address } = proof.registry === 0 ? registry : other;
    const { issuer } = proof.header;
    return batchId(address, { issuer, definition: kind.definition, root: rootOf(proof), size: proof.size });
  }

  return {
    registry,
    other,
    kinds,
    keys,
    proofs: { ...proofs, ...late },
    trust,
    trustJson,
    nodes,
    idOf,
    loadFile: async (path: string): Promise<Uint8Array> => {
      const file = files.get(path);
      if (!file) throw new Error(`no file ${path}`);
      return file;
    },
    post: createPost(nodes),
    now: () => NOW,
    files,
  };
}

function changeStatuses(
  registry: RegistryModel,
  standings: readonly Proof[],
  successor: Proof,
  idOf: (proof: Proof) => Uint8Array,
): void {
  const batch = idOf(standings[0] as Proof);
  const [revoked, suspended, superseded, reinstated, everything, both, expired] = [1, 2, 3, 8, 10, 11, 12] as const;
  const newest = registry.blocks.at(-1)!;
  const successorBatch = registry.readPage(newest, 1, 0).batches.find(({ number }) => number === successor.locator)!.id;
  const succeed = (leaf: number) => registry.nameSuccessor(batch, leaf, { batch: successorBatch, leaf: 1 });
  registry.revoke(batch, revoked, 4);
  registry.suspend(batch, suspended, 3);
  succeed(superseded);
  registry.suspend(batch, reinstated, 8);
  registry.reinstate(batch, reinstated, 0);
  registry.suspend(batch, everything, 3);
  registry.revoke(batch, everything, 2);
  succeed(everything);
  succeed(both);
  registry.suspend(batch, both, 1);
  registry.suspend(batch, expired, 1);
}

const STOLEN = 4;
const TODAY = toHongKongDay(NOW);

function actOn(registry: RegistryModel, batch: Uint8Array, successor: Uint8Array): void {
  registry.suspend(batch, 0, 3, { until: TODAY - 1 });
  registry.suspend(batch, 1, 3, { until: TODAY });
  registry.suspend(batch, 2, 3, { key: STOLEN });
  registry.suspend(batch, 3, 7);
  registry.reinstate(batch, 3, 0, STOLEN);
  registry.nameSuccessor(batch, 4, { batch: successor, leaf: 0 }, STOLEN);
  registry.revoke(batch, 5, 2, STOLEN);
  registry.extend(batch, 6, TODAY + 100);
  registry.extend(batch, 7, TODAY + 100, STOLEN);
  registry.extend(batch, 8, LAST_DAY);
  registry.extend(batch, 9, TODAY - 1);
  registry.extend(batch, 10, TODAY + 100);
  registry.suspend(batch, 10, 3, { until: TODAY + 1 });
  registry.extend(batch, 11, TODAY + 1_000);
}

function postNotices(registry: RegistryModel, issuer: number): void {
  const day = (date: string) => decodeDate(date);
  const notice = (from: string, to: string, validUntil: string, law: string | null) => ({
    from: day(from),
    to: day(to),
    validUntil: day(validUntil),
    law,
  });
  registry.postNotice(issuer, 3, notice('2026-10-01', '2026-10-31', '2026-12-01', 'L.N. 95 of 2022'));
  registry.postNotice(issuer, 3, notice('2026-11-01', '2026-11-05', '2026-12-01', 'withdrawn'));
  registry.withdrawNotice(issuer, 1);
  registry.postNotice(issuer, 3, notice('2026-11-20', '2026-11-20', '2026-12-01', 'stolen'), STOLEN);
  registry.postNotice(issuer, 3, notice('2026-11-06', '2026-11-12', '2026-11-15', '第一號'));
  registry.postNotice(issuer, 3, notice('2026-11-15', '2026-11-15', '9999-12-31', null));
}
