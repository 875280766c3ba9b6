const TIMEOUT_MS = 4_000;

/** What every request of the page has in common: nobody is told who asks, and nothing is waited for without end. */
export function ask(url: URL, options: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return fetch(url, { ...options, credentials: 'omit', referrerPolicy: 'no-referrer', signal });
}

/** The list of trust, as it is now. */
export function askTrust(base: URL): Promise<Response> {
  return ask(new URL('trust.json', base), { cache: 'no-cache' });
}
