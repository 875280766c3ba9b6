const PATIENCE_MS = 10_000;

/** Whether this is a test system, as the service says with what its verifiers trust. @throws Error where it does not say so */
export async function askIsTest(): Promise<boolean> {
  const response = await fetch('/trust.json', { credentials: 'omit', signal: AbortSignal.timeout(PATIENCE_MS) });
  // a problem in JSON has no "test" either
  if (!response.ok) throw new Error(`trust.json was answered with ${response.status}`);
  const { test } = (await response.json()) as { test?: unknown };
  if (typeof test !== 'boolean') throw new Error('trust.json does not say whether this is a test system');
  return test;
}
