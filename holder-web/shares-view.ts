import type { Share } from '../client/api.ts';
import { randomName } from '../client/client.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { failureView } from '../ui/signed-in/failure-view.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { signInAddress } from '../ui/signed-in/sign-in.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import type { Reader } from './screen.ts';
import { lock, toShareLink } from './share-link.ts';

/** Hours. */
const SPANS = [1, 24, 168, 720] as const;
const VISITS = [null, 1, 5, 20] as const;

/** Links that end to what is chosen of one document. */
export interface Sharing {
  credential: string;
  shares: readonly Share[];
  hours: (typeof SPANS)[number];
  visits: (typeof VISITS)[number];
  /** The newest link: it is told here and nowhere else. Gone when another choice is made. */
  link: { id: string; address: string; isCopied: boolean } | null;
  task: Task;
}

export function createSharing(credential: string, shares: readonly Share[], shell: Shell): Sharing {
  return { credential, shares, hours: 24, visits: null, link: null, task: createTask(shell.redraw) };
}

/** `proof` is what the link will show. */
export function sharesView(sharing: Sharing, proof: () => Uint8Array, reader: Reader, shell: Shell): HTMLElement {
  const { words, hrefOf } = reader;
  const { task, link } = sharing;
  const texts = words.share;
  const select = <Value extends number | null>(
    name: string,
    label: string,
    options: readonly Value[],
    chosen: Value,
    text: (value: Value) => string,
    choose: (value: Value) => void,
  ) =>
    element(
      'div',
      { class: 'field' },
      element('label', { for: name }, label),
      element(
        'select',
        {
          ...{ id: name, disabled: task.isBusy },
          on: {
            change: (event) => choose(options[(event.currentTarget as HTMLSelectElement).selectedIndex] as Value),
          },
        },
        ...options.map((value) => element('option', { selected: value === chosen }, text(value))),
      ),
    );
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'share' },
    element('h2', {}, texts.heading),
    element('p', { class: 'hint' }, texts.hint),
    task.failure &&
      failureView(task.failure, reader, {
        level: 'h2',
        known: task.failure.code === 'SHARE_LIMIT' ? texts.limit : null,
        home: hrefOf(''),
        signIn: signInAddress('holder', reader.language, hrefOf('')),
      }),
    element(
      'div',
      { class: 'columns' },
      select(
        'share-span',
        texts.span,
        SPANS,
        sharing.hours,
        (hours) => texts.spans[hours],
        (hours) => Object.assign(sharing, { hours }),
      ),
      select(
        'share-visits',
        texts.visits,
        VISITS,
        sharing.visits,
        (visits) => (visits === null ? texts.anyVisits : fill(texts.someVisits, { count: visits })),
        (visits) => Object.assign(sharing, { visits }),
      ),
    ),
    element(
      'div',
      { class: 'actions' },
      taskButton(task, {
        ...{ action: 'share', text: texts.make, isMain: true },
        click: () => void make(sharing, proof(), shell),
      }),
    ),
    link && linkView(link, reader, shell),
    listView(sharing, reader, shell),
  );
}

function make(sharing: Sharing, proof: Uint8Array, shell: Shell): Promise<boolean> {
  const { credential, hours, visits, task } = sharing;
  // under one name, however often an answer is lost
  const idempotencyKey = randomName();
  return task.run(async () => {
    const { sealed, key } = await lock(proof);
    const expiresAt = new Date(Date.now() + hours * 3_600_000).toISOString();
    const body = { sealed, expiresAt, mostOpens: visits };
    const made = await shell.client.call('createShare', { id: credential, body, idempotencyKey });
    const address = toShareLink(`${location.origin}/my/`, { id: made.id, key });
    sharing.link = { id: made.id, address, isCopied: false };
    sharing.shares = [made, ...sharing.shares];
  });
}

function linkView(link: NonNullable<Sharing['link']>, { words }: Reader, shell: Shell): HTMLElement {
  const texts = words.share;
  const copy = async () => {
    link.isCopied =
      (await navigator.clipboard?.writeText(link.address).then(
        () => true,
        () => false,
      )) ?? false;
    shell.redraw();
    document.querySelector<HTMLElement>('[data-action=copy-share]')?.focus();
  };
  return element(
    'div',
    { class: 'part', role: 'status', 'data-link': link.address },
    element('p', {}, texts.once),
    element('p', { class: 'code link' }, link.address),
    element(
      'p',
      {},
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'copy-share', on: { click: () => void copy() } },
        link.isCopied ? words.disclose.copied : words.disclose.copy,
      ),
    ),
  );
}

function listView(sharing: Sharing, reader: Reader, shell: Shell): Child {
  if (sharing.shares.length === 0) return null;
  const texts = reader.words.share;
  return element(
    'div',
    { class: 'part' },
    element('h3', {}, texts.list),
    element('ul', { class: 'shares' }, ...sharing.shares.map((share) => shareView(share, sharing, reader, shell))),
  );
}

function shareView(share: Share, sharing: Sharing, { words, calendar }: Reader, shell: Shell): HTMLElement {
  const texts = words.share;
  const time = (at: string) => calendar.time(Date.parse(at) / 1000);
  const [last] = share.openedAt;
  return element(
    'li',
    { 'data-share': share.id, 'data-over': String(share.isOver) },
    element(
      'p',
      {},
      share.isOver ? texts.over : fill(texts.until, { time: time(share.expiresAt) }),
      share.mostOpens !== null && ` ${fill(texts.someVisits, { count: share.mostOpens })}`,
    ),
    element('p', { class: 'hint' }, fill(texts.made, { time: time(share.createdAt) })),
    element(
      'p',
      { class: 'hint' },
      last === undefined ? texts.never : fill(texts.opened, { count: share.opens, time: time(last) }),
    ),
    !share.isOver &&
      share.mayEnd &&
      taskButton(sharing.task, {
        ...{ action: `end-${share.id}`, text: texts.end },
        click: () => void end(share, sharing, shell),
      }),
  );
}

function end({ id }: Share, sharing: Sharing, shell: Shell): Promise<boolean> {
  return sharing.task.run(async () => {
    const ended = await shell.client.call('endShare', { id, body: {} });
    sharing.shares = sharing.shares.map((share) => (share.id === id ? ended : share));
    if (sharing.link?.id === id) sharing.link = null;
  });
}
