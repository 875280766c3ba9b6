import { create } from 'qrcode';

const SVG = 'http://www.w3.org/2000/svg';
/** Modules of white on every side, without which readers do not find a code. */
const QUIET_ZONE = 4;

/** A QR code of an address, "#" and digits. @throws Error where no symbol holds it */
export function drawQr(text: string, label: string): SVGSVGElement {
  const cut = text.indexOf('#') + 1;
  const { modules } = create(
    [
      { mode: 'byte', data: new TextEncoder().encode(text.slice(0, cut)) },
      { mode: 'numeric', data: text.slice(cut) },
    ],
    { errorCorrectionLevel: 'L' },
  );
  const svg = document.createElementNS(SVG, 'svg');
  const side = modules.size + 2 * QUIET_ZONE;
  svg.setAttribute('viewBox', `${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.setAttribute('shape-rendering', 'crispEdges');
  const dark = document.createElementNS(SVG, 'path');
  dark.setAttribute('d', [...darkModules(modules)].join(''));
  svg.append(dark);
  return svg;
}

function* darkModules({ size, data }: { size: number; data: ArrayLike<number | boolean> }): Generator<string> {
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) if (data[row * size + column]) yield `M${column} ${row}h1v1h-1z`;
}
