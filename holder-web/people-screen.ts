import type { CompanyAct, Delegate, Share } from '../client/api.ts';
import { randomName } from '../client/client.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { failureView } from '../ui/signed-in/failure-view.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { signInAddress } from '../ui/signed-in/sign-in.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import type { Open, Reader } from './screen.ts';

const ROLES = ['delegate', 'admin'] as const satisfies readonly Delegate['role'][];
const FIELDS = ['account', 'name'] as const;

interface People {
  delegates: readonly Delegate[];
  /** That can be opened. */
  links: readonly Share[];
  acts: readonly CompanyAct[];
  /** Where older acts go on; null at the end. */
  older: string | null;
  typed: { account: string; name: string; role: Delegate['role'] };
  /** The same for what is tried again. */
  key: string;
  adding: Task;
  task: Task;
}

/** Who acts for a company, what they show to others, and who did what; for its administrators. */
export const openPeople: Open = async ({ shell, signal }) => {
  const [{ items: delegates }, { items: shares }, { items: acts, next }] = await Promise.all([
    shell.client.call('listDelegates', { signal }),
    shell.client.call('listAllShares', { signal }),
    shell.client.call('listCompanyActs', { signal }),
  ]);
  const people: People = {
    ...{ delegates, links: shares.filter(({ isOver }) => !isOver), acts, older: next },
    ...{ typed: { account: '', name: '', role: 'delegate' }, key: randomName() },
    ...{ adding: createTask(shell.redraw), task: createTask(shell.redraw) },
  };
  return {
    title: ({ words }) => words.people.heading,
    draw(reader) {
      const { words, company } = reader;
      return [
        element('h1', { tabindex: '-1' }, words.people.heading),
        element('p', { class: 'lead' }, company?.name),
        people.task.failure && failureOf(people.task, reader),
        delegatesView(people, reader, shell),
        addingView(people, reader, shell),
        linksView(people, reader, shell),
        actsView(people, reader, shell),
      ];
    },
  };
};

function failureOf({ failure }: Task, reader: Reader): Child {
  const { words, language, hrefOf } = reader;
  if (!failure) return null;
  const known = {
    DELEGATE_EXISTS: words.people.exists,
    DELEGATE_LIMIT: words.people.limit,
    DELEGATION_ENDED: words.company.ended,
  };
  return failureView(failure, reader, {
    ...{ level: 'h2', known: known[failure.code as keyof typeof known] ?? null, home: hrefOf('') },
    signIn: signInAddress('holder', language, hrefOf('people')),
  });
}

function delegatesView({ delegates, task }: People, reader: Reader, shell: Shell): HTMLElement {
  const { words } = reader;
  const texts = words.people;
  const names = new Map(delegates.map(({ id, name }) => [id, name]));
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'delegates' },
    recordsView({
      label: texts.heading,
      heads: [texts.name, texts.role, texts.since, texts.links, texts.state],
      items: delegates,
      tone: ({ endedAt }) => (endedAt === null ? 'open' : 'over'),
      id: ({ id }) => id,
      cells: ({ id, name, role, source, createdAt, createdBy, endedAt, openLinks, isOneself }) => [
        name,
        texts.roles[role],
        [timeOf(createdAt, reader), createdBy === null ? texts.sources[source] : (names.get(createdBy) ?? '')].join(
          ' · ',
        ),
        String(openLinks),
        endedAt === null
          ? isOneself
            ? texts.oneself
            : taskButton(task, { action: `end-${id}`, text: texts.end, click: () => end(id) })
          : fill(texts.ended, { time: timeOf(endedAt, reader) }),
      ],
    }),
  );

  function end(id: string): void {
    const name = names.get(id) ?? '';
    if (!confirm(fill(texts.endSure, { name }))) return;
    void task.run(async () => {
      await shell.client.call('endDelegate', { id, body: { endLinks: true } });
      shell.reload();
    });
  }
}

