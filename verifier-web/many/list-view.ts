import { element } from '../../ui/element.ts';
import { type IconName, icon } from '../../ui/icon.ts';
import { fill } from '../../ui/phrase.ts';
import type { Reader } from '../reader.ts';
import { GROUPS, type Group, groupOf, isRepeatable, type Row } from './row.ts';
import { LOOK_UP_PACE_MS } from './run.ts';
import { rowView, tableView } from './table-view.ts';
import { LIST_WORDS, type ListWords } from './words.ts';

/** What the list is drawn of. */
export interface ListState {
  readonly rows: readonly Row[];
  /** How many did not fit into it. */
  leftOut: number;
  isBusy: boolean;
  /** Whether the service is being asked. */
  isLookingUp: boolean;
  filter: Group | null;
  /** The row whose details were opened last: whoever comes back goes on there. */
  opened: Row | null;
}

export interface ListActions {
  open(row: Row): void;
  filter(group: Group | null): void;
  lookUp(): void;
  stop(): void;
  resume(): void;
  again(): void;
  export(): void;
  leave(): void;
}

/** A drawn list that follows its state. Buttons stay what they are, so that the focus is never lost under the reader's hands. */
export interface ListView {
  element: HTMLElement;
  update(row: Row): void;
  insert(after: Row, rows: readonly Row[]): void;
  /** After anything but a row has changed. */
  refresh(): void;
}

export function createListView(state: ListState, reader: Reader, actions: ListActions): ListView {
  const words = LIST_WORDS[reader.language];
  const body = element('tbody', { role: 'rowgroup' });
  const drawn = new Map<Row, HTMLElement>();
  const parts = [
    progressPart(state, words),
    askPart(state, words, actions),
    filterPart(state, words, actions),
    { element: tableView(words, body), refresh: narrow },
    hintPart('open', words.openHint),
    hintPart('none', words.noneHint),
    actionPart(state, reader, actions),
  ];

  function update(row: Row): void {
    const before = drawn.get(row);
    const now = rowView(row, words, reader, actions);
    now.hidden = isHidden(row);
    if (row === state.opened) now.querySelector('button')?.setAttribute('data-here', '');
    if (before) before.replaceWith(now);
    else body.append(now);
    drawn.set(row, now);
    if (before) refresh();
  }

  function insert(after: Row, rows: readonly Row[]): void {
    for (const row of rows) update(row);
    drawn.get(after)?.after(...rows.flatMap((row) => drawn.get(row) ?? []));
    refresh();
  }

  function narrow(): void {
    for (const [row, line] of drawn) line.hidden = isHidden(row);
  }

  function isHidden({ result }: Row): boolean {
    return state.filter !== null && (result ? groupOf(result, reader) : null) !== state.filter;
  }

  function refresh(): void {
    const focused = document.activeElement;
    const counts = countOf(state.rows, reader);
    for (const part of parts) part.refresh(counts);
    if (focused?.closest('[hidden]') && root.contains(focused))
      root.querySelector<HTMLElement>('.many-actions > button:not([hidden])')?.focus();
  }

  const root = element('div', { class: 'many-list' }, ...parts.map((part) => part.element));
  for (const row of state.rows) update(row);
  refresh();
  return { element: root, update, insert, refresh };
}

interface Counts {
  all: number;
  done: number;
  /** References that nobody was asked about. */
  unasked: number;
  /** Files that were not checked yet. */
  unchecked: number;
  /** Whether what could not be checked can be checked again. */
  isRepeatable: boolean;
  groups: Record<Group, number>;
}

interface Part {
  element: HTMLElement;
  refresh(counts: Counts): void;
}

function countOf(rows: readonly Row[], reader: Reader): Counts {
  const groups = Object.fromEntries(GROUPS.map((group) => [group, 0])) as Record<Group, number>;
  for (const { result } of rows) if (result) groups[groupOf(result, reader)]++;
  const open = rows.filter(({ result }) => result === null);
  const unasked = open.filter(({ reference }) => reference !== undefined).length;
  return {
    all: rows.length,
    done: rows.length - open.length,
    unasked,
    unchecked: open.length - unasked,
    isRepeatable: rows.some((row) => row.result && groupOf(row.result, reader) === 'open' && isRepeatable(row)),
    groups,
  };
}

