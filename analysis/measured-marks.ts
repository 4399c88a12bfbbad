/**
 * Measured rows in a chart of simulated ones. A row is drawn over a curve only if it tells of the same experiment in
 * all but the x axis: every parameter is compared, those without a column of their own too, so that a server is never
 * laid over a variant that no server is. Costs are left out: they are what a measurement is there to judge.
 */
import { PARAMETER_NAMES, PARAMETERS, type ParameterName, type Settings } from '../engine/protocol/parameters.js';
import { parameterOfColumn } from '../workloads/columns.js';
import { MEASURES, type Measure, type MeasuredRange, type Measures } from '../workloads/measures.js';
import type { ChartRequest } from '../workloads/workload.js';
import type { Cell } from './chart-columns.js';
import type { ChartMark } from './chart-marks.js';
import { grouped } from './grouped.js';

/** What a server did, and the experiment that this was. */
export interface MeasuredPoint {
  readonly settings: Settings;
  readonly measured: Measures;
  readonly tps_range: MeasuredRange | null;
}

export interface Overlay {
  readonly measured: readonly MeasuredPoint[];
  /** The settings of the chart's points, by their number. */
  readonly settings: ReadonlyMap<number, Settings>;
}

/** A measured row in a chart. */
export interface MeasuredMark {
  /** A real server, or the threads runtime on the machine that drew the chart. */
  readonly by: 'server' | 'threads';
  readonly x: number;
  readonly y: number;
  /** Lowest and highest of a server's repeated runs, or the 95 % interval; `null` where they are not known. */
  readonly low: number | null;
  readonly high: number | null;
  readonly series: Cell;
  readonly facet: Cell;
}

/** What may differ between a measurement and its simulation. */
const FREE_GROUPS: readonly string[] = ['cpu cost', 'run'];
const COMPARED: readonly ParameterName[] = PARAMETER_NAMES.filter(
  (name) => !FREE_GROUPS.includes(PARAMETERS[name].group),
);

/** One value serves all replicas, or each has the same: that is no difference. */
function settingText(settings: Settings, name: ParameterName): string {
  const value: unknown = settings[name];
  if (!Array.isArray(value)) return JSON.stringify(value);
  const texts = value.map((one) => JSON.stringify(one));
  return texts.every((text) => text === texts[0]) ? texts[0]! : texts.join('/');
}

/** Most settings are numbers and names: these need no text. */
const isSame = (one: Settings, other: Settings, name: ParameterName): boolean =>
  one[name] === other[name] || settingText(one, name) === settingText(other, name);

/** A constant cost's mean, or a number; anything else has no place on an axis. */
function placeOf(settings: Settings, name: ParameterName): number | undefined {
  const value = JSON.parse(settingText(settings, name).replace(/\/.*/, '')) as unknown;
  if (typeof value === 'number') return value;
  const { kind, mean } = (value ?? {}) as { kind?: string; mean?: number };
  return kind === 'constant' && !settingText(settings, name).includes('/') ? mean : undefined;
}

interface Curve {
  readonly series: Cell;
  readonly facet: Cell;
  readonly points: readonly { readonly x: number; readonly settings: Settings }[];
}

function curvesOf(marks: readonly ChartMark[], settings: Overlay['settings']): Curve[] {
  const curves = grouped(marks, ({ series, facet }) => JSON.stringify([series, facet]));
  return [...curves.values()].flatMap((line) => {
    const points = line.flatMap(({ x, row }) => {
      const own = settings.get(row.point);
      return typeof x === 'number' && own !== undefined ? [{ x, settings: own }] : [];
    });
    const { series, facet } = line[0]!;
    return points.length === line.length ? [{ series, facet, points }] : [];
  });
}

/**
 * Does a row lie on a curve? Where the curve has a point at its x, that point decides: what else varies along the curve
 * (the redo log's fsync with the binlog's, say) then has its value there. Between points nothing else may vary.
 */
function liesOn(curve: Curve, x: number, settings: Settings, rest: readonly ParameterName[]): boolean {
  const xs = curve.points.map((point) => point.x);
  if (x < Math.min(...xs) || x > Math.max(...xs)) return false;
  const there = curve.points.filter((point) => point.x === x);
  const decisive = there.length > 0 ? there : curve.points;
  return decisive.every((point) => rest.every((name) => isSame(point.settings, settings, name)));
}

const isMeasure = (column: string): column is Measure => (MEASURES as readonly string[]).includes(column);

export function measuredMarks(request: ChartRequest, marks: readonly ChartMark[], overlay: Overlay): MeasuredMark[] {
  const { y } = request;
  const along = parameterOfColumn(request.x);
  if (!isMeasure(y) || along === undefined) return [];
  const rest = COMPARED.filter((name) => name !== along);
  const curves = curvesOf(marks, overlay.settings);
  return overlay.measured.flatMap(({ settings, measured, tps_range }) => {
    const x = placeOf(settings, along);
    const value = measured[y];
    if (x === undefined || value === null) return [];
    const { low, high } = (y === 'tps' ? tps_range : null) ?? { low: null, high: null };
    return curves
      .filter((curve) => liesOn(curve, x, settings, rest))
      .map(({ series, facet }) => ({ by: 'server', x, y: value, low, high, series, facet }));
  });
}
