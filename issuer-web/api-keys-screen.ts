import type { ApiKey, ApiKeyWithSecret, NewApiKey } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { failureView } from './failure-view.ts';
import { formView } from './form-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

type Scope = NewApiKey['scopes'][number];
const LINE: Shape = { kind: 'line', input: 'text', maxLength: 100 };
const DATE: Shape = { kind: 'line', input: 'date' };

/** Keys by which the department's systems call the service; a secret is told once. */
export const openApiKeys: Open = async ({ desk, query, signal }) => {
  const { items, next } = await desk.client.call('listApiKeys', {
    query: { starting_after: query.get('starting_after') ?? undefined },
    signal,
  });
  const making: Making = { typed: { scopes: [] }, task: createTask(desk.redraw), made: null };
  return {
    title: ({ words }) => words.keys.heading,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, reader.words.keys.heading),
      making.made && secretView(making.made, reader),
      items.length === 0 ? emptyView(reader.words.keys.none) : keysView(items, reader),
      pagesView({ path: 'api-keys', query, next }, reader),
      ...(making.made ? [] : makeForm(making, reader, desk)),
    ],
  };
};

interface Making {
  typed: TypedRecord;
  task: Task;
  made: ApiKeyWithSecret | null;
}

function keysView(items: readonly ApiKey[], { words, calendar }: Reader): HTMLElement {
  const time = (at: string | null) => (at === null ? words.document.none : calendar.time(Date.parse(at) / 1000));
  return recordsView({
    label: words.keys.heading,
    heads: [words.keys.name, words.list.status, words.keys.scopes, words.keys.expires, words.keys.lastUsed],
    items,
    tone: ({ state }) => (state === 'active' ? 'open' : 'over'),
    id: ({ id }) => id,
    cells: ({ id, name, prefix, state, scopes, expiresAt, lastUsedAt }) => [
      element(
        'a',
        { href: hrefOf(`api-keys/${encodeURIComponent(id)}`) },
        name,
        ' ',
        element('span', { class: 'code hint' }, `${prefix}…`),
      ),
      words.keys.state[state],
      scopes.join(', '),
      time(expiresAt),
      time(lastUsedAt),
    ],
  });
}

function makeForm(making: Making, reader: Reader, desk: Desk): Child[] {
  const texts = reader.words.keys;
  const { typed, task } = making;
  const submit = () =>
    void task.run(async () => {
      const day = String(typed.expires ?? '');
      const expires = day === '' ? {} : { expiresAt: new Date(`${day}T23:59:59+08:00`).toISOString() };
      const body = { name: String(typed.name ?? ''), scopes: typed.scopes as Scope[], ...expires };
      making.made = await desk.client.call('createApiKey', { body });
    });
  const options = desk.officer.may.map((code) => ({ code, label: code }));
  const fields = [
    { label: texts.name, shape: LINE, isOptional: false, hint: texts.nameHint },
    { label: texts.expires, shape: DATE, isOptional: true, hint: texts.expiresHint },
    { label: texts.scopes, shape: { kind: 'many', options } as const, isOptional: false },
  ];
  return [
    element('h2', {}, texts.make),
    ...formView({ typed, task, names: ['name', 'expires', 'scopes'], fields, text: texts.make, submit }, reader, desk),
  ];
}

function secretView({ name, secret }: ApiKeyWithSecret, { words }: Reader): HTMLElement {
  return element(
    'section',
    { class: 'sheet part tone-care warning', role: 'status', 'data-part': 'secret' },
    element(
      'div',
      {},
      element('h2', {}, name),
      element('p', {}, secret === undefined ? words.keys.secretGone : words.keys.secret),
      secret !== undefined && element('p', { class: 'code' }, secret),
    ),
  );
}

/** One key: another secret, or its end. */
export const openApiKey: Open = async ({ desk, id, signal }) => {
  const key = await desk.client.call('getApiKey', { id, signal });
  const task = createTask(desk.redraw);
  let made: ApiKeyWithSecret | null = null;
  return {
    title: () => key.name,
    draw: (reader) => {
      const { words, calendar } = reader;
      const time = (at: string | null) => at !== null && calendar.time(Date.parse(at) / 1000);
      const rotate = () =>
        void task.run(async () => {
          made = await desk.client.call('rotateApiKey', { id, body: {} });
        });
      const deactivate = () => {
        if (!confirm(words.keys.deactivateSure)) return;
        void task.run(async () => {
          await desk.client.call('deactivateApiKey', { id });
          desk.reload();
        });
      };
      const button = (name: string, text: string, click: () => void) =>
        element(
          'button',
          { type: 'button', class: 'button', 'data-action': name, disabled: task.isBusy, on: { click } },
          text,
        );
      return [
        element('h1', { tabindex: '-1' }, key.name, ' ', element('span', { class: 'code' }, key.id)),
        task.failure && failureView(task.failure, reader, { level: 'h2' }),
        made && secretView(made, reader),
        element(
          'section',
          { class: 'sheet part', 'data-state': key.state },
          factsView([
            [words.list.status, words.keys.state[key.state]],
            [words.keys.begins, element('span', { class: 'code' }, `${key.prefix}…`)],
            [words.keys.scopes, key.scopes.join(', ')],
            [words.keys.created, time(key.createdAt)],
            [words.keys.expires, time(key.expiresAt)],
            [words.keys.lastUsed, time(key.lastUsedAt)],
            [words.keys.previous, time(key.previousUntil)],
          ]),
          element(
            'div',
            { class: 'actions' },
            key.state === 'active' && button('rotate', words.keys.rotate, rotate),
            key.state === 'active' && button('deactivate', words.keys.deactivate, deactivate),
            element('a', { class: 'button', href: hrefOf('api-keys') }, words.review.back),
          ),
        ),
      ];
    },
  };
};