function addingView(people: People, reader: Reader, shell: Shell): HTMLElement {
  const { words } = reader;
  const texts = words.people;
  const { typed, adding } = people;
  const submit = (event: Event) => {
    event.preventDefault();
    const missing = FIELDS.filter((name) => typed[name].trim() === '');
    if (missing.length === 0) return void add(people, shell);
    adding.refuse(missing.map((name) => ({ pointer: `/${name}`, code: 'FIELD_MISSING', detail: '' })));
    document.getElementById(`people-${missing[0]}`)?.focus();
  };
  const input = (name: (typeof FIELDS)[number], hint: string | null) => {
    const isWrong = adding.faults.some(({ pointer }) => pointer === `/${name}`);
    const described = [hint && `people-${name}-hint`, isWrong && `people-${name}-fault`].filter(Boolean).join(' ');
    return element(
      'div',
      { class: 'field' },
      element('label', { for: `people-${name}` }, texts[name]),
      hint !== null && element('p', { class: 'hint', id: `people-${name}-hint` }, hint),
      element('input', {
        ...{ id: `people-${name}`, type: 'text', maxlength: '200', value: typed[name], autocomplete: 'off' },
        ...{ 'aria-invalid': isWrong ? 'true' : undefined, 'aria-describedby': described || undefined },
        on: {
          input: (event) => {
            typed[name] = (event.currentTarget as HTMLInputElement).value;
          },
        },
      }),
      isWrong && element('p', { class: 'fault', id: `people-${name}-fault` }, texts.missing),
    );
  };
  return element(
    'form',
    {
      ...{ class: 'sheet part', novalidate: true, 'aria-busy': String(adding.isBusy), on: { submit } },
      'data-part': 'adding',
    },
    element('h2', {}, texts.add),
    adding.failure && failureOf(adding, reader),
    input('account', texts.accountHint),
    input('name', null),
    element(
      'div',
      { class: 'field' },
      element('label', { for: 'people-role' }, texts.role),
      element(
        'select',
        {
          id: 'people-role',
          on: {
            change: (event) => {
              typed.role = ROLES[(event.currentTarget as HTMLSelectElement).selectedIndex] ?? 'delegate';
            },
          },
        },
        ...ROLES.map((role) => element('option', { selected: role === typed.role }, texts.roleHints[role])),
      ),
    ),
    element(
      'div',
      { class: 'actions' },
      element(
        'button',
        { type: 'submit', class: 'button button-main', 'data-action': 'add', disabled: adding.isBusy },
        texts.add,
      ),
    ),
  );
}

function add(people: People, shell: Shell): Promise<boolean> {
  const { typed, key, adding } = people;
  return adding.run(async () => {
    await shell.client.call('addDelegate', { body: { ...typed }, idempotencyKey: key });
    shell.reload();
  });
}

function linksView({ links, delegates, task }: People, reader: Reader, shell: Shell): Child {
  const { words, hrefOf } = reader;
  if (links.length === 0) return null;
  const names = new Map(delegates.map(({ id, name }) => [id, name]));
  const end = (id: string) =>
    void task.run(async () => {
      await shell.client.call('endShare', { id, body: {} });
      shell.reload();
    });
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'links' },
    element('h2', {}, words.people.allLinks),
    element(
      'ul',
      { class: 'shares' },
      ...links.map(({ id, credential, madeBy, createdAt, expiresAt, opens }) =>
        element(
          'li',
          { 'data-share': id },
          element(
            'p',
            {},
            element(
              'a',
              { href: hrefOf(credential) },
              words.own.document,
              ' ',
              element('span', { class: 'code' }, credential),
            ),
          ),
          element(
            'p',
            {},
            fill(words.people.linkOf, {
              ...{ name: names.get(madeBy ?? '') ?? '', time: timeOf(createdAt, reader) },
              ...{ until: timeOf(expiresAt, reader), count: opens },
            }),
          ),
          taskButton(task, { action: `end-${id}`, text: words.share.end, click: () => end(id) }),
        ),
      ),
    ),
  );
}

function actsView(people: People, reader: Reader, shell: Shell): HTMLElement {
  const { words, hrefOf } = reader;
  const texts = words.people;
  const { acts, delegates, older, task } = people;
  const names = new Map(delegates.map(({ id, name }) => [id, name]));
  const objectOf = (object: string | null): Child => {
    if (object === null) return '';
    if (object.startsWith('crd_')) return element('a', { class: 'code', href: hrefOf(object) }, object);
    return names.get(object) ?? object;
  };
  const more = () =>
    void task.run(async () => {
      const page = await shell.client.call('listCompanyActs', { query: { starting_after: older ?? undefined } });
      people.acts = [...people.acts, ...page.items];
      people.older = page.next;
    });
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'acts' },
    element('h2', {}, texts.trail),
    element('p', { class: 'hint' }, texts.trailHint),
    acts.length === 0
      ? element('p', {}, texts.noActs)
      : recordsView({
          label: texts.trail,
          heads: [texts.when, texts.name, texts.what, texts.object],
          items: acts,
          cells: ({ at, name, act, object }) => [timeOf(at, reader), name, texts.acts[act], objectOf(object)],
        }),
    older !== null &&
      element('div', { class: 'actions' }, taskButton(task, { action: 'older', text: texts.older, click: more })),
  );
}

function timeOf(at: string, { calendar }: Reader): string {
  return calendar.time(Date.parse(at) / 1000);
}
