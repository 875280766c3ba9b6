import { toHex } from '../../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../../proof/cbor.ts';
import { SHOWN } from '../../../proof/commitment.ts';
import { discloseClaims } from '../../../proof/disclosure.ts';
import { hashHolderKey } from '../../../proof/holder-key.ts';
import type { Json, JsonObject } from '../../../proof/json.ts';
import type { ReadingFailureCode } from '../../../proof/nodes.ts';
import { encodePresentation, type Presentation } from '../../../proof/presentation.ts';
import { encodeProof, type Proof } from '../../../proof/proof.ts';
import { toQrText } from '../../../proof/qr-text.ts';
import type { PageReading } from '../../../proof/reading.ts';
import type { LeafRecords } from '../../../proof/records.ts';
import type { Standing } from '../../../proof/standing.ts';
import { decodeStatusEvent } from '../../../proof/status-event.ts';
import type { CheckName, Genuine } from '../../../proof/verdict.ts';
import { toVerifiableCredential, toVerifiablePresentation } from '../../../proof/verifiable-credential.ts';
import { encodeKeys, encodeNotices, encodePageReading, encodeRecords } from '../abi.ts';
import { hide, issueBatch, toQrProof } from '../issuing.ts';
import { present } from '../presenting.ts';
import { namedBytes, namedHolder } from '../seed.ts';
import type { VectorFile } from '../vectors.ts';
import { createWorld, HOLDER, NOW, tinyClaims, VERIFIER, type World } from '../world.ts';

/** The codes of a credential that is in order; a vector names those that differ. */
const IN_ORDER: Record<Exclude<CheckName, 'holderBinding'>, string> = {
  format: 'FORMAT_VALID',
  commitments: 'CLAIMS_MATCH_TYPE',
  inclusion: 'ROOT_COMPUTED',
  signature: 'SIGNED_BY_ANCHORED_KEY',
  registry: 'REGISTRY_READ',
  anchor: 'ANCHORED',
  key: 'KEY_VALID_WHEN_ANCHORED',
  issuer: 'ISSUER_KNOWN',
  credentialType: 'TYPE_REGISTERED',
  status: 'STATUS_READ',
  validity: 'DATES_COMPARED',
};
const NOTHING_REACHED = Object.fromEntries(Object.keys(IN_ORDER).map((name) => [name, 'NOT_REACHED']));
const NO_READING = {
  anchor: 'NOT_REACHED',
  key: 'NOT_REACHED',
  issuer: 'NOT_REACHED',
  credentialType: 'NOT_REACHED',
  status: 'NOT_REACHED',
};
const NO_TYPE = {
  commitments: 'NOT_REACHED',
  signature: 'NOT_REACHED',
  registry: 'NOT_REACHED',
  ...NO_READING,
  credentialType: 'TYPE_UNKNOWN',
};
const NOT_FOUND = { anchor: 'NOT_ANCHORED', key: 'NOT_REACHED', credentialType: 'NOT_REACHED', status: 'NOT_REACHED' };

interface Reading {
  change?: (page: PageReading) => void;
  /** Ask for the page and not for the batch. */
  isPage?: boolean;
  hasLogs?: boolean;
  /** The keys of the events were asked for, for a day in the past. */
  hasKeys?: boolean;
  isSnapshot?: boolean;
}

function readingJson(
  world: World,
  proof: Proof,
  { change, isPage, hasLogs = true, hasKeys = false, isSnapshot = false }: Reading = {},
): JsonObject {
  const registry = proof.registry === 0 ? world.registry : world.other;
  const block = registry.blocks.at(-1)!;
  const kind = Object.values(world.kinds).find(
    ({ definition }) =>
      toHex(definition) ===
      world.trust.registries[proof.registry]!.types.find(
        ({ issuer, number }) => issuer === proof.header.issuer && number === proof.header.credentialType,
      )!.definition,
  )!;
  const id = world.idOf(proof, kind);
  const page = isPage
    ? registry.readPage(block, proof.header.issuer, Math.floor((proof.locator ?? 0) / 64))
    : registry.read(block, id);
  change?.(page);
  const found = page.batches.find((batch) => toHex(batch.id) === toHex(id));
  const type = page.types.find(({ number }) => number === found?.credentialType);
  const logs = registry.logs(block, [undefined, undefined, undefined, `0x${toHex(id)}`]);
  const keys = [...new Set(logs.map((log) => decodeStatusEvent(log).key))];
  return {
    block: { number: block.number, hash: block.hash, time: block.time },
    isSnapshot,
    page: encodePageReading(page),
    records: found?.amended ? { [toHex(id)]: encodeRecords(registry.readRecords(block, id)) } : {},
    notices: type?.noticeCount
      ? { [`${type.number}`]: encodeNotices(registry.readNotices(block, proof.header.issuer, type.number)) }
      : {},
    logs: hasLogs ? logs.map(({ topics, data }) => ({ topics, data })) : null,
    keys: hasKeys ? encodeKeys(registry.readKeys(block, keys)) : null,
  };
}

