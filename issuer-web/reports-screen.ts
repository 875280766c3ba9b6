import type { Report } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { personText } from './drafts-view.ts';
import { type FilterRules, readFilters, unknownView } from './filters.ts';
import { formView } from './form-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Describe, openViews } from './saved-views.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';

const STATES = ['open', 'answered'] as const;
type State = (typeof STATES)[number];
const FILTERS = { state: STATES } as const satisfies FilterRules;

const describe: Describe = (_, value, { words }) => [words.list.status, words.reports.state[value as State]];

/** What holders told of their documents, newest first; the address says which of them. */
export const openReports: Open = async ({ desk, query: address, signal }) => {
  const found = readFilters(address, FILTERS);
  const state = (found.filters.state ?? 'open') as State;
  // what a view keeps is what is shown
  const asked = { ...found, filters: { state } };
  const [{ items, next }, views] = await Promise.all([
    desk.client.call('listReports', { query: { state, starting_after: asked.startingAfter }, signal }),
    openViews({ ...{ place: 'reports', rules: FILTERS, asked }, desk, signal }),
  ]);
  return {
    title: ({ words }) => words.reports.heading,
    draw: (reader) => {
      const { words } = reader;
      const choices = STATES.map((each) =>
        element(
          'a',
          {
            ...{ class: 'button', href: hrefOf(`reports?state=${each}`) },
            'aria-current': each === state ? 'page' : undefined,
          },
          words.reports.state[each],
        ),
      );
      return [
        element('h1', { tabindex: '-1' }, words.reports.heading),
        unknownView(asked, reader),
        views.draw(reader, describe),
        element('nav', { class: 'actions', 'aria-label': words.list.filter }, ...choices),
        items.length === 0 ? emptyView(words.reports.none) : reportsView(items, words.reports.heading, reader),
        pagesView({ path: 'reports', query: asked.query, next }, reader),
      ];
    },
  };
};

export function reportsView(items: readonly Report[], label: string, { words, calendar }: Reader): HTMLElement {
  return recordsView({
    label,
    heads: [words.reports.kind, words.list.status, words.reports.told],
    items,
    tone: ({ answer }) => (answer === null ? 'care' : 'open'),
    id: ({ id }) => id,
    cells: ({ id, kind, answer, createdAt }) => [
      element(
        'a',
        { href: hrefOf(`reports/${id}`) },
        words.reports.kinds[kind],
        ' ',
        element('span', { class: 'code hint' }, id),
      ),
      words.reports.state[answer === null ? 'open' : 'answered'],
      calendar.time(Date.parse(createdAt) / 1000),
    ],
  });
}

interface Found {
  report: Report;
  answering: { typed: TypedRecord; task: Task };
}

/** One report, with the way to its document, and the answer. */
export const openReport: Open = async ({ desk, id, signal }) => {
  const report = await desk.client.call('getReport', { id, signal });
  const found: Found = { report, answering: { typed: {}, task: createTask(desk.redraw) } };
  return { title: ({ words }) => `${words.reports.one} ${id}`, draw: (reader) => draw(found, reader, desk) };
};

function draw({ report, answering }: Found, reader: Reader, desk: Desk): Child[] {
  const { words, calendar } = reader;
  const texts = words.reports;
  const { id, credential, kind, message, createdAt, answer, answeredAt, answeredBy, mail } = report;
  const time = (at: string) => calendar.time(Date.parse(at) / 1000);
  const written = (text: string) => element('span', { class: 'written' }, text);
  return [
    element('h1', { tabindex: '-1' }, texts.one, ' ', element('span', { class: 'code' }, id)),
    element(
      'section',
      { class: 'sheet part', 'data-answered': String(answer !== null) },
      factsView([
        [texts.kind, texts.kinds[kind]],
        [
          words.place.credentials,
          element('a', { class: 'code', href: hrefOf(`credentials/${credential}`) }, credential),
        ],
        [texts.told, time(createdAt)],
        [texts.message, written(message)],
        [texts.answer, answer !== null && written(answer)],
        [texts.answeredBy, answeredBy !== null && personText(answeredBy, reader, desk)],
        [texts.state.answered, answeredAt !== null && time(answeredAt)],
        [
          words.credential.mail,
          answer !== null && (mail ? fill(words.mailState[mail.state], { code: mail.code ?? '' }) : texts.noMail),
        ],
      ]),
    ),
    ...(answer === null && may(desk, 'credentials.prepare') ? answerForm(id, answering, reader, desk) : []),
  ];
}

const ANSWER: Shape = { kind: 'line', input: 'paragraph', maxLength: 1000 };

function answerForm(id: string, { typed, task }: Found['answering'], reader: Reader, desk: Desk): Child[] {
  const texts = reader.words.reports;
  const submit = () => {
    const answer = String(typed.answer ?? '').trim();
    if (answer === '') return task.refuse([{ pointer: '/answer', code: 'FIELD_MISSING', detail: 'answer' }]);
    void task.run(async () => {
      await desk.client.call('answerReport', { id, body: { answer } });
      desk.reload();
    });
  };
  const field = { label: texts.answer, hint: texts.answerHint, shape: ANSWER, isOptional: false };
  return formView({ typed, task, names: ['answer'], fields: [field], text: texts.send, submit }, reader, desk);
}
