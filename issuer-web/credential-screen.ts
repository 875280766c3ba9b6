import type { CredentialDetail, CredentialTypeDetail, PastChange } from '../client/api.ts';
import type { Client } from '../client/client.ts';
import { ApiProblem } from '../client/problem.ts';
import { claimFacts } from '../ui/claim-facts.ts';
import { type Child, element } from '../ui/element.ts';
import { type Fact, factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { LANGUAGE_NAMES } from '../ui/language.ts';
import { fill } from '../ui/phrase.ts';
import { standingOf, standingText, todayInHongKong } from '../ui/signed-in/standing.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { actsView } from './acts-view.ts';
import { claimsOf } from './draft-content-view.ts';
import { failureView } from './failure-view.ts';
import { historyView } from './history-view.ts';
import type { Reader } from './reader.ts';
import type { Desk, Open } from './screen.ts';

interface Found {
  credential: CredentialDetail;
  changes: readonly PastChange[];
  type: CredentialTypeDetail;
  /** The verifier's address with this document's code; null before it is final. */
  verifier: string | null;
  task: Task;
}

/** One document: what it says, how it stands, what the chain knows of it, and what to download. */
export const openCredential: Open = async ({ desk, id, signal }) => {
  const credential = await desk.client.call('getCredential', { id, signal });
  const [type, { items: changes }, verifier] = await Promise.all([
    desk.client.call('getType', { id: credential.type, signal }),
    desk.client.call('getHistory', { id, signal }),
    findVerifier(desk.client, credential, signal),
  ]);
  const found = { credential, changes, type, verifier, task: createTask(desk.redraw) };
  return {
    title: ({ language }) => `${credential.typeTitle[language]} ${credential.reference}`,
    draw: (reader) => draw(found, reader, desk),
  };
};

/** Whatever is in the way of a document (it is erased, or not final yet) leaves the link out, and not the page. */
async function findVerifier(client: Client, credential: CredentialDetail, signal: AbortSignal): Promise<string | null> {
  if (credential.state !== 'final' || credential.erasedAt !== null) return null;
  try {
    return (await (await client.open('getQrTxt', { id: credential.id, signal, patienceMs: 0 })).text()).trim();
  } catch (error) {
    if (error instanceof ApiProblem && error.status !== 401) return null;
    throw error;
  }
}

function draw({ credential, changes, type, verifier, task }: Found, reader: Reader, desk: Desk): Child[] {
  const { words, language, calendar } = reader;
  const texts = words.credential;
  return [
    element(
      'h1',
      { tabindex: '-1' },
      credential.typeTitle[language],
      ' ',
      element('span', { class: 'code' }, credential.reference),
    ),
    task.failure && failureView(task.failure, reader, { level: 'h2' }),
    banner({ credential, verifier }, reader, desk),
    actsView({ credential, type, task }, reader, desk),
    credential.erasedAt !== null &&
      element(
        'p',
        { class: 'sheet' },
        fill(texts.erased, { date: calendar.dayOf(Date.parse(credential.erasedAt) / 1000) }),
      ),
    credential.claims !== null && part(texts.claims, factsView(claimFacts(claimsOf(type), credential.claims, reader))),
    part(texts.dates, factsView(dateFacts(credential, type, reader))),
    part(texts.history, ...historyView({ credential, changes }, reader, desk)),
    part(texts.holder, holder(credential, reader)),
    part(texts.documents, documents(credential, reader)),
    part(texts.chain, chain(credential, reader)),
  ];
}

function part(heading: string, ...content: Child[]): HTMLElement {
  return element('section', { class: 'sheet part' }, element('h2', {}, heading), ...content);
}

function banner(
  { credential, verifier }: Pick<Found, 'credential' | 'verifier'>,
  reader: Reader,
  desk: Desk,
): HTMLElement {
  const { words } = reader;
  const texts = words.credential;
  const standing = standingOf(credential, todayInHongKong(Date.now()));
  const { pendingChange } = credential;
  return element(
    'section',
    { class: `sheet standing-banner tone-${standing.tone}`, 'data-standing': standing.name, role: 'status' },
    icon(standing.icon),
    element(
      'div',
      {},
      element('p', { class: 'standing' }, standingText(standing, reader)),
      credential.state !== 'final' && element('p', {}, words.state[credential.state]),
      pendingChange && element('p', {}, fill(texts.onItsWay, { act: words.act[pendingChange.act] })),
      element(
        'p',
        { class: 'actions' },
        verifier !== null &&
          element(
            'a',
            { class: 'button', href: verifier, target: '_blank', title: texts.verifierHint },
            texts.verifier,
          ),
        credential.pending &&
          element(
            'button',
            { type: 'button', class: 'button', 'data-action': 'refresh', on: { click: desk.reload } },
            icon('again'),
            texts.refresh,
          ),
      ),
    ),
  );
}

function dateFacts(
  credential: CredentialDetail,
  type: CredentialTypeDetail,
  { words, language, calendar }: Reader,
): Fact[] {
  const labels = type.dates as unknown as Partial<Record<string, CredentialTypeDetail['title']>>;
  const { issued, validFrom, validUntil, endsOn } = credential;
  return [
    [labels.issued?.[language] ?? words.credential.issuedOn, calendar.date(issued)],
    [labels.validFrom?.[language] ?? words.document.validFrom, calendar.date(validFrom)],
    [
      labels.validUntil?.[language] ?? words.document.validUntil,
      validUntil === null ? words.document.none : calendar.date(validUntil),
    ],
    [words.list.ends, endsOn !== validUntil && endsOn !== null && calendar.date(endsOn)],
  ];
}

function holder({ holder: contact, mail }: CredentialDetail, { words }: Reader): Child {
  const texts = words.credential;
  if (contact === null) return element('p', { class: 'hint' }, texts.noHolder);
  return factsView([
    [texts.email, contact.email],
    [texts.language, contact.language && LANGUAGE_NAMES[contact.language]],
    [texts.subject, contact.subject],
    [texts.company, contact.company],
    [texts.mail, mail && fill(words.mailState[mail.state], { code: mail.code ?? '' })],
  ]);
}

function documents({ id, state, erasedAt, reference }: CredentialDetail, { words }: Reader): Child {
  const texts = words.credential;
  if (state !== 'final') return element('p', { class: 'hint' }, texts.documentsLater);
  if (erasedAt !== null) return null;
  const files: [string, string, string][] = [
    ['pdf', `${reference}.pdf`, texts.pdf.en],
    ['pdf?lang=zh-Hant', `${reference}-zh-Hant.pdf`, texts.pdf['zh-Hant']],
    ['pdf?lang=zh-Hans', `${reference}-zh-Hans.pdf`, texts.pdf['zh-Hans']],
    ['qr.png', `${reference}.png`, texts.qrPng],
    ['qr.svg', `${reference}.svg`, texts.qrSvg],
    ['proof', `${reference}.json`, texts.proof],
  ];
  return element(
    'ul',
    { class: 'actions' },
    ...files.map(([path, name, text]) =>
      element(
        'li',
        {},
        element('a', { class: 'button', href: `/v1/credentials/${id}/${path}`, download: name }, icon('file'), text),
      ),
    ),
  );
}

function chain({ batch, id, version }: CredentialDetail, { words }: Reader): Child {
  const texts = words.credential;
  const code = (text: string | null) => text !== null && element('span', { class: 'code' }, text);
  const facts: Fact[] = [
    [texts.id, code(id)],
    [texts.version, String(version)],
  ];
  if (batch === null) return element('div', {}, element('p', { class: 'hint' }, texts.chainLater), factsView(facts));
  return factsView([
    [texts.batch, code(batch.id)],
    [texts.root, code(batch.root)],
    [texts.batchNumber, batch.number !== null && String(batch.number)],
    [texts.place, fill(texts.placeOf, { index: batch.index + 1, size: batch.size })],
    [texts.transaction, code(batch.transaction)],
    [texts.block, batch.block !== null && String(batch.block)],
    ...facts,
  ]);
}
