import type { Standing } from '../../signed-in/standing.ts';
import type { Passage, SignedInWords } from '../../signed-in/words/dictionary.ts';
import type { ClaimWords } from '../../words/dictionary.ts';
import type { TokenKind } from '../tokens.ts';

export const PARTS = [
  'icons',
  'buttons',
  'fields',
  'facts',
  'records',
  'banners',
  'band',
  'failures',
  'empty',
  'fold',
  'frame',
] as const;
export type Part = (typeof PARTS)[number];

/** Everything that the page of tokens and components says, in one language. */
export interface Dictionary extends SignedInWords {
  /** Of claims. */
  document: ClaimWords;
  heading: string;
  lead: string;
  tokens: Record<TokenKind, Passage>;
  parts: Record<Part, Passage>;
  schemes: { light: string; dark: string };
  /** Set in each size and typeface. */
  sample: string;
  /** Said when an example is pressed. */
  pressed: string;
  buttons: Record<'plain' | 'main' | 'large' | 'icon' | 'link' | 'current' | 'busy' | 'mainBusy', string>;
  fields: Record<'name' | 'hint' | 'email' | 'wrong' | 'date' | 'kind' | 'full' | 'simple' | 'note' | 'closed', string>;
  faults: Record<'heading' | 'other', string>;
  tones: Record<Standing['tone'], string>;
  records: Record<'standing' | 'tone' | 'shape', string>;
  none: Passage;
  fold: Passage;
}
