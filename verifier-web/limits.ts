/** Of one file, wherever it comes from. */
export const MOST_FILE_BYTES = 32 * 1024 * 1024;
