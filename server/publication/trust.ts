import type { RequestHandler } from 'express';
import type { Trust } from '../../proof/trust.ts';
import type { Db } from '../store/schema.ts';

/** What the deployment decides about its verifiers. */
export interface TrustSettings {
  isTest: boolean;
  /** Addresses that a QR may lead to, each ending in "/". */
  verifiers: readonly string[];
  maxBlockAgeSeconds: number;
  chainId: number;
  /** The registry's address. */
  registry: string;
  /** The nodes that a verifier asks, as it reaches them. */
  nodes: readonly string[];
  /** How many of them must give the same answer; more than half where it is left out. */
  agree?: number | undefined;
}

/** The text of `trust.json`: what this service's verifiers trust (proof/trust.ts reads it). */
export async function trustText(db: Db, settings: TrustSettings, codeHash: string): Promise<string> {
  const { isTest, verifiers, maxBlockAgeSeconds, chainId, registry, nodes } = settings;
  const [issuers, types] = await Promise.all([listIssuers(db), listTypes(db)]);
  const agree = settings.agree ?? Math.floor(nodes.length / 2) + 1;
  const trust: Trust = {
    test: isTest,
    verifiers,
    maxBlockAgeSeconds,
    registries: [{ chainId, address: registry.toLowerCase(), codeHash, nodes, agree, issuers, types }],
  };
  return `${JSON.stringify({ format: 'eproof-trust/1', ...trust }, null, 1)}\n`;
}

async function listIssuers(db: Db): Promise<Trust['registries'][number]['issuers']> {
  const rows = await db
    .selectFrom('issuers')
    .select(['number', 'profile', 'anchor_key', 'status_key'])
    .where('number', 'is not', null)
    .orderBy('number')
    .execute();
  return rows.map(({ number, profile, anchor_key, status_key }) => ({
    issuer: number as number,
    profile,
    keys: [anchor_key, status_key].filter((key) => key !== null),
  }));
}

function listTypes(db: Db): Promise<Trust['registries'][number]['types']> {
  return db
    .selectFrom('credential_types')
    .innerJoin('issuers', 'issuers.id', 'credential_types.issuer_id')
    .where('issuers.number', 'is not', null)
    .select(['issuers.number as issuer', 'credential_types.number', 'credential_types.definition'])
    .$narrowType<{ issuer: number }>()
    .orderBy('issuers.number')
    .orderBy('credential_types.number')
    .execute();
}

/** Fresh at every visit: a new department must be trusted at once, and an ended key no longer. */
export function serveTrust(trust: () => Promise<string>): RequestHandler {
  return async (_request, response) => {
    response.locals.route = '/trust.json';
    const text = await trust();
    response.set('Cache-Control', 'no-cache').type('application/json').send(text);
  };
}
