/** From a chart's request and its rows to a Vega-Lite 6 specification that carries its own data. */
import type { TopLevelSpec } from 'vega-lite';
import type { ChartRequest } from '../workloads/workload.js';
import { barLayers, rowHeight } from './chart-bars.js';
import { conditionTexts, standaloneText, wrapped, wrappedPhrases } from './chart-caption.js';
import { columnInfo } from './chart-columns.js';
import { chartFields, chartValues } from './chart-fields.js';
import type { ChartFrame, ChartLook } from './chart-frame.js';
import { type Layer, lineLayers } from './chart-layers.js';
import { type ChartData, chartData, oneEach } from './chart-marks.js';
import { linearAxis, logAxis, xScaleKind, yScaleKind } from './chart-scale.js';
import { findingFrom } from './findings.js';
import type { Overlay } from './measured-marks.js';
import { colour, fixedStyle, rampStyle, type SeriesStyle, slotStyle, type Theme } from './palette.js';
import type { SweepRow } from './row.js';

export const DEFAULT_LOOK: ChartLook = { theme: 'light', layout: 'wide', place: 'file' };

/** Pixels for everything between the left edge of the y axis' title and the right edge of the plots. */
export const CHART_WIDTH = { wide: 760, narrow: 330 } as const;
export const Y_AXIS_WIDTH = 62;
const FACET_GAP = 24;

const CHART_FONT = "'IBM Plex Sans', system-ui, 'Helvetica Neue', Arial, sans-serif";

/** Small multiples side by side: two or four make pairs, others rows of three. */
function facetColumns(count: number, layout: ChartLook['layout']): number {
  if (layout === 'narrow' || count < 2) return 1;
  return count === 2 || count === 4 ? 2 : 3;
}

/** The style of each series: fixed, borrowed from the one profile behind it, by rank if numbered, else by place. */
export function seriesStyles(data: ChartData): readonly SeriesStyle[] {
  const borrowed = oneEach(data, 'profile') ?? oneEach(data, 'wait_point');
  const numbered = data.series.every((value) => typeof value === 'number');
  return data.series.map((value, index) => {
    const fixed = fixedStyle(String(value)) ?? fixedStyle(borrowed?.get(value) ?? '');
    if (fixed !== undefined) return fixed;
    return numbered ? rampStyle(index, data.series.length) : slotStyle(index);
  });
}

export function chartConfig(theme: Theme): object {
  const [text, muted, rule] = [colour('text', theme), colour('muted', theme), colour('rule', theme)];
  return {
    font: CHART_FONT,
    view: { stroke: null },
    axis: {
      labelColor: muted,
      titleColor: muted,
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: 'normal',
      titlePadding: 8,
      domainColor: rule,
      tickColor: rule,
      tickSize: 4,
      gridColor: colour('grid', theme),
    },
    axisX: { grid: false },
    axisY: { domain: false, ticks: false, labelPadding: 6 },
    header: { labelColor: text, labelFontSize: 12, labelFontWeight: 600, labelAnchor: 'start', labelPadding: 6 },
    legend: {
      labelColor: text,
      labelFontSize: 12,
      symbolSize: 90,
      symbolStrokeWidth: 2,
      columnPadding: 18,
      offset: 10,
      title: null,
    },
    title: {
      anchor: 'start',
      frame: 'bounds',
      color: text,
      fontSize: 16,
      fontWeight: 600,
      lineHeight: 21,
      subtitleColor: muted,
      subtitleFontSize: 12,
      subtitleLineHeight: 17,
      subtitlePadding: 6,
      offset: 16,
    },
  };
}

/** Finding, subject and conditions; 8.2 and 6.2 pixels are the mean advance of a letter at the title's two sizes. */
function title(request: ChartRequest, data: ChartData, width: number): object {
  return {
    text: wrapped(findingFrom(request, data), Math.floor(width / 8.2)),
    subtitle: [
      ...wrapped(request.subject, Math.floor(width / 6.2)),
      ...wrappedPhrases(conditionTexts(request, data), Math.floor(width / 6.2)),
    ],
  };
}

