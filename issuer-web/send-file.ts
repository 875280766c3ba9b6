import { sha256 } from '@noble/hashes/sha2.js';
import type { CredentialTypeDetail, Import, ImportError } from '../client/api.ts';
import { importKey, isSpreadsheet, mediaTypeOf } from '../client/chosen-file.ts';
import { randomName } from '../client/client.ts';
import { importFile } from '../client/import-file.ts';
import { ApiProblem } from '../client/problem.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { forgetUnsaved, keepUnsaved } from '../ui/signed-in/unsaved.ts';
import type { TypedRecord } from './claim-shape.ts';
import { createMend, type Mend } from './mend-view.ts';
import type { Desk } from './screen.ts';

/** A file that an officer chose. It outlives the screen: whoever comes back finds it, and what is there already is not sent again. */
export interface SendForm {
  type: string;
  typed: TypedRecord & { mode: string };
  file: File | null;
  task: Task;
  /** How far it is; null before anything of it is there. */
  progress: Import | null;
  /** What a trial found. */
  tried: { result: Import; errors: readonly ImportError[]; mend: Mend } | null;
  /** Names a trial, so that it goes on where it broke off. */
  trialKey: string;
}

/** Often enough that something moves on a slow line. */
const PART_BYTES = 2 * 1024 * 1024;

/** @param mode what is chosen there at first, of a file that goes on: another one would be another wish */
export function sendAddress(type: string, mode?: Mode): string {
  return `imports/new?${new URLSearchParams({ type, ...(mode ? { mode } : {}) })}`;
}

export function createSendForm(type: string, mode: Mode, desk: Desk): SendForm {
  const task = createTask(desk.redraw);
  return { type, typed: { mode }, file: null, task, progress: null, tried: null, trialKey: randomName() };
}

/** Nothing is changed under a file that is being sent. */
export function chooseFile(form: SendForm, file: File): void {
  if (form.task.isBusy) return;
  Object.assign(form, { file, progress: null, tried: null, trialKey: randomName() });
  form.task.blame([]);
  keepUnsaved(sendAddress(form.type), form);
}

export interface Trying {
  form: SendForm;
  type: CredentialTypeDetail;
}

/** Every check, and nothing is stored but what is wrong. */
export function tryFile({ form, type }: Trying, desk: Desk, signal: AbortSignal): Promise<boolean> {
  return sendOrRefuse(form, signal, async (file, mode) => {
    const key = `${form.trialKey}-${mode}`;
    const result = await send(form, { ...{ file, mode, key, isTrial: true }, ...{ desk, signal } });
    const { items } = await desk.client.call('listImportErrors', { id: result.id, query: { limit: 50 }, signal });
    const mend = createMend({ file, of: result, type }, desk);
    Object.assign(form, { tried: { result, errors: items, mend }, trialKey: randomName() });
  });
}

/** Handed in for approval: what became of it is on the page of the file. */
export function handIn(form: SendForm, desk: Desk, signal: AbortSignal): Promise<boolean> {
  return sendOrRefuse(form, signal, async (file, mode) => {
    const wish = [form.type, mode, desk.officer.id, 'for approval'];
    const key = await findKey(await importKey(file, wish, sha256.create()), desk, signal);
    const { id } = await send(form, { ...{ file, mode, key, isTrial: false }, ...{ desk, signal } });
    forgetUnsaved(sendAddress(form.type));
    lastSent = { id, file };
    desk.go(`imports/${id}?done=handed-in`);
  });
}

/** A file is a handle, and nothing of what it holds. */
let lastSent: { id: string; file: File } | null = null;

/** The file that this page has sent last, for rows of it to be taken out; null where another page sent it. */
export function sentFile(id: string): File | null {
  return lastSent?.id === id ? lastSent.file : null;
}

/** Whoever leaves the screen has broken it off: that is no failure. */
function sendOrRefuse(
  form: SendForm,
  signal: AbortSignal,
  work: (file: File, mode: Mode) => Promise<void>,
): Promise<boolean> {
  const { file, task } = form;
  const code = file === null ? 'FILE_MISSING' : refusalOf(file);
  if (file === null || code !== null) {
    task.refuse([{ pointer: '/file', code: code ?? '', detail: file?.name ?? '' }]);
    return Promise.resolve(false);
  }
  return task.run(async () => {
    form.tried = null;
    await work(file, form.typed.mode === 'good' ? 'good' : 'all').catch((error: unknown) => {
      // what was refused is tried anew, and what had no answer goes on
      if (error instanceof ApiProblem) form.trialKey = randomName();
      if (!signal.aborted) throw error;
    });
  });
}

function refusalOf({ name }: File): string | null {
  if (mediaTypeOf(name) !== null) return null;
  return isSpreadsheet(name) ? 'FILE_SPREADSHEET' : 'FILE_FORMAT';
}

export type Mode = Import['mode'];

interface Sending {
  file: File;
  mode: Mode;
  key: string;
  isTrial: boolean;
  desk: Desk;
  /** Of the screen: whoever leaves it stops, and goes on from there when they come back. */
  signal: AbortSignal;
}

async function send(form: SendForm, { file, mode, key, isTrial, desk, signal }: Sending): Promise<Import> {
  try {
    return await importFile(desk.client, {
      file,
      query: { type: form.type, mode, dryRun: isTrial ? 'true' : 'false', approval: 'true' },
      mediaType: mediaTypeOf(file.name) ?? 'text/csv',
      idempotencyKey: key,
      partBytes: PART_BYTES,
      signal,
      onProgress(view) {
        form.progress = view;
        desk.redraw();
      },
    });
  } finally {
    form.progress = null;
  }
}

/** What came to nothing is sent anew under another name, and what is there already is found by its own. */
async function findKey(name: string, { client }: Desk, signal: AbortSignal): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const key = attempt === 0 ? name : `${name}-${attempt}`;
    const { items } = await client.call('listImports', { query: { idempotency_key: key, limit: 1 }, signal });
    const [found] = items;
    if (!found || !cameToNothing(found)) return key;
  }
}

function cameToNothing({ state, counts }: Import): boolean {
  return (
    ['refused', 'returned', 'withdrawn', 'abandoned'].includes(state) || (state === 'completed' && counts.issued === 0)
  );
}
