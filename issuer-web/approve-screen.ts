import type { CredentialDetail, CredentialTypeDetail, Department, DraftDetail } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { resubmissionView } from './draft-changes-view.ts';
import { contentView } from './draft-content-view.ts';
import { failureView } from './failure-view.ts';
import { knownFault } from './fault-view.ts';
import { emptyView } from './pages-view.ts';
import { problemText } from './problems.ts';
import type { Reader } from './reader.ts';
import { credentialLink, mailLine, type Result, resultView, sealingLine } from './result-view.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

/** As many as one can look at, and as the service looks at together. */
const MOST = 50;

interface Batch {
  drafts: readonly DraftDetail[];
  types: ReadonlyMap<string, CredentialTypeDetail>;
  /** What became of each, by its id: null where it was approved. */
  outcomes: Map<string, string | null>;
  /** What the approved ones have become, by their ids; of one that needs another approval, nothing yet. */
  issued: Map<string, CredentialDetail>;
  department: Department | null;
  task: Task;
}

/** Several drafts, each with all that will be sealed: they are approved together, and each is judged by itself. */
export const openApproval: Open = async ({ desk, query, signal }) => {
  const ids = [...new Set(query.getAll('draft'))].slice(0, MOST);
  const found = await Promise.all(ids.map((id) => desk.client.call('getDraft', { id, signal })));
  const drafts = found.filter(({ state }) => state === 'submitted');
  const codes = [...new Set(drafts.map(({ type }) => type))];
  const types = await Promise.all(codes.map((id) => desk.client.call('getType', { id, signal })));
  const batch: Batch = {
    ...{ drafts, types: new Map(types.map((type) => [type.code, type])) },
    ...{ outcomes: new Map(), issued: new Map(), department: null, task: createTask(desk.redraw) },
  };
  return {
    title: ({ words }) => words.review.manyHeading,
    draw: (reader) => draw(batch, reader, desk),
  };
};

function draw(batch: Batch, reader: Reader, desk: Desk): Child[] {
  const { drafts, types, outcomes, task } = batch;
  const { words, language } = reader;
  const heading = element('h1', { tabindex: '-1' }, words.review.manyHeading);
  if (drafts.length === 0) return [heading, emptyView(words.draft.none)];
  return [
    outcomes.size > 0 ? resultView(resultOf(batch, reader), reader) : heading,
    task.failure && failureView(task.failure, reader, { level: 'h2' }),
    ...drafts.map((draft) => {
      const type = types.get(draft.type);
      return (
        type &&
        element(
          'section',
          { class: 'sheet part', 'data-id': draft.id },
          element(
            'h2',
            {},
            type.title[language],
            ' ',
            element('a', { class: 'code', href: hrefOf(`drafts/${draft.id}`) }, draft.id),
          ),
          outcomeView(batch, draft, reader),
          resubmissionView({ type, draft, level: 'h3' }, reader, desk),
          contentView({ type, draft }, reader),
        )
      );
    }),
    outcomes.size === 0 &&
      element(
        'div',
        { class: 'actions' },
        taskButton(task, {
          ...{ action: 'approve-all', text: fill(words.review.approveMany, { count: drafts.length }) },
          ...{ click: () => void approve(batch, desk), isMain: true },
        }),
        element('a', { class: 'button', href: hrefOf('drafts?state=submitted') }, words.review.back),
      ),
  ];
}

/** How many of them, and what happens next; of each, what it has become stands beside it. */
function resultOf({ drafts, outcomes, issued, department }: Batch, reader: Reader): Result {
  const { words } = reader;
  const done = [...outcomes.values()].filter((problem) => problem === null).length;
  const text = fill(words.review.done, { done, all: drafts.length });
  return {
    name: 'approved',
    heading: element('span', { 'data-done': String(done) }, text),
    reference: [],
    next: [
      department !== null && issued.size > 0 && sealingLine(department, reader),
      done > issued.size && words.result.waits,
      done < drafts.length && words.result.refused,
    ],
    ways: [element('a', { class: 'button', href: hrefOf('drafts?state=submitted') }, words.result.toQueue)],
  };
}

function outcomeView({ outcomes, issued }: Batch, { id }: DraftDetail, reader: Reader): HTMLElement | null {
  const { words } = reader;
  const problem = outcomes.get(id);
  if (problem === undefined) return null;
  const credential = issued.get(id);
  if (problem === null)
    return element(
      'div',
      { class: 'outcome', 'data-outcome': 'approved' },
      element(
        'p',
        {},
        credential ? `${words.result.issued}. ${words.list.reference}: ` : words.result.approved,
        credential && credentialLink(credential),
      ),
      credential && element('p', { class: 'hint' }, mailLine(credential.holder?.email !== undefined, reader)),
    );
  const text = problemText(problem, reader) ?? knownFault(problem, reader) ?? words.failure.refused.text;
  return element('p', { class: 'fault', 'data-outcome': problem }, text);
}

async function approve(batch: Batch, { client }: Desk): Promise<void> {
  const { drafts, outcomes, issued, task } = batch;
  await task.run(async () => {
    const named = drafts.map(({ id, contentHash }) => ({ id, contentHash: contentHash ?? '' }));
    const { items } = await client.call('approveDrafts', { body: { drafts: named } });
    for (const { id, problem } of items) outcomes.set(id, problem?.errors?.[0]?.code ?? problem?.code ?? null);
    // what was approved stays approved, also where its reference is not answered
    const became = items.flatMap(({ id, draft }) => (draft?.credential ? [{ id, credential: draft.credential }] : []));
    if (became.length === 0) return;
    batch.department = await client.call('getDepartment');
    await Promise.all(
      became.map(async (one) => issued.set(one.id, await client.call('getCredential', { id: one.credential }))),
    );
  });
  if (outcomes.size === 0) return;
  scrollTo(0, 0);
  document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}
