import type { CredentialTypeDetail, IssuingRule, TypeVersion } from '../client/api.ts';
import type { ValidityRule } from '../proof/credential-type.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { claimsOf } from './draft-content-view.ts';
import { personText } from './drafts-view.ts';
import { failureView } from './failure-view.ts';
import { formView } from './form-view.ts';
import { emptyView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';
import { validityText } from './validity-text.ts';

/** The kinds of document that the department issues. */
export const openTypes: Open = async ({ desk, signal }) => {
  const { items } = await desk.client.call('listTypes', { signal });
  return {
    title: ({ words }) => words.types.heading,
    draw: (reader) => {
      const { words, language } = reader;
      return [
        element('h1', { tabindex: '-1' }, words.types.heading),
        items.length === 0
          ? emptyView(words.form.noTypes)
          : recordsView({
              label: words.types.heading,
              heads: [words.list.type, words.types.code, words.credential.version, words.types.disclosure],
              items,
              id: ({ code }) => code,
              cells: ({ code, title, version, disclosure }) => [
                element('a', { href: hrefOf(`types/${encodeURIComponent(code)}`) }, title[language]),
                element('span', { class: 'code' }, code),
                String(version),
                words.types.shownTo[disclosure],
              ],
            }),
      ];
    },
  };
};

interface Found {
  type: CredentialTypeDetail;
  rule: IssuingRule;
  ruling: { typed: TypedRecord; task: Task };
  /** New ones, as they are written and published; newest first. */
  versions: readonly TypeVersion[];
  beginning: Task;
}

/** One kind: its claims, the rule for its dates, its template for files, and how many people the department demands. */
export const openType: Open = async ({ desk, id, signal }) => {
  const [type, rule, versions] = await Promise.all([
    desk.client.call('getType', { id, signal }),
    desk.client.call('getIssuingRule', { id, signal }),
    desk.client.call('listTypeVersions', { query: { type: id }, signal }),
  ]);
  const typed = {
    approvals: String(rule.approvals),
    statusApprovals: String(rule.statusApprovals),
    retentionMonths: String(rule.retentionMonths ?? ''),
  };
  const found = {
    ...{ type, rule, ruling: { typed, task: createTask(desk.redraw) } },
    ...{ versions: versions.items, beginning: createTask(desk.redraw) },
  };
  return { title: ({ language }) => type.title[language], draw: (reader) => draw(found, reader, desk) };
};

function draw(found: Found, reader: Reader, desk: Desk): Child[] {
  const { type, rule, ruling } = found;
  const { words, language } = reader;
  const texts = words.types;
  const claims = claimsOf(type);
  const file = (format: 'xlsx' | 'csv' | 'ndjson') =>
    element(
      'a',
      {
        class: 'button',
        href: `/v1/types/${encodeURIComponent(type.code)}/template.${format}`,
        download: `${type.code}.${format}`,
      },
      icon('file'),
      fill(texts.template, { format: format.toUpperCase() }),
    );
  return [
    element('h1', { tabindex: '-1' }, type.title[language], ' ', element('span', { class: 'code' }, type.code)),
    element(
      'section',
      { class: 'sheet part' },
      factsView([
        [words.credential.version, String(type.version)],
        [texts.definition, element('span', { class: 'code' }, type.definition)],
        [texts.disclosure, texts.shownTo[type.disclosure]],
        [texts.validity, validityText(type.validity as unknown as ValidityRule, reader)],
      ]),
      element(
        'div',
        { class: 'actions' },
        may(desk, 'credentials.prepare') &&
          element(
            'a',
            { class: 'button button-main', href: hrefOf(`new?type=${encodeURIComponent(type.code)}`) },
            words.place.new,
          ),
        ...(['xlsx', 'csv', 'ndjson'] as const).map(file),
      ),
    ),
    element('h2', {}, texts.claims),
    recordsView({
      label: texts.claims,
      heads: [texts.claim, texts.name, texts.kind, texts.where],
      items: claims,
      id: ({ name }) => name,
      cells: ({ name, label, type: kind, required, group }) => [
        label[language],
        element('span', { class: 'code' }, name),
        `${kind}${required ? '' : ` ${words.form.optional}`}`,
        group === 'shown' ? words.form.shown : words.form.rest,
      ],
    }),
    element('h2', {}, texts.rule),
    ...(may(desk, 'rules.manage') ? ruleForm({ type, rule, ruling }, reader, desk) : [ruleFacts(rule, reader)]),
    ...versionsView(found, reader, desk),
  ];
}

function versionsView({ type, versions, beginning }: Found, reader: Reader, desk: Desk): Child[] {
  const texts = reader.words.typeVersion;
  const isBegun = versions.some(({ state }) => state === 'draft' || state === 'prepared');
  const begin = () =>
    void beginning.run(async () => {
      const { id } = await desk.client.call('createTypeVersion', { body: { type: type.code } });
      desk.go(`type-versions/${id}`);
    });
  return [
    element('h2', {}, texts.list),
    beginning.failure && failureView(beginning.failure, reader, { level: 'h2' }),
    versions.length === 0
      ? element('p', {}, texts.none)
      : recordsView({
          label: texts.list,
          heads: [reader.words.credential.version, reader.words.list.status, texts.changedBy],
          items: versions,
          id: ({ id }) => id,
          cells: ({ id, version, state, changedBy, changedAt }) => [
            element('a', { href: hrefOf(`type-versions/${id}`) }, String(version)),
            texts.state[state],
            `${personText(changedBy, reader, desk)}, ${reader.calendar.time(Date.parse(changedAt) / 1000)}`,
          ],
        }),
    may(desk, 'types.publish') &&
      !isBegun &&
      element(
        'p',
        { class: 'actions' },
        taskButton(beginning, { action: 'begin-version', text: texts.begin, click: begin }),
      ),
  ];
}

function ruleFacts({ approvals, statusApprovals, retentionMonths }: IssuingRule, { words }: Reader): HTMLElement {
  const texts = words.types;
  return element(
    'section',
    { class: 'sheet' },
    factsView([
      [texts.approvals, String(approvals)],
      [texts.statusApprovals, String(statusApprovals)],
      [texts.retention, retentionMonths === null ? texts.never : String(retentionMonths)],
    ]),
  );
}

const NUMBER: Shape = { kind: 'line', input: 'integer' };

function ruleForm(
  { type, rule, ruling: { typed, task } }: Pick<Found, 'type' | 'rule' | 'ruling'>,
  reader: Reader,
  desk: Desk,
): Child[] {
  const texts = reader.words.types;
  const submit = () =>
    void task.run(async () => {
      const number = (name: string) => Number(String(typed[name] ?? '').trim() || Number.NaN);
      const months = String(typed.retentionMonths ?? '').trim();
      const body = {
        ...{ approvals: number('approvals'), statusApprovals: number('statusApprovals') },
        retentionMonths: months === '' ? null : number('retentionMonths'),
        changedAt: rule.changedAt,
      };
      await desk.client.call('setIssuingRule', { id: type.code, body });
      desk.reload();
    });
  const field = (label: string, hint?: string) => ({ label, hint, shape: NUMBER, isOptional: hint !== undefined });
  const fields = [field(texts.approvals), field(texts.statusApprovals), field(texts.retention, texts.retentionHint)];
  return formView(
    {
      typed,
      task,
      names: ['approvals', 'statusApprovals', 'retentionMonths'],
      fields,
      text: reader.words.team.save,
      submit,
    },
    reader,
    desk,
  );
}
