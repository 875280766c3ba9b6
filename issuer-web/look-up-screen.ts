import type { RestrictedLookedUp, RestrictedLookUp } from '../client/api.ts';
import type { CredentialType } from '../proof/credential-type.ts';
import { element } from '../ui/element.ts';
import { createTask } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { failureView } from './failure-view.ts';
import { formView } from './form-view.ts';
import { answerView } from './request-screen.ts';
import { loadKind } from './requests-screen.ts';
import { hrefOf, may, type Open } from './screen.ts';

const PURPOSES = [
  'enforcement',
  'inspection',
  'application',
  'emergency',
  'court',
] as const satisfies readonly RestrictedLookUp['purpose'][];

const KEPT = 'look-up';

/**
 * The verifier leads here with the reference behind the "#", which no server is told. A sign-in on the way would lose it: until then it is kept for this
 * window alone.
 */
export function keepReference(): void {
  if (location.pathname !== hrefOf('look-up') || location.hash.length < 2) return;
  sessionStorage.setItem(KEPT, decodeURIComponent(location.hash.slice(1)).slice(0, 40));
  history.replaceState(null, '', location.pathname);
}

function takeReference(): string {
  const reference = sessionStorage.getItem(KEPT) ?? '';
  sessionStorage.removeItem(KEPT);
  return reference;
}

interface Found {
  answer: RestrictedLookedUp;
  type: CredentialType;
}

/** All of a document that only officers may read, of any department: for a purpose, and both departments' logs tell of it. */
export const openLookUp: Open = async ({ desk, signal }) => {
  const task = createTask(desk.redraw);
  const typed: TypedRecord = { reference: takeReference(), purpose: '', caseNumber: '' };
  /** On this page alone, and gone with it. */
  let found: Found | null = null;

  const submit = () => {
    const text = (name: string) => String(typed[name] ?? '').trim();
    found = null;
    const missing = ['reference', 'purpose', 'caseNumber'].filter((name) => text(name) === '');
    if (missing.length > 0)
      return task.refuse(missing.map((name) => ({ pointer: `/${name}`, code: 'FIELD_MISSING', detail: name })));
    void task.run(async () => {
      const purpose = text('purpose') as RestrictedLookUp['purpose'];
      const body = { reference: text('reference'), purpose, caseNumber: text('caseNumber') };
      const answer = await desk.client.call('lookUpRestricted', { body });
      found = { answer, type: await loadKind(codeOf(answer), signal) };
    });
  };

  return {
    title: ({ words }) => words.lookUp.heading,
    draw(reader) {
      const { words } = reader;
      const heading = element('h1', { tabindex: '-1' }, words.lookUp.heading);
      if (!may(desk, 'restricted.look-up')) return [heading, failureView(NOT_YOURS, reader, { level: 'h2' })];
      const options = PURPOSES.map((code) => ({ code, label: words.lookUp.purposes[code] }));
      const fields = [
        { label: words.list.reference, shape: LINE, isOptional: false, hint: words.lookUp.referenceHint },
        { label: words.lookUp.purpose, shape: { kind: 'choice', options } as const, isOptional: false },
        { label: words.requests.caseNumber, shape: LINE, isOptional: false, hint: words.lookUp.caseHint },
      ];
      const names = ['reference', 'purpose', 'caseNumber'];
      return [
        heading,
        element('p', { class: 'lead' }, words.lookUp.lead),
        ...formView({ typed, task, names, fields, text: words.lookUp.ask, submit }, reader, desk),
        found && answerView(found.type, found.answer, reader),
      ];
    },
  };
};

const LINE: Shape = { kind: 'line', input: 'text', maxLength: 40 };

const NOT_YOURS = { kind: 'forbidden', code: 'FORBIDDEN', requestId: null } as const;

function codeOf({ verdict }: RestrictedLookedUp): string {
  return (verdict as unknown as { credential: { type: { code: string } } }).credential.type.code;
}
