import type { SavedView } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { fill } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import type { Asked, FilterRules } from './filters.ts';
import { formView } from './form-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, may } from './screen.ts';

type Filters = Readonly<Record<string, string>>;

/** What a list calls a filter, and what it calls its value. */
export type Describe = (name: string, value: string, reader: Reader) => [name: string, value: string];

export interface ViewsOfList {
  place: SavedView['place'];
  rules: FilterRules;
  asked: Asked;
  desk: Desk;
  signal: AbortSignal;
}

/** The views of a list that the officer sees, and what stands in the form that is open. */
interface State {
  place: SavedView['place'];
  desk: Desk;
  /** All that the list is shown with. */
  filters: Filters;
  /** What a view keeps of it. */
  kept: Filters;
  items: readonly SavedView[];
  form: Form | null;
}

interface Form {
  /** Null for a new one. */
  view: SavedView | null;
  typed: TypedRecord;
  task: Task;
}

export interface SavedViews {
  draw(reader: Reader, describe: Describe): HTMLElement | null;
}

/** Filters that are kept under a name, above those of a list. Each is a link, so that the browser's ways to open, keep and leave it work. */
export async function openViews({ place, rules, asked, desk, signal }: ViewsOfList): Promise<SavedViews> {
  const { items } = await desk.client.call('listViews', { query: { place }, signal });
  const filters = asked.filters as Filters;
  const kept = Object.fromEntries(Object.entries(filters).filter(([name]) => rules[name] !== 'personal'));
  const state: State = { place, desk, filters, kept, items, form: null };
  return { draw: (reader, describe) => draw(state, reader, describe) };
}

function draw(state: State, reader: Reader, describe: Describe): HTMLElement | null {
  const { items, filters, kept, form } = state;
  const { words } = reader;
  const current = items.find((view) => isSame(view.filters, filters));
  const isFiltered = Object.keys(filters).length > 0;
  if (items.length === 0 && !isFiltered) return null;
  return element(
    'section',
    { class: 'part views', 'aria-label': words.views.heading, 'data-part': 'views' },
    items.length > 0 &&
      element(
        'nav',
        { class: 'part', 'aria-label': words.views.heading },
        rowOf(state, words.views.own, { shared: false, current }),
        rowOf(state, words.views.shared, { shared: true, current }),
      ),
    isFiltered && Object.keys(kept).length === 0 && element('p', { class: 'hint' }, words.views.nothingKept),
    form === null
      ? waysView(state, current, reader)
      : element('div', { class: 'part' }, ...formOf(state, form, reader, describe)),
  );
}

function rowOf(
  { items, place }: State,
  label: string,
  { shared, current }: { shared: boolean; current: SavedView | undefined },
): HTMLElement | null {
  const links = items
    .filter((view) => view.shared === shared)
    .map((view) =>
      element(
        'a',
        {
          ...{ class: 'button', href: hrefOf(`${place}?${new URLSearchParams(view.filters)}`), 'data-view': view.id },
          'aria-current': view === current ? 'page' : undefined,
        },
        view.name,
      ),
    );
  if (links.length === 0) return null;
  return element('div', { class: 'actions' }, element('span', { class: 'hint' }, label), ...links);
}

function isSame(one: Filters, other: Filters): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** What is shared belongs to the department. */
function mayChange({ desk }: State, { shared }: SavedView): boolean {
  return !shared || may(desk, 'rules.manage');
}

function waysView(state: State, current: SavedView | undefined, { words }: Reader): HTMLElement | null {
  const way = (action: string, text: string, view: SavedView | null) =>
    element(
      'button',
      { type: 'button', class: 'button', 'data-action': action, on: { click: () => openForm(state, view) } },
      text,
    );
  const ways = [
    !current && Object.keys(state.kept).length > 0 && way('new-view', words.views.save, null),
    current &&
      mayChange(state, current) &&
      way('change-view', fill(words.views.change, { name: current.name }), current),
  ].filter((each) => each instanceof HTMLElement);
  return ways.length > 0 ? element('div', { class: 'actions' }, ...ways) : null;
}

function openForm(state: State, view: SavedView | null): void {
  const typed = { name: view?.name ?? '', shared: String(view?.shared ?? false) };
  state.form = { view, typed, task: createTask(state.desk.redraw) };
  state.desk.redraw();
  document.getElementById('field-name')?.focus();
}

function closeForm(state: State): void {
  state.form = null;
  state.desk.redraw();
  document.querySelector<HTMLElement>('[data-action=change-view], [data-action=new-view]')?.focus();
}

