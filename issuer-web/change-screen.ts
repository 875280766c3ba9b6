import type { StatusOperation } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { personText } from './drafts-view.ts';
import { failureView } from './failure-view.ts';
import { problemText } from './problems.ts';
import type { Reader } from './reader.ts';
import { reasonText } from './reason.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';

interface Found {
  change: StatusOperation;
  task: Task;
}

/** A change of status that waits for somebody to confirm it, or how far it has got since. */
export const openChange: Open = async ({ desk, id, signal }) => {
  const found = { change: await desk.client.call('getStatusChange', { id, signal }), task: createTask(desk.redraw) };
  return {
    title: ({ words }) => `${words.act[found.change.act]} ${id}`,
    draw: (reader) => draw(found, reader, desk),
  };
};

function draw(found: Found, reader: Reader, desk: Desk): Child[] {
  const { change, task } = found;
  const { words, calendar } = reader;
  const texts = words.change;
  return [
    element('h1', { tabindex: '-1' }, words.act[change.act], ' ', element('span', { class: 'code' }, change.id)),
    task.failure && failureView(task.failure, reader, { level: 'h2', again: desk.reload }),
    banner(found, reader, desk),
    element(
      'section',
      { class: 'sheet part' },
      element('h2', {}, texts.what),
      factsView([
        [words.credential.reason, reasonText(change.reason, reader)],
        [words.acting.until, change.until !== null && calendar.date(change.until)],
        [words.acting.validUntil, change.validUntil !== null && calendar.date(change.validUntil)],
        [words.acting.validUntil, change.pendingRenewal && words.acting.pending],
        [texts.appliedOn, change.appliedOn !== null && calendar.date(change.appliedOn)],
        [texts.ready, String(change.counts.ready)],
        [texts.refused, change.counts.refused > 0 && String(change.counts.refused)],
        [texts.waiting, change.drafts.submitted > 0 && String(change.drafts.submitted)],
        [texts.children, change.children > 0 && String(change.children)],
        [
          texts.sample,
          ...change.sample.map((id) => element('a', { class: 'code', href: hrefOf(`credentials/${id}`) }, id)),
        ],
      ]),
    ),
    change.refusals.length > 0 && refusalsView(change, reader),
  ];
}

/** Of whoever asks for it; the service looks at each document again. */
const RIGHTS: Readonly<Record<StatusOperation['act'], readonly Parameters<typeof may>[1][]>> = {
  revoke: ['status.change'],
  suspend: ['status.change'],
  reinstate: ['status.change'],
  extend: ['validity.change'],
  renew: ['credentials.prepare', 'credentials.issue'],
};

function banner({ change, task }: Found, reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.change;
  const { state, secondPerson, requestedBy, decidedBy, createdAt, decidedAt, progress } = change;
  const isOpen = state === 'preview';
  const isOwn = requestedBy === desk.officer.id;
  const mayAsk = RIGHTS[change.act].some((right) => may(desk, right));
  const decides = secondPerson ? may(desk, 'status.approve') && !isOwn : mayAsk;
  const act = (name: 'confirmStatusChange' | 'cancelStatusChange') => () =>
    void task.run(async () => {
      await desk.client.call(name, { id: change.id });
      desk.reload();
    });
  const button = (name: string, text: string, click: () => void, main = false) =>
    element(
      'button',
      {
        ...{ type: 'button', class: main ? 'button button-main' : 'button', 'data-action': name },
        ...{ disabled: task.isBusy, on: { click } },
      },
      text,
    );
  const time = (at: string) => calendar.time(Date.parse(at) / 1000);
  return element(
    'section',
    { class: `sheet standing-banner tone-${isOpen ? 'care' : 'open'}`, 'data-state': state, role: 'status' },
    icon(isOpen ? 'triangle' : 'seal'),
    element(
      'div',
      {},
      element('p', { class: 'standing' }, texts.state[state]),
      element(
        'p',
        { class: 'hint' },
        fill(texts.requested, { person: personText(requestedBy, reader, desk), time: time(createdAt) }),
      ),
      decidedBy !== null &&
        decidedAt !== null &&
        element(
          'p',
          { class: 'hint' },
          fill(texts.decided, { person: personText(decidedBy, reader, desk), time: time(decidedAt) }),
        ),
      isOpen && secondPerson && element('p', {}, texts.second),
      state === 'confirmed' &&
        element(
          'p',
          { 'data-final': String(progress.final) },
          fill(texts.progress, { ...progress, moving: progress.recorded + progress.sent + progress.anchored }),
        ),
      element(
        'p',
        { class: 'actions' },
        isOpen && decides && button('confirm', texts.confirm, act('confirmStatusChange'), true),
        isOpen && (mayAsk || may(desk, 'status.approve')) && button('cancel', texts.cancel, act('cancelStatusChange')),
        state === 'confirmed' && button('refresh', words.credential.refresh, desk.reload),
      ),
    ),
  );
}

function refusalsView({ refusals }: StatusOperation, reader: Reader): HTMLElement {
  const { words } = reader;
  const why = (code: string) => problemText(code, reader) ?? code;
  return element(
    'section',
    { class: 'part' },
    element('h2', {}, words.change.refused),
    recordsView({
      label: words.change.refused,
      heads: [words.place.credentials, words.change.why],
      items: refusals,
      id: ({ credential }) => credential,
      cells: ({ credential, code }) => [
        element('a', { class: 'code', href: hrefOf(`credentials/${credential}`) }, credential),
        why(code),
      ],
    }),
  );
}
