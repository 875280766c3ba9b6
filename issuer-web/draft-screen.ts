import type { CredentialDetail, CredentialTypeDetail, DraftDetail } from '../client/api.ts';
import { ApiProblem } from '../client/problem.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { findUnsaved, forgetUnsaved } from '../ui/signed-in/unsaved.ts';
import { checkView, isReady } from './check-view.ts';
import { replacementView, resubmissionView, returnedText } from './draft-changes-view.ts';
import { contentView } from './draft-content-view.ts';
import { addressOf, createForm, type DraftForm, faultsOf } from './draft-form.ts';
import { draftFormView } from './draft-form-view.ts';
import { personText } from './drafts-view.ts';
import { failureView } from './failure-view.ts';
import { faultSummary } from './fault-view.ts';
import { toLine } from './form-view.ts';
import { replacesView } from './new-screen.ts';
import { previewView } from './preview-view.ts';
import type { Reader } from './reader.ts';
import {
  credentialLink,
  type Done,
  draftResult,
  findIssued,
  type Issued,
  issuedLines,
  nextView,
  readDone,
  resultView,
} from './result-view.ts';
import { beginReturning, type Returning, returnForm } from './return-view.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';

interface Found {
  draft: DraftDetail;
  type: CredentialTypeDetail;
  /** Whose place it takes. */
  replaced: CredentialDetail | null;
  issued: Issued | null;
  done: Done | null;
  /** For whoever prepares, of what is not handed in. */
  form: DraftForm | null;
  /** Whether its reader is about to hand it in. */
  isChecking: boolean;
  acts: Acts;
}

interface Acts {
  task: Task;
  preview: Blob | null;
  returning: Returning;
}

/** One draft: its form while it is prepared, what will be sealed while it waits, and where it went. */
export const openDraft: Open = async ({ desk, id, query, signal }) => {
  const draft = await desk.client.call('getDraft', { id, signal });
  const { replaces, parent } = draft.content ?? {};
  const [type, replaced, issued, parentReference] = await Promise.all([
    desk.client.call('getType', { id: draft.type, signal }),
    typeof replaces === 'string' ? desk.client.call('getCredential', { id: replaces, signal }) : null,
    draft.credential === null ? null : findIssued(desk, draft.credential, signal),
    typeof parent === 'string' ? findReference(desk, parent, signal) : undefined,
  ]);
  const acts: Acts = { task: createTask(desk.redraw), preview: null, returning: beginReturning(desk) };
  const done = readDone(query);
  const found = {
    draft,
    type,
    replaced,
    issued,
    done,
    form: formOf({ draft, type, replaced, parentReference }, desk),
    isChecking: query.has('check'),
    acts,
  };
  return {
    title: ({ language }) => `${type.title[language]} ${draft.id}`,
    draw: (reader) => draw(found, reader, desk),
  };
};

/** As officers know it; one that is not there is left as it was typed, and is a fault of the draft. */
async function findReference({ client }: Desk, id: string, signal: AbortSignal): Promise<string> {
  try {
    return (await client.call('getCredential', { id, signal })).reference;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return id;
    throw error;
  }
}

type Begun = Pick<Found, 'draft' | 'type' | 'replaced'> & { parentReference: string | undefined };

function formOf({ draft, type, replaced, parentReference }: Begun, desk: Desk): DraftForm | null {
  if (draft.state !== 'draft' || !may(desk, 'credentials.prepare')) return null;
  const begun = { type, saved: draft, replaces: replaced };
  const kept = findUnsaved<DraftForm>(addressOf(begun));
  if (kept) return kept;
  const form = createForm({ ...begun, content: { ...draft.content, parent: parentReference } }, desk);
  form.task.blame(faultsOf(draft));
  return form;
}

function draw(found: Found, reader: Reader, desk: Desk): Child[] {
  const { draft, type, form, isChecking, acts } = found;
  const { words, language } = reader;
  if (form && isChecking && isReady(form))
    return [
      element('h1', { tabindex: '-1' }, words.check.heading),
      element('p', {}, type.title[language], ' ', element('span', { class: 'code' }, draft.id)),
      replacesView(form, reader),
      ...checkView(form, reader, desk),
    ];
  const result = draftResult(found, found.done, reader, desk);
  const title = [type.title[language], ' ', element('span', { class: 'code' }, draft.id)];
  return [
    result && resultView(result, reader),
    result ? element('h2', {}, ...title) : element('h1', { tabindex: '-1' }, ...title),
    banner(found, result === null, reader, desk),
    acts.task.failure && failureView(acts.task.failure, reader, { level: 'h2', again: () => desk.reload() }),
    faultSummary(
      acts.task.faults.map((fault) => toLine(fault, [])),
      reader,
    ),
    form && replacesView(form, reader),
    ...(form ? draftFormView(form, reader, desk) : reviewView(found, reader, desk)),
    !form && draft.content === null && element('p', { class: 'hint' }, words.review.nothingKept),
  ];
}