// Said at the end and not at each of hundreds; the bar and the number beside it are there for whoever asks.
function progressPart(state: ListState, words: ListWords): Part {
  const bar = element('progress', { 'aria-label': words.progress.replace(/\{\w+\}/g, '').trim() });
  const count = element('span', {});
  const said = element('p', { role: 'status', class: 'many-said', tabindex: '-1' });
  return {
    element: element(
      'div',
      { class: 'many-progress' },
      element('div', {}, bar, count),
      said,
      state.leftOut > 0 && element('p', { class: 'fault' }, fill(words.tooMany, { count: state.leftOut })),
    ),
    refresh({ all, done, unchecked }) {
      bar.max = all;
      bar.value = done;
      count.textContent = fill(words.progress, { done, all });
      const end = unchecked > 0 ? words.stopped : done === all ? words.done : '';
      const text = state.isBusy ? '' : fill(end, { done, all });
      if (said.textContent !== text) said.textContent = text;
    },
  };
}

// Before anything is asked it says who is asked, what they learn and how long it takes.
function askPart(state: ListState, words: ListWords, { lookUp }: ListActions): Part {
  const text = element('p', {});
  const button = element(
    'button',
    { type: 'button', class: 'button button-main', 'data-action': 'look-up', on: { click: lookUp } },
    icon('next'),
    words.askButton,
  );
  const part = element('section', { class: 'sheet many-ask' }, text, button);
  return {
    element: part,
    refresh({ unasked }) {
      part.hidden = unasked === 0 || state.isLookingUp;
      const minutes = Math.ceil((unasked * LOOK_UP_PACE_MS) / 60_000);
      text.textContent = fill(words.ask, { count: unasked, minutes });
    },
  };
}

function filterPart(state: ListState, words: ListWords, actions: ListActions): Part {
  const buttons = ([null, ...GROUPS] as const).map((group) => {
    const count = element('span', { class: 'many-count' });
    const click = () => actions.filter(group);
    const button = element(
      'button',
      { type: 'button', class: 'button', 'data-filter': group ?? 'all', on: { click } },
      group === null ? words.all : words.group[group],
      ' ',
      count,
    );
    return { group, count, button };
  });
  return {
    element: element(
      'div',
      { class: 'many-filter', role: 'group', 'aria-label': words.filter },
      ...buttons.map(({ button }) => button),
    ),
    refresh({ all, groups }) {
      for (const { group, count, button } of buttons) {
        const number = group === null ? all : groups[group];
        count.textContent = String(number);
        button.hidden = number === 0 && state.filter !== group;
        button.setAttribute('aria-pressed', String(state.filter === group));
      }
    },
  };
}

function hintPart(group: Group, text: string): Part {
  const hint = element('p', { class: 'hint' }, text);
  return {
    element: hint,
    refresh({ groups }) {
      hint.hidden = groups[group] === 0;
    },
  };
}

function actionPart(state: ListState, { language, words: { action } }: Reader, actions: ListActions): Part {
  const words = LIST_WORDS[language];
  const button = (name: 'stop' | 'resume' | 'again' | 'export' | 'leave', drawing: IconName, label: string) =>
    element(
      'button',
      { type: 'button', class: 'button', 'data-action': name, on: { click: () => actions[name]() } },
      icon(drawing),
      label,
    );
  const stop = button('stop', 'no', words.stop);
  const resume = button('resume', 'next', words.resume);
  const again = button('again', 'again', words.again);
  const bar = element(
    'div',
    { class: 'actions many-actions' },
    stop,
    resume,
    again,
    button('export', 'file', words.export),
    button('leave', 'next', action.another),
  );
  return {
    element: bar,
    refresh({ isRepeatable: canRepeat, unchecked }) {
      stop.hidden = !state.isBusy;
      resume.hidden = state.isBusy || unchecked === 0;
      again.hidden = state.isBusy || !canRepeat;
    },
  };
}
