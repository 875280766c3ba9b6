/**
 * Whether a test that takes many of a kind (pictures, files, flipped bits, looks for barriers) takes all of them (`npm test -- --whole`), or so many as
 * a run of every test has time for.
 */
export const IS_WHOLE = process.env.EPROOF_TESTS === 'whole';

/** Whether pictures of pages are kept in `test-results`, to be looked at: with `--whole`, and with EPROOF_PICTURES=keep. */
export const KEEPS_PICTURES = IS_WHOLE || process.env.EPROOF_PICTURES === 'keep';
