import type { CredentialDetail, CredentialTypeDetail, DraftDetail } from '../client/api.ts';
import type { ClaimDefinition } from '../proof/credential-type.ts';
import { claimFacts } from '../ui/claim-facts.ts';
import { claimValue } from '../ui/claim-view.ts';
import { type Child, element } from '../ui/element.ts';
import { type Fact, factsView } from '../ui/facts-view.ts';
import { LANGUAGE_NAMES } from '../ui/language.ts';
import { recordsView } from '../ui/records-view.ts';
import type { Reader } from './reader.ts';

/** The API describes the claims of a type as any JSON. */
export function claimsOf(type: CredentialTypeDetail): readonly ClaimDefinition[] {
  return type.claims as unknown as readonly ClaimDefinition[];
}

type Content = NonNullable<DraftDetail['content']>;
interface Dates {
  issued?: string;
  validFrom?: string;
  validUntil?: string | null;
}

/** All that a draft says: of what is handed in, the very bytes that will be sealed. */
export function contentView(
  { type, draft }: { type: CredentialTypeDetail; draft: DraftDetail },
  reader: Reader,
): HTMLElement {
  const { words } = reader;
  const content = draft.content ?? ({} as Content);
  const claims = (content.claims ?? {}) as object;
  const holder = (content.holder ?? {}) as {
    email?: string;
    language?: keyof typeof LANGUAGE_NAMES;
    subject?: string;
    company?: string;
  };
  return factsView([
    ...claimFacts(claimsOf(type), claims, reader),
    ...dateFacts(type, (content.validity ?? {}) as Dates, reader),
    [words.credential.email, holder.email],
    [words.credential.language, holder.language && LANGUAGE_NAMES[holder.language]],
    [words.credential.subject, holder.subject],
    [words.credential.company, holder.company],
    [words.review.hash, draft.contentHash !== null && element('span', { class: 'code' }, draft.contentHash)],
  ]);
}

function dateFacts({ dates }: CredentialTypeDetail, { issued, validFrom, validUntil }: Dates, reader: Reader): Fact[] {
  const { words, calendar, language } = reader;
  const labels = dates as unknown as Partial<Record<string, CredentialTypeDetail['title']>>;
  const date = (text: string | undefined) => text !== undefined && calendar.date(text);
  return [
    [labels.issued?.[language] ?? words.credential.issuedOn, date(issued)],
    [labels.validFrom?.[language] ?? words.document.validFrom, date(validFrom)],
    [
      labels.validUntil?.[language] ?? words.document.validUntil,
      validUntil === null ? words.document.none : date(validUntil),
    ],
  ];
}

export interface Replacement {
  type: CredentialTypeDetail;
  before: CredentialDetail;
  after: Content;
}

/** What it says otherwise than the document whose place it takes. */
export function differencesView({ type, before, after }: Replacement, reader: Reader): HTMLElement {
  const { words, language } = reader;
  const definitions = claimsOf(type);
  const [old, now] = [before.claims ?? {}, (after.claims ?? {}) as NonNullable<CredentialDetail['claims']>];
  const changed = definitions.filter(({ name }) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
  const cell = (claim: ClaimDefinition, claims: typeof now): Child => {
    const value = claims[claim.name];
    if (value === undefined || value === null) return words.document.none;
    return element('div', {}, ...claimValue(claim, value, reader));
  };
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'differences' },
    element('h2', {}, words.review.differences),
    changed.length === 0
      ? element('p', { class: 'hint' }, words.review.noDifference)
      : recordsView({
          label: words.review.differences,
          heads: [words.review.field, words.review.before, words.review.now],
          items: changed,
          id: ({ name }) => name,
          cells: (claim) => [claim.label[language], cell(claim, old), cell(claim, now)],
        }),
  );
}
