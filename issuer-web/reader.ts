import type { Reader as SharedReader } from '../ui/signed-in/shell.ts';
import type { Dictionary } from './words/dictionary.ts';

/** For whom a screen is drawn. */
export type Reader = SharedReader<Dictionary>;
