import { type Child, element } from '../element.ts';
import { kindOf, type Token, type TokenKind } from './tokens.ts';
import type { Dictionary } from './words/dictionary.ts';

/** The tokens of a kind, each with its name, what it is, and how that looks. */
export function tokensView(tokens: readonly Token[], kind: TokenKind, words: Dictionary): HTMLElement {
  const isWide = kind === 'size' || kind === 'typeface';
  return element(
    'ul',
    { class: isWide ? 'samples one-each' : 'samples' },
    ...tokens
      .filter((token) => kindOf(token) === kind)
      .map((token) =>
        element('li', { 'data-token': token.name }, sampleOf(token, kind, words), nameView(token, words)),
      ),
  );
}

function nameView({ name, light, dark }: Token, { schemes }: Dictionary): HTMLElement {
  const values = light === dark ? light : `${schemes.light} ${light} · ${schemes.dark} ${dark}`;
  return element('div', {}, element('p', { class: 'code' }, name), element('p', { class: 'hint' }, values));
}

function sampleOf({ name, light, dark }: Token, kind: TokenKind, { sample }: Dictionary): Child {
  const value = `var(${name})`;
  switch (kind) {
    case 'colour':
      return element(
        'span',
        { class: 'swatch', 'aria-hidden': 'true' },
        painted('span', { background: light }),
        painted('span', { background: dark }),
      );
    case 'tone':
      return null;
    case 'typeface':
      return painted('p', { 'font-family': value }, sample);
    case 'size':
      return painted('p', { 'font-size': value }, sample);
    case 'space':
      return painted('span', { width: value }, null, 'measure');
    case 'form':
      return painted('span', formOf(name, value), null, 'form');
  }
}

/** Of corners, shadows and lengths. */
function formOf(name: string, value: string): Record<string, string> {
  if (name.startsWith('--corner')) return { 'border-radius': value };
  return name === '--lift' ? { 'box-shadow': value } : { width: value, height: value };
}

/** What is set property by property is no text that becomes a style: the page's rules let it, and `element` has no need to. */
function painted(
  tag: 'p' | 'span',
  properties: Readonly<Record<string, string>>,
  text: string | null = null,
  kind?: string,
): HTMLElement {
  const node = element(tag, { class: kind, 'aria-hidden': text === null ? 'true' : undefined }, text);
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, value);
  return node;
}
