/** Text that goes into HTML: everything interpolated is escaped unless it is Html itself. */

/** Markup that is safe to insert as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type Insert = string | number | Html | undefined | readonly (string | Html)[];

function inserted(value: Insert): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(inserted).join('');
  return String(value).replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);
}

export function html(texts: TemplateStringsArray, ...values: readonly Insert[]): Html {
  return new Html(texts.map((text, index) => text + (index < values.length ? inserted(values[index]) : '')).join(''));
}

/** Data for the page's script. Inside a script element only `<` can end it. */
export function jsonScript(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return new Html(`<script type="application/json" id="${id}">${json}</script>\n`);
}
