import type {
  CompanyNomination,
  Credential,
  CredentialType,
  Department,
  Draft,
  Import,
  Report,
  StatusOperation,
} from '../client/api.ts';
import { toDate, toHongKongDay } from '../proof/day.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { nominationsView } from './companies-screen.ts';
import { credentialsView } from './credentials-view.ts';
import { draftsView } from './drafts-view.ts';
import { importsView } from './imports-view.ts';
import type { Reader } from './reader.ts';
import { reportsView } from './reports-screen.ts';
import { type Desk, hrefOf, may, type Open, type Visit } from './screen.ts';
import { shorten } from './signing-keys-screen.ts';

interface Page<Item> {
  items: readonly Item[];
  has_more: boolean;
}

interface Queues {
  types: readonly CredentialType[];
  drafts: Page<Draft>;
  toApprove: Page<Draft>;
  files: Page<Import>;
  reports: Page<Report>;
  failed: Page<Credential>;
  expiring: Page<Credential>;
  changes: Page<StatusOperation>;
  department: Department;
}

const SHOWN = 5;
const SOON_DAYS = 60;

export const openQueues: Open = async (visit) => {
  const { desk, signal } = visit;
  const query = { state: 'proposed', limit: SHOWN } as const;
  const [queues, nominations] = await Promise.all([
    may(desk, 'credentials.read') ? loadQueues(visit) : null,
    may(desk, 'companies.admit') ? desk.client.call('listCompanyAdministrators', { query, signal }) : null,
  ]);
  return {
    title: ({ words }) => words.queue.heading,
    draw: (reader) => {
      const { words } = reader;
      if (!queues && !nominations) return drawNoReading(reader);
      return [
        element('h1', { tabindex: '-1' }, words.queue.heading),
        ...(queues ? alertsView(queues.department, reader, desk) : []),
        nominations && nominationsQueue(nominations, reader, desk),
        ...(queues ? drawQueues(queues, reader, desk) : []),
      ];
    },
  };
};

function nominationsQueue(page: Page<CompanyNomination>, reader: Reader, desk: Desk): HTMLElement {
  const table = nominationsView(page.items, reader.words.queue.nominations, reader, desk);
  return queueView({ name: 'nominations', page, table, path: 'companies?state=proposed' }, reader);
}

async function loadQueues({ desk: { client }, signal }: Visit): Promise<Queues> {
  const limit = SHOWN;
  const [{ items: types }, department, drafts, toApprove, files, reports, failed, expiring, changes] =
    await Promise.all([
      client.call('listTypes', { signal }),
      client.call('getDepartment', { signal }),
      client.call('listDrafts', { query: { state: 'draft', limit }, signal }),
      client.call('listDrafts', { query: { state: 'submitted', limit }, signal }),
      client.call('listImports', { query: { state: 'submitted', limit }, signal }),
      client.call('listReports', { query: { state: 'open', limit }, signal }),
      client.call('listCredentials', { query: { state: 'failed', limit }, signal }),
      client.call('listCredentials', { query: { ...soon(), limit }, signal }),
      client.call('listStatusChanges', { query: { state: 'preview', limit }, signal }),
    ]);
  return { types, department, drafts, toApprove, files, reports, failed, expiring, changes };
}

function soon(): { expiring_from: string; expiring_to: string } {
  const today = toHongKongDay(Date.now() / 1000);
  return { expiring_from: toDate(today), expiring_to: toDate(today + SOON_DAYS) };
}

function drawNoReading({ words }: Reader): Child[] {
  const { heading, text } = words.queue.noReading;
  return [element('h1', { tabindex: '-1' }, heading), element('p', { class: 'lead' }, text)];
}

function drawQueues(queues: Queues, reader: Reader, desk: Desk): Child[] {
  const { words } = reader;
  const { types, drafts, toApprove, files, reports, failed, expiring, changes } = queues;
  const [draftLabel, approveLabel] = [words.queue.drafts, words.queue.toApprove];
  const queue = (name: QueueName, page: Page<unknown>, more: { table: HTMLElement; path: string | null }) =>
    queueView({ name, page, ...more }, reader);
  return [
    queue('toApprove', toApprove, {
      table: draftsView({ items: toApprove.items, types }, approveLabel, reader, desk),
      path: 'drafts?state=submitted',
    }),
    queue('files', files, {
      table: importsView({ items: files.items, types }, words.queue.files, reader),
      path: 'imports?state=submitted',
    }),
    queue('drafts', drafts, {
      table: draftsView({ items: drafts.items, types }, draftLabel, reader, desk),
      path: 'drafts?state=draft',
    }),
    queue('reports', reports, {
      table: reportsView(reports.items, words.queue.reports, reader),
      path: 'reports?state=open',
    }),
    queue('changes', changes, { table: changesView(changes.items, reader), path: null }),
    queue('failed', failed, {
      table: credentialsView(failed.items, words.queue.failed, reader),
      path: 'credentials?state=failed',
    }),
    queue('expiring', expiring, {
      table: credentialsView(expiring.items, words.queue.expiring, reader),
      path: `credentials?${new URLSearchParams(soon())}`,
    }),
  ];
}

type AlertName = keyof Reader['words']['queue']['alert'];

