import { ApiProblem, NoAnswer, readProblem } from './problem.ts';

/** One request as it goes over the wire, the same in each attempt. */
export interface WireRequest {
  url: URL;
  init: RequestInit;
  requestId: string;
}

export interface Attempt<T> {
  fetch: typeof fetch;
  request: WireRequest;
  /** What of an answer has to be there before the time is over. */
  read(response: Response): Promise<T>;
  attemptMs: number;
  signal: AbortSignal | undefined;
}

/** What an attempt came to: an answer, or why there is none and after how long another attempt may have one (null: never). */
export type Outcome<T> = { answer: T } | { failure: ApiProblem | NoAnswer; retryAfterMs: number | null };

const AT_ONCE = 0;

/** Sends once. @throws what the caller aborted with */
export async function attempt<T>({ fetch, request, read, attemptMs, signal }: Attempt<T>): Promise<Outcome<T>> {
  signal?.throwIfAborted();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), attemptMs);
  const signals = signal ? [signal, patience.signal] : [patience.signal];
  let response: Response | null = null;
  try {
    response = await fetch(request.url, { ...request.init, signal: AbortSignal.any(signals) });
    if (!response.ok) return await readRefusal(response, request);
    return { answer: await read(response) };
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof NoAnswer) return { failure: cause, retryAfterMs: null };
    const reason = patience.signal.aborted ? 'TIMED_OUT' : response ? 'CUT_OFF' : 'UNREACHABLE';
    const failure = new NoAnswer(reason, `${WORDS[reason]} ${request.url.origin}`, { ...request, cause });
    return { failure, retryAfterMs: AT_ONCE };
  } finally {
    clearTimeout(timer);
  }
}

const WORDS = {
  TIMED_OUT: 'no answer in time from',
  CUT_OFF: 'the answer was cut off by',
  UNREACHABLE: 'there is no connection to',
} as const;

async function readRefusal(response: Response, { url, requestId }: WireRequest): Promise<Outcome<never>> {
  const problem = readProblem(response, await response.text());
  const failure = problem
    ? new ApiProblem(problem)
    : new NoAnswer('NOT_THE_SERVICE', `${url.origin} answered ${response.status}, which is no answer of the service`, {
        requestId,
      });
  return { failure, retryAfterMs: retryAfterMs(response) };
}

/** The service says "Retry-After" with everything that passes by itself; a proxy in between may not. */
function retryAfterMs({ status, headers }: Response): number | null {
  const told = headers.get('retry-after');
  if (told !== null && /^\d{1,6}$/.test(told)) return Number(told) * 1_000;
  if (told !== null && !Number.isNaN(Date.parse(told))) return Math.max(AT_ONCE, Date.parse(told) - Date.now());
  return status >= 500 || status === 429 ? AT_ONCE : null;
}
