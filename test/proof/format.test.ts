import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { MOST_LEAVES } from '../../proof/batch.ts';
import { decodeBase64Url, decodeHex, toHex } from '../../proof/bytes.ts';
import { CBOR_LIMITS } from '../../proof/cbor.ts';
import { CLAIM_TYPES } from '../../proof/claim-value.ts';
import { MOST_CLAIMS_IN_GROUP } from '../../proof/commitment.ts';
import { MOST_TEXT_LENGTH } from '../../proof/credential-type.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { discloseClaims } from '../../proof/disclosure.ts';
import { encodeHeader } from '../../proof/header.ts';
import { MOST_JSON_CHARACTERS } from '../../proof/json.ts';
import {
  encodePresentation,
  HOLDER_CODES,
  judgePresentation,
  MOST_AUDIENCE_LENGTH,
  MOST_PRESENTATION_SECONDS,
  presentationMessage,
} from '../../proof/presentation.ts';
import { decodeProof, encodeProof, type Proof, rootOf } from '../../proof/proof.ts';
import { decodeQrText } from '../../proof/qr-text.ts';
import { BATCHES_PER_PAGE } from '../../proof/reading.ts';
import { batchId } from '../../proof/signature.ts';
import { CHECK_CODES, CHECK_NAMES, judge, PRESENTATION_CHECK_NAMES, verify } from '../../proof/verdict.ts';
import { evidenceOf } from '../../scripts/vectors/evidence.ts';
import { createExample } from '../../scripts/vectors/example.ts';
import { issueBatch, toKind, toQrProof } from '../../scripts/vectors/issuing.ts';
import { createWorld, NOW, tinyClaims } from '../../scripts/vectors/world.ts';

const FORMAT = readFileSync(new URL('../../proof/FORMAT.md', import.meta.url), 'utf8');

