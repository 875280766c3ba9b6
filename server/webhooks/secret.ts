import { randomBytes } from 'node:crypto';
import type { Cipher, DataKey } from '../issuance/use-cases.ts';
import type { WebhookRow } from '../store/schema.ts';

const utf8 = new TextDecoder();

/** "whs_" and 256 random bits. */
export function createSecret(): string {
  return `whs_${randomBytes(32).toString('base64url')}`;
}

export function sealSecret(secret: string, key: DataKey, issuerId: number): Buffer {
  return Buffer.from(key.encrypt(Buffer.from(secret), contextOf(issuerId)));
}

/** The secrets that count now, the newest first: two while one takes over from another. */
export function openSecrets(webhook: WebhookRow, cipher: Cipher, now: number): string[] {
  const key = cipher.openDataKey(webhook.wrapped_key);
  const isOverlap = webhook.previous_secret !== null && (webhook.previous_until?.getTime() ?? 0) > now;
  const sealed = isOverlap ? [webhook.secret, webhook.previous_secret as Buffer] : [webhook.secret];
  return sealed.map((bytes) => utf8.decode(key.decrypt(bytes, contextOf(webhook.issuer_id))));
}

function contextOf(issuerId: number): string {
  return `webhook-secret:${issuerId}`;
}
