/** One word after `eproof`, and what follows it. */
export interface Command {
  /** Shown for --help, and after what is wrong with a call. */
  usage: string;
  /** Resolves to the exit code. @throws UsageError, and what parseArgs throws */
  run(argv: readonly string[]): Promise<number>;
}

/** A mistake of whoever typed the command, or of what it was told by the environment. */
export class UsageError extends Error {}
