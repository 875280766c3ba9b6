/*
 * All that a site and the frame in it say to each other, through a port that the frame takes once, from the window that it is in. The site gives a
 * proof and how it wants it shown; the frame says how it ended. Neither sends code, markup or an address to go to.
 */

export const CONNECT = 'eproof-connect';

export type ToFrame =
  | { kind: 'look'; locale: string; theme: string }
  /** What to check: the text of a QR code, or JSON. At once, or when the reader presses a button. */
  | { kind: 'check'; text: string; isAtOnce: boolean }
  /** There was a document, and the site could not get it. */
  | { kind: 'lost' };

export type FromFrame =
  | { kind: 'size'; heightPx: number }
  | { kind: 'verdict'; verdict: EmbeddedVerdict }
  | { kind: 'refusal'; code: string };

/** What a site learns: the verdict, and nothing that the document says. The reader may have chosen another document than the site's. */
export interface EmbeddedVerdict {
  genuine: 'genuine' | 'not-genuine' | 'could-not-be-checked';
  /** Of what is genuine: `in-force`, `expired`, `revoked` and the others of FORMAT.md section 10. */
  standing: string | null;
  /** ISO 8601, UTC. */
  checkedAt: string;
  block: { number: number; time: string } | null;
  /** Whether it is of the proof that the site gave. */
  isGiven: boolean;
}
