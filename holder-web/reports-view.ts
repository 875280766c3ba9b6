import type { OwnReport } from '../client/api.ts';
import { randomName } from '../client/client.ts';
import { element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { failureView } from '../ui/signed-in/failure-view.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { signInAddress } from '../ui/signed-in/sign-in.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Reader } from './screen.ts';

const KINDS = ['wrong', 'lost', 'not-mine', 'other'] as const satisfies readonly OwnReport['kind'][];

/** What the holder tells the department of one document, and what it answered. */
export interface Reporting {
  credential: string;
  reports: readonly OwnReport[];
  kind: OwnReport['kind'];
  message: string;
  /** The same for what is tried again. */
  key: string;
  task: Task;
}

export function createReporting(credential: string, reports: readonly OwnReport[], shell: Shell): Reporting {
  const task = createTask(shell.redraw);
  return { credential, reports, kind: 'wrong', message: '', key: randomName(), task };
}

export function reportsView(reporting: Reporting, reader: Reader, shell: Shell): HTMLElement {
  const { words, language, hrefOf } = reader;
  const texts = words.report;
  const { task, reports } = reporting;
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'reports' },
    element('h2', {}, texts.heading),
    element('p', { class: 'hint' }, texts.hint),
    task.failure &&
      failureView(task.failure, reader, {
        level: 'h2',
        known: task.failure.code === 'REPORT_LIMIT' ? texts.limit : null,
        home: hrefOf(''),
        signIn: signInAddress('holder', language, hrefOf('')),
      }),
    formView(reporting, reader, shell),
    ...reports.map((report) => reportView(report, reader)),
  );
}

function formView(reporting: Reporting, { words }: Reader, shell: Shell): HTMLElement {
  const texts = words.report;
  const { task } = reporting;
  const isMissing = task.faults.length > 0;
  const submit = (event: Event) => {
    event.preventDefault();
    if (reporting.message.trim() === '') {
      task.refuse([{ pointer: '/message', code: 'FIELD_MISSING', detail: '' }]);
      document.getElementById('report-message')?.focus();
    } else void send(reporting, shell);
  };
  return element(
    'form',
    { class: 'part', novalidate: true, 'aria-busy': String(task.isBusy), on: { submit } },
    element(
      'div',
      { class: 'field' },
      element('label', { for: 'report-kind' }, texts.kind),
      element(
        'select',
        {
          id: 'report-kind',
          on: {
            change: (event) => {
              reporting.kind = KINDS[(event.currentTarget as HTMLSelectElement).selectedIndex] ?? 'other';
            },
          },
        },
        ...KINDS.map((kind) => element('option', { selected: kind === reporting.kind }, texts.kinds[kind])),
      ),
    ),
    element(
      'div',
      { class: 'field' },
      element('label', { for: 'report-message' }, texts.message),
      element(
        'textarea',
        {
          ...{ id: 'report-message', class: 'prose', rows: '4', maxlength: '1000' },
          'aria-invalid': isMissing ? 'true' : undefined,
          'aria-describedby': isMissing ? 'report-fault' : undefined,
          on: {
            input: (event) => {
              reporting.message = (event.currentTarget as HTMLTextAreaElement).value;
            },
          },
        },
        reporting.message,
      ),
      isMissing && element('p', { class: 'fault', id: 'report-fault' }, texts.missing),
    ),
    element(
      'div',
      { class: 'actions' },
      element(
        'button',
        { type: 'submit', class: 'button', 'data-action': 'report', disabled: task.isBusy },
        texts.send,
      ),
    ),
  );
}

function send(reporting: Reporting, { client }: Shell): Promise<boolean> {
  const { credential, kind, message, key, task } = reporting;
  return task.run(async () => {
    const body = { kind, message };
    const made = await client.call('createReport', { id: credential, body, idempotencyKey: key });
    reporting.reports = [made, ...reporting.reports];
    // what was typed meanwhile is another report
    if (reporting.message === message) reporting.message = '';
    reporting.key = randomName();
  });
}

function reportView({ id, kind, message, createdAt, answer, answeredAt }: OwnReport, reader: Reader): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.report;
  const time = (at: string) => calendar.time(Date.parse(at) / 1000);
  return element(
    'article',
    { class: 'report', 'data-report': id, 'data-answered': String(answer !== null) },
    element('h3', {}, texts.kinds[kind]),
    element('p', { class: 'hint' }, fill(texts.sent, { time: time(createdAt) })),
    element('p', { class: 'written' }, message),
    answer === null || answeredAt === null
      ? element('p', { class: 'hint' }, texts.waiting)
      : element(
          'div',
          {},
          element('p', { class: 'hint' }, fill(texts.answered, { time: time(answeredAt) })),
          element('p', { class: 'written' }, answer),
        ),
  );
}
