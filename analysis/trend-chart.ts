/** Many runs as a picture: each quantity against its first run, and the levels between its changes. */
import { median } from 'simple-statistics';
import type { TopLevelSpec } from 'vega-lite';
import { capital, columnInfo, numberText, sentenceNoun } from './chart-columns.js';
import type { Layer } from './chart-layers.js';
import { CHART_WIDTH, chartSheet, DEFAULT_LOOK, Y_AXIS_WIDTH } from './chart-sheet.js';
import { colour, type SeriesStyle, slotStyle } from './palette.js';
import type { Trend, TrendChange, TrendSeries } from './trend.js';

/** More points than this cannot be told apart; the others stay grey. */
const HIGHLIGHTED = 5;
/** Grey curves beyond this, in one panel, are a smear. */
const GREY_MOST = 100;

/** The date and time at which a run was started, UTC. */
export const runText = ({ started }: { readonly started: string }): string => started.slice(0, 16).replace('T', ' ');

const size = ({ ratio }: TrendChange): number => Math.abs(Math.log(ratio));

/** Those with changes, the largest first. */
export function changedSeries({ series }: Trend): TrendSeries[] {
  const largest = ({ changes }: TrendSeries): number => Math.max(...changes.map(size));
  return series.filter(({ changes }) => changes.length > 0).sort((a, b) => largest(b) - largest(a));
}

/** `The 95th percentile of latency, wait-mode: clients=16, rose by 31 % with the run of …; 4 of 60 quantities changed.` */
export function trendFinding(trend: Trend): string {
  const { runs, series, threshold } = trend;
  const changed = changedSeries(trend);
  const first = changed[0];
  if (first === undefined) {
    return `No change of ${numberText(100 * threshold)} % or more in ${series.length} quantities over ${runs.length} runs.`;
  }
  const change = [...first.changes].sort((a, b) => size(b) - size(a))[0]!;
  const moved = change.ratio > 1 ? 'rose' : 'fell';
  const subject = `${capital(sentenceNoun(first.metric))}, ${first.part}: ${first.point}`;
  const percent = Number.isFinite(change.ratio)
    ? `by ${numberText(100 * Math.abs(change.ratio - 1), 2)} %`
    : 'from nothing';
  const when = runText(runs[first.runs[change.at]!]!);
  const others = `${changed.length} of ${series.length} quantities changed over ${runs.length} runs`;
  return `${subject}, ${moved} ${percent} with the run of ${when}; ${others}.`;
}

/** The median of the values that share a level with each value. */
export function levelsOf({ values, changes }: Pick<TrendSeries, 'values' | 'changes'>): number[] {
  const cuts = [0, ...changes.map(({ at }) => at), values.length];
  return cuts.slice(0, -1).flatMap((from, index) => {
    const members = values.slice(from, cuts[index + 1]);
    return members.map(() => median(members));
  });
}

const percentOf = (value: number, first: number): number => Number((100 * (value / first - 1)).toPrecision(6));

const placeOf = ({ part, point }: TrendSeries): string => `${part}: ${point}`;

