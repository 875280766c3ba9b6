import type { FollowedDate, ParentRule } from '../catalogue/lifecycle.ts';
import { followedEnd, itemEnds, proposedValidUntil } from '../catalogue/validity.ts';
import type { CredentialDetail, CredentialTypeDetail, DraftDetail, DraftUpdate, NewDraft } from '../client/api.ts';
import { randomName } from '../client/client.ts';
import { ApiProblem, type Fault } from '../client/problem.ts';
import type { ClaimDefinition, ValidityRule } from '../proof/credential-type.ts';
import type { JsonObject } from '../proof/json.ts';
import { todayInHongKong } from '../ui/signed-in/standing.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { forgetUnsaved, keepUnsaved } from '../ui/signed-in/unsaved.ts';
import { blankOf, type Shape, shapeOf, type TypedRecord, toJson, toTyped } from './claim-shape.ts';
import type { Desk } from './screen.ts';

/** A document that is being prepared: what stands in its fields, and what became of it so far. */
export interface DraftForm {
  type: CredentialTypeDetail;
  fields: readonly { claim: ClaimDefinition; shape: Shape }[];
  typed: {
    claims: TypedRecord;
    dates: { issued: string; validFrom: string; validUntil: string };
    holder: { email: string; language: string; subject: string; company: string };
    /** The reference or the id of the document that it belongs to. */
    parent: string;
    /** Where it gives the next term of what it replaces: the day on which that was applied for. */
    appliedOn: string;
    /** Why it takes that place, for the department's eyes. */
    note: string;
  };
  /** Whether the last valid day is the officer's, and no longer what the rule proposes. */
  isEndTyped: boolean;
  replaces: Pick<CredentialDetail, 'id' | 'reference'> | null;
  holderKey: string | null | undefined;
  /** What the service keeps of it; null before it is saved. */
  saved: DraftDetail | null;
  /** What a colleague has made of it since it was opened here. */
  theirs: DraftDetail | null;
  /** How often something was typed, and how often when it was saved last: what is typed while it is being saved is not saved by it. */
  edits: number;
  savedEdits: number;
  /** When it was saved here, in milliseconds. */
  savedAt: number | null;
  preview: Blob | null;
  task: Task;
  /** The same for the same thing to be done, so that what is tried again is not done twice. */
  keys: Map<string, string>;
}

export interface Beginning {
  type: CredentialTypeDetail;
  content?: Omit<NewDraft, 'type'> | undefined;
  replaces?: DraftForm['replaces'];
  saved?: DraftDetail | null;
}

export function createForm({ type, content = {}, replaces = null, saved = null }: Beginning, desk: Desk): DraftForm {
  const fields = (type.claims as unknown as ClaimDefinition[]).map((claim) => ({ claim, shape: shapeOf(claim) }));
  const { claims = {}, validity, holder, parent, holderKey, appliedOn, note } = content;
  const typed = {
    claims: Object.fromEntries(fields.map(({ claim, shape }) => [claim.name, toTyped(shape, claims[claim.name])])),
    dates: {
      issued: validity?.issued ?? '',
      validFrom: validity?.validFrom ?? todayInHongKong(Date.now()),
      validUntil: validity?.validUntil ?? '',
    },
    holder: {
      ...{ email: holder?.email ?? '', language: holder?.language ?? '' },
      ...{ subject: holder?.subject ?? '', company: holder?.company ?? '' },
    },
    parent: parent ?? '',
    appliedOn: appliedOn ?? '',
    note: note ?? '',
  };
  const form: DraftForm = {
    ...{ type, fields, typed, replaces, holderKey, saved },
    ...{
      isEndTyped: typed.dates.validUntil !== '',
      edits: 0,
      savedEdits: 0,
      savedAt: null,
      theirs: null,
      preview: null,
    },
    ...{ task: createTask(desk.redraw), keys: new Map() },
  };
  proposeEnd(form);
  return form;
}

export const ruleOf = ({ type }: DraftForm): ValidityRule => type.validity as unknown as ValidityRule;
export const parentRuleOf = ({ type }: DraftForm): ParentRule | null =>
  (type.lifecycle.parent ?? null) as ParentRule | null;

/** Whether it takes the place of a document of a kind that is renewed: what ends later than that needs an application within the window. */
export const mayRenew = ({ replaces, type }: DraftForm): boolean => replaces !== null && type.lifecycle.renewal != null;

