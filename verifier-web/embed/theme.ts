const DARK = /prefers-color-scheme:\s*dark/;
const MEDIA: Record<string, string> = { light: 'not all', dark: 'all' };

/** Light or dark, whatever the device prefers; anything else leaves it to the device. */
export function applyTheme(theme: string): void {
  const isChosen = Object.hasOwn(MEDIA, theme);
  document.documentElement.style.colorScheme = isChosen ? theme : '';
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSMediaRule)) continue;
      const original = originals.get(rule) ?? rule.media.mediaText;
      if (!DARK.test(original)) continue;
      originals.set(rule, original);
      rule.media.mediaText = isChosen ? (MEDIA[theme] as string) : original;
    }
}

const originals = new WeakMap<CSSMediaRule, string>();
