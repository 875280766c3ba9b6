import type { Import } from '../../client/api.ts';
import { toPrintable } from './printable.ts';

/** Where nobody looks at a terminal, a line in a log is enough now and then. */
const TELL_LOG_EVERY_MS = 10_000;

interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** How far a file is: one line that changes on a terminal, a line now and then elsewhere. */
export function createProgress(sizeBytes: number, screen: Screen) {
  const startedAt = Date.now();
  let first: Import | null = null;
  let toldAt = startedAt;
  let isOpen = false;
  return {
    tell(view: Import): void {
      first ??= view;
      const text = describeProgress(view, { first, sizeBytes, seconds: (Date.now() - startedAt) / 1_000 });
      if (screen.isTTY) screen.write(`\r\u001b[K${text}`);
      else if (Date.now() - toldAt >= TELL_LOG_EVERY_MS) {
        screen.write(`${text}\n`);
        toldAt = Date.now();
      }
      isOpen = screen.isTTY === true;
    },
    end(): void {
      if (isOpen) screen.write('\n');
      isOpen = false;
    },
  };
}

interface Pace {
  /** What was there when this command began. */
  first: Import;
  sizeBytes: number;
  seconds: number;
}

function describeProgress({ received, counts }: Import, { first, sizeBytes, seconds }: Pace): string {
  const share = sizeBytes === 0 ? 100 : Math.floor((100 * received.bytes) / sizeBytes);
  const failed = counts.rows - counts.ready;
  const pace = (received.bytes - first.received.bytes) / seconds;
  const left = pace > 0 ? `, ${describeSeconds((sizeBytes - received.bytes) / pace)} left` : '';
  return `${String(share).padStart(3)} %  ${toCount(counts.rows)} rows, ${toCount(failed)} failed${left}`;
}

function describeSeconds(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

function toCount(count: number): string {
  return count.toLocaleString('en');
}

const ENDS = {
  receiving: 'not all of it was received',
  completed: 'done',
  refused: 'refused: nothing was issued, because of the rows that failed',
  submitted: 'waits for approval: nothing is issued before somebody else has approved it',
  approved: 'approved: its rows are being issued',
  returned: 'returned by an approver: nothing was issued',
  withdrawn: 'withdrawn: nothing was issued',
  abandoned: 'abandoned: nothing came for a day; --again with a text imports it anew',
} as const;

/** What became of it. */
export function describeImport({ id, type, dryRun, state, counts, approval }: Import): string {
  const rows: [string, string][] = [
    ['type', type],
    ['state', dryRun ? `${ENDS[state]} (a dry run)` : ENDS[state]],
    ['rows', toCount(counts.rows)],
    [dryRun ? 'good' : 'issued', toCount(dryRun ? counts.ready : counts.issued)],
    ['malformed', toCount(counts.malformed)],
    ['duplicates', toCount(counts.duplicates)],
    ['known', `${toCount(counts.alreadyIssued)} were issued before`],
    ...(state === 'submitted' && approval ? [['to approve', approval.contentHash] as [string, string]] : []),
  ];
  return `${[id, ...rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`)].map(toPrintable).join('\n')}\n`;
}
