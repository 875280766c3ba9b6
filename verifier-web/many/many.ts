import { toDate, toHongKongDay } from '../../proof/day.ts';
import { element } from '../../ui/element.ts';
import type { Reader } from '../reader.ts';
import { Refusal } from '../refusal.ts';
import { exportRows } from './export.ts';
import { type Given, gather, MOST_ROWS } from './gather.ts';
import { createListView, type ListActions, type ListState, type ListView } from './list-view.ts';
import { groupOf, isRepeatable, type Result, type Row } from './row.ts';
import { type Bench, createRun, type Run } from './run.ts';
import { startView } from './start-view.ts';
import { LIST_WORDS } from './words.ts';

export interface Host extends Bench {
  /** Shows the verdict of a row in full; the way back leads to the list. */
  open(result: Result & { kind: 'verdict' }): void;
  /** Puts a file into the reader's own folder. */
  keep(file: Blob, name: string): void;
  leave(): void;
}

/** Many documents, and what came of each. They are held as long as the page shows them, and nowhere else. */
export interface List {
  add(given: readonly Given[]): Promise<void>;
  /** Checks again what could not be checked. */
  again(): void;
  /** Nobody looks at it any more: nothing of it is begun. */
  end(): void;
  title(reader: Reader): string;
  view(reader: Reader): HTMLElement;
}

/** Resolves when its style is there, too. */
export async function createList(host: Host): Promise<List> {
  await loadStyle();
  const rows: Row[] = [];
  const state: ListState = { rows, leftOut: 0, isBusy: false, isLookingUp: false, filter: null, opened: null };
  let phase: 'new' | 'gathering' | 'listed' = 'new';
  let run: Run | null = null;
  let reader: Reader;
  let root: HTMLElement | null = null;
  let list: ListView | null = null;
  let works = 0;
  let isOver = false;

  async function add(given: readonly Given[]): Promise<void> {
    phase = 'gathering';
    draw();
    for await (const row of gather(given)) {
      if (isOver) return;
      if (rows.length < MOST_ROWS) rows.push(row);
      else state.leftOut++;
    }
    phase = 'listed';
    draw();
    await work('checkFiles');
  }

  async function work(kind: 'checkFiles' | 'lookUp'): Promise<void> {
    run ??= createRun(host);
    state.isBusy = ++works > 0;
    state.isLookingUp ||= kind === 'lookUp';
    list?.refresh();
    await run[kind](rows, { done: (row) => list?.update(row), more });
    state.isBusy = --works > 0;
    state.isLookingUp &&= kind !== 'lookUp';
    if (!state.isBusy) run = null;
    list?.refresh();
  }

  function more(first: Row, others: readonly Row[]): void {
    const taken = others.slice(0, Math.max(0, MOST_ROWS - rows.length));
    state.leftOut += others.length - taken.length;
    rows.splice(rows.indexOf(first) + 1, 0, ...taken);
    list?.insert(first, taken);
  }

  function again(): void {
    run?.forget();
    for (const row of rows) {
      const { result } = row;
      if (!result || groupOf(result, reader) !== 'open' || !isRepeatable(row)) continue;
      if (result.kind === 'verdict') row.presented = result.presented;
      row.result = null;
      list?.update(row);
    }
    void work('checkFiles');
    if (rows.some(({ reference, presented, result }) => reference && presented && !result)) void work('lookUp');
  }

  const actions: ListActions = {
    open(row) {
      state.opened = row;
      if (row.result?.kind === 'verdict') host.open(row.result);
    },
    filter(group) {
      state.filter = group;
      list?.refresh();
    },
    lookUp: () => void work('lookUp'),
    stop: () => run?.stop(),
    resume: () => void work('checkFiles'),
    again,
    export: () => save(),
    leave: host.leave,
  };

  function save(): void {
    const words = LIST_WORDS[reader.language];
    const file = new Blob([exportRows(rows, words, reader)], { type: 'text/csv' });
    host.keep(file, `${words.fileName}-${toDate(toHongKongDay(Date.now() / 1000))}.csv`);
  }

  function draw(): void {
    if (!root) return;
    const words = LIST_WORDS[reader.language];
    list = phase === 'listed' && rows.length > 0 ? createListView(state, reader, actions) : null;
    const isEmpty = phase === 'listed' && !list;
    root.replaceChildren(
      element('h1', { tabindex: '-1' }, words.heading),
      ...(phase === 'gathering' ? [element('p', { role: 'status' }, words.gathering)] : []),
      ...(isEmpty ? [element('p', { role: 'status', class: 'fault' }, words.empty)] : []),
      ...(list ? [list.element] : []),
      ...(phase === 'new' || isEmpty ? [startView(words, (files) => void add(files))] : []),
    );
  }

  return {
    add,
    again,
    end() {
      isOver = true;
      run?.stop();
    },
    title: ({ language }) => LIST_WORDS[language].heading,
    view(next) {
      reader = next;
      root = element('div', { class: 'many' });
      draw();
      return root;
    },
  };
}

let style: Promise<void> | null = null;

// It comes with the list, so that nobody else loads it, and before it, so that nothing jumps.
function loadStyle(): Promise<void> {
  style ??= new Promise((resolve, reject) => {
    const { name, integrity } = __MANY_STYLE__;
    const fail = () => {
      style = null;
      reject(new Refusal('SCRIPT_UNAVAILABLE'));
    };
    const on = { load: () => resolve(), error: fail };
    document.head.append(
      element('link', { rel: 'stylesheet', integrity, href: new URL(name, document.baseURI).href, on }),
    );
  });
  return style;
}
