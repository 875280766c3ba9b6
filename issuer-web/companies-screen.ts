import type { CompanyNomination } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask } from '../ui/signed-in/task.ts';
import type { Option, Shape, TypedRecord } from './claim-shape.ts';
import { personText } from './drafts-view.ts';
import { type FilterRules, readFilters, unknownView } from './filters.ts';
import { formView } from './form-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Describe, openViews } from './saved-views.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

export const NOMINATION_STATES = [
  'proposed',
  'admitted',
  'taken',
  'refused',
  'withdrawn',
] as const satisfies readonly CompanyNomination['state'][];

const FILTERS = { number: 'personal', state: NOMINATION_STATES } as const satisfies FilterRules;
const NAMES_OF_FILTERS = ['number', 'state'] as const satisfies readonly (keyof typeof FILTERS)[];
const NUMBER: Shape = { kind: 'line', input: 'text', maxLength: 30 };
const LINE: Shape = { kind: 'line', input: 'text', maxLength: 200 };

/** Whom the department named as companies' administrators, newest first; the filters stand in the address. */
export const openCompanies: Open = async ({ desk, query: address, signal }) => {
  const asked = readFilters(address, FILTERS);
  const { number } = asked.filters;
  const state = asked.filters.state as CompanyNomination['state'] | undefined;
  const typed: TypedRecord = { number: number ?? '', state: state ?? '' };
  const task = createTask(desk.redraw);
  const query = { number, state, starting_after: asked.startingAfter };
  const [{ items, next }, views] = await Promise.all([
    desk.client.call('listCompanyAdministrators', { query, signal }),
    openViews({ ...{ place: 'companies', rules: FILTERS, asked }, desk, signal }),
  ]);
  const describe: Describe = (name, value, { words }) =>
    name === 'number'
      ? [words.companies.number, value]
      : [words.list.status, words.companies.states[value as CompanyNomination['state']]];
  const submit = () => {
    const given = { number: toNumber(typed.number), state: String(typed.state ?? '') };
    if (given.number !== '' && !COMPANY_NUMBER.test(given.number))
      return task.refuse([{ pointer: '/number', code: 'COMPANY_NUMBER_INVALID', detail: '' }]);
    desk.go(`companies?${new URLSearchParams(Object.entries(given).filter(([, text]) => text !== ''))}`);
  };
  return {
    title: ({ words }) => words.companies.heading,
    draw: (reader) => {
      const { words } = reader;
      const texts = words.companies;
      const options: Option[] = NOMINATION_STATES.map((code) => ({ code, label: texts.states[code] }));
      const fields = [
        { label: texts.number, shape: NUMBER, isOptional: true },
        { label: words.list.status, shape: { kind: 'choice', options } as const, isOptional: true },
      ];
      const clear = element('a', { class: 'button', href: hrefOf('companies') }, words.list.clear);
      const form = { typed, task, names: NAMES_OF_FILTERS, fields, text: words.list.show, submit, ways: [clear] };
      return [
        element('h1', { tabindex: '-1' }, texts.heading),
        element('p', { class: 'lead' }, texts.lead),
        element(
          'div',
          { class: 'actions' },
          element(
            'a',
            { class: 'button button-main', href: hrefOf('companies/new'), 'data-action': 'name' },
            texts.name,
          ),
        ),
        unknownView(asked, reader),
        views.draw(reader, describe),
        ...formView({ ...form, isCompact: true }, reader, desk),
        items.length === 0 ? emptyView(texts.none) : nominationsView(items, texts.heading, reader, desk),
        pagesView({ path: 'companies', query: asked.query, next }, reader),
      ];
    },
  };
};

export function nominationsView(
  items: readonly CompanyNomination[],
  label: string,
  reader: Reader,
  desk: Desk,
): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.companies;
  return recordsView({
    label,
    heads: [texts.company, texts.number, texts.person, words.list.status, texts.namedBy, texts.named],
    items,
    tone: ({ state }) => (state === 'proposed' ? 'care' : state === 'taken' ? 'good' : 'open'),
    id: ({ id }) => id,
    cells: ({ id, name, number, person, state, namedBy, createdAt }) => [
      element('a', { href: hrefOf(`companies/${id}`) }, name, ' ', element('span', { class: 'code hint' }, id)),
      element('span', { class: 'code' }, number),
      person,
      texts.states[state],
      personText(namedBy, reader, desk),
      calendar.time(Date.parse(createdAt) / 1000),
    ],
  });
}

/** As the service has it (server/companies/company.ts). */
const COMPANY_NUMBER = /^[0-9A-Z][0-9A-Z-]{2,29}$/;

function toNumber(typed: TypedRecord[string] | undefined): string {
  return String(typed ?? '')
    .trim()
    .toUpperCase();
}

const NAMES = ['number', 'name', 'administrator/account', 'administrator/name'] as const;

/** Says who administrates a company; a colleague decides on it. */
export const openNaming: Open = async ({ desk, query }) => {
  const administrator: Record<string, string> = { account: '', name: '' };
  const typed: TypedRecord = { number: query.get('number') ?? '', name: query.get('name') ?? '', administrator };
  const task = createTask(desk.redraw);
  const submit = () => {
    const text = (value: TypedRecord[string] | undefined) => String(value ?? '').trim();
    const body = {
      ...{ number: toNumber(typed.number), name: text(typed.name) },
      administrator: { account: text(administrator.account), name: text(administrator.name) },
    };
    const given = [body.number, body.name, body.administrator.account, body.administrator.name];
    const missing = NAMES.filter((_, i) => given[i] === '');
    if (missing.length > 0)
      return task.refuse(missing.map((name) => ({ pointer: `/${name}`, code: 'FIELD_MISSING', detail: '' })));
    if (!COMPANY_NUMBER.test(body.number))
      return task.refuse([{ pointer: '/number', code: 'COMPANY_NUMBER_INVALID', detail: '' }]);
    void task.run(async () => {
      const { id } = await desk.client.call('nameCompanyAdministrator', { body });
      desk.go(`companies/${id}`);
    });
  };
  return {
    title: ({ words }) => words.companies.name,
    draw: (reader): Child[] => {
      const texts = reader.words.companies;
      const fields = [
        { label: texts.number, shape: NUMBER, isOptional: false, hint: texts.numberHint },
        { label: texts.company, shape: LINE, isOptional: false, hint: texts.companyHint },
        { label: texts.account, shape: LINE, isOptional: false, hint: texts.accountHint },
        { label: texts.person, shape: LINE, isOptional: false, hint: texts.personHint },
      ];
      return [
        element('h1', { tabindex: '-1' }, texts.name),
        element('p', { class: 'lead' }, texts.nameLead),
        ...formView({ typed, task, names: NAMES, fields, text: texts.send, submit }, reader, desk),
      ];
    },
  };
};
