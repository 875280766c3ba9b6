import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import type { Reader } from './reader.ts';

/** Addresses of what was shown before: a browser keeps a file as long as it has one. */
let shown: { pdf: Blob; url: string } | null = null;

/** The very PDF, marked as a draft: in the page, and in a window of its own for whoever reads better there. */
export function previewView(pdf: Blob, { words }: Reader): HTMLElement {
  if (shown?.pdf !== pdf) {
    if (shown) URL.revokeObjectURL(shown.url);
    shown = { pdf, url: URL.createObjectURL(pdf) };
  }
  return element(
    'section',
    { class: 'sheet part preview' },
    element('h2', {}, words.form.previewHeading),
    element(
      'p',
      {},
      element('a', { class: 'button', href: shown.url, target: '_blank' }, icon('file'), words.form.previewWindow),
    ),
    element('iframe', { src: shown.url, title: words.form.previewHeading }),
  );
}
