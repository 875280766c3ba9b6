const EXIT_INTERRUPTED = 130;

/** What a person stops, and a machine that shuts down, ends between two steps and says how to go on; the second time it ends at once. */
export async function withInterrupt(
  howToGoOn: string,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write(`eproof: interrupted: ${howToGoOn}\n`);
    return EXIT_INTERRUPTED;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
