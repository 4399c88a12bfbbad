/** Predicted against measured: one point for each measured row, on the identity line if the model were right. */
import { median, quantile } from 'simple-statistics';
import type { TopLevelSpec } from 'vega-lite';
import { PROFILE_NAMES } from '../engine/protocol/profiles.js';
import type { Measure } from '../workloads/measures.js';
import { axisTitle } from './chart-caption.js';
import {
  axisUnit,
  type Cell,
  cell,
  columnInfo,
  numberText,
  quantityText,
  shortPlaceText,
  valueText,
} from './chart-columns.js';
import type { ChartLook } from './chart-frame.js';
import { AXIS_FORMAT, type Layer, scaleOf } from './chart-layers.js';
import { logAxis } from './chart-scale.js';
import { CHART_WIDTH, chartSheet, DEFAULT_LOOK, Y_AXIS_WIDTH } from './chart-sheet.js';
import type { MeasuredPoint } from './measured-marks.js';
import { colour, fixedStyle, type SeriesStyle } from './palette.js';
import type { SweepRow } from './row.js';
import { REGION_COLUMNS, summarizeErrors, type ValidatedRow } from './validation.js';

export interface ModelChart {
  readonly name: string;
  readonly measure: Measure;
  readonly subject: string;
}

const MODEL_CHARTS: readonly ModelChart[] = [
  { name: 'model-throughput', measure: 'tps', subject: 'Predicted against measured throughput' },
  {
    name: 'model-latency',
    measure: 'latency_p95_us',
    subject: 'Predicted against measured 95th percentile of latency',
  },
];

const PLURAL: Readonly<Record<Measure, string>> = {
  tps: 'throughputs',
  latency_mean_us: 'mean latencies',
  latency_p95_us: '95th percentiles of latency',
};

/** Half-width of the band, as a share. */
const BAND = 0.1;

/** The charts for which something was measured and predicted. */
export const modelCharts = (rows: readonly ValidatedRow[]): ModelChart[] =>
  MODEL_CHARTS.filter(({ measure }) => marksOf(measure, rows).length > 0);

/** What the chart needs to say under which conditions its points stand. */
export const MODEL_CONDITIONS: readonly string[] = ['line: predicted as measured', `band: ±${100 * BAND} %`];

interface ModelMark {
  readonly profile: string;
  readonly measured: number;
  readonly predicted: number;
  readonly row: ValidatedRow;
}

function marksOf(measure: Measure, rows: readonly ValidatedRow[]): ModelMark[] {
  return rows.flatMap((row) => {
    const measured = row.measured[measure];
    const predicted = row.predicted[measure];
    if (measured === null || predicted === null || !(predicted > 0)) return [];
    return [{ profile: row.observation.profile, measured, predicted, row }];
  });
}

/** `Half of 112 measured throughputs are predicted within 3.4 %, nine in ten within 14 %.` */
export function modelFinding(measure: Measure, rows: readonly ValidatedRow[]): string {
  const errors = summarizeErrors(rows)[measure];
  if (errors === null) return `No ${columnInfo(measure).noun} was measured.`;
  const count = rows.filter((row) => row.measured[measure] !== null).length;
  const [half, most] = [errors.median, errors.p90].map((percent) => `${numberText(percent, 2)} %`);
  return `Half of ${count} measured ${PLURAL[measure]} are predicted within ${half}, nine in ten within ${most}.`;
}

/** How far the repeated runs of a row lie apart, in percent of their median throughput; undefined where none was repeated. */
export function runsDiffer(
  rows: readonly (ValidatedRow & MeasuredPoint)[],
): { median: number; p90: number } | undefined {
  const spreads = rows.flatMap(({ measured, tps_range }) =>
    measured.tps === null || tps_range === null ? [] : [(100 * (tps_range.high - tps_range.low)) / measured.tps],
  );
  return spreads.length === 0 ? undefined : { median: median(spreads), p90: quantile(spreads, 0.9) };
}

/** The versions that have rows, in their order. */
export const modelProfiles = (rows: readonly ValidatedRow[]): string[] =>
  PROFILE_NAMES.filter((name) => rows.some(({ observation }) => observation.profile === name));

export const profileStyle = (profile: string): SeriesStyle => fixedStyle(profile)!;

/** Says where a row stands, as far as these rows differ: `AFTER_SYNC, 16 clients, 1 ms round trip`. */
export function placesAmong(rows: readonly ValidatedRow[]): (row: ValidatedRow) => string {
  const cellOf = (row: ValidatedRow, column: string): Cell | null => cell(row.observation as SweepRow, column);
  const differing = REGION_COLUMNS.filter((column) => new Set(rows.map((row) => cellOf(row, column))).size > 1);
  return (row) =>
    differing
      .flatMap((column) => {
        const value = cellOf(row, column);
        return value === null ? [] : [shortPlaceText(column, value)];
      })
      .join(', ');
}