const NAME: Shape = { kind: 'line', input: 'text', maxLength: 60 };
const TICK: Shape = { kind: 'tick' };

function formOf(state: State, form: Form, reader: Reader, describe: Describe): Child[] {
  const { desk, filters, kept } = state;
  const { view, typed, task } = form;
  const texts = reader.words.views;
  const factsOf = (those: Filters) => Object.entries(those).map(([name, value]) => describe(name, value, reader));
  const left = Object.entries(filters).filter(([name]) => !(name in kept));
  const names = left.map(([name, value]) => describe(name, value, reader)[0]).join(', ');
  // whoever shares a view gives it away: only its owner takes it back
  const mayShare = may(desk, 'rules.manage') && (view === null || view.owner === desk.officer.id);
  const fields = [
    { label: texts.name, hint: texts.nameHint, shape: NAME, isOptional: false },
    ...(mayShare ? [{ label: texts.share, shape: TICK, isOptional: false }] : []),
  ];
  const close = taskButton(task, { action: 'close-view', text: texts.close, click: () => closeForm(state) });
  const ways = [
    ...(view ? [deleteButton(state, { ...form, view }, reader)] : replaceButton(state, form, reader)),
    close,
  ];
  const text = view ? texts.keep : texts.saveIt;
  const submit = () => void save(state, form);
  return [
    element('h2', {}, view ? fill(texts.change, { name: view.name }) : texts.save),
    !view && element('p', { class: 'hint' }, texts.hint),
    factsView(factsOf(view ? view.filters : kept)),
    !view && left.length > 0 && element('p', { 'data-part': 'not-kept' }, fill(texts.left, { filters: names })),
    ...formView(
      { typed, task, names: ['name', 'shared'], fields, text, action: 'save-view', submit, ways },
      reader,
      desk,
    ),
  ];
}

async function save(state: State, { view, typed, task }: Form): Promise<void> {
  const { client } = state.desk;
  const { place, kept } = state;
  const name = String(typed.name ?? '').trim();
  const shared = typed.shared === 'true';
  if (name === '') return task.refuse([{ pointer: '/name', code: 'FIELD_MISSING', detail: '' }]);
  await finish(state, task, () =>
    view
      ? client.call('updateView', { id: view.id, body: { name, shared, changedAt: view.changedAt } })
      : client.call('createView', { body: { place, name, filters: kept, shared } }),
  );
}

/** The view stands in the list as it is now, and has the focus. */
async function finish(state: State, task: Task, work: () => Promise<SavedView>): Promise<void> {
  let saved: SavedView | undefined;
  const isFine = await task.run(async () => {
    const view = await work();
    saved = view;
    const isThere = state.items.some(({ id }) => id === view.id);
    state.items = isThere ? state.items.map((each) => (each.id === view.id ? view : each)) : [...state.items, view];
    state.form = null;
  });
  if (isFine) document.querySelector<HTMLElement>(`[data-view="${saved?.id}"]`)?.focus();
}

function deleteButton(state: State, { view, task }: Form & { view: SavedView }, { words }: Reader): HTMLElement {
  const sure = view.shared ? words.views.deleteSharedSure : words.views.deleteSure;
  const click = async () => {
    if (!confirm(fill(sure, { name: view.name }))) return;
    const isFine = await task.run(async () => {
      await state.desk.client.call('deleteView', { id: view.id });
      state.items = state.items.filter(({ id }) => id !== view.id);
      state.form = null;
    });
    if (isFine) document.querySelector<HTMLElement>('[data-action=new-view]')?.focus();
  };
  return taskButton(task, { action: 'delete-view', text: words.views.delete, click: () => void click() });
}

/** Where the name is that of another view, that one may have been meant. */
function replaceButton(state: State, { typed, task }: Form, { words }: Reader): HTMLElement[] {
  const { items, kept, desk } = state;
  if (!task.faults.some(({ code }) => code === 'VIEW_EXISTS')) return [];
  const name = String(typed.name ?? '').trim();
  const meant = items.find((view) => view.name === name && view.shared === (typed.shared === 'true'));
  if (!meant || !mayChange(state, meant)) return [];
  const body = { filters: kept, changedAt: meant.changedAt };
  const click = () => void finish(state, task, () => desk.client.call('updateView', { id: meant.id, body }));
  return [taskButton(task, { action: 'replace-view', text: fill(words.views.replace, { name }), click })];
}
