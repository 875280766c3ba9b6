import type { Label } from '../../proof/credential-type.ts';
import { labelText } from '../../ui/claim-view.ts';
import { element } from '../../ui/element.ts';
import { LANGUAGES } from '../../ui/language.ts';

/** What a test system lets everybody try; elsewhere there is no such list, and nothing is shown. */
interface Sample {
  title: Label;
  standing: string;
  pdf: string;
  /** Of its QR code: the verifier's address and the digits. */
  text: string;
}

async function showSamples(section: HTMLElement): Promise<void> {
  const trust = await fetch('trust.json', { credentials: 'omit' });
  if (!((await trust.json()) as { test: boolean }).test) return;
  const response = await fetch('samples/list.json', { credentials: 'omit' });
  if (!response.ok) return;
  const { items } = (await response.json()) as { items: Sample[] };
  section.querySelector('ul')?.replaceChildren(...items.map((sample) => sampleItem(sample, section.dataset.check)));
  section.hidden = false;
}

function sampleItem({ title, standing, pdf, text }: Sample, check = ''): HTMLElement {
  const name = labelText(title, LANGUAGES.find((one) => one === document.documentElement.lang) ?? 'en');
  return element(
    'li',
    { 'data-standing': standing },
    element('span', {}, name),
    element(
      'a',
      { class: 'button', href: `./${new URL(text).hash}` },
      check,
      element('span', { class: 'unseen' }, ` ${name}`),
    ),
    element(
      'a',
      { class: 'button', href: `samples/${pdf}`, download: pdf },
      'PDF',
      element('span', { class: 'unseen' }, ` ${name}`),
    ),
  );
}

const section = document.querySelector<HTMLElement>('.samples');
if (section) await showSamples(section).catch(() => {});