const signedPercent = (error: number): string => `${error < 0 ? '−' : '+'}${Math.abs(error).toFixed(1)} %`;

function values(measure: Measure, marks: readonly ModelMark[], divisor: number): object[] {
  const placeOf = placesAmong(marks.map(({ row }) => row));
  return marks.map(({ profile, measured, predicted, row }) => ({
    profile: valueText('profile', profile),
    measured: Number((measured / divisor).toPrecision(6)),
    predicted: Number((predicted / divisor).toPrecision(6)),
    as_measured: quantityText(measure, measured, 4),
    as_predicted: quantityText(measure, predicted, 4),
    error: signedPercent(row.error_pct[measure]!),
    place: placeOf(row),
  }));
}

const TOOLTIP: readonly Layer[] = [
  { field: 'profile', title: 'version' },
  { field: 'place', title: 'at' },
  { field: 'as_measured', title: 'measured' },
  { field: 'as_predicted', title: 'predicted' },
  { field: 'error', title: 'error' },
];

function layers(
  profiles: readonly string[],
  axes: { x: Layer; y: Layer },
  domain: readonly [number, number],
  look: ChartLook,
): Layer[] {
  const { x, y } = axes;
  const [low, high] = domain;
  const styled = (of: (style: SeriesStyle) => unknown): Layer => ({
    field: 'profile',
    type: 'nominal',
    scale: {
      domain: profiles.map((name) => valueText('profile', name)),
      range: profiles.map((name) => of(profileStyle(name))),
    },
    legend: look.place === 'page' ? null : { orient: 'top', title: null, symbolOpacity: 1 },
  });
  const ends = { data: { values: [low, high].map((at) => ({ at, below: at * (1 - BAND), above: at * (1 + BAND) })) } };
  const muted = colour('muted', look.theme);
  return [
    {
      ...ends,
      mark: { type: 'area', opacity: 0.14, color: muted, clip: true, tooltip: false },
      encoding: { x: { ...x, field: 'at' }, y: { ...y, field: 'below' }, y2: { field: 'above' } },
    },
    {
      ...ends,
      mark: { type: 'line', strokeWidth: 1, color: muted, tooltip: false },
      encoding: { x: { ...x, field: 'at' }, y: { ...y, field: 'at' } },
    },
    {
      ...(look.place === 'page' ? { transform: [{ filter: 'indexof(hidden, datum.profile) < 0' }] } : {}),
      mark: { type: 'point', filled: true, size: 55, opacity: 0.8 },
      encoding: {
        x,
        y,
        color: styled((style) => colour(style.colour, look.theme)),
        shape: styled(({ shape }) => shape),
        tooltip: TOOLTIP,
      },
    },
  ];
}

/** Both axes have one scale, so that equal distances from the line are equal errors. */
export function modelSpec(
  chart: ModelChart,
  rows: readonly ValidatedRow[],
  options: Partial<ChartLook> = {},
): TopLevelSpec {
  const look = { ...DEFAULT_LOOK, ...options };
  const { measure, subject } = chart;
  const marks = marksOf(measure, rows);
  const all = marks.flatMap(({ measured, predicted }) => [measured, predicted]);
  const unit = axisUnit(measure, Math.min(...all), Math.max(...all));
  const scaled = all.map((value) => value / unit.divisor);
  const domain = [Math.min(...scaled) * (1 - BAND), Math.max(...scaled) * (1 + BAND)] as const;
  const ticks = logAxis(scaled).ticks.filter((tick) => tick >= domain[0] && tick <= domain[1]);
  const title = axisTitle(measure, unit);
  const encoding = (field: string): Layer => ({
    field,
    type: 'quantitative',
    scale: scaleOf('log', domain),
    axis: { title: `${field} ${title}`, values: ticks, format: AXIS_FORMAT, grid: true, labelOverlap: 'greedy' },
  });
  const caption = () => ({ finding: modelFinding(measure, rows), subject, conditions: MODEL_CONDITIONS });
  return chartSheet(look, caption, {
    data: { values: values(measure, marks, unit.divisor) },
    width: CHART_WIDTH[look.layout] - Y_AXIS_WIDTH,
    height: look.layout === 'narrow' ? 280 : 460,
    layer: layers(modelProfiles(rows), { x: encoding('measured'), y: encoding('predicted') }, domain, look),
  });
}
