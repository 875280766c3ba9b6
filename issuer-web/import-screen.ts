import type { CredentialTypeDetail, Department, Import, ImportError, ImportErrorPage } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { fill, groupThousands } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { personText } from './drafts-view.ts';
import { failureView } from './failure-view.ts';
import { type Asked, type FilterRules, readFilters, unknownView } from './filters.ts';
import { importErrorsView } from './import-errors-view.ts';
import { allRowsLink, importRowsView, type RowsShown, showRows } from './import-rows-view.ts';
import { importState, importTone, isMoving } from './imports-view.ts';
import { createMend, type Mend, mendView } from './mend-view.ts';
import { pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Done, importResult, readDone, resultView, withoutDone } from './result-view.ts';
import { beginReturning, type Returning, returnForm } from './return-view.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';
import { sendAddress, sentFile } from './send-file.ts';

interface Found {
  current: Import;
  type: CredentialTypeDetail;
  errors: ImportErrorPage;
  /** Some of its rows as they will be signed, while it waits for approval. */
  sample: RowsShown | null;
  task: Task;
  returning: Returning;
  asked: Asked<keyof typeof FILTERS>;
  /** Where the page that shows it has sent it. */
  mend: Mend | null;
  signal: AbortSignal;
  done: Done | null;
  /** Where something of it was approved. */
  department: Department | null;
}

const KINDS = ['malformed', 'duplicate', 'already-issued'] as const satisfies readonly ImportError['kind'][];
const FILTERS = { kind: KINDS } as const satisfies FilterRules;

/** One file: how far it is, told while it is on its way; what of it waits for approval; and what is wrong with which row. */
export const openImport: Open = async ({ desk, id, query: address, signal }) => {
  const done = readDone(address);
  const asked = readFilters(withoutDone(address), FILTERS);
  const kind = asked.filters.kind as ImportError['kind'] | undefined;
  const query = { kind, limit: 50, starting_after: asked.startingAfter };
  const [current, errors] = await Promise.all([
    desk.client.call('getImport', { id, signal }),
    desk.client.call('listImportErrors', { id, query, signal }),
  ]);
  const [type, rows, department] = await Promise.all([
    desk.client.call('getType', { id: current.type, signal }),
    current.state === 'submitted'
      ? desk.client.call('listImportRows', { id, query: { order: 'sample' }, signal })
      : null,
    done === 'approved' ? desk.client.call('getDepartment', { signal }) : null,
  ]);
  const file = sentFile(id);
  const found: Found = {
    ...{ current, type, errors, asked, signal, done, department },
    mend: file && createMend({ file, of: current, type }, desk),
    sample: rows && showRows({ importId: id, type, items: rows.items }, desk),
    ...{ task: createTask(desk.redraw), returning: beginReturning(desk) },
  };
  if (isMoving(current))
    watch(id, signal, (next) => {
      const hasMovedOn = next.state !== found.current.state;
      found.current = next;
      if (hasMovedOn) desk.reload();
      else desk.redraw();
    });
  return {
    title: ({ words }) => `${words.imports.one} ${id}`,
    draw: (reader) => draw(found, reader, desk),
  };
};

/** The service tells of each step until nothing of the file moves any more; the screen that asked ends it too. */
function watch(id: string, signal: AbortSignal, tell: (next: Import) => void): void {
  const source = new EventSource(`/v1/imports/${encodeURIComponent(id)}/events`);
  source.addEventListener('progress', (event) => {
    const next = JSON.parse((event as MessageEvent<string>).data) as Import;
    if (!isMoving(next)) source.close();
    if (!signal.aborted) tell(next);
  });
  signal.addEventListener('abort', () => source.close());
}

function draw(found: Found, reader: Reader, desk: Desk): Child[] {
  const { current, type, errors, asked, mend, signal, task } = found;
  const { words } = reader;
  const result = importResult(found, found.done, reader, desk);
  const title = [words.imports.one, ' ', element('span', { class: 'code' }, current.id)];
  return [
    result && resultView(result, reader),
    result ? element('h2', {}, ...title) : element('h1', { tabindex: '-1' }, ...title),
    banner(current, reader, desk),
    continueView(current, reader, desk),
    task.failure && failureView(task.failure, reader, { level: 'h2', again: () => desk.reload() }),
    element('section', { class: 'sheet part' }, importFacts(found, reader)),
    ...(current.state === 'submitted' ? approvalView(found, reader, desk) : []),
    element('h2', {}, words.imports.bad),
    unknownView(asked, reader),
    mend && mendView(mend, signal, reader, desk),
    kindsView(found, reader),
    errors.items.length === 0 &&
      element('p', { class: 'hint' }, asked.filters.kind ? words.imports.noneOfKind : words.imports.noBad),
    ...importErrorsView({ of: current, type, items: errors.items }, reader),
    pagesView({ path: `imports/${current.id}`, query: asked.query, next: errors.next }, reader),
  ];
}

/** Of which kind the bad rows are, each to be seen alone; nothing to choose where all are of one. */
function kindsView({ current: { id, counts }, asked }: Found, { words }: Reader): HTMLElement | null {
  const texts = words.imports;
  const { malformed, duplicates, alreadyIssued } = counts;
  const rows = { malformed, duplicate: duplicates, 'already-issued': alreadyIssued };
  const chosen = asked.filters.kind;
  const kinds = KINDS.filter((kind) => rows[kind] > 0);
  if (kinds.length < 2 && chosen === undefined) return null;
  const choice = (kind: (typeof KINDS)[number] | undefined, text: string) =>
    element(
      'a',
      {
        ...{ class: 'button', href: hrefOf(`imports/${id}${kind ? `?kind=${kind}` : ''}`) },
        ...{ 'data-kind': kind ?? 'any', 'aria-current': kind === chosen ? 'page' : undefined },
      },
      text,
    );
  return element(
    'nav',
    { class: 'actions', 'aria-label': words.list.filter },
    choice(undefined, words.list.any),
    ...kinds.map((kind) => choice(kind, `${texts.kind[kind]} (${groupThousands(String(rows[kind]))})`)),
  );
}

