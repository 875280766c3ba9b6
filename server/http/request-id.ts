import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's own id of the request where it is harmless in a log line, else a new one; echoed in the answer. */
export function nameRequest(request: Request, response: Response): string {
  const given = request.get('x-request-id') ?? '';
  const id = ACCEPTABLE.test(given) ? given : randomUUID();
  response.set('X-Request-Id', id);
  return id;
}