/** `isAlone`: no result above it has said what happens next. */
function banner({ draft, issued }: Found, isAlone: boolean, reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const { state, approvals, approvalsNeeded, returnedBy, people } = draft;
  const given = approvals.map(({ by, at }) =>
    fill(words.review.approvedBy, { person: personText(by, reader, desk), time: calendar.time(Date.parse(at) / 1000) }),
  );
  const isReturned = state === 'draft' && returnedBy !== null;
  return element(
    'section',
    {
      class: `sheet standing-banner tone-${state === 'submitted' || isReturned ? 'care' : 'open'}`,
      'data-state': state,
    },
    icon(state === 'issued' ? 'seal' : 'question'),
    element(
      'div',
      {},
      element('p', { class: 'standing' }, words.draft.state[state]),
      isReturned && element('p', {}, returnedText(draft, reader, desk)),
      element(
        'p',
        { class: 'hint' },
        fill(words.review.people, { people: people.map((id) => personText(id, reader, desk)).join(', ') }),
      ),
      state === 'submitted' &&
        element('p', {}, fill(words.review.approvals, { given: approvals.length, needed: approvalsNeeded })),
      ...given.map((line) => element('p', { class: 'hint' }, line)),
      issued && element('p', {}, words.list.reference, ': ', credentialLink(issued.credential)),
      issued && isAlone && nextView(issuedLines(issued, reader), reader),
      issued &&
        element(
          'p',
          {},
          element(
            'a',
            { class: 'button', href: hrefOf(`credentials/${issued.credential.id}`) },
            words.review.toCredential,
          ),
        ),
    ),
  );
}

function reviewView(found: Found, reader: Reader, desk: Desk): Child[] {
  const { draft, type, replaced, acts } = found;
  const { words } = reader;
  if (draft.content === null) return [];
  return [
    resubmissionView({ type, draft }, reader, desk),
    replaced && replacementView({ type, before: replaced, after: draft.content }, reader),
    element(
      'section',
      { class: 'sheet part', 'data-part': 'content' },
      element('h2', {}, draft.state === 'submitted' ? words.review.sealed : words.credential.claims),
      contentView({ type, draft }, reader),
    ),
    actsView(found, reader, desk),
    ...(draft.state === 'submitted' && may(desk, 'credentials.approve')
      ? returnForm(
          acts.returning,
          (note) => desk.client.call('returnDraft', { id: draft.id, body: { note } }),
          reader,
          desk,
        )
      : []),
    acts.preview && previewView(acts.preview, reader),
  ];
}

function actsView(found: Found, reader: Reader, desk: Desk): HTMLElement | null {
  const { draft, acts } = found;
  const { words } = reader;
  const { id, state } = draft;
  const { client } = desk;
  const act = (name: 'withdrawDraft' | 'discardDraft') => async () => {
    if (name === 'discardDraft' && !confirm(words.review.discardSure)) return;
    await acts.task.run(async () => {
      await client.call(name, { id });
      forgetUnsaved(`drafts/${id}`);
      desk.reload();
    });
  };
  const button = (action: string, text: string, click: () => void, isMain = false) =>
    taskButton(acts.task, { action, text, click, isMain });
  const mayApprove = state === 'submitted' && may(desk, 'credentials.approve');
  const mayPrepare = may(desk, 'credentials.prepare');
  const isOwn = draft.people.includes(desk.officer.id);
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'acts' },
    element('h2', {}, words.review.next),
    mayApprove && isOwn && element('p', {}, words.problem.SAME_PERSON),
    element(
      'div',
      { class: 'actions' },
      mayApprove && !isOwn && button('approve', words.review.approve, () => void approve(found, desk), true),
      state === 'submitted' && button('preview', words.form.preview, () => void preview(found, desk)),
      mayPrepare &&
        state === 'submitted' &&
        button('withdraw', words.review.withdraw, () => void act('withdrawDraft')()),
      mayPrepare && button('discard', words.review.discard, () => void act('discardDraft')()),
    ),
  );
}

/** By the hash of what is on the page: what was changed meanwhile is not approved by it. */
function approve({ draft: { id, contentHash }, acts }: Found, desk: Desk): Promise<boolean> {
  return acts.task.run(async () => {
    await desk.client.call('approveDraft', { id, body: { contentHash: contentHash ?? '' } });
    desk.go(`drafts/${id}?done=approved`);
  });
}

function preview({ draft: { id }, acts }: Found, { client }: Desk): Promise<boolean> {
  return acts.task.run(async () => {
    acts.preview = await (await client.open('previewDraft', { id })).blob();
  });
}
