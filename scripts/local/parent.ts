import type { ChildMessage, Log } from './child.ts';
import { LocalError, reasonOf } from './local-error.ts';

/** What a child runs between its start and its stop. */
export interface Running<Ready> {
  ready: Ready;
  /** Resolves with the reason when it can no longer go on by itself. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * The child's end of `startChild`: runs what the parent's first message asks for, and stops it when the parent says so, when a signal
 * does, or when the parent is gone, whichever comes first.
 */
export function serveParent<Start, Ready>(run: (start: Start, log: Log) => Promise<Running<Ready>>): void {
  let running: Promise<Running<Ready> | undefined> = Promise.resolve(undefined);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await (await running)?.stop();
    process.exit(0);
  };
  process.on('message', (message: 'stop' | { start: Start }) => {
    if (message === 'stop') void stop();
    else running = begin(run, message.start);
  });
  process.once('disconnect', stop);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  async function begin(work: typeof run, start: Start): Promise<Running<Ready> | undefined> {
    try {
      const begun = await work(start, (line) => void tell({ log: line }));
      begun.ended.then((reason) => stopping || fail({ ended: reason }));
      await tell({ ready: begun.ready });
      return begun;
    } catch (error) {
      if (!(error instanceof LocalError)) console.error(error);
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