export function verdicts(): VectorFile {
  const world = createWorld({ batches: 0 });
  const { proofs } = world;
  const unlocated = (proof: Proof): Proof => ({ ...toQrProof(proof), locator: null });
  const [inForce] = proofs.standings as [Proof];
  const base = unlocated(inForce);
  const hex = (proof: Proof) => ({ proof: toHex(encodeProof(proof)) });

  interface Case {
    name: string;
    presented: JsonObject;
    reading: Json;
    trust?: string;
    missing?: string[];
    now?: number;
    checks?: Record<string, string>;
    standing?: Standing;
    genuine?: Genuine;
    occasion?: JsonObject;
    day?: number;
    past?: Standing | null;
  }
  const toVector = ({
    name,
    presented,
    reading,
    trust = 'usual',
    missing = [],
    now = NOW,
    checks = {},
    standing,
    genuine,
    occasion,
    day,
    past = null,
  }: Case) => ({
    name,
    presented,
    trust,
    missing,
    now,
    ...(occasion ? { occasion } : {}),
    ...(day === undefined ? {} : { day }),
    reading,
    expect: {
      ...(day === undefined ? {} : { past: past as unknown as Json }),
      genuine: genuine ?? (standing ? 'genuine' : 'not-genuine'),
      standing: (standing ?? null) as unknown as Json,
      checks: { ...IN_ORDER, ...checks },
    },
  });
  const good = (name: string, proof: Proof, standing: Standing, more: Partial<Case> & { about?: Reading } = {}) =>
    toVector({
      name,
      presented: hex(proof),
      reading: readingJson(world, proof, more.about),
      standing,
      ...more,
    });
  const bad = (
    name: string,
    proof: Proof,
    checks: Record<string, string>,
    more: Partial<Case> & { about?: Reading } = {},
  ) => toVector({ name, presented: hex(proof), reading: readingJson(world, proof, more.about), checks, ...more });
  const open = (
    name: string,
    proof: Proof,
    checks: Record<string, string>,
    more: Partial<Case> & { about?: Reading } = {},
  ) => bad(name, proof, checks, { genuine: 'could-not-be-checked', ...more });

  const day = 86_400;
  const standing = (index: number) => unlocated(proofs.standings[index]!);
  const { time } = world.registry.blocks.at(-1)!;
  const changedAt = (proof: Proof) => {
    const id = world.idOf(proof);
    const log = world.registry.logs(world.registry.blocks.at(-1)!, [
      undefined,
      undefined,
      undefined,
      `0x${toHex(id)}`,
    ])[0]!;
    return Number.parseInt(log.data.slice(-64), 16);
  };
  const when = changedAt(inForce);
  const successor = { batch: `0x${toHex(world.idOf(proofs.plain[0]!, world.kinds.plain))}`, leaf: 1 };
  const document = (proof: Proof, change: (text: string) => string = (text) => text) => ({
    json: change(
      JSON.stringify(
        toVerifiableCredential({
          proof,
          type: world.kinds.tiny.value,
          definition: world.kinds.tiny.definition,
          registry: world.registry.address,
        }),
      ),
    ),
  });
  const failed = (failure: ReadingFailureCode) =>
    toVector({
      name: `the reading failed: ${failure}`,
      presented: hex(base),
      reading: { failure },
      checks: { ...NO_READING, signature: 'SIGNED_BY_KNOWN_KEY', registry: failure },
      genuine: 'could-not-be-checked',
    });
  const heldProof = unlocated(proofs.bound[0]!);
  const heldSource = {
    type: world.kinds.tiny.value,
    definition: world.kinds.tiny.definition,
    registry: world.registry.address,
  };
  const alwaysShown = world.kinds.tiny.value.claims.filter(({ always }) => always).map(({ name }) => name);
  const hidden = (proof: Proof): Proof => ({ ...toQrProof(proof), shown: hide(SHOWN, proof.shown) });
  const unanchoredBound = unlocated(
    issueBatch(
      { registry: world.registry, place: 0, issuer: 1, kind: world.kinds.tiny, number: 1, key: world.keys.anchor },
      [{ name: 'never anchored', claims: tinyClaims('X'), holderKey: hashHolderKey(HOLDER.key) }],
      false,
    )[0]!,
  );
  const withRecords = (proof: Proof, leaf: number, change: (record: LeafRecords) => void): JsonObject => {
    const id = world.idOf(proof);
    const records = structuredClone(world.registry.readRecords(world.registry.blocks.at(-1)!, id));
    change(records.find((record) => record.leaf === leaf)!);
    return { ...readingJson(world, proof, { hasKeys: true }), records: { [toHex(id)]: encodeRecords(records) } };
  };
  const withSuccessor = (proof: Proof, named: { batch: Uint8Array; leaf: number }) =>
    withRecords(proof, proof.index, (record) => Object.assign(record.succession!, named));
  const everyLog = world.registry.logs(world.registry.blocks.at(-1)!, []).map(({ topics, data }) => ({ topics, data }));
  const unanchored = unlocated(proofs.unanchored);
  const withItem = (index: number, change: (item: CborValue) => CborValue) => {
    const items = decodeCbor(encodeProof(base)) as CborValue[];
    return toHex(encodeCbor(items.with(index, change(items[index] as CborValue))));
  };
  const tampered: Proof = {
    ...base,
    shown: { kind: 'full', seed: namedBytes('x', 16), values: ['EX-1', ['Nobody', null]] },
  };
  const wrongClaims = issueBatch(
    { registry: world.registry, place: 0, issuer: 1, kind: world.kinds.plain, number: 1, key: world.keys.anchor },
    [{ name: 'wrong claims', claims: { number: 'P-1' } }],
    false,
  )[0]!;
  const otherNumber = { ...base, header: { ...base.header, credentialType: 3 } };

  return {
    about:
      'Section 10. Each vector: what was presented (a proof in hex, the text of a QR or a JSON text), trust data by its name, files of the verifier that are missing, the time, and the reading: null where the registry was not asked, a failure, or a block with the answer to the question, the answers to readRecords (by batch id) and readNotices (by type number), the logs of the batch, and the answer to readKeys about the keys in them, each once, in order. A vector with a day asks about that day too. A presentation is judged by the verifier’s address, or the audiences of the occasion, and its nonce, if there is one. Expected are the code of every check, genuine and standing. Valid: genuine ones.',
    trust: { usual: world.trustJson as unknown as Json, 'other keys': withoutKeys(world) },
    files: Object.fromEntries([...world.files].map(([path, bytes]) => [path, new TextDecoder('utf-8').decode(bytes)])),
    verifier: VERIFIER,
    valid: [
      good('in force', base, { code: 'in-force', until: 21_122 }),
      good(
        'in force, its page read',
        toQrProof(inForce),
        { code: 'in-force', until: 21_122 },
        { about: { isPage: true } },
      ),
      toVector({
        name: 'in force, as the text of a QR',
        presented: { text: toQrText(VERIFIER, encodeProof(base)) },
        reading: readingJson(world, base),
        standing: { code: 'in-force', until: 21_122 },
      }),
      toVector({
        name: 'in force, as a document',
        presented: document({ ...inForce, locator: null }),
        reading: readingJson(world, base),
        standing: { code: 'in-force', until: 21_122 },
      }),
      good('in force without an end', standing(7), { code: 'in-force', until: null }),
      good('in force on its last day', standing(9), { code: 'in-force', until: 20_779 }),
      good('in force again', standing(8), { code: 'in-force', until: 21_122 }),
      good('revoked', standing(1), { code: 'revoked', time: when, reason: 4 }),
      good(
        'revoked, nobody says why',
        standing(1),
        { code: 'revoked', time: null, reason: null },
        { about: { hasLogs: false } },
      ),
      good('suspended', standing(2), { code: 'suspended', since: when, until: null, reason: 3 }),
      good('superseded', standing(3), { code: 'superseded', time: when, successor }),
      good('expired', standing(4), { code: 'expired', on: 20_778 }),
      good('not yet in force', standing(5), { code: 'not-yet-in-force', from: 20_780 }),
      good('partly expired', standing(6), { code: 'partly-expired', since: 20_778, until: 21_122 }),
      good('everything at once', standing(10), { code: 'revoked', time: when, reason: 2 }),
      good('superseded and suspended', standing(11), { code: 'superseded', time: when, successor }),
      good('suspended and expired', standing(12), { code: 'suspended', since: when, until: null, reason: 1 }),
      good(
        'one second before midnight in Hong Kong',
        standing(9),
        { code: 'in-force', until: 20_779 },
        {
          now: 20_780 * day - 8 * 3600 - 1,
          trust: 'usual',
          reading: withTime(readingJson(world, standing(9)), time, 20_780 * day - 8 * 3600 - 1),
        },
      ),
      good(
        'midnight in Hong Kong',
        standing(9),
        { code: 'expired', on: 20_779 },
        {
          now: 20_780 * day - 8 * 3600,
          reading: withTime(readingJson(world, standing(9)), time, 20_780 * day - 8 * 3600),
        },
      ),
      good('bound to a holder’s key', unlocated(proofs.every[2]!), { code: 'in-force', until: 21_122 }),
      ...ACTS.map(([name, standing], leaf) =>
        good(name, unlocated(proofs.acts[leaf]!), at(standing, changedAt(proofs.acts[0]!))),
      ),
      ...NOTICES.map(([name, standing], leaf) => good(name, unlocated(proofs.noticed[leaf]!), standing)),
      ...PAST.map(([name, leaf, day, past]) =>
        good(name, unlocated(proofs.acts[leaf]!), at(ACTS[leaf]![1], changedAt(proofs.acts[0]!)), {
          day,
          past: past && at(past, changedAt(proofs.acts[0]!)),
          about: { hasKeys: true },
        }),
      ),
      ...STOLEN.map(([name, leaf, change, standing]) =>
        good(name, unlocated(proofs.acts[leaf]!), at(standing, changedAt(proofs.acts[0]!)), {
          reading: withRecords(unlocated(proofs.acts[leaf]!), leaf, change),
        }),
      ),
      good(
        'the reason of another suspension',
        standing(2),
        { code: 'suspended', since: when - 1, until: null, reason: null },
        {
          reading: withRecords(standing(2), 2, (record) => Object.assign(record.suspension!, { at: when - 1 })),
        },
      ),
      good(
        'a day on which it was reinstated',
        standing(8),
        { code: 'in-force', until: 21_122 },
        {
          day: 20_779,
          past: { code: 'in-force', until: 21_122 },
          about: { hasKeys: true },
        },
      ),
      good(
        'a day after today',
        standing(1),
        { code: 'revoked', time: when, reason: 4 },
        {
          day: 20_780,
          past: null,
          about: { hasKeys: true },
        },
      ),
      good(
        'a day in the past, and events of another successor',
        standing(3),
        { code: 'superseded', time: when, successor },
        {
          day: 20_779,
          past: null,
          reading: withSuccessor(standing(3), { batch: namedBytes('other', 32), leaf: 1 }),
          standing: {
            code: 'superseded',
            time: when,
            successor: { batch: `0x${toHex(namedBytes('other', 32))}`, leaf: 1 },
          },
        },
      ),
      good(
        'revoked, among the events of other batches',
        standing(1),
        { code: 'revoked', time: when, reason: 4 },
        {
          reading: { ...readingJson(world, standing(1)), logs: everyLog },
        },
      ),
      good('a day in the past, and no history', base, { code: 'in-force', until: 21_122 }, { day: 20_778, past: null }),
      good(
        'a day in the past, and events that leave out what is so today',
        standing(1),
        { code: 'revoked', time: null, reason: null },
        {
          day: 20_778,
          past: null,
          reading: { ...readingJson(world, standing(1), { hasKeys: true }), logs: [], keys: encodeKeys([]) },
        },
      ),
      good(
        'endorsed after its key was compromised',
        unlocated(proofs.afterCompromise),
        { code: 'in-force', until: 21_122 },
        {
          checks: { key: 'KEY_ENDORSED' },
          about: { change: (page) => Object.assign(page.batches[0]!, { judgement: 'endorsed' }) },
        },
      ),
      good(
        'endorsed without need',
        base,
        { code: 'in-force', until: 21_122 },
        {
          about: { change: (page) => Object.assign(page.batches[0]!, { judgement: 'endorsed' }) },
        },
      ),
      good(
        'anchored after a recovery',
        base,
        { code: 'in-force', until: 21_122 },
        {
          about: { change: (page) => Object.assign(page.batches[0]!, { flagged: true }) },
        },
      ),
      good(
        'offline, from a snapshot',
        base,
        { code: 'in-force', until: 21_122 },
        {
          checks: { registry: 'SNAPSHOT_READ', status: 'STATUS_AS_OF' },
          about: { isSnapshot: true, hasLogs: false, isPage: true },
          now: time + 86_400,
        },
      ),
      good(
        'offline, from an old snapshot',
        base,
        { code: 'not-known', since: time },
        {
          checks: { registry: 'SNAPSHOT_READ', status: 'STATUS_NOT_KNOWN_SINCE' },
          about: { isSnapshot: true, hasLogs: false, isPage: true },
          now: time + 86_401,
        },
      ),
      good(
        'offline, revoked in an old snapshot',
        standing(1),
        { code: 'revoked', time: null, reason: null },
        {
          checks: { registry: 'SNAPSHOT_READ', status: 'STATUS_NOT_KNOWN_SINCE' },
          about: { isSnapshot: true, hasLogs: false, isPage: true },
          now: time + 86_400 * 400,
        },
      ),
      good(
        'offline, suspended in an old snapshot',
        standing(2),
        { code: 'not-known', since: time },
        {
          checks: { registry: 'SNAPSHOT_READ', status: 'STATUS_NOT_KNOWN_SINCE' },
          about: { isSnapshot: true, hasLogs: false, isPage: true },
          now: time + 86_400 * 400,
        },
      ),
      ...[
        ['presented by its holder', present(heldProof), undefined],
        ['presented by its holder, who was asked', present(heldProof), { nonce: toHex(namedBytes('nonce', 16)) }],
        [
          'presented to another name of the verifier',
          present(heldProof, { audience: 'counter 7' }),
          { audiences: ['counter 7'] },
        ],
      ].map(([name, presentation, occasion]) =>
        toVector({
          name: name as string,
          presented: { proof: toHex(encodePresentation(presentation as Presentation)) },
          reading: readingJson(world, heldProof),
          checks: { holderBinding: 'HOLDER_SIGNED' },
          standing: { code: 'in-force', until: 21_122 },
          ...(occasion ? { occasion: occasion as JsonObject } : {}),
        }),
      ),
      toVector({
        name: 'presented by its holder, as a document',
        presented: { json: JSON.stringify(toVerifiablePresentation(present(heldProof), heldSource)) },
        reading: readingJson(world, heldProof),
        checks: { holderBinding: 'HOLDER_SIGNED' },
        standing: { code: 'in-force', until: 21_122 },
      }),
      good('bound, shown without its holder', heldProof, { code: 'in-force', until: 21_122 }),
      good(
        'what is always shown of a type that is public',
        discloseClaims(unlocated(proofs.standings[0]!), world.kinds.tiny.value, alwaysShown),
        { code: 'in-force', until: 21_122 },
      ),
      good(
        'nothing of a type that is not public',
        { ...hidden(proofs.consent[0]!), locator: null },
        {
          code: 'in-force',
          until: 21_122,
        },
      ),
      good('from a full batch', unlocated(proofs.full[200]!), { code: 'in-force', until: 21_122 }),
      good('of a type without other claims', unlocated(proofs.plain[1]!), { code: 'in-force', until: 21_122 }),
      good('anchored before its key was compromised', unlocated(proofs.beforeCompromise), {
        code: 'in-force',
        until: 21_122,
      }),
      good('of another department', unlocated(proofs.second), { code: 'in-force', until: 21_122 }),
      good('of another registry', unlocated(proofs.elsewhere), { code: 'in-force', until: 21_122 }),
      good(
        'of a suspended department',
        base,
        { code: 'in-force', until: 21_122 },
        {
          about: { change: (page) => Object.assign(page, { issuerState: 'suspended' }) },
        },
      ),
      good(
        'of a closed type',
        base,
        { code: 'in-force', until: 21_122 },
        {
          about: { change: (page) => Object.assign(page.types[0]!, { state: 'closed' }) },
        },
      ),
      good('at the edge of the age of blocks', base, { code: 'in-force', until: 21_122 }, { now: time + 300 }),
      ...(
        [
          ['begins at the second', { validFrom: 0 }],
          ['ends a second after it', { validUntil: 1 }],
          ['was compromised a second after it', { invalidFrom: 1 }],
        ] as const
      ).map(([what, change]) =>
        good(
          `anchored by a key that ${what}`,
          base,
          { code: 'in-force', until: 21_122 },
          {
            about: {
              change: (page) => {
                const { anchoredAt } = page.batches[0]!;
                const times = Object.entries(change).map(([name, seconds]) => [name, anchoredAt + seconds]);
                Object.assign(page.keys[0]!, Object.fromEntries(times));
              },
            },
          },
        ),
      ),
    ],
    invalid: [
      bad('another value', tampered, { ...NOT_FOUND, issuer: 'ISSUER_UNKNOWN', signature: 'SIGNED_BY_UNKNOWN_KEY' }),
      bad('not anchored', unanchored, { ...NOT_FOUND, issuer: 'ISSUER_UNKNOWN', signature: 'SIGNED_BY_KNOWN_KEY' }),
      bad('not anchored, signed by a stranger', unlocated(proofs.stranger), {
        ...NOT_FOUND,
        issuer: 'ISSUER_UNKNOWN',
        signature: 'SIGNED_BY_UNKNOWN_KEY',
      }),
      bad(
        'a locator of another batch',
        { ...base, locator: 1 },
        { ...NOT_FOUND, signature: 'SIGNED_BY_KNOWN_KEY' },
        {
          about: { isPage: true },
        },
      ),
      bad(
        'a locator beyond the last page',
        { ...base, locator: 640 },
        { ...NOT_FOUND, signature: 'SIGNED_BY_KNOWN_KEY' },
        {
          about: { isPage: true },
        },
      ),
      bad(
        'a signature by another key of the department',
        { ...base, signature: proofs.ended.signature },
        { signature: 'SIGNED_BY_OTHER_KEY' },
      ),
      bad(
        'a signature that no key made',
        { ...base, signature: impossibleSignature() },
        { signature: 'SIGNATURE_INVALID' },
      ),
      bad(
        'anchored as another size',
        base,
        { anchor: 'ANCHORED_DIFFERENTLY' },
        {
          about: { change: (page) => Object.assign(page.batches[0]!, { size: 14 }) },
        },
      ),
      bad(
        'anchored as another type',
        base,
        { anchor: 'ANCHORED_DIFFERENTLY', credentialType: 'TYPE_DIFFERENT' },
        {
          about: {
            change: (page) => {
              page.batches[0]!.credentialType = 9;
              page.types[0]!.number = 9;
            },
          },
        },
      ),
      bad(
        'a definition that the registry does not have',
        base,
        { credentialType: 'TYPE_DIFFERENT' },
        {
          about: { change: (page) => Object.assign(page.types[0]!, { definition: namedBytes('other', 32) }) },
        },
      ),
      bad('a key that is not for anchoring', unlocated(proofs.status), { key: 'KEY_NOT_FOR_ANCHORING' }),
      bad('a key that had ended', unlocated(proofs.ended), { key: 'KEY_OUTSIDE_ITS_WINDOW' }),
      bad('a key that had not begun', unlocated(proofs.early), { key: 'KEY_OUTSIDE_ITS_WINDOW' }),
      bad('a key that was compromised', unlocated(proofs.afterCompromise), { key: 'KEY_COMPROMISED' }),
      ...(
        [
          [
            'signed by somebody else',
            present(heldProof, {}, namedHolder('somebody else')),
            'HOLDER_SIGNATURE_INVALID',
            'not-genuine',
          ],
          [
            'presented to others',
            present(heldProof, { audience: 'https://other.example/' }),
            'PRESENTED_TO_OTHERS',
            'not-genuine',
          ],
          [
            'of another time, by its nonce',
            present(heldProof, { nonce: namedBytes('other', 16) }),
            'NONCE_DIFFERENT',
            'not-genuine',
          ],
          ['whose time is over', present(heldProof, { expiresAt: NOW }), 'PRESENTATION_OVER', 'could-not-be-checked'],
          [
            'whose time has not come',
            present(heldProof, { issuedAt: NOW + 61 }),
            'PRESENTATION_NOT_YET',
            'could-not-be-checked',
          ],
        ] as const
      ).map(([name, presentation, code, genuine]) =>
        toVector({
          name: `a presentation ${name}`,
          presented: { proof: toHex(encodePresentation(presentation)) },
          occasion: { nonce: toHex(namedBytes('nonce', 16)) },
          reading: readingJson(world, heldProof),
          checks: { holderBinding: code },
          genuine,
        }),
      ),
      toVector({
        name: 'a presentation whose document says something else',
        presented: {
          json: JSON.stringify(toVerifiablePresentation(present(heldProof), heldSource)).replace(
            '"expires":"2026',
            '"expires":"2036',
          ),
        },
        reading: readingJson(world, heldProof),
        checks: { format: 'DOCUMENT_CHANGED', holderBinding: 'HOLDER_SIGNED' },
      }),
      toVector({
        name: 'a presentation of a proof that was never anchored',
        presented: { proof: toHex(encodePresentation(present(unanchoredBound))) },
        reading: readingJson(world, unanchoredBound),
        checks: {
          ...NOT_FOUND,
          issuer: 'ISSUER_UNKNOWN',
          signature: 'SIGNED_BY_KNOWN_KEY',
          holderBinding: 'HOLDER_SIGNED',
        },
      }),
      bad('what is always shown, hidden', { ...hidden(inForce), locator: null }, { commitments: 'CLAIMS_HIDDEN' }),
      bad(
        'what is always shown, hidden, of a type that is not public',
        { ...proofs.consent[0]!, locator: null, shown: hide(SHOWN, proofs.consent[0]!.shown) },
        { commitments: 'CLAIMS_HIDDEN' },
      ),
      bad(
        'a void batch',
        base,
        { anchor: 'BATCH_VOID' },
        {
          about: { change: (page) => Object.assign(page.batches[0]!, { judgement: 'void' }) },
        },
      ),
      bad(
        'a void batch of a key that was compromised',
        unlocated(proofs.afterCompromise),
        { anchor: 'BATCH_VOID', key: 'KEY_COMPROMISED' },
        {
          about: { change: (page) => Object.assign(page.batches[0]!, { judgement: 'void' }) },
        },
      ),
      bad(
        'another key, from an old snapshot',
        { ...base, signature: proofs.ended.signature },
        {
          signature: 'SIGNED_BY_OTHER_KEY',
          registry: 'SNAPSHOT_READ',
          status: 'STATUS_NOT_KNOWN_SINCE',
        },
        { about: { isSnapshot: true, hasLogs: false, isPage: true }, now: time + 86_401 },
      ),
      bad('a type number that the header does not have', otherNumber, {
        ...NOT_FOUND,
        commitments: 'CLAIMS_NOT_OF_TYPE',
        issuer: 'ISSUER_UNKNOWN',
        signature: 'SIGNED_BY_UNKNOWN_KEY',
      }),
      bad('claims that are not of the type', unlocated(wrongClaims), {
        ...NOT_FOUND,
        commitments: 'CLAIMS_NOT_OF_TYPE',
        issuer: 'ISSUER_UNKNOWN',
        signature: 'SIGNED_BY_UNKNOWN_KEY',
      }),
      toVector({
        name: 'a changed document',
        presented: document({ ...inForce, locator: null }, (text) => text.replace('Chan Tai Man', 'Chan Tai Wo')),
        reading: readingJson(world, base),
        checks: { format: 'DOCUMENT_CHANGED' },
      }),
      toVector({
        name: 'a changed document, offline',
        presented: document({ ...inForce, locator: null }, (text) => text.replace('2027', '2037')),
        reading: { failure: 'NODES_UNREACHABLE' },
        checks: {
          ...NO_READING,
          format: 'DOCUMENT_CHANGED',
          signature: 'SIGNED_BY_KNOWN_KEY',
          registry: 'NODES_UNREACHABLE',
        },
      }),
      toVector({
        name: 'broken bytes',
        presented: { proof: withItem(5, () => 257) },
        reading: null,
        checks: { ...NOTHING_REACHED, format: 'FORMAT_INVALID' },
      }),
      toVector({
        name: 'a later version',
        presented: { proof: withItem(0, (header) => (header as CborValue[]).with(0, 2)) },
        reading: null,
        checks: { ...NOTHING_REACHED, format: 'FORMAT_VERSION_UNKNOWN' },
        genuine: 'could-not-be-checked',
      }),
      failed('NODES_UNREACHABLE'),
      failed('NODES_DISAGREE'),
      failed('NODE_ANSWER_INVALID'),
      failed('NODE_WRONG_CHAIN'),
      failed('NODE_WRONG_REGISTRY'),
      toVector({
        name: 'offline, signed by a key that the trust data does not have',
        presented: hex(base),
        trust: 'other keys',
        reading: { failure: 'NODES_UNREACHABLE' },
        checks: { ...NO_READING, signature: 'SIGNED_BY_UNKNOWN_KEY', registry: 'NODES_UNREACHABLE' },
        genuine: 'could-not-be-checked',
      }),
      open(
        'an old block',
        base,
        { ...NO_READING, registry: 'NODE_STALE', signature: 'SIGNED_BY_KNOWN_KEY' },
        { now: time + 301 },
      ),
      open(
        'a block from the future',
        base,
        { ...NO_READING, registry: 'NODE_STALE', signature: 'SIGNED_BY_KNOWN_KEY' },
        { now: time - 301 },
      ),
      open(
        'a reading of another chain',
        base,
        { ...NO_READING, registry: 'NODE_WRONG_CHAIN', signature: 'SIGNED_BY_KNOWN_KEY' },
        {
          about: { change: (page) => Object.assign(page, { chainId: 1 }) },
        },
      ),
      open(
        'a reading of another issuer',
        base,
        { ...NO_READING, registry: 'NODE_ANSWER_INVALID', signature: 'SIGNED_BY_KNOWN_KEY' },
        {
          about: { change: (page) => Object.assign(page, { issuer: 2 }) },
        },
      ),
      open(
        'a snapshot from the future',
        base,
        { ...NO_READING, registry: 'NODE_STALE', signature: 'SIGNED_BY_KNOWN_KEY' },
        { about: { isSnapshot: true, hasLogs: false, isPage: true }, now: time - 301 },
      ),
      open(
        'a snapshot, and no issuer file',
        base,
        {
          issuer: 'ISSUER_UNKNOWN',
          registry: 'SNAPSHOT_READ',
          status: 'STATUS_NOT_KNOWN_SINCE',
        },
        { about: { isSnapshot: true, hasLogs: false, isPage: true }, now: time + 86_401, missing: ['issuers/'] },
      ),
      open('no type file', base, NO_TYPE, { missing: ['types/'], reading: null }),
      toVector({
        name: 'a document, and no type file',
        presented: document({ ...inForce, locator: null }),
        missing: ['types/'],
        reading: null,
        checks: { ...NO_TYPE, format: 'NOT_REACHED' },
        genuine: 'could-not-be-checked',
      }),
      open('no issuer file', base, { issuer: 'ISSUER_UNKNOWN' }, { missing: ['issuers/'] }),
      open(
        'another profile than the registry has',
        base,
        { issuer: 'ISSUER_PROFILE_CHANGED' },
        {
          about: { change: (page) => Object.assign(page, { profile: namedBytes('other', 32) }) },
        },
      ),
      open(
        'an issuer that the registry does not have',
        base,
        { issuer: 'ISSUER_UNKNOWN' },
        {
          about: { change: (page) => Object.assign(page, { issuerState: 'none' }) },
        },
      ),
      toVector({
        name: 'a registry that the trust data does not have',
        presented: hex({ ...base, registry: 7 }),
        reading: null,
        checks: { ...NO_TYPE, registry: 'REGISTRY_UNKNOWN', issuer: 'ISSUER_UNKNOWN' },
        genuine: 'could-not-be-checked',
      }),
      toVector({
        name: 'an issuer that the trust data does not have',
        presented: hex({ ...base, header: { ...base.header, issuer: 99 } }),
        reading: null,
        checks: { ...NO_TYPE, issuer: 'ISSUER_UNKNOWN' },
        genuine: 'could-not-be-checked',
      }),
      toVector({
        name: 'a type that the trust data does not have',
        presented: hex({ ...base, header: { ...base.header, credentialType: 99 } }),
        reading: null,
        checks: NO_TYPE,
        genuine: 'could-not-be-checked',
      }),
    ],
  };

  function withTime(reading: JsonObject, from: number, to: number): JsonObject {
    const block = reading.block as JsonObject;
    const shift = to - from;
    return {
      ...reading,
      block: { ...block, time: (block.time as number) + shift },
      page: (reading.page as string).replace(from.toString(16).padStart(64, '0'), to.toString(16).padStart(64, '0')),
    };
  }
}

