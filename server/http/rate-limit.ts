import type { Request, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { createRateCounter, type RateCounter } from '../store/rate-counts.ts';
import type { Db } from '../store/schema.ts';
import { RequestError } from './request-error.ts';

/** How many requests in a minute. */
export interface RateLimits {
  /** Of one API key, officer or holder. */
  caller: number;
  /** From one address, that come with a key, a token or a client that is not known. */
  refused: number;
  /** Of one API key, to get access tokens. */
  token: number;
  /** From one address, to sign in and to come back from it. */
  signIn: number;
  /** From all addresses, to sign in: each leaves a row for ten minutes. */
  signInOfAll: number;
  /** From one address, to look something up by its reference; of one officer or key, to look restricted things up. */
  lookUp: number;
  /** From one address, to look something up by facts from its paper. */
  facts: number;
  /** From all addresses, to do so: each leaves a row for a week. */
  factsOfAll: number;
}

/** Counts a request, and tells the caller in the headers "RateLimit" and "RateLimit-Policy". @throws RequestError RATE_LIMITED */
type Limit<Key extends unknown[] = []> = (
  exchange: { request: Request; response: Response },
  ...key: Key
) => Promise<void>;

/** Of an address where it is not said who calls. */
type LimitOfWhoever = Limit<[caller?: string]>;

export interface RateLimiters {
  caller: Limit<[key: string]>;
  refused: Limit;
  token: Limit<[key: string]>;
  signIn: Limit;
  lookUp: LimitOfWhoever;
  facts: LimitOfWhoever;
}

/** For how long an instance counts a caller alone: so that a caller's requests cost a write a second, and not one each. */
const CALLER_SETTLE_MS = 1_000;

export function createRateLimiters(db: Db, limits: RateLimits, now: () => number): RateLimiters {
  const exact = createRateCounter(db, { now, settleMs: 0 });
  const settled = createRateCounter(db, { now, settleMs: CALLER_SETTLE_MS });
  const exactly = (name: string, limit: number) => toLimit({ name, limit, counter: exact });
  const caller = toLimit({ name: 'caller', limit: limits.caller, counter: settled });
  const refused = exactly('refused', limits.refused);
  const signIn = exactly('sign-in', limits.signIn);
  const signInOfAll = toLimit({ name: 'sign-in-of-all', limit: limits.signInOfAll, counter: settled });
  const lookUp = exactly('look-up', limits.lookUp);
  const facts = exactly('facts', limits.facts);
  const factsOfAll = toLimit({ name: 'facts-of-all', limit: limits.factsOfAll, counter: settled });
  return {
    caller,
    token: exactly('token', limits.token),
    refused: (exchange) => refused(exchange, addressOf(exchange.request)),
    async signIn(exchange) {
      await signIn(exchange, addressOf(exchange.request));
      await signInOfAll(exchange, 'all');
    },
    lookUp: (exchange, caller) => lookUp(exchange, caller ?? addressOf(exchange.request)),
    async facts(exchange, caller) {
      await facts(exchange, caller ?? addressOf(exchange.request));
      await factsOfAll(exchange, 'all');
    },
  };
}

/** A whole network of IPv6, because one household has more addresses than can be counted. */
function addressOf({ ip }: Request): string {
  return ip === undefined ? 'unknown' : ipKeyGenerator(ip);
}

interface Counted {
  name: string;
  limit: number;
  counter: RateCounter;
}

function toLimit({ name, limit, counter }: Counted): Limit<[key: string]> {
  const limiter = rateLimit({
    windowMs: 60_000,
    limit,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // what it would warn of in the console is decided by our own configuration
    validate: false,
    keyGenerator: (_request, response) => `${name}:${String(response.locals.countedBy)}`,
    store: {
      async increment(key) {
        const { hits, endsAt } = await counter.count(key);
        return { totalHits: hits, resetTime: endsAt };
      },
      // nobody's count is taken back
      decrement: () => {},
      resetKey: () => {},
    },
    handler: (_request, _response, next) =>
      next(new RequestError('RATE_LIMITED', `at most ${limit} requests in a minute are answered ("${name}")`)),
  });
  return ({ request, response }, key) => {
    response.locals.countedBy = key;
    return new Promise((resolve, reject) => {
      limiter(request, response, (error?: unknown) => (error ? reject(error as Error) : resolve()));
    });
  };
}