function chartFrame(request: ChartRequest, data: ChartData, look: ChartLook): ChartFrame {
  const columns = isRows(request) ? 1 : facetColumns(data.facets.length, look.layout);
  const room = CHART_WIDTH[look.layout] - Y_AXIS_WIDTH - (columns - 1) * FACET_GAP;
  const width = Math.floor(room / columns);
  const height = data.facets.length > 1 ? 190 : look.layout === 'narrow' ? 240 : 330;
  return {
    request,
    data,
    look,
    fields: chartFields(request, data),
    styles: seriesStyles(data),
    width,
    height,
    columns,
  };
}

/** Is each x a row of its own, with its name in front? Such plots stand below each other. */
const isRows = (request: ChartRequest): boolean => columnInfo(request.x).quantity === 'category';

/** A hollow point is larger than a point: its upper half needs room below the edge of the plot. */
const RING_ROOM = 1.08;

function layersOf(frame: ChartFrame): { layer: Layer[]; height: number | object } {
  const { request, data } = frame;
  const { divisor } = frame.fields.yUnit;
  const values = [
    ...data.marks.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]),
    ...data.measured.flatMap(({ y, low, high }) => [low ?? y, Math.max(y * RING_ROOM, high ?? y)]),
  ];
  const rows = isRows(request);
  const yKind = yScaleKind(values, rows ? (request.y_scale ?? 'linear') : request.y_scale);
  // A bound below zero has no place on a log axis.
  const scaled = values.filter((value) => yKind === 'linear' || value > 0).map((value) => value / divisor);
  const count = (rows ? frame.width > 400 : frame.height > 220) ? 6 : 4;
  const axis = yKind === 'log' ? logAxis(scaled) : linearAxis(scaled, count);
  if (rows) return { layer: barLayers(frame, yKind, axis), height: { step: rowHeight(frame), for: 'position' } };
  const xKind = xScaleKind(data.xs, request.x_scale, columnInfo(request.x).ordinal === true);
  return { layer: lineLayers(frame, xKind, yKind, axis), height: frame.height };
}

/**
 * Draws `request` over the rows of its part, and over these what of `overlay` was measured at the same points. Throws
 * `ChartError` where the request does not fit the rows.
 */
export function chartSpec(
  request: ChartRequest,
  rows: readonly SweepRow[],
  options: Partial<ChartLook> = {},
  overlay?: Overlay,
): TopLevelSpec {
  const look = { ...DEFAULT_LOOK, ...options };
  const frame = chartFrame(request, chartData(request, rows, overlay), look);
  const { data, fields } = frame;
  const { layer, height } = layersOf(frame);
  const plot = { width: frame.width, height, layer };
  const inPage = look.place === 'page';
  const hiding =
    inPage && request.series !== undefined
      ? { transform: [{ filter: `indexof(hidden, datum[${JSON.stringify(fields.series)}]) < 0` }] }
      : {};
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...(inPage
      ? { params: [{ name: 'hidden', value: [] }] }
      : { title: title(request, data, CHART_WIDTH[look.layout]), padding: 16 }),
    background: inPage ? 'transparent' : colour('background', look.theme),
    data: { values: chartValues(request, data, fields) },
    ...hiding,
    ...(request.facet === undefined ? plot : facetted(frame, plot)),
    config: chartConfig(look.theme),
  };
  return spec as unknown as TopLevelSpec;
}

function facetted({ request, data, fields, columns }: ChartFrame, plot: object): object {
  const sort = data.facets.map((facet) => standaloneText(request.facet!, facet));
  return {
    facet: { field: fields.facet, type: 'nominal', sort, header: { title: null } },
    columns,
    spacing: FACET_GAP,
    // A last row that is not full would leave its neighbours above without an axis.
    resolve: { axis: { x: 'independent' } },
    spec: plot,
  };
}
