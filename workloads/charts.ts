/** Holds the charts of a sweep against its points: a chart that would be empty or overprinted is refused. */
import { POINT_COLUMNS, parameterOfColumn, pointCell } from './columns.js';
import { InputError } from './input-error.js';
import { unknownName } from './nearest.js';
import type { SetOption } from './setting.js';
import type { ChartRequest, Point } from './workload.js';
import type { ChartSource, SweepSource, TourPart } from './workload-file.js';

type Where = NonNullable<ChartRequest['where']>;

const isKept = (point: Point, where: Where): boolean =>
  Object.entries(where).every(([column, wanted]) =>
    [wanted].flat().some((value) => String(value) === pointCell(point, column)),
  );

const cells = (points: readonly Point[], column: string): string[] => [
  ...new Set(points.map((point) => pointCell(point, column))),
];

/** The chart names a value that no point has. */
function checkValues({ request, placeOf }: ChartSource, points: readonly Point[], kept: readonly Point[]): void {
  for (const [column, wanted] of Object.entries(request.where ?? {})) {
    const known = cells(points, column);
    const absent = [wanted].flat().find((value) => !known.includes(String(value)));
    if (absent === undefined) continue;
    throw new InputError(`${placeOf('where')}: ${unknownName(`value of ${column}`, String(absent), known)}`);
  }
  if (kept.length === 0) throw new InputError(`${placeOf('where')}: chart "${request.name}" keeps no point at all`);
  if (request.compare === undefined) return;
  if (request.series === undefined) {
    throw new InputError(`${placeOf('compare')}: "compare" names two series, but the chart has none; add "series"`);
  }
  const known = cells(kept, request.series);
  const absent = request.compare.find((value) => !known.includes(value));
  if (absent === undefined) return;
  throw new InputError(`${placeOf('compare')}: ${unknownName(`value of ${request.series}`, absent, known)}`);
}

/** Two points at one place of a line: the chart leaves out an axis. */
function checkOverprint({ request, placeOf }: ChartSource, kept: readonly Point[]): void {
  // Along a measured column points lie wherever they come out, so only known columns can be checked.
  if (!POINT_COLUMNS.includes(request.x)) return;
  const columns = [request.x, request.series, request.facet, request.pairs].filter((column) => column !== undefined);
  const first = new Map<string, Point>();
  for (const point of kept) {
    const spot = JSON.stringify(columns.map((column) => pointCell(point, column)));
    const other = first.get(spot);
    if (other === undefined) {
      first.set(spot, point);
      continue;
    }
    const differing = POINT_COLUMNS.filter((column) => pointCell(point, column) !== pointCell(other, column));
    throw new InputError(
      `${placeOf()}: chart "${request.name}" has several points at one place, which differ in ${differing.join(' and ')}; ` +
        'use that as series or facet, or choose one value under "where"',
    );
  }
}

/** A tornado shows effects, and nothing but effects. */
function checkPairs({ request, placeOf }: ChartSource, kept: readonly Point[]): void {
  if (request.pairs === undefined) return;
  if (request.x !== 'variant' || request.facet !== undefined) {
    throw new InputError(
      `${placeOf('pairs')}: chart "${request.name}" shows pairs, so its x is variant, and it has no facet`,
    );
  }
  if (cells(kept, 'variant').length < 2 || cells(kept, request.pairs).length < 3) {
    throw new InputError(
      `${placeOf('pairs')}: chart "${request.name}" needs two variants and three values of ${request.pairs}`,
    );
  }
}

/** What is left of a request when `--set` has fixed some of its columns; undefined when that emptied it. */
function underOverrides(
  request: ChartRequest,
  overrides: readonly SetOption[],
  points: readonly Point[],
): ChartRequest | undefined {
  const { where, compare, ...rest } = request;
  const free = Object.entries(where ?? {}).filter(([column]) => {
    const parameter = parameterOfColumn(column);
    return !overrides.some(({ name }) => name === parameter);
  });
  const kept = points.filter((point) => isKept(point, Object.fromEntries(free)));
  if (kept.length === 0) return undefined;
  const series = request.series === undefined ? [] : cells(kept, request.series);
  return {
    ...rest,
    ...(free.length > 0 && { where: Object.fromEntries(free) }),
    ...(compare?.every((value) => series.includes(value)) && { compare }),
  };
}

function mentioned(source: SweepSource, tour: TourPart | undefined): readonly ChartSource[] {
  if (tour?.charts === undefined) return source.charts;
  const names = source.charts.map(({ request }) => request.name);
  return tour.charts.map(({ name, place }) => {
    const chart = source.charts.find(({ request }) => request.name === name);
    if (chart === undefined) throw new InputError(`${place}: ${unknownName(`chart of ${source.name}`, name, names)}`);
    return chart;
  });
}

/** The charts to draw of `points`, checked unless overrides have changed what the charts were made for. */
export function keptCharts(
  source: SweepSource,
  tour: TourPart | undefined,
  overrides: readonly SetOption[],
  points: readonly Point[],
): ChartRequest[] {
  const charts = mentioned(source, tour);
  if (overrides.length > 0) {
    return charts.flatMap(({ request }) => underOverrides(request, overrides, points) ?? []);
  }
  for (const chart of charts) checkChart(chart, points, tour);
  return charts.map(({ request }) => request);
}

function checkChart(chart: ChartSource, points: readonly Point[], tour: TourPart | undefined): void {
  const kept = points.filter((point) => isKept(point, chart.request.where ?? {}));
  try {
    checkValues(chart, points, kept);
    checkOverprint(chart, kept);
    checkPairs(chart, kept);
  } catch (error) {
    if (tour === undefined || !(error instanceof InputError)) throw error;
    throw new InputError(`${tour.use.place}: as made sparser here, ${error.message}`);
  }
}
