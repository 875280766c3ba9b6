const SVG = 'http://www.w3.org/2000/svg';

/** Strokes on a grid of 24. Every verdict has a silhouette of its own, so that the shape says it without the colour. */
const ICONS = {
  /** A seal with a tick: genuine and in force. */
  seal: [
    'M12 1.9l2.5 1.9 3.1-.1.9 3 2.5 1.8-1 3 1 3-2.5 1.8-.9 3-3.1-.1L12 21.1l-2.5-1.9-3.1.1-.9-3L3 14.5l1-3-1-3 2.5-1.8.9-3 3.1.1z',
    'M8 11.8l2.8 2.8 5.2-5.4',
  ],
  /** A triangle: genuine, with something that must be read. */
  triangle: ['M12 2.8L22.3 20.6H1.7z', 'M12 9v5.4', 'M12 17.4v.2'],
  /** A barred circle: genuine, and over. */
  barred: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z', 'M6.5 12h11'],
  /** An octagon with a cross: not genuine. */
  octagon: ['M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z', 'M8.4 8.4l7.2 7.2', 'M15.6 8.4l-7.2 7.2'],
  /** An open square with a question: could not be checked. */
  question: ['M3 3h18v18H3z', 'M9 9.4a3 3 0 1 1 4.4 2.7c-.9.5-1.4 1-1.4 2.1', 'M12 17.4v.2'],
  yes: ['M4.5 12.6l5 5L19.5 6.9'],
  no: ['M6 6l12 12', 'M18 6L6 18'],
  unknown: ['M5 12h14'],
  camera: [
    'M3 8V5a2 2 0 0 1 2-2h3',
    'M16 3h3a2 2 0 0 1 2 2v3',
    'M21 16v3a2 2 0 0 1-2 2h-3',
    'M8 21H5a2 2 0 0 1-2-2v-3',
    'M7.5 7.5h3v3h-3z',
    'M13.5 7.5h3v3h-3z',
    'M7.5 13.5h3v3h-3z',
    'M13.5 13.5h1.2',
    'M16.5 16.5h.1',
  ],
  file: [
    'M6 2.5h8l5 5V20a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 20V4a1.5 1.5 0 0 1 1-1.5z',
    'M13.5 2.8V8h5.2',
    'M8.5 13h7',
    'M8.5 17h7',
  ],
  paste: ['M8.5 4H6a1 1 0 0 0-1 1v15.5a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V5a1 1 0 0 0-1-1h-2.5', 'M8.5 2.5h7v4h-7z'],
  print: ['M7 8V3h10v5', 'M7 17H4V9.5A1.5 1.5 0 0 1 5.5 8h13A1.5 1.5 0 0 1 20 9.500V17h-3', 'M7 14h10v7H7z'],
  again: ['M20 11a8 8 0 1 0-.9 5', 'M20.5 4.500V11H14'],
  next: ['M5 12h14', 'M13 6l6 6-6 6'],
  light: [
    'M9 18.500h6',
    'M10 21.500h4',
    'M12 2.500a6.5 6.5 0 0 0-3.8 11.800c.6.5.8 1 .8 1.700h6c0-.700.2-1.2.8-1.700A6.5 6.5 0 0 0 12 2.500z',
  ],
  lock: ['M6 10.500h12V21H6z', 'M8.5 10.500V7a3.5 3.5 0 0 1 7 0v3.5'],
  paper: ['M5 2.500h14v19l-2.3-1.6-2.4 1.6-2.3-1.6-2.3 1.6-2.4-1.600L5 21.500z', 'M8.5 7.500h7', 'M8.5 11.500h7'],
} as const satisfies Record<string, readonly string[]>;
export type IconName = keyof typeof ICONS;
export const ICON_NAMES = Object.keys(ICONS) as IconName[];

/** A drawing that repeats what the words beside it say: hidden from assistive technology. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const d of ICONS[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
