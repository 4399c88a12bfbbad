/** From a chart's request and its rows to a Vega-Lite 6 specification that carries its own data. */
import type { TopLevelSpec } from 'vega-lite';
import type { ChartRequest } from '../workloads/workload.js';
import { barLayers, rowHeight } from './chart-bars.js';
import { conditionTexts, standaloneText } from './chart-caption.js';
import { columnInfo } from './chart-columns.js';
import { chartFields, chartValues } from './chart-fields.js';
import type { ChartFrame, ChartLook } from './chart-frame.js';
import { type Layer, lineLayers } from './chart-layers.js';
import { type ChartData, chartData, oneEach } from './chart-marks.js';
import { linearAxis, logAxis, xScaleKind, yScaleKind } from './chart-scale.js';
import { CHART_WIDTH, chartSheet, DEFAULT_LOOK, panelColumns, Y_AXIS_WIDTH } from './chart-sheet.js';
import { findingFrom } from './findings.js';
import type { Overlay } from './measured-marks.js';
import { fixedStyle, rampStyle, type SeriesStyle, slotStyle } from './palette.js';
import type { SweepRow } from './row.js';

const FACET_GAP = 24;

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

function chartFrame(request: ChartRequest, data: ChartData, look: ChartLook): ChartFrame {
  const columns = isRows(request) ? 1 : panelColumns(data.facets.length, look.layout);
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
  const hiding =
    look.place === 'page' && request.series !== undefined
      ? { transform: [{ filter: `indexof(hidden, datum[${JSON.stringify(fields.series)}]) < 0` }] }
      : {};
  const caption = () => ({
    finding: findingFrom(request, data),
    subject: request.subject,
    conditions: conditionTexts(request, data),
  });
  return chartSheet(look, caption, {
    data: { values: chartValues(request, data, fields) },
    ...hiding,
    ...(request.facet === undefined ? plot : facetted(frame, plot)),
  });
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
