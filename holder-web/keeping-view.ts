import type { HolderCredentialDetail } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { failureView } from '../ui/signed-in/failure-view.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { signInAddress } from '../ui/signed-in/sign-in.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { forgetSaved, saveDocument } from './saved.ts';
import type { Reader } from './screen.ts';
import type { Company } from './whose.ts';

/** Whether a document is kept on this device. */
export interface Keeping {
  isKept: boolean;
  task: Task;
  keep(signal: AbortSignal): Promise<boolean>;
  forget(): Promise<boolean>;
  /** What is kept says then what the service says now; a try that fails leaves it as it was. */
  renew(signal: AbortSignal): Promise<void>;
}

export function createKeeping(
  { id, state }: HolderCredentialDetail,
  { isKept, company }: { isKept: boolean; company: Company | null },
  { client, redraw }: Shell,
): Keeping {
  const task = createTask(redraw);
  const keeping: Keeping = {
    isKept,
    task,
    keep: (signal) =>
      task.run(async () => {
        await saveDocument(client, { company, id }, signal);
        keeping.isKept = true;
      }),
    forget: () =>
      task.run(async () => {
        await forgetSaved(company, id);
        keeping.isKept = false;
      }),
    async renew(signal) {
      if (state === 'final') await saveDocument(client, { company, id }, signal).catch(() => {});
    },
  };
  return keeping;
}

export function keepingView(keeping: Keeping, reader: Reader, signal: AbortSignal): HTMLElement {
  const { task, isKept } = keeping;
  const { words, language, hrefOf } = reader;
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'keeping', 'data-kept': String(isKept) },
    element('h2', {}, words.saved.keepHeading),
    element('p', { class: 'hint' }, words.saved.keepHint),
    task.failure &&
      failureView(task.failure, reader, {
        ...{ level: 'h2', home: hrefOf(''), signIn: signInAddress('holder', language, hrefOf('')) },
      }),
    element(
      'div',
      { class: 'actions' },
      isKept
        ? taskButton(task, { action: 'keep', text: words.saved.forget, click: () => void keeping.forget() })
        : taskButton(task, { action: 'keep', text: words.saved.keep, click: () => void keeping.keep(signal) }),
    ),
    isKept && element('p', { class: 'hint', role: 'status' }, words.saved.kept),
  );
}