interface Mark {
  readonly place: string;
  readonly run: number;
  readonly date: string;
  readonly change: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

function marksOf(trend: Trend, series: TrendSeries): Mark[] {
  const first = series.values[0]!;
  const levels = levelsOf(series);
  return series.values.map((value, index) => {
    const [low, high] = series.intervals?.[index] ?? [value, value];
    return {
      place: placeOf(series),
      run: series.runs[index]!,
      date: runText(trend.runs[series.runs[index]!]!),
      change: percentOf(value, first),
      low: percentOf(low, first),
      high: percentOf(high, first),
      level: percentOf(levels[index]!, first),
    };
  });
}

/** What began at nothing has no percentage. */
const isDrawn = ({ values }: TrendSeries): boolean => values[0]! > 0;

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

const { theme } = DEFAULT_LOOK;
const WIDTH = CHART_WIDTH.wide;
const PANEL_HEIGHT = 150;

/** Days, where no two runs are of one. */
function dateLabels({ runs }: Trend): string[] {
  const days = runs.map((run) => runText(run).slice(0, 10));
  return distinct(days).length === days.length ? days : runs.map(runText);
}

interface Panel {
  readonly trend: Trend;
  readonly metric: string;
  /** Points that are told apart by colour, the same in every panel. */
  readonly places: readonly string[];
  readonly isLast: boolean;
}

function panelSpec({ trend, metric, places, isLast }: Panel): object {
  const series = trend.series.filter((one) => one.metric === metric && isDrawn(one));
  const told = series.filter((one) => one.changes.length > 0 && places.includes(placeOf(one)));
  const others = series.filter((one) => !told.includes(one)).slice(0, GREY_MOST);
  const marks = told.flatMap((one) => marksOf(trend, one));
  const grey = others.flatMap((one) => marksOf(trend, one));
  // Wide enough for the threshold to both sides, or noise of nothing would fill the plot.
  const edge = 100 * trend.threshold;
  const all = [...marks, ...grey].flatMap(({ change, low, high }) => [change, low, high]).filter(Number.isFinite);
  const domain = [1.05 * Math.min(-edge, ...all), 1.05 * Math.max(edge, ...all)];
  const x = {
    field: 'run',
    type: 'ordinal',
    scale: { type: 'point', padding: 0.5, domain: trend.runs.map((_, index) => index) },
    axis: {
      title: isLast ? 'run, by its start (UTC)' : null,
      labels: isLast,
      labelExpr: `${JSON.stringify(dateLabels(trend))}[datum.value]`,
      labelAngle: 0,
      labelOverlap: 'greedy',
    },
  };
  const y = (field: string): Layer => ({
    field,
    type: 'quantitative',
    scale: { domain },
    axis: { title: 'against the first run, %', format: '+,.6~r', grid: true, tickCount: 5 },
  });
  const greyLayer = {
    data: { values: grey },
    mark: { type: 'line', strokeWidth: 1, color: colour('rule', theme), opacity: 0.6 },
    encoding: { x, y: y('change'), detail: { field: 'place' }, tooltip: TOOLTIP },
  };
  return {
    title: { text: capital(columnInfo(metric).noun), fontSize: 12, offset: 6 },
    width: WIDTH - Y_AXIS_WIDTH,
    height: PANEL_HEIGHT,
    layer: [
      ...(grey.length > 0 ? [greyLayer] : []),
      ...(marks.length > 0 ? changedLayers(marks, { x, y, places }) : []),
    ],
  };
}

const TOOLTIP = [
  { field: 'place', title: 'point' },
  { field: 'date', title: 'run' },
  { field: 'change', title: 'change, %', format: '+.3~r' },
];

function changedLayers(
  marks: readonly Mark[],
  { x, y, places }: { readonly x: Layer; readonly y: (field: string) => Layer; readonly places: readonly string[] },
): Layer[] {
  const legend = { orient: 'top', title: null, columns: 1, labelLimit: WIDTH, symbolOpacity: 1 };
  const scaled = (of: (style: SeriesStyle) => unknown): Layer => ({
    field: 'place',
    type: 'nominal',
    scale: { domain: places, range: places.map((_, index) => of(slotStyle(index))) },
    legend,
  });
  const color = scaled((style) => colour(style.colour, theme));
  const data = { values: marks };
  const intervals = {
    data,
    mark: { type: 'rule', opacity: 0.5 },
    encoding: { x, y: y('low'), y2: { field: 'high' }, color },
  };
  return [
    intervals,
    {
      data,
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
      encoding: { x, y: y('level'), color },
    },
    {
      data,
      mark: { type: 'point', filled: true, size: 45, opacity: 0.9 },
      encoding: { x, y: y('change'), color, shape: scaled(({ shape }) => shape), tooltip: TOOLTIP },
    },
  ];
}

/** A panel for each quantity; a point has one colour in all of them. */
export function trendSpec(trend: Trend): TopLevelSpec {
  const places = distinct(changedSeries(trend).filter(isDrawn).map(placeOf)).slice(0, HIGHLIGHTED);
  const metrics = distinct(trend.series.map(({ metric }) => metric));
  const conditions = [
    places.length > 0 ? 'points: runs; thick lines: levels between changes' : 'a line for each point',
    ...(trend.series.some(({ intervals }) => intervals !== null) ? ['bars: 95 % intervals'] : []),
    ...(places.length > 0 ? ['grey: no change, or none of the largest'] : []),
  ];
  return chartSheet(DEFAULT_LOOK, () => ({ finding: trendFinding(trend), conditions }), {
    vconcat: metrics.map((metric, index) => panelSpec({ trend, metric, places, isLast: index === metrics.length - 1 })),
    spacing: 14,
    resolve: { scale: { color: 'shared', shape: 'shared' } },
  });
}
