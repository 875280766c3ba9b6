import { strFromU8, unzipSync } from 'fflate';

/** An element of XML, as a reader that knows nothing of who wrote it finds it. */
export interface Xml {
  name: string;
  attributes: Record<string, string>;
  children: Xml[];
  text: string;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const TOKEN = /<\?xml [^>]*\?>|<\/([\w:]+)>|<([\w:]+)((?:\s+[\w:]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)\s*(\/?)>|([^<]+)/y;

/** Strict: what is not well formed throws. */
export function parseXml(source: string): Xml {
  const root: Xml = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(source);
    if (!token) throw new Error(`not well formed: ${source.slice(at, at + 80)}`);
    const [, closed, name, attributes = '', isEmpty, text] = token;
    const current = open.at(-1) as Xml;
    if (closed !== undefined) {
      if (open.pop()?.name !== closed) throw new Error(`${closed} was not open`);
    } else if (name !== undefined) {
      const child: Xml = { name, attributes: {}, children: [], text: '' };
      for (const [, key = '', value = ''] of attributes.matchAll(/([\w:]+)="([^"]*)"/g)) {
        if (Object.hasOwn(child.attributes, key)) throw new Error(`${key} stands twice`);
        child.attributes[key] = decode(value);
      }
      current.children.push(child);
      if (isEmpty === '') open.push(child);
    } else if (text !== undefined) current.text += decode(text);
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('one element has to hold all others');
  return root.children[0] as Xml;
}

function decode(text: string): string {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text)) throw new Error('a character of no XML');
  return text.replace(/&(\w*);?/g, (_, name: string) => {
    const found = ENTITIES[name];
    if (found === undefined) throw new Error(`no such entity: ${name}`);
    return found;
  });
}

export function findAll(xml: Xml, name: string): Xml[] {
  return [...(xml.name === name ? [xml] : []), ...xml.children.flatMap((child) => findAll(child, name))];
}

export interface ReadSheet {
  name: string;
  /** Text by place, such as B2. */
  cells: Record<string, string>;
  /** Types of its cells. */
  types: Set<string>;
  /** Number formats of its cells and of its columns, also of those that are empty. */
  formats: Set<string>;
  columns: Xml[];
  xml: Xml;
}

/** Follows the container's rules from its root: whatever is not named there is not found. */
export function readWorkbook(bytes: Uint8Array): { parts: Map<string, Xml>; sheets: ReadSheet[] } {
  const files = Object.entries(unzipSync(bytes));
  const parts = new Map(files.map(([name, file]) => [`/${name}`, parseXml(strFromU8(file))]));
  const part = (name: string) => {
    const found = parts.get(name);
    if (!found) throw new Error(`no part ${name}`);
    return found;
  };
  const targets = (of: string, base: string) =>
    findAll(part(of), 'Relationship').map(({ attributes: { Id = '', Type = '', Target = '' } }) => ({
      ...{ id: Id, type: Type.split('/').at(-1) },
      path: base + Target,
    }));
  const [start] = targets('/_rels/.rels', '/').filter(({ type }) => type === 'officeDocument');
  const book = part(start?.path ?? '');
  const related = targets('/xl/_rels/workbook.xml.rels', '/xl/');
  const styles = part(related.find(({ type }) => type === 'styles')?.path ?? '');
  const formats = findAll(findAll(styles, 'cellXfs')[0] as Xml, 'xf').map(
    ({ attributes }) => attributes.numFmtId ?? '',
  );
  const sheets = findAll(book, 'sheet').map(({ attributes }): ReadSheet => {
    const xml = part(related.find(({ id }) => id === attributes['r:id'])?.path ?? '');
    const cells = findAll(xml, 'c');
    const columns = findAll(xml, 'col');
    return {
      ...{ name: attributes.name ?? '', xml, columns },
      cells: Object.fromEntries(cells.map((cell) => [cell.attributes.r ?? '', findAll(cell, 't')[0]?.text ?? ''])),
      types: new Set(cells.map(({ attributes: { t = 'n' } }) => t)),
      formats: new Set([
        ...cells.map(({ attributes: { s = '0' } }) => formats[Number(s)] ?? ''),
        ...columns.map(({ attributes: { style = '0' } }) => formats[Number(style)] ?? ''),
      ]),
    };
  });
  return { parts, sheets };
}
