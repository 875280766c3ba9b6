import { AppError, type AppErrorCode } from './app-error.ts';

/** What two people may change at once, each after they have read it. */
type ChangedCode = Extract<AppErrorCode, `${string}_CHANGED`>;

/**
 * Whoever writes over what a colleague has written since would undo it unseen. `seen` is the "changedAt" of what was read, null for what nobody had changed
 * yet; left out, whatever it says now is replaced. The row is locked by then, so that of two who saw the same the second is refused.
 */
export function requireSeenVersion(code: ChangedCode, changedAt: Date | null, seen: string | null | undefined): void {
  if (seen === undefined) return;
  if (changedAt === null ? seen === null : seen !== null && Date.parse(seen) === changedAt.getTime()) return;
  const since = changedAt === null ? 'nobody has changed it yet' : `at ${changedAt.toISOString()}`;
  throw new AppError(code, `"changedAt" is not that of what holds now: ${since}`);
}

/** When it is changed now: two within a millisecond must not look like one to whoever saw the first. */
export function nextVersion(before: Date | null, now: number): Date {
  return new Date(before === null ? now : Math.max(now, before.getTime() + 1));
}
