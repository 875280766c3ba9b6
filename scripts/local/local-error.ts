/** A problem that the person at the keyboard can solve; its message is the one line that they read. */
export class LocalError extends Error {
  override name = 'LocalError';
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
