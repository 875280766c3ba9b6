import type { HolderCredentialDetail, OwnConsentRequest } from '../client/api.ts';
import type { Client } from '../client/client.ts';
import { toBase64Url } from '../proof/bytes.ts';
import type { CredentialType } from '../proof/credential-type.ts';
import { type Child, element } from '../ui/element.ts';
import { type Fact, factsView } from '../ui/facts-view.ts';
import { fill } from '../ui/phrase.ts';
import { failureView } from '../ui/signed-in/failure-view.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { signInAddress } from '../ui/signed-in/sign-in.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import type { Disclosed } from './disclosure.ts';
import { previewView } from './disclosure-screen.ts';
import { iconOf, stateView, timeOf, toneOf } from './requests-screen.ts';
import type { Open, Reader } from './screen.ts';
import { loadType } from './type.ts';

/** What the department would see of one document. */
interface Offer {
  credential: HolderCredentialDetail;
  type: CredentialType;
  made: Disclosed;
}

interface Asked {
  request: OwnConsentRequest;
  /** As the type is now: the names of what is asked for. */
  type: CredentialType;
  offers: readonly Offer[];
  chosen: number;
  task: Task;
}

/** So many documents of one type are offered; whoever has more chooses among the newest. */
const MOST_OFFERS = 10;

/** One request: who asks, for what, and exactly what would be seen; then the consent, or the refusal, and what became of it. */
export const openRequest: Open = async ({ shell, id, signal }) => {
  const request = await shell.client.call('getOwnRequest', { id, signal });
  const [type, ...offers] = await Promise.all([
    loadType(request.definition, signal),
    ...request.documents.slice(0, MOST_OFFERS).map((one) => toOffer(shell.client, { id: one, request }, signal)),
  ]);
  const asked: Asked = { request, type, offers, chosen: 0, task: createTask(shell.redraw) };
  return {
    title: ({ words }) => words.requests.one,
    draw: (reader) => draw(asked, reader, shell),
  };
};

async function toOffer(
  client: Client,
  { id, request }: { id: string; request: OwnConsentRequest },
  signal: AbortSignal,
): Promise<Offer> {
  const [credential, json, { readProof, disclose }] = await Promise.all([
    client.call('getHolderCredential', { id, signal }),
    client.open('getHolderProof', { id, signal }).then((response) => response.text()),
    import('./disclosure.ts'),
  ]);
  const type = await loadType(credential.definition, signal);
  const names = type.claims.filter(({ name, always }) => always || request.claims.includes(name));
  const made = disclose(
    readProof(json),
    type,
    names.map(({ name }) => name),
    '',
  );
  return { credential, type, made };
}

function draw(asked: Asked, reader: Reader, shell: Shell): Child[] {
  const { request, offers, chosen, task } = asked;
  const { words, language, hrefOf } = reader;
  const offer = offers[chosen];
  return [
    element('h1', { tabindex: '-1' }, fill(words.requests.asks, { department: request.department.name[language] })),
    element(
      'section',
      { class: `sheet standing-banner tone-${toneOf(request)}`, 'data-state': request.state },
      iconOf(request),
      element('div', {}, stateView(request, reader)),
    ),
    task.failure &&
      failureView(task.failure, reader, {
        ...{ level: 'h2', known: task.failure.code === 'REQUEST_CLOSED' ? words.requests.closed : null },
        ...{ home: hrefOf('requests'), signIn: signInAddress('holder', language, hrefOf(`requests/${request.id}`)) },
      }),
    element(
      'section',
      { class: 'sheet part', 'data-part': 'asked' },
      element('h2', {}, words.requests.what),
      factsView(factsOf(asked, reader)),
    ),
    ...(request.state === 'open' ? answerView(asked, offer, reader, shell) : []),
    receiptView(asked, reader, shell),
    element('p', {}, element('a', { class: 'button', href: hrefOf('requests') }, words.requests.back)),
  ];
}

