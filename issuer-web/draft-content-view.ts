import type { CredentialTypeDetail, DraftDetail } from '../client/api.ts';
import type { ClaimDefinition } from '../proof/credential-type.ts';
import type { Json } from '../proof/json.ts';
import { claimFacts } from '../ui/claim-facts.ts';
import { element } from '../ui/element.ts';
import { type Fact, factsView } from '../ui/facts-view.ts';
import { LANGUAGE_NAMES } from '../ui/language.ts';
import type { Reader } from './reader.ts';

/** The API describes the claims of a type as any JSON. */
export function claimsOf(type: CredentialTypeDetail): readonly ClaimDefinition[] {
  return type.claims as unknown as readonly ClaimDefinition[];
}

export type Content = NonNullable<DraftDetail['content']>;
export type Claims = Readonly<Record<string, Json>>;

export function claimsIn(content: Content): Claims {
  return (content.claims ?? {}) as Claims;
}

interface Dates {
  issued?: string;
  validFrom?: string;
  validUntil?: string | null;
}

interface Holder {
  email?: string;
  language?: keyof typeof LANGUAGE_NAMES;
  subject?: string;
  company?: string;
}

/** All that a draft says: of what is handed in, the very bytes that will be sealed. */
export function contentView(
  { type, draft }: { type: CredentialTypeDetail; draft: DraftDetail },
  reader: Reader,
): HTMLElement {
  const { words } = reader;
  const content = draft.content ?? ({} as Content);
  return factsView([
    ...claimFacts(claimsOf(type), claimsIn(content), reader),
    ...detailsOf(type, content, reader).map(({ name, text }): Fact => [name, text]),
    [words.acting.note, typeof content.note === 'string' && content.note],
    [words.review.hash, draft.contentHash !== null && element('span', { class: 'code' }, draft.contentHash)],
  ]);
}

/** What it says beside its claims. */
export interface Detail {
  id: string;
  name: string;
  text: string | undefined;
}

/** Its dates and its holder. */
export function detailsOf(
  type: CredentialTypeDetail,
  content: Content,
  { words, calendar, language }: Reader,
): Detail[] {
  const { issued, validFrom, validUntil } = (content.validity ?? {}) as Dates;
  const holder = (content.holder ?? {}) as Holder;
  const labels = type.dates as unknown as Partial<Record<string, CredentialTypeDetail['title']>>;
  const date = (id: 'issued' | 'validFrom' | 'validUntil', usual: string, day: string | undefined): Detail => ({
    ...{ id, name: labels[id]?.[language] ?? usual, text: day === undefined ? undefined : calendar.date(day) },
  });
  const until = date('validUntil', words.document.validUntil, validUntil ?? undefined);
  return [
    date('issued', words.credential.issuedOn, issued),
    date('validFrom', words.document.validFrom, validFrom),
    validUntil === null ? { ...until, text: words.document.none } : until,
    { id: 'email', name: words.credential.email, text: holder.email },
    { id: 'language', name: words.credential.language, text: holder.language && LANGUAGE_NAMES[holder.language] },
    { id: 'subject', name: words.credential.subject, text: holder.subject },
    { id: 'company', name: words.credential.company, text: holder.company },
  ];
}
