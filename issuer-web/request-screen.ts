import type { ConsentAnswer, ConsentRequest } from '../client/api.ts';
import type { CredentialType } from '../proof/credential-type.ts';
import { claimFacts } from '../ui/claim-facts.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { fill } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { personText } from './drafts-view.ts';
import { failureView } from './failure-view.ts';
import type { Reader } from './reader.ts';
import { loadKind } from './requests-screen.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

interface Found {
  request: ConsentRequest;
  type: CredentialType;
  /** On this page alone, and gone with it: each reading is told to the holder. */
  answer: ConsentAnswer | null;
  task: Task;
}

/** One request: how it stands, and what the holder consented to, verified when it is read. */
export const openRequest: Open = async ({ desk, id, signal }) => {
  const request = await desk.client.call('getRequest', { id, signal });
  const type = await loadKind(request.type, signal);
  const found: Found = { request, type, answer: null, task: createTask(desk.redraw) };
  return { title: ({ words }) => `${words.requests.one} ${id}`, draw: (reader) => draw(found, reader, desk) };
};

function draw(found: Found, reader: Reader, desk: Desk): Child[] {
  const { request, type, task } = found;
  const { words, language, calendar } = reader;
  const texts = words.requests;
  const time = (at: string) => calendar.time(Date.parse(at) / 1000);
  const { id, state, claims, purpose, caseNumber, askedBy, createdAt, answerBy, readUntil, answeredAt } = request;
  const asked = type.claims.filter(({ name }) => claims.includes(name)).map(({ label }) => label[language]);
  return [
    element('h1', { tabindex: '-1' }, texts.one, ' ', element('span', { class: 'code' }, id)),
    task.failure && failureView(task.failure, reader, { level: 'h2' }),
    element(
      'section',
      { class: 'sheet part', 'data-state': state },
      factsView([
        [words.list.status, texts.states[state]],
        [words.list.type, type.title[language]],
        [texts.claims, asked.join(language === 'en' ? '; ' : '；')],
        [texts.purpose, element('span', { class: 'written' }, purpose)],
        [texts.caseNumber, caseNumber],
        [texts.asked, `${time(createdAt)} · ${personText(askedBy, reader, desk)}`],
        [texts.answerBy, time(answerBy)],
        [texts.readUntil, time(readUntil)],
        [texts.answered, answeredAt !== null && time(answeredAt)],
      ]),
      state === 'consented' && element('p', { class: 'hint' }, texts.readHint),
      element(
        'div',
        { class: 'actions' },
        state === 'consented' &&
          taskButton(task, { action: 'read', text: texts.read, isMain: true, click: () => read(found, desk) }),
        (state === 'open' || state === 'consented') &&
          taskButton(task, { action: 'end', text: texts.end, click: () => end(found, reader, desk) }),
        element('a', { class: 'button', href: hrefOf('requests') }, texts.back),
      ),
    ),
    found.answer && answerView(found.type, found.answer, reader),
  ];
}

function read(found: Found, desk: Desk): void {
  void found.task.run(async () => {
    found.answer = await desk.client.call('readRequest', { id: found.request.id, body: {} });
  });
}

function end(found: Found, { words }: Reader, desk: Desk): void {
  if (!confirm(words.requests.endSure)) return;
  void found.task.run(async () => {
    found.request = await desk.client.call('endRequest', { id: found.request.id, body: {} });
    found.answer = null;
  });
}

/** Of the verdict in JSON (proof/verdict-json.ts), what is shown here; the rest is at the public verifier. */
interface Told {
  genuine: 'genuine' | 'not-genuine' | 'could-not-be-checked';
  standing: { code: string; until?: string | null; on?: string; from?: string; since?: string; date?: string } | null;
  credential: { reference: string; claims: object | null } | null;
}

/** What the verifier's own function said, as the service told it. */
export function answerView(
  type: CredentialType,
  { verdict, link }: Pick<ConsentAnswer, 'verdict' | 'link'>,
  reader: Reader,
): HTMLElement {
  const { words } = reader;
  const { genuine, standing, credential } = verdict as unknown as Told;
  const isShown = genuine === 'genuine' && credential !== null;
  return element(
    'section',
    {
      ...{ class: `sheet part tone-${toneOf(genuine, standing)}`, role: 'status' },
      ...{ 'data-genuine': genuine, 'data-standing': standing?.code ?? '' },
    },
    element('h2', {}, words.requests.verdicts[genuine]),
    standing && element('p', { class: 'standing' }, standingText(standing, reader)),
    isShown &&
      factsView([
        ...claimFacts(type.claims, credential.claims ?? {}, reader),
        [words.list.reference, element('span', { class: 'code' }, credential.reference)],
      ]),
    element(
      'p',
      {},
      element('a', { class: 'button', href: link, target: '_blank', rel: 'noreferrer' }, words.requests.look),
    ),
  );
}

function toneOf(genuine: Told['genuine'], standing: Told['standing']): 'good' | 'care' | 'over' | 'bad' | 'open' {
  if (genuine !== 'genuine') return genuine === 'not-genuine' ? 'bad' : 'open';
  if (standing?.code === 'in-force' || standing?.code === 'in-force-past-date') return 'good';
  return ['revoked', 'superseded', 'expired'].includes(standing?.code ?? '') ? 'over' : 'care';
}

function standingText(standing: NonNullable<Told['standing']>, { words, calendar }: Reader): string {
  const texts = words.standing;
  const on = (text: string, day: string | undefined) =>
    fill(text, { date: day === undefined ? '' : calendar.date(day) });
  switch (standing.code) {
    case 'revoked':
      return texts.revoked;
    case 'superseded':
      return texts.superseded;
    case 'suspended':
      return standing.until ? on(texts.suspendedUntil, standing.until) : texts.suspended;
    case 'expired':
      return on(texts.expired, standing.on);
    case 'not-yet-in-force':
      return on(texts.notYet, standing.from);
    case 'partly-expired':
      return on(texts.partly, standing.since);
    case 'in-force-past-date':
      return on(texts.pastDate, standing.date);
    case 'in-force':
      return standing.until ? on(texts.inForceUntil, standing.until) : texts.inForce;
    default:
      return words.requests.notKnown;
  }
}
