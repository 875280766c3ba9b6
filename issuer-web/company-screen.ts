import type { CompanyNomination, CompanyNominationDetail } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { fill } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { nominationsView } from './companies-screen.ts';
import { personText } from './drafts-view.ts';
import { formView } from './form-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

interface SmallTask {
  typed: TypedRecord;
  task: Task;
}

interface Found {
  nomination: CompanyNominationDetail;
  /** The department's other words on the same company, newest first. */
  others: readonly CompanyNomination[];
  admitting: SmallTask;
  ending: SmallTask;
}

/** Whom the department named as a company's administrator: how it stands, who said what, and what can be said now. */
export const openCompany: Open = async ({ desk, id, signal }) => {
  const nomination = await desk.client.call('getCompanyAdministrator', { id, signal });
  const query = { number: nomination.number, limit: MOST_OTHERS };
  const { items } = await desk.client.call('listCompanyAdministrators', { query, signal });
  const found: Found = {
    ...{ nomination, others: items.filter((one) => one.id !== id) },
    ...{
      admitting: { typed: {}, task: createTask(desk.redraw) },
      ending: { typed: {}, task: createTask(desk.redraw) },
    },
  };
  return { title: () => nomination.name, draw: (reader) => draw(found, reader, desk) };
};

const MOST_OTHERS = 50;

function draw(found: Found, reader: Reader, desk: Desk): Child[] {
  const { nomination, others } = found;
  const texts = reader.words.companies;
  const { id, name, number, state } = nomination;
  return [
    element('h1', { tabindex: '-1' }, name, ' ', element('span', { class: 'code' }, id)),
    element(
      'section',
      { class: `sheet part tone-${TONES[state]}`, 'data-state': state },
      element('p', { role: 'status' }, element('strong', {}, texts.states[state]), ' ', texts.stateHints[state]),
      factsView(facts(nomination, reader, desk)),
    ),
    ...decisionView(found, reader, desk),
    element('h2', {}, texts.others),
    others.length === 0 ? element('p', {}, texts.noOthers) : nominationsView(others, texts.others, reader, desk),
    element(
      'div',
      { class: 'actions' },
      element('a', { class: 'button', href: hrefOf('companies') }, texts.back),
      element(
        'a',
        { class: 'button', href: hrefOf(`companies/new?${new URLSearchParams({ number, name })}`) },
        texts.another,
      ),
    ),
  ];
}

const TONES = { proposed: 'care', admitted: 'open', taken: 'good', refused: 'over', withdrawn: 'over' } as const;

function facts(nomination: CompanyNominationDetail, reader: Reader, desk: Desk): Parameters<typeof factsView>[0] {
  const { words, calendar } = reader;
  const texts = words.companies;
  const { number, person, state, standing, note } = nomination;
  const byAt = (by: string | null, at: string | null) =>
    by !== null && at !== null && `${personText(by, reader, desk)} · ${calendar.time(Date.parse(at) / 1000)}`;
  const isOver = state === 'taken' && !standing.isActing;
  return [
    [texts.number, element('span', { class: 'code' }, number)],
    [texts.person, person],
    [texts.namedBy, byAt(nomination.namedBy, nomination.createdAt)],
    [state === 'refused' ? texts.refusedBy : texts.admittedBy, byAt(nomination.decidedBy, nomination.decidedAt)],
    [texts.taken, nomination.takenAt !== null && calendar.time(Date.parse(nomination.takenAt) / 1000)],
    [texts.withdrawn, withdrawal(nomination, reader, desk)],
    [texts.note, note !== null && element('span', { class: 'written' }, note)],
    [texts.acting, isOver && texts.endedByCompany],
    [texts.standing, fill(texts.count, { administrators: standing.administrators, delegates: standing.delegates })],
  ];
}

/** Of before it was told by whom there is the time alone. */
function withdrawal({ withdrawnBy, withdrawnAt }: CompanyNomination, reader: Reader, desk: Desk): string | null {
  if (withdrawnAt === null) return null;
  const time = reader.calendar.time(Date.parse(withdrawnAt) / 1000);
  return withdrawnBy === null ? time : `${personText(withdrawnBy, reader, desk)} · ${time}`;
}

/** What may be said of it now: of a colleague's proposal yes or no, of the rest that it is taken back. */
function decisionView({ nomination, admitting, ending }: Found, reader: Reader, desk: Desk): Child[] {
  const texts = reader.words.companies;
  const { id, name, person, state, namedBy } = nomination;
  if (state === 'refused' || state === 'withdrawn') return [];
  const isToDecide = state === 'proposed' && namedBy !== desk.officer.id;
  const end = async (note: string) => {
    if (isToDecide) await desk.client.call('refuseCompanyAdministrator', { id, body: { note } });
    else await desk.client.call('withdrawCompanyAdministrator', { id, body: { note } });
  };
  return [
    ...(isToDecide
      ? [
          element('h2', {}, texts.admit),
          element('p', {}, fill(texts.admitHint, { name, person })),
          ...admitForm(id, admitting, reader, desk),
        ]
      : []),
    element('h2', {}, isToDecide ? texts.refuse : texts.withdraw),
    !isToDecide && element('p', {}, state === 'taken' ? texts.withdrawTakenHint : texts.withdrawHint),
    ...endingForm(ending, { text: isToDecide ? texts.refuse : texts.withdraw, end }, reader, desk),
  ];
}

const ACCOUNT: Shape = { kind: 'line', input: 'text', maxLength: 200 };

/** The account is typed again: it is not kept, so that it could not be shown to be compared. */
function admitForm(id: string, { typed, task }: SmallTask, reader: Reader, desk: Desk): Child[] {
  const texts = reader.words.companies;
  const submit = () => {
    const account = String(typed.account ?? '').trim();
    if (account === '') return task.refuse([{ pointer: '/account', code: 'FIELD_MISSING', detail: 'account' }]);
    void task.run(async () => {
      await desk.client.call('admitCompanyAdministrator', { id, body: { account } });
      desk.reload();
    });
  };
  const fields = [{ label: texts.account, hint: texts.accountAgain, shape: ACCOUNT, isOptional: false }];
  return formView(
    { typed, task, names: ['account'], fields, text: texts.admit, action: 'admit', submit },
    reader,
    desk,
  );
}

const NOTE: Shape = { kind: 'line', input: 'paragraph', maxLength: 500 };

/** A reason, without which it is not done. */
function endingForm(
  { typed, task }: SmallTask,
  { text, end }: { text: string; end(note: string): Promise<void> },
  reader: Reader,
  desk: Desk,
): Child[] {
  const texts = reader.words.companies;
  const submit = () => {
    const note = String(typed.note ?? '').trim();
    if (note === '') return task.refuse([{ pointer: '/note', code: 'FIELD_MISSING', detail: 'note' }]);
    void task.run(async () => {
      await end(note);
      desk.reload();
    });
  };
  const field = { label: texts.note, hint: texts.noteHint, shape: NOTE, isOptional: false };
  return formView({ typed, task, names: ['note'], fields: [field], text, submit }, reader, desk);
}
