import { type Child, element } from '../../ui/element.ts';
import { type IconName, icon } from '../../ui/icon.ts';
import { fill } from '../../ui/phrase.ts';
import { FACTS_WORDS } from '../facts/words.ts';
import type { Reader } from '../reader.ts';
import { wordsOf } from '../refusal.ts';
import { toSentence } from '../verdict-sentence.ts';
import { type Group, groupOf, type Identity, identityOf, type Result, type Row } from './row.ts';
import type { ListWords } from './words.ts';

const SHAPES: Record<Group, IconName> = {
  good: 'seal',
  care: 'triangle',
  over: 'barred',
  bad: 'octagon',
  open: 'question',
  none: 'paper',
};

/** What a result says in a row of a table, on the page and in the exported file. */
export interface Said {
  answer: string;
  why: string;
}

export function say(result: Result, words: ListWords, reader: Reader): Said {
  switch (result.kind) {
    case 'verdict': {
      const { heading, findings } = toSentence(result.verdict, reader.words, reader.calendar);
      return { answer: heading, why: findings.join(' ') };
    }
    case 'refusal': {
      const { heading, text } = wordsOf(result, reader);
      return { answer: heading, why: fill(text, { host: result.host }) };
    }
    case 'no-match':
      return { answer: words.noMatch, why: FACTS_WORDS[reader.language].nothingAloneHint };
    case 'no-reference':
      return { answer: words.noReference, why: reader.words.lookUp.wrongCharacter };
  }
}

export interface TableActions {
  open(row: Row): void;
}

// A table whose cells stand under each other on a phone is none to a browser any more: the roles say that it still is.
export function tableView(words: ListWords, body: HTMLElement): HTMLElement {
  const heads = [words.column.file, words.column.verdict, words.column.document, words.column.details];
  return element(
    'table',
    { class: 'many-table', role: 'table', 'aria-label': words.heading },
    element(
      'thead',
      { role: 'rowgroup' },
      element(
        'tr',
        { role: 'row' },
        ...heads.map((head) => element('th', { scope: 'col', role: 'columnheader' }, head)),
      ),
    ),
    body,
  );
}

export function rowView(row: Row, words: ListWords, reader: Reader, actions: TableActions): HTMLTableRowElement {
  const { result } = row;
  const group = result && groupOf(result, reader);
  return element(
    'tr',
    { role: 'row', 'data-group': group ?? 'waiting', class: group ? `tone-${group}` : false },
    // a name may hold signs that turn the text around it: they end with it
    element('th', { scope: 'row', role: 'rowheader' }, element('bdi', {}, row.name), pageOf(row, words)),
    cell(
      result && group ? answerOf(result, group, words, reader) : [element('span', { class: 'hint' }, words.waiting)],
    ),
    cell(result?.kind === 'verdict' ? identityLines(identityOf(result.verdict, reader.language)) : []),
    cell(result?.kind === 'verdict' ? [detailsButton(row, words, actions)] : []),
  );
}

/** Where a file holds several: which page of it this is about. */
export function pageOf({ page }: Row, words: ListWords): string {
  return page === undefined ? '' : fill(words.page, { page });
}

function cell(children: readonly Child[]): HTMLElement {
  return element('td', { role: 'cell' }, ...children);
}

function answerOf(result: Result, group: Group, words: ListWords, reader: Reader): Child[] {
  const { answer, why } = say(result, words, reader);
  return [
    element('p', { class: 'many-answer' }, icon(SHAPES[group]), element('strong', {}, answer)),
    why !== '' && element('p', { class: 'hint' }, why),
  ];
}

function identityLines(identity: Identity | null): HTMLElement[] {
  if (!identity) return [];
  const { title, number, holder, reference } = identity;
  return [
    ...[title, number, holder].filter((text) => text !== '').map((text) => element('p', {}, element('bdi', {}, text))),
    element('p', { class: 'code hint' }, reference),
  ];
}

function detailsButton(row: Row, words: ListWords, { open }: TableActions): HTMLElement {
  return element(
    'button',
    { type: 'button', class: 'button', 'data-action': 'details', on: { click: () => open(row) } },
    words.details,
    element('span', { class: 'unseen' }, ` ${row.name}${pageOf(row, words)}`),
  );
}
