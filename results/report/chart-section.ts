/** One chart in the report: its finding, a legend of buttons, a place for the picture, and its data as a table. */
import type { TopLevelSpec } from 'vega-lite';
import {
  axisTitle,
  conditionTexts,
  description,
  intervalText,
  standaloneText,
  unbroken,
} from '../../analysis/chart-caption.js';
import { ChartError, columnInfo, numberText, valueText } from '../../analysis/chart-columns.js';
import { chartFields } from '../../analysis/chart-fields.js';
import { type ChartData, type ChartMark, chartData } from '../../analysis/chart-marks.js';
import { chartSpec, seriesStyles } from '../../analysis/chart-spec.js';
import { findingFrom } from '../../analysis/findings.js';
import type { MeasuredMark, Overlay } from '../../analysis/measured-marks.js';
import { type SeriesStyle, SHAPE_PATHS } from '../../analysis/palette.js';
import type { SweepRow } from '../../analysis/row.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { type Html, html } from './html.js';
import { tornadoSection } from './tornado-section.js';

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

function legend(request: ChartRequest, data: ChartData): Html | undefined {
  const { series } = request;
  if (series === undefined) return undefined;
  const styles = seriesStyles(data);
  const onLine = columnInfo(request.x).quantity !== 'category';
  const buttons = data.series.map((value, index) => {
    return legendButton(standaloneText(series, value), styles[index]!, onLine);
  });
  return html`<div class="legend" role="group" aria-label="Shown: ${columnInfo(series).noun}">\n${buttons}</div>\n`;
}

function tableRow(request: ChartRequest, mark: ChartMark, unit: number): Html {
  const y = numberText(mark.y / unit, 4);
  const cells = [
    ...(request.facet === undefined ? [] : [html`<td>${valueText(request.facet, mark.facet)}</td>`]),
    ...(request.series === undefined ? [] : [html`<td>${valueText(request.series, mark.series)}</td>`]),
    html`<td class="${typeof mark.x === 'number' ? 'number' : ''}">${valueText(request.x, mark.x)}</td>`,
    html`<td class="number">${y}</td>`,
    ...(columnInfo(request.y).interval === undefined
      ? []
      : [html`<td class="number">${intervalText(request.y, mark.low, mark.high)}</td>`]),
    html`<td class="number">${mark.row.point}</td>`,
  ];
  return html`<tr>${cells}</tr>\n`;
}

/** In the place of a point's number it says that a server did this; of the repeated runs, the lowest and highest. */
function measuredRow(request: ChartRequest, mark: MeasuredMark, unit: number): Html {
  const bounds = mark.low === null ? '' : intervalText(request.y, mark.low, mark.high);
  const runs = mark.by === 'server' && bounds !== '' ? `${bounds} (runs)` : bounds;
  const cells = [
    ...(request.facet === undefined ? [] : [html`<td>${valueText(request.facet, mark.facet)}</td>`]),
    ...(request.series === undefined ? [] : [html`<td>${valueText(request.series, mark.series)}</td>`]),
    html`<td class="number">${valueText(request.x, mark.x)}</td>`,
    html`<td class="number">${numberText(mark.y / unit, 4)}</td>`,
    ...(columnInfo(request.y).interval === undefined ? [] : [html`<td class="number">${runs}</td>`]),
    html`<td>measured</td>`,
  ];
  return html`<tr class="measured">${cells}</tr>\n`;
}

/** Sorted as one reads it: small multiple by small multiple, line by line, what was measured below its line. */
function table(request: ChartRequest, data: ChartData): Html {
  const { yUnit } = chartFields(request, data);
  const heads = [
    ...(request.facet === undefined ? [] : [columnInfo(request.facet).noun]),
    ...(request.series === undefined ? [] : [columnInfo(request.series).noun]),
    columnInfo(request.x).noun,
    axisTitle(request.y, yUnit),
    ...(columnInfo(request.y).interval === undefined ? [] : ['95 % interval']),
    'point',
  ];
  const rows = data.facets.flatMap((facet) =>
    data.series.flatMap((series) => {
      const isHere = (mark: { facet: unknown; series: unknown }) => mark.facet === facet && mark.series === series;
      return [
        ...data.marks.filter(isHere).map((mark) => tableRow(request, mark, yUnit.divisor)),
        ...data.measured.filter(isHere).map((mark) => measuredRow(request, mark, yUnit.divisor)),
      ];
    }),
  );
  return html`<table>
<caption class="unseen">${request.subject}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

export const plainSpec = (spec: TopLevelSpec): PlainSpec => spec as unknown as PlainSpec;

/** `rows` are those of the chart's part. A chart that they cannot fill says so in its place. */
export function chartSection(
  request: ChartRequest,
  rows: readonly SweepRow[],
  part: string,
  overlay?: Overlay,
): ChartSection {
  const { name } = request;
  try {
    return request.pairs === undefined ? drawn(request, rows, part, overlay) : tornadoSection(request, rows, part);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const notice = html`<article class="chart" id="chart-${name}"><h3>${request.subject}</h3>
<p class="notice">Not drawn: ${error.message}.</p></article>\n`;
    return { part, name, html: notice };
  }
}

function drawn(request: ChartRequest, rows: readonly SweepRow[], part: string, overlay?: Overlay): ChartSection {
  const { name } = request;
  const data = chartData(request, rows, overlay);
  const finding = findingFrom(request, data);
  const look = { theme: 'css', place: 'page' } as const;
  const wide = plainSpec(chartSpec(request, rows, { ...look, layout: 'wide' }, overlay));
  const narrow = plainSpec(chartSpec(request, rows, { ...look, layout: 'narrow' }, overlay));
  const { values } = wide.data as { values: unknown };
  const points = data.marks.map(({ row }) => row.point).sort((a, b) => a - b);
  const section = html`<article class="chart" id="chart-${name}" aria-labelledby="finding-${name}">
<h3 id="finding-${name}">${unbroken(finding)}</h3>
<p class="subject">${request.subject}</p>
<p class="conditions">${unbroken(conditionTexts(request, data).join('\u00a0· '))}</p>
${legend(request, data)}<figure>
<div class="picture" data-chart="${name}" aria-hidden="true"></div>
<figcaption class="unseen">${description(request, data)} Its data is in the table that follows.</figcaption>
</figure>
<details class="data"><summary>Data of this chart <span class="count">${points.length} ${points.length === 1 ? 'point' : 'points'}${data.measured.length === 0 ? '' : `, ${data.measured.length} measured`}</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="Data: ${request.subject}">
${table(request, data)}</div>
<p><button type="button" class="download" data-csv="${name}">Download ${data.measured.length === 0 ? 'these' : 'the simulated'} rows as CSV</button></p>
</details>
</article>
`;
  return { part, name, html: section, finding, data: { name, values, wide, narrow, csv: points } };
}
