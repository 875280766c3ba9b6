import type { Lifecycle } from '../catalogue/lifecycle.ts';
import { renewalDays } from '../catalogue/renewal.ts';
import type { CredentialDetail, CredentialTypeDetail } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import type { Task } from '../ui/signed-in/task.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, may } from './screen.ts';

export interface Acting {
  credential: CredentialDetail;
  type: CredentialTypeDetail;
  task: Task;
}

/** What the officer's roles and the state of the document allow; null where that is nothing. */
export function actsView({ credential, type, task }: Acting, reader: Reader, desk: Desk): HTMLElement | null {
  const { words } = reader;
  const { id, state, status, supersededBy, erasedAt, holder } = credential;
  const isOver = state === 'failed' || status === 'revoked';
  const isReplaceable = !isOver && status !== 'superseded' && supersededBy === null && erasedAt === null;
  const link = (name: string, path: string, text: string) =>
    element('a', { class: 'button', href: hrefOf(path), 'data-act': name }, text);
  const change = (name: 'revoke' | 'suspend' | 'reinstate' | 'extend') =>
    link(name, `credentials/${id}/${name}`, words.acting.verb[name]);
  const draft = (name: string, code: string, more: Record<string, string>, text: string) =>
    link(name, `new?${new URLSearchParams({ type: code, replaces: id, ...more })}`, text);
  const lifecycle = type.lifecycle as unknown as Lifecycle;
  const prepares = may(desk, 'credentials.prepare') && isReplaceable;
  const acts = [
    may(desk, 'status.change') && !isOver && isReplaceable && change('suspend'),
    may(desk, 'status.change') && !isOver && status === 'suspended' && change('reinstate'),
    may(desk, 'status.change') && !isOver && change('revoke'),
    may(desk, 'validity.change') && isReplaceable && change('extend'),
    prepares && lifecycle.renewal && draft('renew', credential.type, { renew: '' }, words.acting.verb.renew),
    prepares && draft('replace', credential.type, {}, words.acting.verb.replace),
    ...lifecycle.becomes.map(
      (code) => prepares && draft(`become-${code}`, code, {}, fill(words.acting.become, { code })),
    ),
    may(desk, 'credentials.mail') &&
      state === 'final' &&
      erasedAt === null &&
      holder?.email !== undefined &&
      mailButton({ credential, type, task }, reader, desk),
  ].filter((act): act is HTMLAnchorElement | HTMLButtonElement => act instanceof HTMLElement);
  if (acts.length === 0) return null;
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'acts' },
    element('h2', {}, words.review.next),
    element('div', { class: 'actions' }, ...acts),
    prepares && renewalHint(credential, lifecycle, reader),
  );
}

function renewalHint(
  { endsOn }: CredentialDetail,
  { renewal }: Lifecycle,
  { words, calendar }: Reader,
): HTMLElement | null {
  if (!renewal || endsOn === null) return null;
  const { opens, closes } = renewalDays(renewal, endsOn);
  return element(
    'p',
    { class: 'hint' },
    fill(words.acting.renewal, { from: calendar.date(opens), to: calendar.date(closes) }),
  );
}

function mailButton(
  { credential: { id }, task }: Acting,
  { words }: Reader,
  { client, reload }: Desk,
): HTMLButtonElement {
  const click = () =>
    void task.run(async () => {
      await client.call('mailCredential', { id });
      reload();
    });
  return element(
    'button',
    { type: 'button', class: 'button', 'data-act': 'mail', disabled: task.isBusy, on: { click } },
    words.acting.mail,
  );
}
