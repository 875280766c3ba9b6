import type { CredentialDetail, CredentialTypeDetail, DraftDetail } from '../client/api.ts';
import type { ClaimDefinition } from '../proof/credential-type.ts';
import type { Json } from '../proof/json.ts';
import { claimValue } from '../ui/claim-view.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { type Claims, type Content, claimsIn, claimsOf, type Detail, detailsOf } from './draft-content-view.ts';
import { personText } from './drafts-view.ts';
import type { Reader } from './reader.ts';
import type { Desk } from './screen.ts';

interface Difference {
  id: string;
  name: string;
  before: Child;
  now: Child;
}

/** What it says otherwise than the document whose place it takes. */
export function replacementView(
  { type, before, after }: { type: CredentialTypeDetail; before: CredentialDetail; after: Content },
  reader: Reader,
): HTMLElement {
  const { review } = reader.words;
  return differencesView(
    {
      ...{ part: 'differences', heading: review.differences, none: review.noDifference },
      differences: claimDifferences(type, [(before.claims ?? {}) as Claims, claimsIn(after)], reader),
    },
    reader,
  );
}

export function returnedText({ returnedBy, note }: DraftDetail, reader: Reader, desk: Desk): string {
  const person = personText(returnedBy ?? '', reader, desk);
  return fill(reader.words.review.returned, { person, note: note ?? '' });
}

/** What was changed since it was returned: whoever returned it need not read it all again. Of one that was not, nothing. */
export function resubmissionView(
  { type, draft, level = 'h2' }: { type: CredentialTypeDetail; draft: DraftDetail; level?: 'h2' | 'h3' },
  reader: Reader,
  desk: Desk,
): HTMLElement | null {
  const { state, content: after, returnedContent: before } = draft;
  if (state !== 'submitted' || after === null || before === null) return null;
  const { review } = reader.words;
  return differencesView(
    {
      ...{ part: 'changes', level, heading: review.changes, none: review.noChange },
      hint: returnedText(draft, reader, desk),
      differences: [
        ...claimDifferences(type, [claimsIn(before), claimsIn(after)], reader),
        ...detailDifferences(type, [before, after], reader),
      ],
    },
    reader,
  );
}

function claimDifferences(type: CredentialTypeDetail, [old, now]: [Claims, Claims], reader: Reader): Difference[] {
  const show = (claim: ClaimDefinition, value: Json | undefined): Child =>
    value === undefined || value === null
      ? reader.words.document.none
      : element('div', {}, ...claimValue(claim, value, reader));
  return claimsOf(type)
    .filter(({ name }) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((claim) => ({
      id: claim.name,
      name: claim.label[reader.language],
      before: show(claim, old[claim.name]),
      now: show(claim, now[claim.name]),
    }));
}

function detailDifferences(type: CredentialTypeDetail, [old, now]: [Content, Content], reader: Reader): Difference[] {
  const { words } = reader;
  const details = (content: Content): Detail[] => [
    { id: 'type', name: words.list.type, text: content.type as string },
    ...detailsOf(type, content, reader),
    { id: 'parent', name: words.credential.parent, text: content.parent as string | undefined },
    { id: 'appliedOn', name: words.change.appliedOn, text: content.appliedOn as string | undefined },
    { id: 'note', name: words.acting.note, text: content.note as string | undefined },
  ];
  const after = details(now);
  return details(old).flatMap(({ id, name, text: before = words.document.none }, i) => {
    const { text = words.document.none } = after[i] ?? {};
    return before === text ? [] : [{ id, name, before, now: text }];
  });
}

interface Differences {
  part: string;
  /** h3: as part of a sheet. */
  level?: 'h2' | 'h3';
  heading: string;
  hint?: string;
  /** Where there is none. */
  none: string;
  differences: readonly Difference[];
}

function differencesView(
  { part, level = 'h2', heading, hint, none, differences }: Differences,
  { words }: Reader,
): HTMLElement {
  return element(
    'section',
    { class: level === 'h2' ? 'sheet part' : 'part', 'data-part': part },
    element(level, {}, heading),
    hint !== undefined && element('p', {}, hint),
    differences.length === 0
      ? element('p', { class: 'hint' }, none)
      : recordsView({
          label: heading,
          heads: [words.review.field, words.review.before, words.review.now],
          items: differences,
          id: ({ id }) => id,
          cells: ({ name, before, now }) => [name, before, now],
        }),
  );
}
