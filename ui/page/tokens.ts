/** A custom property of the stylesheets: what it is in each scheme. */
export interface Token {
  /** With its "--". */
  name: string;
  light: string;
  dark: string;
}

export const TOKEN_KINDS = ['colour', 'tone', 'typeface', 'size', 'space', 'form'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Every token that the page's own stylesheets declare, in their order: read from them, so that the page cannot be older than they are. */
export function readTokens(sheets: Iterable<CSSStyleSheet>): Token[] {
  const [light, dark] = [new Map<string, string>(), new Map<string, string>()];
  for (const sheet of sheets)
    for (const rule of sheet.cssRules)
      if (rule instanceof CSSStyleRule) collect(rule, light);
      else if (rule instanceof CSSMediaRule && /prefers-color-scheme:\s*dark/.test(rule.conditionText))
        for (const inner of rule.cssRules) if (inner instanceof CSSStyleRule) collect(inner, dark);
  return [...light].map(([name, value]) => ({ name, light: value, dark: dark.get(name) ?? value }));
}

/** What is declared first is shown: the tones all declare the same names. */
function collect({ style }: CSSStyleRule, found: Map<string, string>): void {
  for (const name of style)
    if (name.startsWith('--') && !found.has(name)) found.set(name, style.getPropertyValue(name).trim());
}

export function kindOf({ name, light }: Token): TokenKind {
  if (light.startsWith('var(')) return 'tone';
  if (CSS.supports('color', light)) return 'colour';
  if (/^--(sans|mono)/.test(name)) return 'typeface';
  if (name.startsWith('--size-')) return 'size';
  return name.startsWith('--space-') ? 'space' : 'form';
}
