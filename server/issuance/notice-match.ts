import type { NoticeReading } from '../../proof/records.ts';
import type { NoticeRow } from '../store/schema.ts';

/** Whether what the registry has is what a department asked for. */
export function isPosted(
  asked: Pick<NoticeRow, 'from_day' | 'to_day' | 'valid_until' | 'law'>,
  { from, to, validUntil, law }: NoticeReading,
): boolean {
  return asked.from_day === from && asked.to_day === to && asked.valid_until === validUntil && asked.law === law;
}