/** The standing of each leaf of `proofs.acts`; a time of 0 is that of its act. */
const ACTS: readonly [name: string, Standing][] = [
  ['suspended until yesterday', { code: 'in-force', until: 21_122 }],
  ['suspended until today', { code: 'suspended', since: 0, until: 20_779, reason: 3 }],
  ['suspended by a stolen key', { code: 'in-force', until: 21_122 }],
  ['lifted by a stolen key', { code: 'suspended', since: 0, until: null, reason: 7 }],
  ['succeeded by a stolen key', { code: 'in-force', until: 21_122 }],
  ['revoked by a stolen key', { code: 'revoked', time: 0, reason: 2 }],
  ['extended', { code: 'in-force-past-date', date: 20_778, until: 20_879, by: 'amendment', law: null }],
  ['extended by a stolen key', { code: 'expired', on: 20_778 }],
  [
    'extended until further notice',
    { code: 'in-force-past-date', date: 20_778, until: null, by: 'amendment', law: null },
  ],
  ['shortened', { code: 'expired', on: 20_778 }],
  ['extended and suspended', { code: 'suspended', since: 0, until: 20_780, reason: 3 }],
  ['extended, before its printed end', { code: 'in-force', until: 21_779 }],
];

/** What a key did in the very second of its `invalidFrom`, and a second before. */
const STOLEN: readonly [name: string, leaf: number, change: (record: LeafRecords) => void, Standing][] = (
  [
    ['suspended in the second at which its key was stolen', 1, 'suspension', 0, { code: 'in-force', until: 21_122 }],
    [
      'suspended a second before its key was stolen',
      1,
      'suspension',
      1,
      { code: 'suspended', since: 0, until: 20_779, reason: 3 },
    ],
    ['extended in the second at which its key was stolen', 6, 'extension', 0, { code: 'expired', on: 20_778 }],
    [
      'extended a second before its key was stolen',
      6,
      'extension',
      1,
      { code: 'in-force-past-date', date: 20_778, until: 20_879, by: 'amendment', law: null },
    ],
    ['lifted a second before its key was stolen', 3, 'lift', 1, { code: 'in-force', until: 21_122 }],
  ] as const
).map(([name, leaf, act, seconds, standing]) => [
  name,
  leaf,
  (record) => Object.assign(record[act]!, { invalidFrom: record[act]!.at + seconds }),
  standing,
]);

