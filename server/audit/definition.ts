import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PLATFORM } from './record.ts';

/**
 * The files whose hashes departments open on the chain as the "types" of audit heads. They are no credential types: the decoder of
 * definitions refuses them, no catalogue has them, and no verifier is served them.
 */
export const AUDIT_FILE: Uint8Array = readFileSync(new URL('audit-head.json', import.meta.url));
export const PLATFORM_FILE: Uint8Array = readFileSync(new URL('platform-head.json', import.meta.url));

/** 64 hex digits. */
export const AUDIT_DEFINITION: string = hashOf(AUDIT_FILE);

/** Of the heads of the platform's own chain: another type, so that a department's log need not account for them. */
export const PLATFORM_DEFINITION: string = hashOf(PLATFORM_FILE);

export const HEAD_DEFINITIONS: readonly string[] = [AUDIT_DEFINITION, PLATFORM_DEFINITION];

/** What provisioning opens beside a department's credential types. */
export const AUDIT_TYPE = { code: 'audit-head', version: 1, sha256: AUDIT_DEFINITION } as const;

/** What one department opens too: it carries the heads of the platform's chain. */
export const PLATFORM_TYPE = { code: 'platform-head', version: 1, sha256: PLATFORM_DEFINITION } as const;

/** By whose log it is. */
export function definitionOf(issuer: string): string {
  return issuer === PLATFORM ? PLATFORM_DEFINITION : AUDIT_DEFINITION;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
