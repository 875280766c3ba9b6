import { decodeDate } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';

/** Days since 1970-01-01; null for what is no day of the calendar as YYYY-MM-DD. */
export function toDay(date: string): number | null {
  try {
    return decodeDate(date);
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}
