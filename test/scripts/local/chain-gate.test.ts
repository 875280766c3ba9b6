import { expect } from 'chai';
import { createGate } from '../../../scripts/local/chain-gate.ts';

describe('the gate', () => {
  it('lets shared work in together', async () => {
    const gate = createGate();
    const first = Promise.withResolvers<void>();
    const waiting = gate.shared(() => first.promise);
    await gate.shared(async () => first.resolve());
    await waiting;
  });

  it('lets work in alone after what is inside, and before what comes later', async () => {
    const gate = createGate();
    const order: string[] = [];
    const inside = Promise.withResolvers<void>();
    const work = [
      gate.shared(() => inside.promise.then(() => order.push('inside'))),
      gate.alone(async () => order.push('alone')),
      gate.alone(async () => order.push('alone again')),
      gate.shared(async () => order.push('later')),
    ];
    await new Promise((done) => setTimeout(done, 5));
    expect(order).to.deep.equal([]);
    inside.resolve();
    await Promise.all(work);
    expect(order).to.have.members(['inside', 'alone', 'alone again', 'later']);
    expect(order.slice(0, 2)).to.deep.equal(['inside', 'alone']);
  });

  it('never lets two in that want to be alone', async () => {
    const gate = createGate();
    let inside = 0;
    const work = Array.from({ length: 20 }, () =>
      gate.alone(async () => {
        inside += 1;
        expect(inside).to.equal(1);
        await new Promise((done) => setImmediate(done));
        inside -= 1;
      }),
    );
    await Promise.all(work);
  });

  it('opens again after work that failed, and hands its error on', async () => {
    const gate = createGate();
    const errors = await Promise.allSettled([
      gate.shared(() => Promise.reject(new Error('shared'))),
      gate.alone(() => Promise.reject(new Error('alone'))),
    ]);
    expect(errors.map((each) => each.status)).to.deep.equal(['rejected', 'rejected']);
    expect(await gate.shared(async () => 1)).to.equal(1);
    expect(await gate.alone(async () => 2)).to.equal(2);
  });
});
