import type { ChildMessage, Log } from './child.ts';
import { isForOperator, reasonOf } from './local-error.ts';

/** What a child runs between its start and its stop. */
export interface Running<Ready> {
  ready: Ready;
  /** Resolves with the reason when it can no longer go on by itself. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** `stopping` aborts when there is to be an end, for those who are not even ready by then. */
export type Run<Start, Ready> = (start: Start, context: { log: Log; stopping: AbortSignal }) => Promise<Running<Ready>>;

/**
 * The child's end of `startChild`: runs what the parent's first message asks for, and stops it when the parent says so, when a signal
 * does, or when the parent is gone, whichever comes first.
 */
export function serveParent<Start, Ready>(run: Run<Start, Ready>): void {
  let running: Promise<Running<Ready> | undefined> = Promise.resolve(undefined);
  const stopping = new AbortController();
  const stop = async () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    await (await running)?.stop();
    process.exit(0);
  };
  process.on('message', (message: 'stop' | Partial<{ start: Start }>) => {
    if (message === 'stop') void stop();
    else if (message.start) running = begin(run, message.start);
  });
  process.once('disconnect', stop);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  async function begin(work: Run<Start, Ready>, start: Start): Promise<Running<Ready> | undefined> {
    try {
      const begun = await work(start, { log: (line) => void tell({ log: line }), stopping: stopping.signal });
      begun.ended.then((reason) => stopping.signal.aborted || fail({ ended: reason }));
      await tell({ ready: begun.ready });
      return begun;
    } catch (error) {
      if (!(isForOperator(error) || stopping.signal.aborted)) console.error(error);
      return fail({ failed: reasonOf(error) });
    }
  }

  async function fail(message: ChildMessage<Ready>): Promise<never> {
    await tell(message);
    process.exit(1);
  }

  function tell(message: ChildMessage<Ready>): Promise<void> {
    return new Promise((done) => {
      if (process.connected) process.send!(message, () => done());
      else done();
    });
  }
}