/**
 * The service issues nothing while the chain has something in the department's name that it does not know: whose key has signed that? Nor
 * while the registry takes nothing of its key.
 */
function alertsView(department: Department, reader: Reader, desk: Desk): Child[] {
  const { state, keys, disbelieved, unknownBatches: unknown } = department;
  const names: readonly (AlertName | false)[] = [
    // which batches they are says more than that it is held for them
    unknown.count > 0 ? 'unknown' : state !== 'active' && state,
    keys.anchorFault !== null && state !== 'provisioning' && 'keyless',
    keys.statusFault !== null && state !== 'provisioning' && 'statusKeyless',
    disbelieved > 0 && 'disbelieved',
  ];
  const counts = { unknown: unknown.count, disbelieved };
  return names.map((name) => {
    if (!name) return null;
    const more = name === 'unknown' ? unknownView(unknown, reader, desk) : wayOut(name, counts, reader);
    return alertView({ name, counts, more }, reader);
  });
}

/** Of the alerts that count something. */
type Counts = Partial<Record<AlertName, number>>;

/** Where the way out of it is. */
const WAYS: Partial<Record<AlertName, string>> = {
  keyless: 'signing-keys',
  statusKeyless: 'signing-keys',
  disbelieved: 'credentials?disbelieved=true',
};

function wayOut(name: AlertName, counts: Counts, { words }: Reader): Child[] {
  const way = WAYS[name];
  if (way === undefined) return [];
  const heading = fill(words.queue.alert[name].heading, { count: counts[name] ?? 0 });
  const hint = element('span', { class: 'unseen' }, `: ${heading}`);
  return [element('p', {}, element('a', { href: hrefOf(way) }, words.queue.all, hint))];
}

interface Alert {
  name: AlertName;
  counts: Counts;
  more: Child[];
}

function alertView({ name, counts, more }: Alert, { words }: Reader): HTMLElement {
  const { heading, text } = words.queue.alert[name];
  return element(
    'section',
    { class: `sheet failure tone-${name === 'provisioning' ? 'care' : 'bad'}`, role: 'alert', 'data-alert': name },
    icon('octagon'),
    element('div', {}, element('h2', {}, fill(heading, { count: counts[name] ?? 0 })), element('p', {}, text), ...more),
  );
}

/** Which batch it is, what brought it, and the key that has to be reported. */
function unknownView({ count, items }: Department['unknownBatches'], reader: Reader, desk: Desk): Child[] {
  const { words, calendar } = reader;
  const texts = words.queue.unknown;
  const code = (text: string | null) => text !== null && element('span', { class: 'code' }, text);
  const timeOf = (instant: string) => calendar.time(Date.parse(instant) / 1000);
  const views = items.map(({ id, size, key, transaction, block, anchoredAt, seenAt }) =>
    element(
      'div',
      { 'data-batch': id },
      factsView([
        [texts.batch, code(id)],
        [words.credential.transaction, code(transaction)],
        [words.credential.block, block !== null && String(block)],
        [texts.key, code(key)],
        [texts.size, String(size)],
        [texts.anchored, timeOf(anchoredAt)],
        [texts.seen, timeOf(seenAt)],
      ]),
    ),
  );
  const keys = may(desk, 'signing-keys.read') ? [...new Set(items.map(({ key }) => key))] : [];
  const path = may(desk, 'signing-keys.prepare') ? '/report' : '';
  const ways = keys.map((key) =>
    element(
      'p',
      {},
      element(
        'a',
        { href: hrefOf(`signing-keys/${key}${path}`), 'data-key': key },
        texts.toKey,
        ': ',
        code(shorten(key)),
      ),
    ),
  );
  return [...ways, count > items.length && element('p', {}, fill(texts.first, { count: items.length })), ...views];
}

type QueueName = keyof Reader['words']['queue']['none'];

interface Queue {
  name: QueueName;
  page: Page<unknown>;
  table: HTMLElement;
  /** Where all of it is; null where the queue shows it. */
  path: string | null;
}

function queueView({ name, page, table, path }: Queue, { words }: Reader): HTMLElement {
  const texts = words.queue;
  const { length } = page.items;
  const count = page.has_more ? fill(texts.more, { count: length }) : String(length);
  return element(
    'section',
    { class: 'queue', 'data-queue': name },
    element('h2', {}, texts[name], ' ', element('span', { class: 'hint' }, count)),
    length === 0 ? element('p', { class: 'hint' }, texts.none[name]) : table,
    path !== null &&
      length > 0 &&
      element(
        'p',
        {},
        element('a', { href: hrefOf(path) }, texts.all, element('span', { class: 'unseen' }, `: ${texts[name]}`)),
      ),
  );
}

function changesView(items: readonly StatusOperation[], { words, calendar }: Reader): HTMLElement {
  return recordsView({
    label: words.queue.changes,
    heads: [words.list.status, words.place.credentials, words.draft.changed],
    items,
    tone: () => 'care',
    id: ({ id }) => id,
    cells: ({ id, act, counts, createdAt }) => [
      element('a', { href: hrefOf(`changes/${id}`) }, words.act[act], ' ', element('span', { class: 'code hint' }, id)),
      String(counts.ready),
      calendar.time(Date.parse(createdAt) / 1000),
    ],
  });
}
