import type { RequestHandler } from 'express';
import { readTrustedRegistry, type TrustedNodes } from '../chain/trusted-registry.ts';
import type { Db } from '../store/schema.ts';

/** What the deployment decides about its verifiers. */
export interface TrustSettings {
  isTest: boolean;
  /** Addresses that a QR may lead to, each ending in "/". */
  verifiers: readonly string[];
  /** Where officers look things up, for verifiers on another origin, ending in "/". */
  console?: string;
  maxBlockAgeSeconds: number;
  maxSnapshotAgeSeconds: number;
  /** The registry, and its nodes as a verifier reaches them. */
  registry: TrustedNodes;
}

/** The text of `trust.json`: what this service's verifiers trust (proof/trust.ts reads it). */
export async function trustText(db: Db, { isTest, registry, ...rest }: TrustSettings): Promise<string> {
  const registries = [await readTrustedRegistry(db, registry)];
  return `${JSON.stringify({ format: 'eproof-trust/1', test: isTest, ...rest, registries })}\n`;
}

/** Fresh at every visit: a new department must be trusted at once, and an ended key no longer. */
export function serveTrust(trust: () => Promise<string>): RequestHandler {
  return async (_request, response) => {
    response.locals.route = '/trust.json';
    const text = await trust();
    response.set('Cache-Control', 'no-cache').type('application/json').send(text);
  };
}
