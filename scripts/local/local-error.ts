/** A problem that the person at the keyboard can solve; its message is the one line that they read. */
export class LocalError extends Error {
  override name = 'LocalError';
}

/** Whether its message alone is what a person has to know, as those of the service that it has for its operator. */
export function isForOperator(error: unknown): boolean {
  return error instanceof Error && ['LocalError', 'ConfigError', 'AppError', 'ListenError'].includes(error.name);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
