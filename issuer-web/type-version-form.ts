import type { PreparedTypeVersion, TypeVersionDetail } from '../client/api.ts';
import { randomName } from '../client/client.ts';
import type { JsonObject } from '../proof/json.ts';
import { decodeJson, isJsonObject } from '../proof/json.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { findUnsaved, forgetUnsaved, keepUnsaved } from '../ui/signed-in/unsaved.ts';
import type { TypedRecord } from './claim-shape.ts';
import type { Desk } from './screen.ts';
import type { Sending } from './signing-key-sending-view.ts';
import {
  blankClaim,
  sortClaims,
  type TypedDefinition,
  toDefinitionJson,
  toTypedDefinition,
} from './type-version-fields.ts';

/** A new version of a type on its way: what stands in its fields, and how far it has got. It outlives the screen while something is not saved. */
export interface TypeVersionForm {
  saved: TypeVersionDetail;
  typed: TypedDefinition;
  /** Claims whose fields are open. */
  open: Set<TypedRecord>;
  edits: number;
  savedEdits: number;
  savedAt: number | null;
  preview: Blob | null;
  task: Task;
  sending: Sending;
  /** What the department's admin is to sign. */
  transaction: PreparedTypeVersion['transaction'] | null;
  /** The same for the same thing to be done. */
  keys: Map<string, string>;
}

const addressOf = ({ id }: Pick<TypeVersionDetail, 'id'>) => `type-versions/${id}`;

export function openForm(saved: TypeVersionDetail, desk: Desk): TypeVersionForm {
  const kept = saved.state === 'draft' ? findUnsaved<TypeVersionForm>(addressOf(saved)) : null;
  if (kept) return kept;
  const form: TypeVersionForm = {
    ...{ saved, typed: toTypedDefinition(saved.definition), open: new Set(), edits: 0, savedEdits: 0, savedAt: null },
    ...{ preview: null, task: createTask(desk.redraw), transaction: null, keys: new Map() },
    sending: { wallets: [], fault: null, isAsking: false, isSent: false },
  };
  showFaults(form);
  return form;
}

export const isChanged = ({ edits, savedEdits }: TypeVersionForm): boolean => edits !== savedEdits;

export function touch(form: TypeVersionForm): void {
  form.edits++;
  form.savedAt = null;
  keepUnsaved(addressOf(form.saved), form);
}

function showFaults(form: TypeVersionForm): void {
  const { faults } = form.saved;
  form.task.blame(faults);
  for (const { pointer } of faults) {
    const [, place, at] = pointer.split('/');
    const claim = place === 'claims' ? form.typed.claims[Number(at)] : undefined;
    if (claim) form.open.add(claim);
  }
}

/** Up by one, or down; over the border between what is shown and the rest no claim goes by that. Whether it moved. */
export function moveClaim(form: TypeVersionForm, at: number, by: 1 | -1): boolean {
  const { claims } = form.typed;
  const [one, other] = [claims[at], claims[at + by]];
  if (!one || !other || (one.group === 'rest') !== (other.group === 'rest')) return false;
  [claims[at], claims[at + by]] = [other, one];
  touch(form);
  return true;
}

export function addClaim(form: TypeVersionForm): void {
  const claim = blankClaim();
  form.typed.claims.push(claim);
  form.open.add(claim);
  touch(form);
}

export function removeClaim(form: TypeVersionForm, at: number): void {
  form.typed.claims.splice(at, 1);
  touch(form);
}

export function regroup(form: TypeVersionForm): void {
  sortClaims(form.typed);
}

/** Kept by the service, right or wrong. What is wrong stands beside its field afterwards. */
export function saveForm(form: TypeVersionForm, desk: Desk): Promise<boolean> {
  return form.task
    .run(() => save(form, desk))
    .then((isFine) => {
      if (isFine) showFaults(form);
      desk.redraw();
      return isFine;
    });
}

