import type { Officer } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { formView } from './form-view.ts';
import { pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

type Role = Officer['roles'][number];
const ROLES = [
  'preparer',
  'approver',
  'key-holder',
  'auditor',
  'admin',
  'inspector',
  'registrar',
] as const satisfies readonly Role[];
const LINE: Shape = { kind: 'line', input: 'text', maxLength: 200 };

const rolesShape = ({ words }: Reader): Shape => ({
  kind: 'many',
  options: ROLES.map((code) => ({ code, label: words.account.role[code] })),
});

/** The department's officers and what they may do; for administrators. */
export const openTeam: Open = async ({ desk, query, signal }) => {
  const { items, next } = await desk.client.call('listOfficers', {
    query: { starting_after: query.get('starting_after') ?? undefined },
    signal,
  });
  const adding = { typed: { roles: [] } as TypedRecord, task: createTask(desk.redraw) };
  return {
    title: ({ words }) => words.team.heading,
    draw: (reader) => {
      const { words } = reader;
      return [
        element('h1', { tabindex: '-1' }, words.team.heading),
        recordsView({
          label: words.team.heading,
          heads: [words.team.name, words.team.roles, words.team.subject, words.list.status],
          items,
          tone: ({ active }) => (active ? 'open' : 'over'),
          id: ({ id }) => id,
          cells: ({ id, name, roles, subject, active }) => [
            element(
              'a',
              { href: hrefOf(`team/${encodeURIComponent(id)}`) },
              name,
              ' ',
              element('span', { class: 'code hint' }, id),
            ),
            roles.map((role) => words.account.role[role]).join(', '),
            element('span', { class: 'code' }, subject),
            active ? words.team.active : words.team.inactive,
          ],
        }),
        pagesView({ path: 'team', query, next }, reader),
        element('h2', {}, words.team.add),
        ...addForm(adding, reader, desk),
      ];
    },
  };
};

function addForm({ typed, task }: { typed: TypedRecord; task: Task }, reader: Reader, desk: Desk): Child[] {
  const texts = reader.words.team;
  const submit = () =>
    void task.run(async () => {
      const body = {
        name: String(typed.name ?? ''),
        subject: String(typed.subject ?? ''),
        roles: typed.roles as Role[],
      };
      const { id } = await desk.client.call('addOfficer', { body });
      desk.go(`team/${encodeURIComponent(id)}`);
    });
  const fields = [
    { label: texts.name, shape: LINE, isOptional: false },
    { label: texts.subject, shape: LINE, isOptional: false, hint: texts.subjectHint },
    { label: texts.roles, shape: rolesShape(reader), isOptional: false },
  ];
  return formView({ typed, task, names: ['name', 'subject', 'roles'], fields, text: texts.add, submit }, reader, desk);
}

/** One officer: another set of roles, or none for ever. */
export const openOfficer: Open = async ({ desk, id, signal }) => {
  const officer = await desk.client.call('getOfficer', { id, signal });
  const typed: TypedRecord = { roles: [...officer.roles] };
  const task = createTask(desk.redraw);
  const act = (work: () => Promise<unknown>) =>
    void task.run(async () => {
      await work();
      desk.reload();
    });
  return {
    title: () => officer.name,
    draw: (reader) => {
      const { words } = reader;
      const deactivate = () => {
        if (confirm(words.team.deactivateSure)) act(() => desk.client.call('deactivateOfficer', { id }));
      };
      const ways = [
        element(
          'button',
          { type: 'button', class: 'button', 'data-action': 'deactivate', on: { click: deactivate } },
          words.team.deactivate,
        ),
        element('a', { class: 'button', href: hrefOf('team') }, words.review.back),
      ];
      const submit = () => {
        const body = { roles: typed.roles as Role[], changedAt: officer.changedAt };
        act(() => desk.client.call('changeRoles', { id, body }));
      };
      const fields = [{ label: words.team.roles, shape: rolesShape(reader), isOptional: false }];
      return [
        element('h1', { tabindex: '-1' }, officer.name, ' ', element('span', { class: 'code' }, officer.id)),
        element(
          'p',
          { class: 'sheet', role: 'status', 'data-active': String(officer.active) },
          officer.active ? words.team.active : words.team.inactive,
        ),
        ...(officer.active
          ? formView({ typed, task, names: ['roles'], fields, text: words.team.save, submit, ways }, reader, desk)
          : []),
      ];
    },
  };
};