/** Of each leaf of `proofs.noticed`. */
const NOTICES: readonly [name: string, Standing][] = [
  ['moved', { code: 'in-force-past-date', date: 20_741, until: 20_788, by: 'notice', law: 'L.N. 95 of 2022' }],
  ['moved by nothing', { code: 'expired', on: 20_726 }],
  ['moved by what was withdrawn', { code: 'expired', on: 20_759 }],
  ['moved by a stolen key', { code: 'expired', on: 20_777 }],
  ['moved twice', { code: 'in-force-past-date', date: 20_767, until: null, by: 'notice', law: null }],
  ['without an end to move', { code: 'in-force', until: null }],
];

/** The standing of leaves of `proofs.acts` on a day: all acts are of day 20779. */
const PAST: readonly [name: string, leaf: number, day: number, Standing][] = [
  ['the day before it was suspended', 1, 20_778, { code: 'in-force', until: 21_122 }],
  ['the day on which it was suspended', 1, 20_779, { code: 'suspended', since: 0, until: 20_779, reason: 3 }],
  ['the day before it was revoked', 5, 20_778, { code: 'in-force', until: 21_122 }],
  ['the day on which it was revoked', 5, 20_779, { code: 'revoked', time: 0, reason: 2 }],
  ['the day after its printed end, before it was extended', 6, 20_779, ACTS[6]![1]],
  ['before its first day', 6, 20_088, { code: 'not-yet-in-force', from: 20_089 }],
  ['lifted by a stolen key, on that day', 3, 20_779, { code: 'suspended', since: 0, until: null, reason: 7 }],
  ['suspended by a stolen key, on that day', 2, 20_779, { code: 'in-force', until: 21_122 }],
];

function at(standing: Standing, time: number): Standing {
  if ('since' in standing && standing.since === 0) return { ...standing, since: time };
  return 'time' in standing && standing.time === 0 ? { ...standing, time } : standing;
}

function withoutKeys(world: World): Json {
  const trust = structuredClone(world.trustJson);
  for (const registry of trust.registries) for (const issuer of registry.issuers) issuer.keys = [];
  return trust as unknown as Json;
}

/** r = 5 is no x-coordinate of the curve. */
function impossibleSignature(): Uint8Array {
  const signature = new Uint8Array(65);
  signature[31] = 5;
  signature[63] = 1;
  signature[64] = 27;
  return signature;
}