/** The rows of the table after a mark, by the names in its head. */
function tableOf(name: string): Record<string, string>[] {
  const text = FORMAT.split(`<!-- table: ${name} -->\n`)[1]?.split('<!-- /table -->')[0];
  if (text === undefined) throw new Error(`FORMAT.md has no table ${name}`);
  const [head = [], , ...rows] = text
    .trim()
    .split('\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  return rows.map((cells) => Object.fromEntries(head.map((column, i) => [column, cells[i] ?? ''])));
}

describe('FORMAT.md', () => {
  it('lists every code once, with its outcome', () => {
    const rows = tableOf('codes').map(({ code, outcome }) => [code, outcome]);
    expect(Object.fromEntries(rows)).to.deep.equal(CHECK_CODES);
    expect(rows).to.have.length(Object.keys(CHECK_CODES).length);
  });

  it('has rules for every check in the order of the checks, and a rule for every code', () => {
    const rules = tableOf('rules');
    expect([...new Set(rules.map(({ check }) => check))]).to.deep.equal(PRESENTATION_CHECK_NAMES);
    const isReference = (code: string) => code.startsWith('the ');
    const given = new Set([...rules, ...tableOf('holder')].map(({ code }) => code as string));
    const failures = ['NODES_UNREACHABLE', 'NODES_DISAGREE', 'NODE_WRONG_REGISTRY'];
    const undecodable = ['FORMAT_INVALID', 'FORMAT_VERSION_UNKNOWN'];
    const expected = Object.keys(CHECK_CODES).filter((code) => ![...failures, ...undecodable].includes(code));
    expect([...given].filter((code) => !isReference(code)).sort()).to.deep.equal(expected.sort());
    const places = new Map(tableOf('codes').map(({ check, code }) => [code, check]));
    for (const { check, code } of rules)
      if (places.has(code)) expect(['any', check], code).to.include(places.get(code));
  });

  it('says when a credential is genuine, as the code does', () => {
    const passes = CHECK_NAMES.map((name) => ({ name, outcome: 'pass' as const, code: 'FORMAT_VALID' as const }));
    for (const row of tableOf('genuine')) {
      const [fails, isOpen] = [row['a check fails'] === 'yes', row['a check is unknown or missing'] === 'yes'];
      for (let at = 0; at < passes.length; at++) {
        const other = (at + 3) % passes.length;
        const failed = passes.map((check, i) => (fails && i === at ? { ...check, outcome: 'fail' as const } : check));
        const unknown = failed.map((check, i) =>
          isOpen && i === other ? { ...check, outcome: 'unknown' as const } : check,
        );
        expect(judge(unknown)).to.equal(row.genuine);
        if (isOpen) expect(judge(failed.filter((_, i) => i !== other))).to.equal(row.genuine);
      }
    }
    expect(tableOf('genuine')).to.have.length(4);
  });

  it('gives the standing of each combination of statuses and dates, as the code does', () => {
    const rows = tableOf('standing');
    const facts = [
      'revoked',
      'superseded',
      'suspended',
      'after end',
      'after validUntil',
      'before validFrom',
      'after partlyUntil',
    ];
    const seen = new Set<string>();
    for (const { proof, fact, standing } of combinations()) {
      const row = rows.find((candidate) =>
        facts.every((name, i) => candidate[name] === '–' || candidate[name] === (fact[i] ? 'yes' : 'no')),
      );
      expect(standing, JSON.stringify({ fact, index: proof.index })).to.equal(row?.standing);
      seen.add(standing ?? '');
    }
    expect([...seen].sort()).to.deep.equal(rows.map((row) => row.standing as string).sort());
  });

  it('judges a presentation by the codes of the code, each with its outcome', () => {
    const rows = tableOf('holder').map(({ code, outcome }) => [code as string, outcome]);
    expect(Object.fromEntries(rows)).to.deep.equal(HOLDER_CODES);
    expect(rows).to.have.length(Object.keys(HOLDER_CODES).length);
  });

  it('names every claim type', () => {
    const section = FORMAT.split('\n7.5 ')[1]?.split('\n7.6 ')[0] ?? '';
    expect([...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, type]) => type)).to.deep.equal(CLAIM_TYPES);
  });

  it('has the limits of the code', () => {
    const section = FORMAT.split('## 12.')[1]?.split('## 13.')[0] ?? '';
    const limit = (what: string) =>
      Number(new RegExp(`\\| ${what} \\|.*?([0-9,]+) \\|`).exec(section)?.[1]?.replaceAll(',', ''));
    expect(limit('bytes of a proof or presentation')).to.equal(CBOR_LIMITS.sizeBytes);
    expect(limit('nested arrays in a proof or presentation')).to.equal(CBOR_LIMITS.depth);
    expect(limit('claims in a group')).to.equal(MOST_CLAIMS_IN_GROUP);
    expect(limit('credentials in a batch')).to.equal(MOST_LEAVES);
    expect(limit('code units of a JSON document')).to.equal(MOST_JSON_CHARACTERS);
    expect(limit("code units of a claim's text")).to.equal(MOST_TEXT_LENGTH);
    expect(limit("code units of a presentation's audience")).to.equal(MOST_AUDIENCE_LENGTH);
    expect(limit('days of a presentation') * 86_400).to.equal(MOST_PRESENTATION_SECONDS);
    expect(limit('batches in a page')).to.equal(BATCHES_PER_PAGE);
  });

  it('shows an example that the code understands: the hashes there were put together by hand', () => {
    const { proof, json, blocks } = createExample();
    expect(toHex(encodeHeader(proof.header))).to.equal(json.header);
    expect(toHex(rootOf(proof))).to.equal(json.root);
    expect(toHex(encodeProof(proof))).to.equal(json.proof);
    expect(toHex(decodeQrText(json.qrText as string, [json.verifier as string]))).to.equal(json.proof);
    const facts = { issuer: 1, definition: definitionOf(json.document), root: rootOf(proof), size: proof.size };
    expect(toHex(batchId(json.registry as { chainId: number; address: string }, facts))).to.equal(json.batch);
    const { proofValue } = (json.document as { proof: { proofValue: string } }).proof;
    expect(toHex(rootOf(decodeProof(decodeBase64Url(proofValue.slice(1)))))).to.equal(json.root);
    const { full, presentation } = createExample();
    const selection = discloseClaims(full, toKind(json.definition as string).value, ['number', 'conditions']);
    expect(toHex(encodeProof(selection))).to.equal(json.selection);
    expect(toHex(encodePresentation(presentation))).to.equal(json.presentation);
    expect(toHex(presentationMessage(presentation))).to.equal(json.message);
    const occasion = { audiences: [json.verifier as string], nonce: presentation.nonce };
    expect(judgePresentation(presentation, occasion, presentation.issuedAt)).to.equal('HOLDER_SIGNED');
    for (const [name, block] of Object.entries(blocks))
      expect(FORMAT.includes(`<!-- ${name} -->\n${block}\n<!-- /${name} -->`), name).to.equal(true);
  });
});

