import type { CredentialDetail, PastChange } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { type Fact, factsView } from '../ui/facts-view.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { personText } from './drafts-view.ts';
import type { Reader } from './reader.ts';
import { reasonText } from './reason.ts';
import { type Desk, hrefOf } from './screen.ts';

export interface Past {
  credential: CredentialDetail;
  changes: readonly PastChange[];
}

/** What became of a document since it was accepted, and what was done to its status by whom. */
export function historyView({ credential, changes }: Past, reader: Reader, desk: Desk): Child[] {
  return [factsView(milestones(credential, reader)), changes.length > 0 && changesView(changes, reader, desk)];
}

function milestones(credential: CredentialDetail, { words, calendar }: Reader): Fact[] {
  const texts = words.credential;
  const at = (time: string | null) => time !== null && calendar.time(Date.parse(time) / 1000);
  const to = (id: string | null) =>
    id !== null && element('a', { class: 'code', href: hrefOf(`credentials/${id}`) }, id);
  const { children, id } = credential;
  return [
    [texts.created, at(credential.createdAt)],
    [texts.final, at(credential.finalAt)],
    [texts.replaces, to(credential.replaces)],
    [texts.supersededBy, to(credential.supersededBy)],
    [texts.parent, to(credential.parent)],
    [texts.children, children > 0 && element('a', { href: hrefOf(`credentials?parent=${id}`) }, String(children))],
  ];
}

function changesView(changes: readonly PastChange[], reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.credential;
  return recordsView({
    label: texts.history,
    heads: [texts.change, words.draft.changed, texts.reason, words.list.state, texts.requestedBy],
    items: changes,
    tone: ({ state }) => (state === 'failed' ? 'bad' : 'open'),
    id: ({ id }) => id,
    cells: (change) => [
      actText(change, reader),
      calendar.time(Date.parse(change.createdAt) / 1000),
      element(
        'div',
        {},
        element('p', {}, reasonText(change.reason, reader)),
        change.note !== null && element('p', { class: 'hint' }, fill(texts.note, { note: change.note })),
      ),
      words.changeState[change.state],
      personText(change.requestedBy, reader, desk),
    ],
  });
}

function actText({ act, until, validUntil }: PastChange, { words, calendar }: Reader): string {
  const day = until ?? validUntil;
  return day === null
    ? words.act[act]
    : fill(words.credential.changeUntil, { act: words.act[act], date: calendar.date(day) });
}
