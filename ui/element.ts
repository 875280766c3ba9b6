/** What an element may hold; the empty ones are left out, so that views can say `condition && element(…)`. */
export type Child = Node | string | null | undefined | false;

export interface Properties {
  /** Attributes by their HTML names; `true` is an attribute without value, `false` and undefined none at all. */
  [attribute: string]: string | boolean | undefined | Handlers;
  on?: Handlers;
}
type Handlers = { [event: string]: (event: Event) => void };

/**
 * A new element. Text becomes text nodes, never markup, so nothing that a document says can become part of the page. Event
 * handlers go through `on`; attributes that would run code or carry style are refused.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties,
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  const { on = {}, ...attributes } = properties;
  for (const [name, value] of Object.entries(attributes))
    setAttribute(node, name, value as string | boolean | undefined);
  for (const [event, handler] of Object.entries(on)) node.addEventListener(event, handler);
  node.append(...children.flat().filter(isPresent));
  return node;
}

function setAttribute(node: Element, name: string, value: string | boolean | undefined): void {
  if (name === 'style' || name === 'srcdoc' || name.startsWith('on')) throw new TypeError(`"${name}" is not set here`);
  if (value === undefined || value === false) return;
  node.setAttribute(name, value === true ? '' : value);
}

function isPresent(child: Child): child is Node | string {
  return child !== null && child !== undefined && child !== false;
}
