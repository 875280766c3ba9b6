import { element } from '../ui/element.ts';
import { groupThousands } from '../ui/phrase.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Bars under each other, each with its name and its number beside it. Tables say the same: to a screen reader the bars are nothing. */
export function barsView(values: readonly (readonly [name: string, value: number])[]): HTMLElement {
  const most = Math.max(1, ...values.map(([, value]) => value));
  return element(
    'div',
    { class: 'bars', 'aria-hidden': 'true' },
    ...values.map(([name, value]) =>
      element(
        'div',
        {},
        element('span', {}, name),
        bar(value / most),
        element('strong', {}, groupThousands(String(value))),
      ),
    ),
  );
}

// lengths are attributes of the drawing, because the page may carry no style of its own
function bar(share: number): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of [
    ['viewBox', '0 0 100 10'],
    ['preserveAspectRatio', 'none'],
  ] as const)
    svg.setAttribute(name, value);
  const rect = document.createElementNS(SVG, 'rect');
  rect.setAttribute('width', String(Math.max(0.5, share * 100)));
  rect.setAttribute('height', '10');
  svg.append(rect);
  return svg;
}
