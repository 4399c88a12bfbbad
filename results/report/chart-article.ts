/** A chart in the report, whatever it shows: its finding, a legend of buttons, a place for the picture, its data folded below. */
import type { TopLevelSpec } from 'vega-lite';
import { unbroken } from '../../analysis/chart-caption.js';
import type { ChartLook } from '../../analysis/chart-frame.js';
import { type SeriesStyle, SHAPE_PATHS } from '../../analysis/palette.js';
import { type Html, html } from './html.js';

/** A specification as plain data, to be taken apart: the page holds its values and its configuration once. */
type PlainSpec = Readonly<Record<string, unknown>>;

export interface ChartSection {
  readonly part: string;
  readonly name: string;
  readonly html: Html;
  /** Absent where the chart could not be drawn. */
  readonly finding?: string;
  readonly data?: {
    readonly name: string;
    readonly values: unknown;
    readonly wide: PlainSpec;
    readonly narrow: PlainSpec;
    /** What the download holds: points of the run, or a text of its own. */
    readonly csv: readonly number[] | string;
  };
}

/** The point's shape, on a piece of the line where there are lines. */
function swatch({ colour, shape, dash }: SeriesStyle, onLine: boolean): Html {
  const width = onLine ? 34 : 14;
  const line = html`<path d="M-16 0H16" fill="none" stroke="var(--${colour})" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/>`;
  return html`<svg width="${width}" height="14" viewBox="${-width / 2} -7 ${width} 14" aria-hidden="true">${onLine ? line : undefined}<path d="${SHAPE_PATHS[shape]}" fill="var(--${colour})"/></svg>`;
}

/** Hides and shows a series of the chart whose article it stands in. */
export function legendButton(label: string, style: SeriesStyle, onLine: boolean): Html {
  return html`<button type="button" aria-pressed="true" data-series="${label}">${swatch(style, onLine)}${label}</button>\n`;
}

/** `of`: what the series are. */
export const legend = (of: string, buttons: readonly Html[]): Html =>
  html`<div class="legend" role="group" aria-label="Shown: ${of}">\n${buttons}</div>\n`;

export const tableHead = (names: readonly string[]): Html =>
  html`<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`;

/** A table that may be wider than the page. */
export const scrolled = (label: string, table: Html): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">\n${table}</div>\n`;

export interface ChartArticle {
  readonly part: string;
  readonly name: string;
  readonly finding: string;
  readonly subject: string;
  readonly conditions: readonly string[];
  /** What stands above the picture: a legend, and what else there is. */
  readonly above?: Html | undefined;
  readonly specOf: (look: Partial<ChartLook>) => TopLevelSpec;
  /** Of the picture, for those who do not see it. */
  readonly description: string;
  /** What is folded: its name, how much that is, and the tables. */
  readonly data: { readonly title: string; readonly count: string; readonly tables: Html };
  /** `Download these rows as CSV`, and what it gives. */
  readonly download: { readonly label: string; readonly csv: readonly number[] | string };
}

export function chartArticle(article: ChartArticle): ChartSection {
  const { part, name, finding, subject, conditions, above, specOf, description, data, download } = article;
  const [wide, narrow] = (['wide', 'narrow'] as const).map(
    (layout) => specOf({ theme: 'css', place: 'page', layout }) as unknown as PlainSpec,
  ) as [PlainSpec, PlainSpec];
  const { values } = wide.data as { values: unknown };
  const section = html`<article class="chart" id="chart-${name}" aria-labelledby="finding-${name}">
<h3 id="finding-${name}">${unbroken(finding)}</h3>
<p class="subject">${subject}</p>
<p class="conditions">${unbroken(conditions.join('\u00a0· '))}</p>
${above}<figure>
<div class="picture" data-chart="${name}" aria-hidden="true"></div>
<figcaption class="unseen">${description}</figcaption>
</figure>
<details class="data"><summary>${data.title} <span class="count">${data.count}</span></summary>
${data.tables}<p><button type="button" class="download" data-csv="${name}">${download.label}</button></p>
</details>
</article>
`;
  return { part, name, html: section, finding, data: { name, values, wide, narrow, csv: download.csv } };
}