function definitionOf(document: unknown): Uint8Array {
  return decodeHex(
    (document as { credentialSchema: { id: string } }).credentialSchema.id.slice('urn:eproof:type:'.length),
  );
}

/** Every way in which the dates can stand to today, with every combination of what may have been done. */
function* combinations() {
  const world = createWorld({ batches: 0 });
  const today = toHongKongDay(NOW);
  const [before, after] = [today - 1, today + 1];
  const dates = [before, after].flatMap((validFrom) =>
    [null, before, today, after + 1].flatMap((validUntil) =>
      [null, before, today, after].flatMap((partlyUntil) =>
        [null, before, today, after].map((end) => ({ validFrom, validUntil, partlyUntil, end })),
      ),
    ),
  );
  const possible = dates.filter(
    ({ validFrom, validUntil, partlyUntil }) =>
      (validUntil === null || validUntil >= validFrom) &&
      (partlyUntil === null || (partlyUntil >= validFrom && (validUntil === null || partlyUntil < validUntil))),
  );
  const { registry } = world;
  const parties = { registry, place: 0, issuer: 1, kind: world.kinds.tiny, number: 1, key: world.keys.anchor };
  const toText = (day: number | null) => (day === null ? null : toDate(day));
  const STATUSES = 8;
  const cases = possible.flatMap((given) => Array.from({ length: STATUSES }, (_, status) => ({ ...given, status })));
  for (let from = 0; from < cases.length; from += MOST_LEAVES) {
    const some = cases.slice(from, from + MOST_LEAVES);
    const batch = issueBatch(
      parties,
      some.map((given, i) => ({
        name: `combination ${from + i}`,
        claims: tinyClaims('1'),
        validFrom: toDate(given.validFrom),
        validUntil: toText(given.validUntil),
        partlyUntil: toText(given.partlyUntil),
      })),
    );
    const id = world.idOf(batch[0] as Proof);
    for (const [index, { status, end }] of some.entries()) {
      if (status & 1) registry.revoke(id, index, 1);
      if (status & 2) registry.nameSuccessor(id, index, { batch: id, leaf: 0 });
      if (status & 4) registry.suspend(id, index, 1);
      if (end !== null) registry.extend(id, index, end);
    }
    registry.mine();
    for (const [index, { status, validFrom, validUntil, partlyUntil, end }] of some.entries()) {
      const proof = batch[index] as Proof;
      const isAfter = (day: number | null) => day !== null && today > day;
      const fact = [
        ...[1, 2, 4].map((bit) => (status & bit) !== 0),
        isAfter(end ?? validUntil),
        isAfter(validUntil),
        today < validFrom,
        isAfter(partlyUntil),
      ];
      yield { proof, fact, standing: verify(evidenceOf(world, toQrProof(proof))).standing?.code };
    }
  }
}
