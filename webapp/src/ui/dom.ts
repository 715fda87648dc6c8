/** Small helpers on the document. No markup is ever made from strings: text is set as text. */

/** The element for `selector` under `root`; throws where index.html and the code have drifted apart. */
export function find<T extends Element>(root: ParentNode, selector: string, type: abstract new () => T): T {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`index.html has no ${type.name} for "${selector}"`);
  return element;
}

type Attributes = Record<string, string | number | boolean | undefined>;

/** Makes an element. `true` sets an empty attribute, `false` and `undefined` set none. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** Sets the text only where it differs, so that nothing is repainted or read aloud for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
