import { expect } from 'chai';
import { ProofError, type ProofErrorCode } from '../../proof/errors.ts';

/** The code of the ProofError that `run` throws; fails on anything else. */
export function refusalOf(run: () => unknown): ProofErrorCode {
  try {
    run();
  } catch (error) {
    if (error instanceof ProofError) return error.code;
    throw error;
  }
  throw new Error('nothing was refused');
}

export function expectRefusal(code: ProofErrorCode, run: () => unknown): void {
  expect(refusalOf(run)).to.equal(code);
}
