import { checkPanel } from './check-panel.ts';
import type { DocumentContent } from './document.ts';
import { furniture, type HeadingParts, headingSlabs } from './heading.ts';
import { DENSE, type Element, type Layout, mm, ROOMY } from './page.ts';
import type { QrSymbol } from './qr.ts';
import { type RowParts, rowSlabs } from './row.ts';
import { paginate } from './slab.ts';

export interface LayoutParts extends Pick<RowParts, 'pictures'>, Pick<HeadingParts, 'logo'> {
  readonly symbol: QrSymbol;
}

/** Set roomily; densely where that saves a page. @throws RenderError CHARACTER_NOT_AVAILABLE, TABLE_TOO_WIDE */
export function layoutDocument(content: DocumentContent, parts: LayoutParts): Layout {
  const roomy = compose(content, { ...parts, density: ROOMY });
  if (roomy.pages.length === 1) return roomy;
  const dense = compose(content, { ...parts, density: DENSE });
  return dense.pages.length < roomy.pages.length ? dense : roomy;
}

function compose(content: DocumentContent, parts: LayoutParts & RowParts): Layout {
  const structure: Element = { tag: 'Document', children: [] };
  const head = headingSlabs(content, parts, structure);
  const slabs = [...head, ...rowSlabs(content.rows, parts, structure)];
  const panel = checkPanel(content, parts.symbol, structure);
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
