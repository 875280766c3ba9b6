import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * The file whose hash a department opens on the chain as the "type" of its audit heads. It is no credential type: the decoder of
 * definitions refuses it, no catalogue has it, and no verifier is served it.
 */
export const AUDIT_FILE: Uint8Array = readFileSync(new URL('audit-head.json', import.meta.url));

/** 64 hex digits. */
export const AUDIT_DEFINITION: string = createHash('sha256').update(AUDIT_FILE).digest('hex');

/** What provisioning opens beside a department's credential types. */
export const AUDIT_TYPE = { code: 'audit-head', version: 1, sha256: AUDIT_DEFINITION } as const;
