import { expect } from 'chai';
import { LAST_DAY, lastSecondOf, toHongKongDay } from '../../proof/day.ts';
import type { RegistryReading } from '../../proof/nodes.ts';
import type { Proof } from '../../proof/proof.ts';
import type { StatusEvent } from '../../proof/status-event.ts';
import { verify } from '../../proof/verdict.ts';
import { evidenceOf } from '../../scripts/vectors/evidence.ts';
import { toQrProof } from '../../scripts/vectors/issuing.ts';
import { createWorld, NOW } from '../../scripts/vectors/world.ts';

const world = createWorld({ batches: 0 });
const TODAY = toHongKongDay(NOW);
const [inForce] = world.proofs.standings as [Proof];
const KEY = world.keys.anchor.address;
const STOLEN = world.keys.compromised.address;
const batch = world.idOf(inForce);

/** An act on the first credential, at noon so many days before today. */
const act = (daysAgo: number, what: StatusEvent['act'], more: Partial<StatusEvent> = {}): StatusEvent => ({
  batch,
  act: what,
  leaves: 1n,
  until: null,
  reason: 3,
  successor: what === 'succeed' ? { batch: world.idOf(world.proofs.second), leaf: 0 } : null,
  key: KEY,
  time: NOW - daysAgo * 86_400,
  ...more,
});

const actOf = ({ key, time }: StatusEvent) => ({ key, at: time, invalidFrom: key === STOLEN ? 1 : 0 });

/** The reading that the registry gives after these acts: its words and records are the last ones, its events all of them. */
function readingAfter(events: readonly StatusEvent[]): RegistryReading {
  const { reading } = evidenceOf(world, inForce);
  if (!reading || 'failure' in reading) throw new Error('no reading');
  const last = (what: StatusEvent['act']) => events.findLast((event) => event.act === what);
  const [suspension, lift, succession, extension] = (['suspend', 'reinstate', 'succeed', 'extend'] as const).map(last);
  const isLifted = lift && suspension && events.indexOf(lift) > events.indexOf(suspension);
  const record = {
    leaf: 0,
    suspension: suspension ? { ...actOf(suspension), until: suspension.until } : null,
    lift: isLifted ? actOf(lift) : null,
    succession: succession
      ? { ...actOf(succession), ...(succession.successor as { batch: Uint8Array; leaf: number }) }
      : null,
    extension: extension ? { ...actOf(extension), validUntil: extension.until as number } : null,
  };
  const page = structuredClone(reading.page);
  page.batches.find(({ number }) => number === inForce.locator)!.revoked = last('revoke') ? 1n : 0n;
  const always = { purpose: 'anchor', validFrom: 0, validUntil: 0 } as const;
  return {
    ...reading,
    page,
    records: [record],
    events,
    eventKeys: [
      { ...always, number: 1, address: KEY, invalidFrom: 0 },
      { ...always, number: 4, address: STOLEN, invalidFrom: 1 },
    ],
  };
}

const on = (daysAgo: number, events: readonly StatusEvent[], change: Partial<RegistryReading> = {}) =>
  verify({
    ...evidenceOf(world, toQrProof(inForce)),
    reading: { ...readingAfter(events), ...change },
    day: TODAY - daysAgo,
  }).past?.standing ?? null;

describe('the standing on a day in the past', () => {
  it('is asked for, or not told', () => {
    expect(verify(evidenceOf(world, inForce)).past).to.equal(null);
    expect(verify({ ...evidenceOf(world, inForce), day: TODAY - 1 }).past).to.deep.equal({
      day: TODAY - 1,
      standing: { code: 'in-force', until: 21_122 },
    });
  });

  it('is that of the end of the day', () => {
    const revoked = act(3, 'revoke', { time: lastSecondOf(TODAY - 3) });
    expect(on(4, [revoked])?.code).to.equal('in-force');
    expect(on(3, [revoked])).to.deep.equal({ code: 'revoked', time: revoked.time, reason: 3 });
    expect(on(3, [{ ...revoked, time: revoked.time + 1 }])?.code).to.equal('in-force');
  });

  it('follows suspensions, one after another, with and without an end', () => {
    const events = [
      act(10, 'suspend', { until: TODAY - 8 }),
      act(6, 'suspend'),
      act(5, 'reinstate'),
      act(3, 'suspend', { until: TODAY + 30 }),
      act(2, 'suspend', { until: TODAY - 1 }),
    ];
    const codes = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((daysAgo) => on(daysAgo, events)?.code);
    const [free, held] = ['in-force', 'suspended'];
    expect(codes).to.deep.equal([free, held, held, held, free, held, free, free, held, held, held, free]);
    expect(on(9, events)).to.deep.include({ until: TODAY - 8, reason: 3 });
  });

  it('knows no successor before one was named, and the last one that was named by then', () => {
    const other = { batch: world.idOf(world.proofs.elsewhere), leaf: 7 };
    const events = [act(5, 'succeed'), act(2, 'succeed', { successor: other })];
    expect(on(6, events)?.code).to.equal('in-force');
    expect(on(3, events)).to.deep.include({ code: 'superseded', time: events[0]!.time });
    expect(on(1, events)).to.deep.include({ code: 'superseded', time: events[1]!.time });
  });

  it('counts an end that was moved later for the days before, too', () => {
    const shortened = [act(0, 'extend', { until: TODAY - 5 })];
    expect(on(5, shortened)).to.deep.equal({ code: 'in-force', until: TODAY - 5 });
    expect(on(4, shortened)).to.deep.equal({ code: 'expired', on: TODAY - 5 });
    expect(on(3, [act(0, 'extend', { until: LAST_DAY })])).to.deep.equal({ code: 'in-force', until: null });
  });

  it('believes no act of a stolen key but its revocations', () => {
    const stolen = { key: STOLEN };
    expect(on(1, [act(2, 'suspend', stolen)])?.code).to.equal('in-force');
    expect(on(1, [act(2, 'succeed', stolen)])?.code).to.equal('in-force');
    expect(on(1, [act(2, 'extend', { ...stolen, until: TODAY - 9 })])?.code).to.equal('in-force');
    expect(on(1, [act(3, 'suspend'), act(2, 'reinstate', stolen)])?.code).to.equal('suspended');
    expect(on(1, [act(2, 'revoke', stolen)])?.code).to.equal('revoked');
  });

  it('is not told where the events do not lead to what the register says of today', () => {
    const events = [act(4, 'suspend'), act(3, 'revoke'), act(2, 'succeed')];
    expect(on(1, events)?.code).to.equal('revoked');
    for (const missing of events) {
      const kept = events.filter((event) => event !== missing);
      expect(on(1, events, { events: kept }), missing.act).to.equal(null);
    }
    expect(on(1, [], { events: [act(4, 'suspend')] })).to.equal(null);
    expect(on(1, [], { events: [act(4, 'revoke')] })).to.equal(null);
  });

  it('is not told without events, without their keys or with a key that nobody knows', () => {
    const events = [act(4, 'suspend')];
    expect(on(1, events, { events: null })).to.equal(null);
    expect(on(1, events, { eventKeys: null })).to.equal(null);
    expect(on(1, events, { eventKeys: [] })).to.equal(null);
  });

  it('is told of nothing that is not genuine', () => {
    const evidence = evidenceOf(world, { ...inForce, signature: world.proofs.ended.signature });
    expect(verify({ ...evidence, day: TODAY - 1 })).to.deep.include({
      genuine: 'not-genuine',
      past: { day: TODAY - 1, standing: null },
    });
  });
});