function factsOf({ request, type }: Asked, reader: Reader): Fact[] {
  const { words, language } = reader;
  const asked = type.claims.filter(({ name }) => request.claims.includes(name));
  return [
    [words.requests.from, request.department.name[language]],
    [words.requests.purpose, element('span', { class: 'written' }, request.purpose)],
    [words.own.document, type.title[language]],
    [
      words.requests.claims,
      element('ul', { class: 'hidden-claims' }, ...asked.map(({ label }) => element('li', {}, label[language]))),
    ],
    [words.requests.answerBy, timeOf(request.answerBy, reader)],
    [words.requests.readUntil, timeOf(request.readUntil, reader)],
  ];
}

function answerView(asked: Asked, offer: Offer | undefined, reader: Reader, shell: Shell): Child[] {
  const { request, task } = asked;
  const { words } = reader;
  const act = (work: () => Promise<OwnConsentRequest>) => void settle(asked, work);
  const refuse = taskButton(task, {
    ...{ action: 'refuse', text: words.requests.refuse },
    click: () => act(() => shell.client.call('refuseRequest', { id: request.id, body: {} })),
  });
  if (!offer)
    return [
      element(
        'section',
        { class: 'sheet part', 'data-part': 'answer' },
        element('p', {}, words.requests.nothing),
        element('div', { class: 'actions' }, refuse),
      ),
    ];
  const body = { credential: offer.credential.id, proof: toBase64Url(offer.made.bytes) };
  return [
    asked.offers.length > 1 && choiceView(asked, reader, shell),
    previewView(offer, offer.made, reader),
    element(
      'section',
      { class: 'sheet part', 'data-part': 'answer' },
      element('h2', {}, words.requests.decide),
      element('p', { class: 'hint' }, words.requests.meaning),
      element(
        'div',
        { class: 'actions' },
        taskButton(task, {
          ...{ action: 'consent', text: words.requests.consent, isMain: true },
          click: () => act(() => shell.client.call('consentToRequest', { id: request.id, body })),
        }),
        refuse,
      ),
    ),
  ];
}

/** The button that was pressed is gone then: what became of it is above. */
async function settle(asked: Asked, work: () => Promise<OwnConsentRequest>): Promise<void> {
  const isFine = await asked.task.run(async () => {
    asked.request = await work();
  });
  if (isFine) document.querySelector<HTMLElement>('h1')?.focus();
}

function choiceView(asked: Asked, { words, language, calendar }: Reader, shell: Shell): HTMLElement {
  const choose = (index: number) => (event: Event) => {
    asked.chosen = index;
    shell.redraw();
    document.getElementById((event.currentTarget as HTMLElement).id)?.focus();
  };
  return element(
    'fieldset',
    { class: 'sheet part' },
    element('legend', {}, words.requests.choose),
    ...asked.offers.map(({ credential: { id, reference, typeTitle, issued } }, index) =>
      element(
        'label',
        { class: 'box' },
        element('input', {
          ...{ type: 'radio', name: 'document', id: `document-${id}`, checked: index === asked.chosen },
          ...{ disabled: asked.task.isBusy, on: { change: choose(index) } },
        }),
        element(
          'span',
          {},
          [typeTitle[language], calendar.date(issued)].join(' · '),
          ' ',
          element('span', { class: 'code' }, reference),
        ),
      ),
    ),
  );
}

/** What was answered, and when it was read. */
function receiptView(asked: Asked, reader: Reader, shell: Shell): Child {
  const { request, task } = asked;
  const { words, hrefOf } = reader;
  if (request.answeredAt === null) return null;
  const { credential, readings, readAt } = request;
  const [last] = readAt;
  const withdraw = () => void settle(asked, () => shell.client.call('withdrawConsent', { id: request.id, body: {} }));
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'receipt', 'data-readings': String(readings) },
    element('h2', {}, words.requests.receipt),
    element('p', {}, fill(words.requests.answered, { time: timeOf(request.answeredAt, reader) })),
    credential !== null && element('p', {}, element('a', { href: hrefOf(credential) }, words.requests.document)),
    credential !== null &&
      element(
        'p',
        {},
        last === undefined
          ? words.requests.unread
          : fill(words.requests.read, { count: readings, time: timeOf(last, reader) }),
      ),
    request.state === 'consented' && element('p', { class: 'hint' }, words.requests.withdrawHint),
    request.state === 'consented' &&
      element(
        'div',
        { class: 'actions' },
        taskButton(task, { action: 'withdraw', text: words.requests.withdraw, click: withdraw }),
      ),
  );
}
