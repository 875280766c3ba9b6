import { decodeReceipt, type Receipt } from './receipt.ts';

/** What a person holds out, whatever the way that it came in. */
export interface Presented {
  kind: 'qr-text' | 'json';
  text: string;
  /** Where it came in the receipt of an earlier check. */
  receipt?: Receipt;
}

/** The text of a QR code, a credential as JSON, or a receipt with one of them inside: told apart by content. Judges nothing. */
export function readPresentedText(text: string): Presented {
  const trimmed = text.replace(/^\ufeff/, '').trim();
  if (!trimmed.startsWith('{')) return { kind: 'qr-text', text: trimmed };
  const receipt = decodeReceipt(trimmed);
  return receipt ? { ...receipt.presented, receipt } : { kind: 'json', text: trimmed };
}
