import type { NewWebhook, Webhook, WebhookDelivery, WebhookWithSecret } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { failureView } from './failure-view.ts';
import { formView } from './form-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

type EventName = NewWebhook['events'][number];
const EVENTS = [
  ...(['credential.final', 'credential.expiring', 'credential.failed', 'credential.disbelieved'] as const),
  ...(['status.final', 'notice.final', 'notice.withdrawn', 'import.finished', 'batch.unknown'] as const),
] as const satisfies readonly EventName[];
const LINE: Shape = { kind: 'line', input: 'text', maxLength: 2_000 };

interface Making {
  typed: TypedRecord;
  task: Task;
  made: WebhookWithSecret | null;
}

/** Systems of the department that are told what happens; a secret is told once. */
export const openWebhooks: Open = async ({ desk, query, signal }) => {
  const { items, next } = await desk.client.call('listWebhooks', {
    query: { starting_after: query.get('starting_after') ?? undefined },
    signal,
  });
  const making: Making = { typed: { events: [] }, task: createTask(desk.redraw), made: null };
  return {
    title: ({ words }) => words.webhooks.heading,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, reader.words.webhooks.heading),
      element('p', { class: 'lead' }, reader.words.webhooks.lead),
      making.made && secretView(making.made, reader),
      items.length === 0 ? emptyView(reader.words.webhooks.none) : webhooksView(items, reader),
      pagesView({ path: 'webhooks', query, next }, reader),
      ...(making.made ? [] : makeForm(making, reader, desk)),
    ],
  };
};

const STATE_TONES = { active: 'open', paused: 'care', ended: 'over' } as const;

function stateOf({ active, pausedSince }: Webhook): keyof typeof STATE_TONES {
  if (!active) return 'ended';
  return pausedSince === null ? 'active' : 'paused';
}

function webhooksView(items: readonly Webhook[], reader: Reader): HTMLElement {
  const texts = reader.words.webhooks;
  return recordsView({
    label: texts.heading,
    heads: [texts.url, reader.words.list.status, texts.events],
    items,
    tone: (webhook) => STATE_TONES[stateOf(webhook)],
    id: ({ id }) => id,
    cells: (webhook) => [
      element('a', { class: 'long', href: hrefOf(`webhooks/${encodeURIComponent(webhook.id)}`) }, webhook.url),
      texts.state[stateOf(webhook)],
      eventsText(webhook.events, reader),
    ],
  });
}

function eventsText(events: readonly string[], { words }: Reader): string {
  return events.map((name) => eventText(name, words.webhooks.event)).join(', ');
}

/** A ping is told as one, though nobody asks to be told of pings. */
function eventText(name: string, texts: Record<string, string>): string {
  return texts[name] ?? name;
}

function makeForm(making: Making, reader: Reader, desk: Desk): Child[] {
  const texts = reader.words.webhooks;
  const { typed, task } = making;
  const submit = () =>
    void task.run(async () => {
      const body = { url: String(typed.url ?? '').trim(), events: typed.events as EventName[] };
      making.made = await desk.client.call('createWebhook', { body });
    });
  const fields = [{ label: texts.url, shape: LINE, isOptional: false, hint: texts.urlHint }, eventsField(reader)];
  return [
    element('h2', {}, texts.make),
    ...formView({ typed, task, names: ['url', 'events'], fields, text: texts.make, submit }, reader, desk),
  ];
}

function eventsField({ words }: Reader) {
  const { event, events } = words.webhooks;
  const options = EVENTS.map((code) => ({ code, label: event[code] }));
  return { label: events, shape: { kind: 'many', options } as const, isOptional: false };
}

function secretView({ id, url, secret }: WebhookWithSecret, { words }: Reader): HTMLElement {
  const texts = words.webhooks;
  return element(
    'section',
    { class: 'sheet part tone-care warning', role: 'status', 'data-part': 'secret' },
    element(
      'div',
      {},
      element('h2', {}, element('a', { href: hrefOf(`webhooks/${encodeURIComponent(id)}`) }, url)),
      element('p', {}, secret === undefined ? texts.secretGone : texts.secret),
      secret !== undefined && element('p', { class: 'code' }, secret),
    ),
  );
}

interface Shown {
  webhook: Webhook;
  deliveries: readonly WebhookDelivery[];
  task: Task;
  /** `seen`: the version that stands in the form, whatever is looked at meanwhile. */
  changing: { typed: TypedRecord; task: Task; seen: string };
  made: WebhookWithSecret | null;
  /** Asks for both again, where it stands. */
  look(): Promise<void>;
}

