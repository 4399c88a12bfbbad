/** The data that a chart's specification carries: only the columns it shows, named after them, in the axes' units. */
import type { ChartRequest } from '../workloads/workload.js';
import { intervalText, standaloneText } from './chart-caption.js';
import {
  type AxisUnit,
  axisUnit,
  columnInfo,
  factorIntervalText,
  factorText,
  quantityText,
  valueText,
} from './chart-columns.js';
import { baselineOf, type ChartData, type ChartMark } from './chart-marks.js';
import type { MeasuredMark } from './measured-marks.js';

export interface ChartFields {
  readonly x: string;
  readonly y: string;
  readonly low: string;
  readonly high: string;
  readonly series: string;
  readonly facet: string;
  readonly xUnit: AxisUnit;
  readonly yUnit: AxisUnit;
}

/** `rtt_us` in ms is `rtt_ms`; `host_cpu_busy` in % is `host_cpu_busy_percent`. */
function fieldName(column: string, quantity: string, unit: AxisUnit): string {
  const stem = column.replace(/_us$/, '');
  if (quantity === 'time') return `${stem}_${unit.name.replace('µ', 'u')}`;
  return quantity === 'share' ? `${stem}_percent` : column;
}

export function chartFields(request: ChartRequest, data: ChartData): ChartFields {
  const name = (column: string, of: string, unit: AxisUnit): string => fieldName(column, columnInfo(of).quantity, unit);
  const numbers = data.xs.filter((x) => typeof x === 'number');
  const highs = data.marks.map((mark) => Math.max(mark.y, mark.high ?? 0));
  const lows = data.marks.map(({ y }) => y);
  const xUnit = axisUnit(request.x, Math.min(...numbers), Math.max(0, ...numbers));
  const yUnit = axisUnit(request.y, Math.min(...lows), Math.max(...highs));
  const [low, high] = columnInfo(request.y).interval ?? [`${request.y}_low`, `${request.y}_high`];
  return {
    x: name(request.x, request.x, xUnit),
    y: name(request.y, request.y, yUnit),
    low: name(low, request.y, yUnit),
    high: name(high, request.y, yUnit),
    series: request.series ?? 'series',
    facet: request.facet ?? 'facet',
    xUnit,
    yUnit,
  };
}

/** Six digits are more than any interval supports, and keep the specification short. */
const short = (value: number): number => Number(value.toPrecision(6));

function value(request: ChartRequest, fields: ChartFields, mark: ChartMark): Record<string, number | string | null> {
  const { xUnit, yUnit } = fields;
  const warnings = mark.row.warnings;
  return {
    ...(request.facet === undefined ? {} : { [fields.facet]: standaloneText(request.facet, mark.facet) }),
    ...(request.series === undefined ? {} : { [fields.series]: standaloneText(request.series, mark.series) }),
    [fields.x]: typeof mark.x === 'number' ? short(mark.x / xUnit.divisor) : valueText(request.x, mark.x),
    [fields.y]: short(mark.y / yUnit.divisor),
    ...(mark.low === null || mark.high === null
      ? {}
      : {
          [fields.low]: short(mark.low / yUnit.divisor),
          [fields.high]: short(mark.high / yUnit.divisor),
          interval: intervalText(request.y, mark.low, mark.high),
        }),
    ...(warnings === null || warnings === '' ? {} : { warnings }),
  };
}

/**
 * The 95 % interval of a ratio of two independent estimates is, for narrow intervals, as wide in proportion as both of
 * theirs together: the root of the sum of squares (first-order propagation of error). Unknown without both.
 */
export function ratioHalfWidth(mark: ChartMark, base: ChartMark): number | undefined {
  const share = ({ y, low, high }: ChartMark): number =>
    low === null || high === null ? Number.NaN : (high - low) / (2 * y);
  const half = (mark.y / base.y) * Math.hypot(share(mark), share(base));
  return Number.isFinite(half) ? half : undefined;
}

/** For rows of variants: where the one they are measured against stands, and labels such as `12,300 tx/s (×1.9)`. */
function rowValue(request: ChartRequest, data: ChartData, fields: ChartFields, mark: ChartMark): object {
  const start = baselineOf(request, data, mark);
  const line = data.marks.filter(({ series, facet }) => series === mark.series && facet === mark.facet);
  const text = quantityText(request.y, mark.y);
  const { divisor } = fields.yUnit;
  const isFirst = mark === start || start.y === 0;
  const half = ratioHalfWidth(mark, start);
  const ratio = mark.y / start.y;
  const factor = half === undefined ? factorText(ratio) : factorIntervalText(ratio, half);
  const inAll =
    request.baseline === 'previous' && mark === line.at(-1) ? `, ${factorText(mark.y / line[0]!.y)} in all` : '';
  return {
    start: short(start.y / divisor),
    label: isFirst ? text : `${text} (${factor}${inAll})`,
    brief: isFirst ? text : `${text} (${factorText(ratio)})`,
    label_at: short(Math.max(mark.y, mark.high ?? 0, request.y_scale === 'log' ? start.y : 0) / divisor),
  };
}

/** Fields of measured marks, in the units of the axes; simulated marks have none of them. */
export const MEASURED_FIELDS = { y: 'measured', low: 'measured_low', high: 'measured_high' } as const;

function measuredValue(
  request: ChartRequest,
  { facet, series, x, xUnit, yUnit }: ChartFields,
  mark: MeasuredMark,
): object {
  const { low, high } = mark;
  return {
    ...(request.facet === undefined ? {} : { [facet]: standaloneText(request.facet, mark.facet) }),
    ...(request.series === undefined ? {} : { [series]: standaloneText(request.series, mark.series) }),
    [x]: short(mark.x / xUnit.divisor),
    [MEASURED_FIELDS.y]: short(mark.y / yUnit.divisor),
    ...(low === null || high === null
      ? {}
      : {
          [MEASURED_FIELDS.low]: short(low / yUnit.divisor),
          [MEASURED_FIELDS.high]: short(high / yUnit.divisor),
          [mark.by === 'server' ? 'runs' : 'interval']: intervalText(request.y, low, high),
        }),
  };
}

export function chartValues(request: ChartRequest, data: ChartData, fields: ChartFields): object[] {
  const rows = columnInfo(request.x).quantity === 'category';
  const simulated = data.marks.map((mark) => ({
    ...value(request, fields, mark),
    ...(rows ? rowValue(request, data, fields, mark) : {}),
  }));
  return [...simulated, ...data.measured.map((mark) => measuredValue(request, fields, mark))];
}
