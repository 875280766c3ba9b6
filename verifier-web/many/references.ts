import { readReference } from '../look-up.ts';

const BOM = '\ufeff';

export interface ListedReference {
  /** As it stands in the list. */
  typed: string;
  /** Null where a character is wrong or missing. */
  reference: string | null;
}

/**
 * The references of a list, one a line: in each line the first cell that is one. Of a line without one the first cell is given, as a mistake: left
 * out silently, it would pass for checked. Only a first line without one is a heading.
 */
export function readReferences(text: string): ListedReference[] {
  const lines = text.replace(BOM, '').split(/\r\n|\r|\n/);
  const rows = lines.map((line) => line.split(/[,;\t]/).map((cell) => cell.replaceAll('"', '').trim()));
  return rows
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map(toListed)
    .filter(({ reference }, i) => i > 0 || reference !== null);
}

function toListed(cells: readonly string[]): ListedReference {
  for (const cell of cells) {
    const reference = readReference(cell);
    if (reference !== null) return { typed: reference, reference };
  }
  return { typed: cells.find((cell) => cell !== '') ?? '', reference: null };
}
