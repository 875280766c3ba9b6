import type { PreparedTypeVersion, TypeVersionDetail } from '../client/api.ts';
import { randomName } from '../client/client.ts';
import { ApiProblem } from '../client/problem.ts';
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
import { type Difference, differencesOf, merge, type Side } from './type-version-merge.ts';

/** A colleague has saved it since it was opened here. */
export interface Conflict {
  theirs: TypeVersionDetail;
  typedByThem: TypedDefinition;
  /** As it was typed here, and is dropped only when that is said. */
  mine: TypedDefinition;
  differences: readonly Difference[];
}

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
  conflict: Conflict | null;
  /** What was to be signed has been changed or discarded meanwhile. */
  isOvertaken: boolean;
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
    ...{
      preview: null,
      conflict: null,
      isOvertaken: false,
      task: createTask(desk.redraw),
      transaction: null,
      keys: new Map(),
    },
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
  return form.task.run(async () => {
    await save(form, desk);
    showFaults(form);
  });
}

async function save(form: TypeVersionForm, desk: Desk): Promise<void> {
  form.preview = null;
  const { edits, saved } = form;
  const body = { definition: toDefinitionJson(form.typed), changedAt: saved.changedAt };
  const call = { id: saved.id, body, idempotencyKey: keyFor(form, JSON.stringify(body)) };
  form.saved = await seeingTheirs(form, desk, () => desk.client.call('updateTypeVersion', call));
  [form.savedEdits, form.conflict, form.isOvertaken] = [edits, null, false];
  if (isChanged(form)) return;
  forgetUnsaved(addressOf(saved));
  form.savedAt = Date.now();
}

/** Where a colleague has changed it since, what they made of it is looked at, so that its reader can choose. */
async function seeingTheirs<Answer>(form: TypeVersionForm, desk: Desk, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'DRAFT_CHANGED') {
      const theirs = await desk.client.call('getTypeVersion', { id: form.saved.id });
      const [mine, typedByThem] = [structuredClone(form.typed), toTypedDefinition(theirs.definition)];
      const differences = differencesOf(toTypedDefinition(form.saved.definition), mine, typedByThem);
      form.conflict = { theirs, typedByThem, mine, differences };
    }
    throw error;
  }
}

/** Mine over theirs, or theirs instead of mine; seen. */
export function keepAll(form: TypeVersionForm, side: Side, desk: Desk): Promise<boolean> {
  const { conflict } = form;
  if (!conflict) return Promise.resolve(false);
  form.saved = { ...form.saved, changedAt: conflict.theirs.changedAt };
  if (side === 'mine') return saveForm(form, desk);
  forgetUnsaved(addressOf(form.saved));
  desk.reload();
  return Promise.resolve(true);
}

/** Of each field what was chosen. What was typed after the question goes with "mine". */
export function keepChosen(form: TypeVersionForm, desk: Desk): Promise<boolean> {
  const { conflict } = form;
  if (!conflict) return Promise.resolve(false);
  form.saved = { ...form.saved, changedAt: conflict.theirs.changedAt };
  form.typed = merge(form.typed, conflict.typedByThem, conflict.differences);
  form.open.clear();
  touch(form);
  return saveForm(form, desk);
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
    const { version, transaction } = await seeingTheirs(form, desk, () =>
      desk.client.call('prepareTypeVersion', { id, body: { changedAt } }),
    );
    Object.assign(form, { saved: version, transaction, isOvertaken: false });
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
    await look(form, desk).catch(() => {});
  }
}

/**
 * Whether what is to be signed is still what was prepared. The hash of what was changed since would stand in the registry for nothing, for ever: it is
 * asked before a wallet is. @throws ApiProblem where it cannot be known
 */
export async function look(form: TypeVersionForm, desk: Desk): Promise<boolean> {
  const now = await desk.client.call('getTypeVersion', { id: form.saved.id });
  if (form.transaction === null) return false;
  if (now.state === 'prepared' && now.sha256 === form.saved.sha256) return true;
  Object.assign(form, { saved: now, transaction: null, typed: toTypedDefinition(now.definition) });
  form.isOvertaken = now.state !== 'published';
  form.open.clear();
  if (now.state === 'draft') showFaults(form);
  desk.redraw();
  document.querySelector<HTMLElement>('main h1')?.focus();
  return false;
}

function keyFor({ keys }: TypeVersionForm, what: string): string {
  const key = keys.get(what) ?? randomName();
  keys.set(what, key);
  return key;
}
