import { labelText } from '../../ui/claim-view.ts';
import { element } from '../../ui/element.ts';
import { icon } from '../../ui/icon.ts';
import type { Language } from '../../ui/language.ts';
import { fill } from '../../ui/phrase.ts';
import type { Reader } from '../reader.ts';
import type { KnownIssuer } from './known-issuers.ts';
import { type KeptRegister, type RenewalFailure, timeOf } from './register.ts';
import { KEEPING_WORDS, type KeepingWords } from './words.ts';

export interface KeepingState {
  register: KeptRegister | null;
  /** How many pages were read while it is being refreshed; null when it is not. */
  reading: number | null;
  failure: RenewalFailure | null;
  /** Whether the page's own files are on the device; null until that is known. */
  isPageKept: boolean | null;
  /** Whether the reader looks at what is known here; null until that was read. */
  isUnfolded: boolean;
  known: readonly KnownIssuer[] | null;
}

export interface KeepingActions {
  refresh(): void;
  remove(): void;
  unfold(isOpen: boolean): void;
}

/** How old what is kept is, on every screen: whoever relies on it must never have to ask. */
export function keepingView(
  state: KeepingState,
  { language, calendar }: Reader,
  { nowSeconds, refresh, remove, unfold }: KeepingActions & { nowSeconds: number },
): HTMLElement {
  const words = KEEPING_WORDS[language];
  const { register, reading, failure, isPageKept } = state;
  const standing = standingOf(state, nowSeconds);
  const button = (name: string, text: string, press: () => void, drawing?: SVGElement) =>
    element(
      'button',
      {
        type: 'button',
        class: 'button',
        'data-action': name,
        'aria-disabled': reading !== null && 'true',
        on: { click: () => reading === null && press() },
      },
      drawing,
      text,
    );
  return element(
    'section',
    {
      class: `kept tone-${standing === 'fresh' ? 'open' : 'care'}`,
      'data-kept': standing,
      'data-page': isPageKept === null ? 'unknown' : isPageKept ? 'kept' : 'failed',
      'data-failure': failure ?? undefined,
      'aria-label': words.heading,
      tabindex: '-1',
    },
    element(
      'div',
      { class: 'kept-inner' },
      element(
        'div',
        { class: 'kept-text' },
        element('p', {}, element('strong', {}, words.heading)),
        element('p', {}, register ? ageText(register, standing) : words.none),
        element('p', { role: 'status', class: 'kept-news' }, news(words)),
      ),
      element(
        'div',
        { class: 'actions' },
        button('refresh', words.refresh, refresh, icon('again')),
        button('remove', words.remove, remove),
      ),
      knownFold(state, language, unfold),
    ),
  );

  function ageText(kept: KeptRegister, how: Standing): string {
    const text = kept.block ? (how === 'old' ? words.old : words.fresh) : words.freshEmpty;
    return fill(text, {
      time: calendar.time(timeOf(kept)),
      block: kept.block?.number ?? '',
      age: tellAge(nowSeconds - timeOf(kept), language),
    });
  }

  function news({ refreshing, pageFailed }: KeepingWords): string {
    if (reading !== null) return fill(refreshing, { count: reading });
    return [failure && failureText(failure, words), isPageKept === false && pageFailed].filter(Boolean).join(' ');
  }
}

/** Whose documents can be judged here: whoever goes to a place without a network sees beforehand what is missing. */
function knownFold(
  { isUnfolded, known }: KeepingState,
  language: Language,
  unfold: (isOpen: boolean) => void,
): HTMLElement {
  const { known: words } = KEEPING_WORDS[language];
  const toggle = (event: Event) => unfold((event.currentTarget as HTMLDetailsElement).open);
  return element(
    'details',
    { class: 'fold known', open: isUnfolded, on: { toggle } },
    element('summary', { 'data-action': 'known' }, icon('seal'), element('span', {}, words.heading)),
    element('p', { role: 'status' }, known === null ? '' : known.length > 0 ? words.about : words.none),
    known !== null &&
      known.length > 0 &&
      element('ul', {}, ...byName(known, language).map((issuer) => knownItem(issuer, language))),
  );
}

function knownItem({ name, kinds }: KnownIssuer, language: Language): HTMLElement {
  return element(
    'li',
    {},
    element('strong', {}, labelText(name, language)),
    element('ul', {}, ...kinds.map((kind) => element('li', {}, labelText(kind, language)))),
  );
}

function byName(known: readonly KnownIssuer[], language: Language): KnownIssuer[] {
  const { compare } = new Intl.Collator(language);
  return [...known].sort((a, b) => compare(a.name[language], b.name[language]));
}

type Standing = 'fresh' | 'old' | 'none';

function standingOf({ register }: KeepingState, nowSeconds: number): Standing {
  if (!register) return 'none';
  return nowSeconds - timeOf(register) > register.maxAgeSeconds ? 'old' : 'fresh';
}

function failureText(failure: RenewalFailure, { failure: texts }: KeepingWords): string {
  switch (failure) {
    case 'NODES_UNREACHABLE':
      return texts.unreachable;
    case 'NO_TRUST':
      return texts.untrusted;
    case 'TOO_LARGE':
      return texts.tooLarge;
    case 'OLDER':
      return texts.older;
    case 'NOT_STORED':
      return texts.notStored;
    default:
      return texts.disagreed;
  }
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

function tellAge(seconds: number, language: Language): string {
  const [unit, length] = STEPS.find(([, one]) => seconds >= one) ?? (['minute', 60] as const);
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-Math.floor(seconds / length), unit);
}
