import type { CredentialDetail, Department, DraftDetail, Import } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill, groupThousands } from '../ui/phrase.ts';
import { personText } from './drafts-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf } from './screen.ts';

/** What the reader has just done to it, as the address says: its page begins with the result, and is the same when it is loaded again. */
export type Done = 'handed-in' | 'approved';

export function readDone(query: URLSearchParams): Done | null {
  const done = query.get('done');
  return done === 'handed-in' || done === 'approved' ? done : null;
}

/** What else the address asks for. */
export function withoutDone(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => name !== 'done'));
}

export interface Result {
  name: Done;
  heading: Child;
  /** What it is called from now on: where to look for it. */
  reference: Child[];
  /** What happens next. */
  next: readonly Child[];
  ways: readonly Child[];
}

/** The heading of its page: whoever comes here is told first that it was done, and then what happens next. */
export function resultView({ name, heading, reference, next, ways }: Result, { words }: Reader): HTMLElement {
  return element(
    'section',
    { class: 'sheet result tone-good', 'data-result': name },
    icon('seal'),
    element(
      'div',
      {},
      element('h1', { tabindex: '-1' }, heading),
      element('p', {}, ...reference),
      nextView(next, { words }),
      element('div', { class: 'actions' }, ...ways),
    ),
  );
}

export function nextView(lines: readonly Child[], { words }: Pick<Reader, 'words'>): HTMLElement {
  return element(
    'div',
    { 'data-part': 'next' },
    element('h2', {}, words.result.next),
    element('ul', { class: 'steps' }, ...lines.filter((line) => line).map((line) => element('li', {}, line))),
  );
}

/** Who may approve it, and where it waits for them. */
export function waitingLines(needed: number, people: readonly string[], reader: Reader, desk: Desk): string[] {
  const { result } = reader.words;
  const names = people.map((id) => personText(id, reader, desk)).join(', ');
  return [fill(result.approvers, { needed, people: names }), result.waits, result.returned];
}

/** Of what is issued: when it can be fetched. */
export function sealingLine({ finality }: Department, { words }: Reader): string {
  const seconds = Math.max(1, Math.ceil(finality.sealWaitMs / 1_000));
  return fill(words.result.sealing, { seconds: groupThousands(String(seconds)), blocks: finality.confirmations });
}

export function mailLine(hasAddress: boolean, { words }: Reader): string {
  return hasAddress ? words.result.mail : words.result.noMail;
}

/** What a draft has become. */
export interface Issued {
  credential: CredentialDetail;
  department: Department;
}

export async function findIssued({ client }: Desk, id: string, signal?: AbortSignal): Promise<Issued> {
  const [credential, department] = await Promise.all([
    client.call('getCredential', { id, signal }),
    client.call('getDepartment', { signal }),
  ]);
  return { credential, department };
}

/** Of one that is issued: what it waits for yet, and what became of it. */
export function issuedLines({ credential, department }: Issued, reader: Reader): string[] {
  const { words } = reader;
  const { state, mail, holder } = credential;
  if (state === 'failed') return [words.state.failed];
  if (state !== 'final') return [sealingLine(department, reader), mailLine(holder?.email !== undefined, reader)];
  const sent = mail ? fill(words.mailState[mail.state], { code: mail.code ?? '' }) : words.result.noMail;
  return [words.credential.final, mail ? `${words.credential.mail}: ${sent}` : sent];
}

export function credentialLink({ id, reference }: Pick<CredentialDetail, 'id' | 'reference'>): HTMLElement {
  return element('a', { class: 'code', href: hrefOf(`credentials/${id}`) }, reference);
}

/** Null where the draft does not stand as the address says: somebody has acted on it since. */
export function draftResult(
  { draft, issued }: { draft: DraftDetail; issued: Issued | null },
  done: Done | null,
  reader: Reader,
  desk: Desk,
): Result | null {
  const { words } = reader;
  const { result } = words;
  const queue = element('a', { class: 'button', href: hrefOf('drafts?state=submitted') }, result.toQueue);
  const draftName = [`${words.list.reference}: `, element('span', { class: 'code' }, draft.id)];
  if (done === 'handed-in' && draft.state === 'submitted')
    return {
      ...{ name: done, heading: result.handedIn, reference: draftName },
      next: waitingLines(draft.approvalsNeeded - draft.approvals.length, draft.people, reader, desk),
      ways: [element('a', { class: 'button', href: hrefOf('new') }, words.place.new), queue],
    };
  if (done !== 'approved') return null;
  if (draft.state === 'submitted' && draft.approvals.length > 0)
    return {
      ...{ name: done, heading: result.approved, reference: draftName },
      next: [fill(result.moreApprovals, { count: draft.approvalsNeeded - draft.approvals.length }), result.waits],
      ways: [queue],
    };
  if (issued === null) return null;
  const { credential } = issued;
  return {
    ...{ name: done, heading: result.issued },
    reference: [`${words.list.reference}: `, credentialLink(credential)],
    next: issuedLines(issued, reader),
    ways: [
      element('a', { class: 'button', href: hrefOf(`credentials/${credential.id}`) }, words.review.toCredential),
      queue,
    ],
  };
}

/** The same of a file. */
export function importResult(
  { current, department }: { current: Import; department: Department | null },
  done: Done | null,
  reader: Reader,
  desk: Desk,
): Result | null {
  const { words } = reader;
  const { result } = words;
  const { id, state, counts, approval, preparedBy } = current;
  const reference = [`${words.list.reference}: `, element('span', { class: 'code' }, id)];
  const ways = [element('a', { class: 'button', href: hrefOf('imports?state=submitted') }, result.toFiles)];
  const needed = (approval?.needed ?? 1) - (approval?.given.length ?? 0);
  if (done === 'handed-in' && state === 'submitted')
    return {
      ...{ name: done, heading: result.handedIn, reference, ways },
      next: [
        fill(result.rows, { count: groupThousands(String(counts.ready)) }),
        ...waitingLines(needed, [preparedBy], reader, desk),
      ],
    };
  if (done !== 'approved') return null;
  if (state === 'submitted' && needed > 0 && (approval?.given.length ?? 0) > 0)
    return {
      ...{ name: done, heading: result.approved, reference, ways },
      next: [fill(result.moreApprovals, { count: needed }), result.waits],
    };
  if (department === null || (state !== 'approved' && state !== 'completed')) return null;
  return {
    ...{ name: done, heading: result.issuedMany, reference, ways },
    next: [
      fill(result.rows, { count: groupThousands(String(counts.ready)) }),
      sealingLine(department, reader),
      result.mailMany,
    ],
  };
}
