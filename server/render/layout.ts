import { checkPanel } from './check-panel.ts';
import type { DocumentContent } from './document.ts';
import { furniture, headingSlabs } from './heading.ts';
import { type Element, type Layout, mm } from './page.ts';
import type { QrSymbol } from './qr.ts';
import { type Pictures, rowSlabs } from './row.ts';
import { paginate } from './slab.ts';

/** @throws RenderError CHARACTER_NOT_AVAILABLE, TABLE_TOO_WIDE */
export function layoutDocument(
  content: DocumentContent,
  { symbol, pictures }: { symbol: QrSymbol; pictures: Pictures },
): Layout {
  const structure: Element = { tag: 'Document', children: [] };
  const slabs = [...headingSlabs(content, structure), ...rowSlabs(content.rows, pictures, structure)];
  const panel = checkPanel(content, symbol, structure);
  const pages = paginate(slabs, panel.top - mm(3));
  return {
    structure,
    pages: pages.map((page, i) => [
      ...furniture(content, i + 1, pages.length),
      ...page,
      ...(i === 0 ? panel.contents : []),
    ]),
  };
}
