/**
 * Whether a test that takes many of a kind (pictures, files, flipped bits, looks for barriers) takes all of them (`npm test -- --whole`), or so many as
 * a run of every test has time for.
 */
export const IS_WHOLE = process.env.EPROOF_TESTS === 'whole';
