/** Elements of the page: those that are there, and new ones. */

type Attributes = Readonly<Record<string, string | number | undefined>>;
type Child = Node | string;

function filled<E extends Element>(made: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

export const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => filled(document.createElement(tag), attributes, children);

export const drawn = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] => filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

/** The page has it, and it is of that kind. */
export function byId<E extends HTMLElement = HTMLElement>(id: string, kind?: new () => E): E {
  const found = document.getElementById(id);
  if (found === null || (kind !== undefined && !(found instanceof kind))) throw new Error(`the page lacks #${id}`);
  return found as E;
}

/** Sets a text only where it changes: what has not changed is not announced again. */
export function say(where: HTMLElement, text: string): void {
  if (where.textContent !== text) where.textContent = text;
}

export function showProblem(where: HTMLElement, text: string | undefined): void {
  say(where, text ?? '');
  where.hidden = text === undefined;
}

/** A path through points, in pixels to a tenth. */
export const path = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
