/** A text of the document: the same in every language, or in those in which it is given. */
export type Phrase = string | { readonly en?: string; readonly 'zh-Hant'?: string; readonly 'zh-Hans'?: string };

/** What a document or a part of it is called. */
export type Name = Exclude<Phrase, string> & { readonly en: string };

/** Which Chinese stands beside the English. */
export const CHINESE = ['zh-Hant', 'zh-Hans'] as const;
export type Chinese = (typeof CHINESE)[number];

export type DocumentValue =
  | { readonly kind: 'texts'; readonly texts: readonly Phrase[] }
  | { readonly kind: 'list'; readonly items: readonly Phrase[] }
  | { readonly kind: 'table'; readonly head?: readonly Phrase[]; readonly rows: readonly (readonly Phrase[])[] }
  | { readonly kind: 'image'; readonly mediaType: 'image/png' | 'image/jpeg'; readonly bytes: Uint8Array };

export interface DocumentRow {
  /** The claim's name, for messages. */
  readonly field: string;
  readonly label: Name;
  readonly value: DocumentValue;
  /** Drawn larger: the number and the holder, which people look for first. */
  readonly prominent: boolean;
}

export interface DocumentDate {
  readonly label: Name;
  /** `YYYY-MM-DD`; null where the credential has no such date. */
  readonly date: string | null;
}

/** What is a department's own about its documents. */
export interface Look {
  /** A PNG file, beside the department's name. */
  readonly logo: Uint8Array | null;
  /** "#rrggbb", of the rule above the name; black where it is null. */
  readonly accent: string | null;
}

/** All that one PDF shows. The same content gives the same bytes. */
export interface DocumentContent {
  readonly chinese: Chinese;
  readonly title: Name;
  readonly department: Name;
  /** As people type it: "K7QX-3MWA-P9RT". */
  readonly reference: string;
  readonly look: Look;
  readonly dates: readonly DocumentDate[];
  readonly rows: readonly DocumentRow[];
  /** `<verifierUrl>#<digits>`. */
  readonly qrText: string;
  /** The address that people are asked to open themselves; ends in "/". */
  readonly verifierUrl: string;
  /** The credential as JSON, attached as `<reference>.json`. */
  readonly json: string;
  /** A preview: says so on every page, has the place of the code and no code, and nothing is attached. */
  readonly isDraft: boolean;
  /** An instant in ISO 8601; becomes the file's creation date. */
  readonly issuedAt: string;
  readonly isTest: boolean;
}