/** One of them: what it was told, and how that went; what it is told from now on, another secret, a trial, a pause, its end. */
export const openWebhook: Open = async ({ desk, id, query, signal }) => {
  const read = (until?: AbortSignal) =>
    Promise.all([
      desk.client.call('getWebhook', { id, signal: until }),
      desk.client.call('listDeliveries', {
        ...{ id, signal: until },
        query: { starting_after: query.get('starting_after') ?? undefined },
      }),
    ]);
  const [webhook, { items, next }] = await read(signal);
  const look = async () => {
    const [now, page] = await read();
    [shown.webhook, shown.deliveries] = [now, page.items];
  };
  const typed = { events: [...webhook.events] };
  const changing = { typed, task: createTask(desk.redraw), seen: webhook.changedAt };
  const shown: Shown = { webhook, deliveries: items, task: createTask(desk.redraw), changing, made: null, look };
  return {
    title: ({ words }) => `${words.webhooks.heading} ${id}`,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, reader.words.webhooks.one, ' ', element('span', { class: 'code' }, id)),
      shown.task.failure && failureView(shown.task.failure, reader, { level: 'h2' }),
      shown.made && secretView(shown.made, reader),
      webhookView(shown, reader, desk),
      element('h2', {}, reader.words.webhooks.deliveries),
      shown.deliveries.length === 0
        ? element('p', {}, reader.words.webhooks.noDeliveries)
        : deliveriesView(shown, reader, desk),
      pagesView({ path: `webhooks/${encodeURIComponent(id)}`, query, next }, reader),
      ...(shown.webhook.active ? changeForm(shown, reader, desk) : []),
    ],
  };
};

function webhookView(shown: Shown, reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.webhooks;
  const { id, url, events, active, pausedSince, waiting, createdAt, previousSecretUntil } = shown.webhook;
  const state = stateOf(shown.webhook);
  const time = (at: string | null) => at !== null && calendar.time(Date.parse(at) / 1000);
  const ping = () =>
    void shown.task.run(async () => {
      await desk.client.call('pingWebhook', { id });
      desk.reload();
    });
  const pause = () =>
    void shown.task.run(async () => {
      await desk.client.call(state === 'paused' ? 'resumeWebhook' : 'pauseWebhook', { id });
      await shown.look();
    });
  const rotate = () =>
    void shown.task.run(async () => {
      shown.made = await desk.client.call('rotateWebhookSecret', { id });
    });
  const end = () => {
    if (!confirm(texts.endSure)) return;
    void shown.task.run(async () => {
      await desk.client.call('deactivateWebhook', { id });
      desk.reload();
    });
  };
  return element(
    'section',
    { class: 'sheet part', 'data-state': state },
    factsView([
      [words.list.status, texts.state[state]],
      [texts.pausedSince, time(pausedSince)],
      [texts.waiting, active && String(waiting)],
      [texts.url, element('span', { class: 'code' }, url)],
      [texts.events, eventsText(events, reader)],
      [words.keys.created, time(createdAt)],
      [words.keys.previous, time(previousSecretUntil)],
    ]),
    state === 'paused' && element('p', {}, texts.pausedNote),
    element(
      'div',
      { class: 'actions' },
      active && taskButton(shown.task, { action: 'ping', text: texts.ping, click: ping }),
      // one button, so that the focus stays on it and its new text is read out
      active &&
        taskButton(shown.task, { action: 'pause', text: texts[state === 'paused' ? 'resume' : 'pause'], click: pause }),
      active && taskButton(shown.task, { action: 'rotate', text: words.keys.rotate, click: rotate }),
      active && taskButton(shown.task, { action: 'end', text: texts.end, click: end }),
      taskButton(shown.task, { action: 'look', text: texts.look, click: () => desk.reload() }),
      element('a', { class: 'button', href: hrefOf('webhooks') }, words.review.back),
    ),
  );
}

function changeForm({ webhook, changing, look }: Shown, reader: Reader, desk: Desk): Child[] {
  const texts = reader.words.webhooks;
  const { typed, task } = changing;
  const submit = () =>
    void task.run(async () => {
      const body = { events: typed.events as EventName[], changedAt: changing.seen };
      changing.seen = (await desk.client.call('changeWebhookEvents', { id: webhook.id, body })).changedAt;
      await look();
    });
  return [
    element('h2', {}, texts.change),
    element('p', {}, texts.changeNote),
    ...formView(
      { typed, task, names: ['events'], fields: [eventsField(reader)], text: texts.change, submit },
      reader,
      desk,
    ),
  ];
}

const TONES = { waiting: 'care', delivered: 'good', failed: 'bad' } as const;

function deliveriesView({ webhook, deliveries, task }: Shown, reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.webhooks;
  const time = (at: string | null) => (at === null ? '' : calendar.time(Date.parse(at) / 1000));
  const replay = (id: string) =>
    void task.run(async () => {
      await desk.client.call('replayDelivery', { id });
      desk.reload();
    });
  return recordsView({
    label: texts.deliveries,
    heads: [texts.what, words.list.status, texts.answer, texts.attempts, texts.at, texts.again],
    items: deliveries,
    tone: ({ state }) => TONES[state],
    id: ({ id }) => id,
    cells: ({ id, type, event, state, status, failure, attempts, attemptedAt, createdAt, nextAt }) => [
      element('span', {}, eventText(type, texts.event), ' ', element('span', { class: 'code hint long' }, event)),
      texts.delivery[state],
      element('span', { lang: 'en' }, [status, failure].filter((part) => part !== null).join(' ')),
      String(attempts),
      nextAt !== null && state === 'waiting' && attempts > 0
        ? `${texts.next} ${time(nextAt)}`
        : time(attemptedAt ?? createdAt),
      webhook.active
        ? element(
            'button',
            {
              ...{ type: 'button', class: 'button', 'data-action': `replay-${id}`, disabled: task.isBusy },
              ...{ 'aria-label': `${texts.replay} ${event}`, on: { click: () => replay(id) } },
            },
            texts.replay,
          )
        : '',
    ],
  });
}
