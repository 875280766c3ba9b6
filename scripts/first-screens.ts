// Runs what draws a page in a document that does nothing but remember, and tells what was drawn as markup.
import { createContext, runInContext } from 'node:vm';

interface Drawn {
  tag: string;
  attributes: Map<string, string>;
  children: (Drawn | string)[];
}

/** The part of a document that `ui/element.ts` and `ui/icon.ts` use. */
function createDrawn(tag: string) {
  const attributes = new Map<string, string>();
  const children: Drawn['children'] = [];
  return {
    tag,
    attributes,
    children,
    setAttribute: (name: string, value: string) => void attributes.set(name, value),
    append: (...more: Drawn['children']) => void children.push(...more),
    addEventListener: () => {},
  };
}

/** The markup of what a script (one bundle, for a plain script element) puts into the body. */
export function drawFirstScreens(script: string): string {
  const body = createDrawn('body');
  const document = { body, createElement: createDrawn, createElementNS: (_: string, tag: string) => createDrawn(tag) };
  // whose address it will have is not known yet
  runInContext(
    script,
    createContext({ document, location: { protocol: 'https:', host: '…' }, TextEncoder, TextDecoder }),
  );
  return body.children.map(toMarkup).join('\n    ');
}

const VOID = new Set(['input']);
const CONTROLS = new Set(['button', 'input', 'textarea']);

function toMarkup(drawn: Drawn | string): string {
  if (typeof drawn === 'string') return toText(drawn);
  const { tag, attributes, children } = drawn;
  // nobody answers yet: what is pressed must not be lost
  const all = [...attributes, ...(CONTROLS.has(tag) ? [['disabled', ''] as const] : [])];
  const open = [tag, ...all.map(([name, value]) => (value === '' ? name : `${name}="${toText(value)}"`))].join(' ');
  return VOID.has(tag) ? `<${open}>` : `<${open}>${children.map(toMarkup).join('')}</${tag}>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function toText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
