import { element } from '../element.ts';
import type { Task } from './task.ts';

export interface TaskButton {
  /** Names it for scripts, and for the focus after its work. */
  action: string;
  text: string;
  click(): void;
  isMain?: boolean;
}

/** A button that begins a piece of work; none is begun beside another one. */
export function taskButton({ isBusy }: Task, { action, text, click, isMain = false }: TaskButton): HTMLButtonElement {
  return element(
    'button',
    {
      ...{ type: 'button', class: isMain ? 'button button-main' : 'button', 'data-action': action },
      ...{ disabled: isBusy, on: { click } },
    },
    text,
  );
}
