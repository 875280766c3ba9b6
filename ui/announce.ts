import { element } from './element.ts';

let region: HTMLElement | null = null;

/** Says something to whoever hears the page: from a place that no drawing replaces, because what is new on a page is not read out reliably. */
export function announce(text: string): void {
  if (!region) {
    region = element('p', { class: 'unseen', role: 'status', 'data-part': 'announced' });
    document.body.append(region);
  }
  const place = region;
  // a place has to be there before what it says
  setTimeout(() => {
    place.textContent = text;
  }, 100);
}