/** Whether the kind has a last valid day that an officer chooses; "items": each item has its own, and it follows from them. */
export function endOf(form: DraftForm): 'chosen' | 'items' | 'none' {
  const { kind } = ruleOf(form);
  if (kind === 'openEnded' || kind === 'pointInTime') return 'none';
  return kind === 'perItem' ? 'items' : 'chosen';
}

/** The last valid day by the rules of the kind; undefined where none follows from what was typed. */
export function proposedEnd(form: DraftForm): string | undefined {
  const rule = ruleOf(form);
  const { validFrom } = form.typed.dates;
  const claims = claimsOf(form);
  if (rule.kind === 'perItem') return itemEnds(claims, rule.claim)?.validUntil ?? undefined;
  if (!/^\d{4}-\d\d-\d\d$/.test(validFrom)) return undefined;
  const follows = (form.type.lifecycle.follows ?? null) as FollowedDate | null;
  const ends = [proposedValidUntil(rule, validFrom), follows && followedEnd(follows, claims)];
  return ends.filter((end): end is string => typeof end === 'string').sort()[0];
}

export function proposeEnd(form: DraftForm): void {
  if (!form.isEndTyped) form.typed.dates.validUntil = proposedEnd(form) ?? '';
}

/** Of a form that has no address of its own yet, that of a new document of its kind. */
export function addressOf({ saved, type, replaces }: Pick<DraftForm, 'saved' | 'type' | 'replaces'>): string {
  if (saved) return `drafts/${saved.id}`;
  return `new?${new URLSearchParams({ type: type.code, ...(replaces ? { replaces: replaces.id } : {}) })}`;
}

export const isChanged = ({ edits, savedEdits }: DraftForm): boolean => edits !== savedEdits;

/** Something was typed. */
export function touch(form: DraftForm): void {
  form.edits++;
  form.savedAt = null;
  proposeEnd(form);
  keepUnsaved(addressOf(form), form);
}

export const blankClaim = (form: DraftForm, name: string) => {
  const field = form.fields.find(({ claim }) => claim.name === name);
  return field ? blankOf(field.shape) : '';
};

function claimsOf({ fields, typed }: DraftForm): JsonObject {
  const values = fields.flatMap(({ claim, shape }) => {
    const json = toJson(shape, typed.claims[claim.name] ?? blankOf(shape));
    return json === undefined || json === null ? [] : [[claim.name, json] as const];
  });
  return Object.fromEntries(values);
}

function contentOf(form: DraftForm, parent: string | undefined): NewDraft {
  const { dates, holder } = form.typed;
  const isPoint = ruleOf(form).kind === 'pointInTime';
  const end = endOf(form) === 'items' ? proposedEnd(form) : dates.validUntil;
  const contact = Object.fromEntries(Object.entries(holder).filter(([, text]) => text.trim() !== ''));
  return {
    type: form.type.code,
    claims: claimsOf(form),
    validity: {
      ...given('issued', isPoint ? dates.validFrom : dates.issued),
      ...given('validFrom', dates.validFrom),
      validUntil: endOf(form) === 'none' || !end ? null : end,
    },
    ...(Object.keys(contact).length > 0 ? { holder: contact } : {}),
    ...(parent === undefined ? {} : { parent }),
    ...(form.holderKey === undefined ? {} : { holderKey: form.holderKey }),
    ...(form.replaces ? { replaces: form.replaces.id } : {}),
    ...(mayRenew(form) ? given('appliedOn', form.typed.appliedOn) : {}),
    ...(form.replaces ? given('note', form.typed.note.trim()) : {}),
  };
}

function given(name: string, text: string): Record<string, string> {
  return text === '' ? {} : { [name]: text };
}

/** What the service knows by its id, an officer by the reference on the paper. */
async function findParent({ typed, type }: DraftForm, { client }: Desk): Promise<string | undefined> {
  const text = typed.parent.trim();
  if (text === '' || text.startsWith('crd_')) return text || undefined;
  const isReference = (error: unknown) => error instanceof ApiProblem && error.status < 500 && error.faults.length > 0;
  const found = await client.call('listCredentials', { query: { reference: text } }).catch((error: unknown) => {
    if (isReference(error)) return { items: [] };
    throw error;
  });
  const [parent] = found.items;
  if (parent) return parent.id;
  throw new FieldFault({ pointer: '/parent', code: 'CREDENTIAL_NOT_FOUND', detail: `${type.code}: ${text}` });
}

/** Known here, without a request. */
class FieldFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.detail);
    this.name = 'FieldFault';
    this.fault = fault;
  }
}

/** Why it could not be handed in. */
export function faultsOf({ problems }: DraftDetail): Fault[] {
  return problems.map(({ message, ...fault }) => ({ ...fault, detail: message }));
}

