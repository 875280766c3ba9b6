import { createHmac } from 'node:crypto';

/** The header of a delivery: when, and the HMAC-SHA-256 of "<when>.<body>" in hex under each secret that is valid now. */
export function signDelivery(secrets: readonly string[], { seconds, body }: { seconds: number; body: string }): string {
  const macs = secrets.map((secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`);
  return [`t=${seconds}`, ...macs].join(',');
}