function importFacts({ current, type }: Found, { words, language }: Reader): HTMLElement {
  const { counts, approval } = current;
  const count = (value: number) => groupThousands(String(value));
  return factsView([
    [words.list.type, element('a', { href: hrefOf(`types/${encodeURIComponent(type.code)}`) }, type.title[language])],
    [words.imports.mode, words.imports.modes[current.mode]],
    [words.imports.rows, count(counts.rows)],
    [words.imports.ready, count(counts.ready)],
    [words.imports.issued, count(counts.issued)],
    [words.imports.malformed, counts.malformed > 0 && count(counts.malformed)],
    [words.imports.duplicates, counts.duplicates > 0 && count(counts.duplicates)],
    [words.imports.alreadyIssued, counts.alreadyIssued > 0 && count(counts.alreadyIssued)],
    [words.imports.hash, approval?.contentHash && element('span', { class: 'code' }, approval.contentHash)],
  ]);
}

const ICONS = { good: 'seal', open: 'question', care: 'question', bad: 'octagon' } as const;

function banner(current: Import, reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const { received, createdAt, finishedAt, state, approval, preparedBy } = current;
  const time = (at: string) => calendar.time(Date.parse(at) / 1000);
  const person = (id: string) => personText(id, reader, desk);
  const tone = importTone(current);
  return element(
    'section',
    { class: `sheet standing-banner tone-${tone}`, 'data-state': state, role: 'status' },
    icon(ICONS[tone]),
    element(
      'div',
      {},
      element('p', { class: 'standing' }, importState(current, reader)),
      approval?.returnedBy &&
        element(
          'p',
          {},
          fill(words.review.returned, { person: person(approval.returnedBy), note: approval.note ?? '' }),
        ),
      state === 'submitted' &&
        approval &&
        element('p', {}, fill(words.review.approvals, { given: approval.given.length, needed: approval.needed })),
      ...(approval?.given ?? []).map(({ by, at }) =>
        element('p', { class: 'hint' }, fill(words.review.approvedBy, { person: person(by), time: time(at) })),
      ),
      element('p', {}, fill(words.imports.received, { lines: groupThousands(String(received.lines)) })),
      element('p', { class: 'hint' }, fill(words.imports.begun, { time: time(createdAt), person: person(preparedBy) })),
      finishedAt !== null && element('p', { class: 'hint' }, fill(words.imports.ended, { time: time(finishedAt) })),
      isMoving(current) &&
        element(
          'p',
          {},
          element(
            'button',
            { type: 'button', class: 'button', on: { click: desk.reload } },
            icon('again'),
            words.credential.refresh,
          ),
        ),
    ),
  );
}

/** What stopped on its way goes on from there, for whoever began it. A trial has nothing to go on with. */
function continueView(current: Import, { words }: Reader, desk: Desk): HTMLElement | null {
  const { state, dryRun, preparedBy, type, mode } = current;
  if (state !== 'receiving' || dryRun || preparedBy !== desk.officer.id) return null;
  const texts = words.imports;
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'continue' },
    element('h2', {}, texts.continueHeading),
    element('p', {}, texts.continueText),
    element('p', {}, element('a', { class: 'button', href: hrefOf(sendAddress(type, mode)) }, texts.continueWay)),
  );
}

/** Some rows as they will be signed, and what may be done with all of them. */
function approvalView(found: Found, reader: Reader, desk: Desk): Child[] {
  const { current, sample, returning } = found;
  const { words } = reader;
  const { id } = current;
  return [
    sample &&
      element(
        'section',
        { class: 'sheet part', 'data-part': 'sample' },
        element('h2', {}, words.review.sealed),
        element('p', { class: 'hint' }, words.imports.sample),
        sample.task.failure && failureView(sample.task.failure, reader, { level: 'h2' }),
        ...importRowsView(sample, words.review.sealed, reader, desk),
        element('p', {}, allRowsLink(id, reader)),
      ),
    actsView(found, reader, desk),
    ...(may(desk, 'credentials.approve')
      ? returnForm(returning, (note) => desk.client.call('returnImport', { id, body: { note } }), reader, desk)
      : []),
  ];
}

function actsView({ current, task }: Found, reader: Reader, desk: Desk): HTMLElement | null {
  const { words } = reader;
  const { id, approval, counts, preparedBy } = current;
  const button = (action: string, text: string, work: () => Promise<void>, isMain = false) =>
    taskButton(task, { action, text, click: () => void task.run(work), isMain });
  const isOwn = preparedBy === desk.officer.id;
  const mayApprove = may(desk, 'credentials.approve');
  const contentHash = approval?.contentHash ?? '';
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'acts' },
    element('h2', {}, words.review.next),
    mayApprove && isOwn && element('p', {}, words.problem.SAME_PERSON),
    element(
      'div',
      { class: 'actions' },
      // by the hash of what is on the page: what was changed meanwhile is not approved by it
      mayApprove &&
        !isOwn &&
        button(
          'approve',
          fill(words.review.approveMany, { count: groupThousands(String(counts.ready)) }),
          async () => {
            await desk.client.call('approveImport', { id, body: { contentHash } });
            desk.go(`imports/${id}?done=approved`);
          },
          true,
        ),
      may(desk, 'credentials.prepare') &&
        button('withdraw', words.imports.withdraw, async () => {
          await desk.client.call('withdrawImport', { id, body: {} });
          desk.reload();
        }),
    ),
  );
}