/** Runs with the form's content; a fault that is known here stands beside its field. */
async function withContent(form: DraftForm, desk: Desk, work: (content: NewDraft) => Promise<void>): Promise<boolean> {
  const faults: Fault[] = [];
  const isFine = await form.task.run(async () => {
    form.preview = null;
    try {
      await work(contentOf(form, await findParent(form, desk)));
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      faults.push(error.fault);
    }
  });
  if (faults.length === 0) return isFine;
  form.task.refuse(faults);
  return false;
}

/** Kept by the service, right or wrong. What is missing or wrong is told beside its field. */
export function saveForm(form: DraftForm, desk: Desk): Promise<boolean> {
  return withContent(form, desk, async (content) => {
    await save(form, desk, content);
    form.task.blame(form.saved ? faultsOf(form.saved) : []);
  });
}

/** Saved, also where nothing was typed, so that it is judged as things are now; its reader goes on to what it says, or to what is wrong with it. */
export async function checkForm(form: DraftForm, desk: Desk): Promise<void> {
  const isSaved = await withContent(form, desk, (content) => save(form, desk, content));
  if (!isSaved || form.saved === null) return;
  const faults = faultsOf(form.saved);
  if (faults.length > 0) form.task.refuse(faults);
  // what was typed while it was being saved would not be handed in
  else if (!isChanged(form)) desk.go(`drafts/${form.saved.id}?check`);
}

/** What was saved, handed in for approval. */
export function submitForm(form: DraftForm, desk: Desk): Promise<boolean> {
  return form.task.run(async () => {
    const { id, changedAt } = form.saved as DraftDetail;
    const call = { id, body: { changedAt }, idempotencyKey: keyFor(form, `submit ${changedAt}`) };
    await seeingTheirs(form, desk, () => desk.client.call('submitDraft', call));
    desk.go(`drafts/${id}?done=handed-in`);
  });
}

/** The very document, of what stands in the fields. */
export function previewForm(form: DraftForm, desk: Desk): Promise<boolean> {
  return withContent(form, desk, async ({ replaces, appliedOn, note, holderKey, ...content }) => {
    const { claims = {}, validity = {} } = content;
    const key = typeof holderKey === 'string' ? { holderKey } : {};
    const body = { ...content, ...key, claims, validity: { ...validity, validFrom: validity.validFrom ?? '' } };
    const response = await desk.client.open('previewCredential', { body });
    form.preview = await response.blob();
  });
}

async function save(form: DraftForm, desk: Desk, content: NewDraft): Promise<void> {
  const before = addressOf(form);
  const { saved, edits } = form;
  const body: DraftUpdate = saved ? { ...content, changedAt: saved.changedAt } : content;
  const call = { body, idempotencyKey: keyFor(form, JSON.stringify(body)) };
  form.saved = await seeingTheirs(form, desk, () =>
    saved ? desk.client.call('updateDraft', { ...call, id: saved.id }) : desk.client.call('createDraft', call),
  );
  forgetUnsaved(before);
  [form.savedEdits, form.theirs] = [edits, null];
  if (isChanged(form)) keepUnsaved(addressOf(form), form);
  else form.savedAt = Date.now();
  if (!saved) desk.settle(addressOf(form));
}

/** Where a colleague has changed it since, what they made of it is looked at, so that its reader can choose. */
async function seeingTheirs<Answer>(form: DraftForm, desk: Desk, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (form.saved && error instanceof ApiProblem && error.code === 'DRAFT_CHANGED')
      form.theirs = await desk.client.call('getDraft', { id: form.saved.id });
    throw error;
  }
}

/** For ever. */
export function discardForm(form: DraftForm, desk: Desk): Promise<boolean> {
  return form.task.run(async () => {
    const { id } = form.saved as DraftDetail;
    await desk.client.call('discardDraft', { id });
    forgetUnsaved(addressOf(form));
    desk.go(`drafts/${id}`);
  });
}

/** Mine over theirs, seen. */
export function keepMine(form: DraftForm, desk: Desk): Promise<boolean> {
  if (form.saved && form.theirs) form.saved = { ...form.saved, changedAt: form.theirs.changedAt };
  return saveForm(form, desk);
}

/** Theirs instead of mine. */
export function takeTheirs(form: DraftForm, desk: Desk): void {
  forgetUnsaved(addressOf(form));
  desk.reload();
}

function keyFor({ keys }: DraftForm, what: string): string {
  const key = keys.get(what) ?? randomName();
  keys.set(what, key);
  return key;
}
