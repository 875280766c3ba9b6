import { ApiProblem, type Fault } from '../../client/problem.ts';
import { type Failure, toFailure } from './failure.ts';

/** What a button asks for: one thing at a time, and its failure is kept until the next. */
export interface Task {
  readonly isBusy: boolean;
  readonly failure: Failure | null;
  /** What is wrong with what was typed, by field. */
  readonly faults: readonly Fault[];
  /** True when it went well. */
  run(work: () => Promise<void>): Promise<boolean>;
  /** What is known to be wrong without a request. */
  blame(faults: readonly Fault[]): void;
  /** The same, after somebody asked for it: it has the focus then. */
  refuse(faults: readonly Fault[]): void;
}

/** `redraw` shows how it stands. What went wrong has the focus then, else the button that was pressed. */
export function createTask(redraw: () => void): Task {
  let isBusy = false;
  let failure: Failure | null = null;
  let faults: readonly Fault[] = [];
  const end = (error: unknown) => {
    if (error instanceof ApiProblem && error.faults.length > 0) faults = error.faults;
    else failure = toFailure(error);
  };
  return {
    get isBusy() {
      return isBusy;
    },
    get failure() {
      return failure;
    },
    get faults() {
      return faults;
    },
    blame(found) {
      faults = found;
    },
    refuse(found) {
      faults = found;
      redraw();
      focusOnTrouble();
    },
    async run(work) {
      if (isBusy) return false;
      [isBusy, failure, faults] = [true, null, []];
      const pressed = document.activeElement?.getAttribute('data-action') ?? null;
      redraw();
      let isFine = true;
      await work().catch((error: unknown) => {
        end(error);
        isFine = false;
      });
      isBusy = false;
      redraw();
      if (!isFine) focusOnTrouble();
      else if (pressed !== null && document.activeElement === document.body) focusOn(`[data-action="${pressed}"]`);
      return isFine;
    },
  };
}

function focusOnTrouble(): void {
  focusOn('.failure h2');
}

// a drawing anew takes the focus from the button that was pressed
function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
