export interface Loop {
  /** Resolves when the step under way is done; no other follows. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  name: string;
  /** True where there may be more to do at once. */
  step(): Promise<boolean>;
  pollMs: number;
  onFault(what: string, error: unknown): void;
}

const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 5_000;

/** Repeats a step for as long as it finds work, then looks again every `pollMs`; after a fault it waits longer and longer. */
export function startLoop({ name, step, pollMs, onFault }: LoopOptions): Loop {
  const stopping = new AbortController();
  const pause = createPause(stopping.signal);
  const run = async (): Promise<void> => {
    let faults = 0;
    while (!stopping.signal.aborted) {
      try {
        const isBusy = await step();
        faults = 0;
        if (!isBusy) await pause(pollMs);
      } catch (error) {
        onFault(name, error);
        await pause(Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(faults++, 10)));
      }
    }
  };
  const running = run();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}

function createPause(signal: AbortSignal): (durationMs: number) => Promise<void> {
  return (durationMs) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, durationMs);
      signal.addEventListener('abort', end);
    });
}
