import type { RequestHandler } from 'express';
import type { Log } from '../log.ts';
import { nameRequest } from './request-id.ts';

/**
 * Names each request and writes one line when it has ended. The line has the pattern of the route, never the address: what people
 * search for, and ids that are guessed, stand in addresses.
 */
export function logRequests(log: Log): RequestHandler {
  return (request, response, next) => {
    const requestId = nameRequest(request, response);
    response.locals.requestId = requestId;
    const start = process.hrtime.bigint();
    response.once('close', () => {
      const { route = null, issuer = null } = response.locals;
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      const line = { requestId, method: request.method, route, ms: Math.round(ms * 10) / 10, issuer };
      // a status that nobody received is none
      const outcome = response.writableFinished ? { status: response.statusCode } : { status: null, aborted: true };
      log.info({ ...line, ...outcome }, 'request');
    });
    next();
  };
}