async function save(form: TypeVersionForm, desk: Desk): Promise<void> {
  form.preview = null;
  const { edits, saved } = form;
  const body = { definition: toDefinitionJson(form.typed), changedAt: saved.changedAt };
  const call = { id: saved.id, body, idempotencyKey: keyFor(form, JSON.stringify(body)) };
  form.saved = await desk.client.call('updateTypeVersion', call);
  form.savedEdits = edits;
  if (isChanged(form)) return;
  forgetUnsaved(addressOf(saved));
  form.savedAt = Date.now();
}

/** Saved, and shown as a document with invented values. */
export async function previewForm(form: TypeVersionForm, desk: Desk): Promise<void> {
  await form.task.run(async () => {
    if (isChanged(form)) await save(form, desk);
    if (form.saved.faults.length > 0) return;
    form.preview = await (await desk.client.open('previewTypeVersion', { id: form.saved.id })).blob();
  });
  refuseFaults(form);
}

/** Saved, fixed, and ready to be signed by the department's admin. */
export async function prepareForm(form: TypeVersionForm, desk: Desk): Promise<boolean> {
  await form.task.run(async () => {
    if (isChanged(form)) await save(form, desk);
    if (form.saved.faults.length > 0) return;
    const { id, changedAt } = form.saved;
    const { version, transaction } = await desk.client.call('prepareTypeVersion', { id, body: { changedAt } });
    Object.assign(form, { saved: version, transaction });
  });
  refuseFaults(form);
  return form.transaction !== null;
}

function refuseFaults(form: TypeVersionForm): void {
  if (form.task.failure !== null || form.saved.faults.length === 0) return;
  showFaults(form);
  form.task.refuse(form.saved.faults);
}

/** What was prepared is a draft again. */
export function editAgain(form: TypeVersionForm, desk: Desk): Promise<boolean> {
  return form.task.run(async () => {
    await save(form, desk);
    desk.reload();
  });
}

export function discardForm(form: TypeVersionForm, desk: Desk): Promise<boolean> {
  return form.task.run(async () => {
    await desk.client.call('discardTypeVersion', { id: form.saved.id });
    forgetUnsaved(addressOf(form.saved));
    desk.go(`types/${encodeURIComponent(form.saved.type)}`);
  });
}

/** What stands in the fields, as a file. */
export function toFile({ typed, saved }: TypeVersionForm): Blob {
  const definition = { ...saved.definition, ...toDefinitionJson(typed) };
  return new Blob([`${JSON.stringify(definition, null, 2)}\n`], { type: 'application/json' });
}

/** What a file says comes into the fields; nothing is saved by that. */
export async function takeFile(form: TypeVersionForm, file: File): Promise<void> {
  const read = await file
    .text()
    .then((text) => decodeJson(text))
    .catch(() => null);
  if (!isJsonObject(read) || !Array.isArray(read.claims))
    return form.task.refuse([{ pointer: '/file', code: 'DEFINITION_UNREADABLE', detail: file.name }]);
  form.typed = toTypedDefinition(read as JsonObject);
  form.open.clear();
  form.task.blame([]);
  touch(form);
}

const LOOK_EVERY_MS = 3_000;

/** However it was sent, the registry shows it, and the service takes it into use: looked for as long as it is on the page. */
export async function watchVersion(form: TypeVersionForm, desk: Desk, signal: AbortSignal): Promise<void> {
  const { transaction } = form;
  while (form.transaction === transaction && transaction !== null && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (signal.aborted || form.transaction !== transaction) return;
    // a look that fails is followed by another
    const now = await desk.client.call('getTypeVersion', { id: form.saved.id, signal }).catch(() => null);
    if (now?.state !== 'published') continue;
    Object.assign(form, { saved: now, transaction: null });
    desk.redraw();
    document.querySelector<HTMLElement>('main h1')?.focus();
  }
}

function keyFor({ keys }: TypeVersionForm, what: string): string {
  const key = keys.get(what) ?? randomName();
  keys.set(what, key);
  return key;
}
