/**
 * What crashes lost: a row for each point, a panel for each variant, a dot with its interval for each kind of loss. The
 * shares span decades and their axis is logarithmic; where nothing was seen an arrow begins at the rule of three.
 */
import type { TopLevelSpec } from 'vega-lite';
import { numberText } from './chart-columns.js';
import type { ChartLook } from './chart-frame.js';
import type { Layer } from './chart-layers.js';
import { CHART_WIDTH, chartSheet, DEFAULT_LOOK } from './chart-sheet.js';
import type { CrashCell, Loss } from './crash-cells.js';
import { byVariant, crashHeadline, shareText } from './crash-findings.js';
import { colour, type SeriesStyle } from './palette.js';
import { ruleOfThree } from './proportion.js';

/** The kinds of loss that the chart shows, by name; what the old source alone holds stands in the table. */
export const CHARTED: readonly { readonly loss: Loss; readonly name: string; readonly style: SeriesStyle }[] = [
  {
    loss: 'acknowledged_lost',
    name: 'acknowledged and lost',
    style: { colour: 'vermillion', shape: 'circle', dash: [] },
  },
  { loss: 'phantom', name: 'seen by others and lost', style: { colour: 'violet', shape: 'triangle-up', dash: [] } },
];

export const CRASH_CONDITIONS: readonly string[] = [
  'bar: exact 95 % interval (Clopper–Pearson)',
  'arrow: not seen; 95 % confidence excludes shares from its right end on (3/n)',
];

const ROW = 32;
const NARROW_ROW = 46;
const NAME_WIDTH = 290;

/** Percent: the decade below one crash of the smallest point, where the axis begins. */
const leastPercent = (cells: readonly CrashCell[]): number =>
  10 ** Math.floor(Math.log10(100 / Math.min(...cells.map(({ run }) => run.results.length))) + 1e-9);

function values(cells: readonly CrashCell[]): object[] {
  const from = leastPercent(cells);
  return cells.flatMap((cell) =>
    CHARTED.map(({ loss, name }) => {
      const share = cell.crashesWith[loss];
      const place = { variant: cell.run.variant, cell: cell.label, loss: name, from };
      const told = { told: shareText(share), crashes: share.of };
      const none = 100 * ruleOfThree(share.of);
      if (share.seen === 0) return { ...place, ...told, none, text: `0 of ${numberText(share.of, 6)}` };
      const [low, high] = [100 * share.low, 100 * share.high];
      return { ...place, ...told, share: 100 * share.share, low: Math.max(low, from), high };
    }),
  );
}

export const crashChartName = (part: string): string => `${part}-crashes`;

/** How many crashes, of which machines. */
export function crashSubject(cells: readonly CrashCell[]): string {
  const crashes = cells.reduce((sum, { run }) => sum + run.results.length, 0);
  return `${numberText(crashes, 9)} crashes of the source at random instants: what the promoted replica lacks`;
}

export function crashSpec(cells: readonly CrashCell[], options: Partial<ChartLook> = {}): TopLevelSpec {
  const look = { ...DEFAULT_LOOK, ...options };
  const narrow = look.layout === 'narrow';
  const width = CHART_WIDTH[look.layout];
  const variants = [...byVariant(cells).keys()];
  const labels = [...new Set(cells.map(({ label }) => label))];
  const caption = () => ({
    finding: crashHeadline(cells),
    subject: crashSubject(cells),
    conditions: CRASH_CONDITIONS,
  });
  return chartSheet(look, caption, {
    data: { values: values(cells) },
    facet: {
      field: 'variant',
      type: 'nominal',
      title: null,
      sort: variants,
      // Without variants there is one panel, and nothing to say above it.
      ...(variants.length === 1 && variants[0] === '' ? { header: { labels: false } } : {}),
    },
    columns: 1,
    spacing: 28,
    resolve: { axis: { x: 'independent' } },
    spec: {
      width: narrow ? width - 30 : width - NAME_WIDTH,
      height: labels.length * (narrow ? NARROW_ROW : ROW),
      layer: layers(labels, leastPercent(cells), look),
    },
  });
}

function layers(labels: readonly string[], from: number, look: ChartLook): Layer[] {
  const narrow = look.layout === 'narrow';
  const ticks = Array.from({ length: Math.round(2 - Math.log10(from)) + 1 }, (_, index) => from * 10 ** index);
  const text = colour('text', look.theme);
  const inner = narrow ? 0.5 : 0.3;
  const y: Layer = {
    field: 'cell',
    type: 'nominal',
    sort: labels,
    axis: narrow ? null : { title: null, labelLimit: NAME_WIDTH, labelColor: text, grid: false },
    scale: { paddingInner: inner, paddingOuter: narrow ? inner : inner / 2 },
  };
  const names = CHARTED.map(({ name }) => name);
  const place = { y, yOffset: { field: 'loss', sort: names } };
  const x: Layer = {
    field: 'share',
    type: 'quantitative',
    scale: { type: 'log', domain: [from, 100], nice: false },
    axis: { title: 'share of crashes (%)', values: ticks, format: '~r', grid: true, labelFlush: true },
  };
  const styledBy = (of: (style: SeriesStyle) => unknown): Layer => ({
    field: 'loss',
    type: 'nominal',
    scale: { domain: names, range: CHARTED.map(({ style }) => of(style)) },
    legend: look.place === 'page' ? null : { orient: 'top', title: null, symbolOpacity: 1 },
  });
  const color = styledBy((style) => colour(style.colour, look.theme));
  const shown = look.place === 'page' ? ['indexof(hidden, datum.loss) < 0'] : [];
  const only = (test: string): Layer => ({ transform: [{ filter: [...shown, test].join(' && ') }] });
  const tooltip = [
    { field: 'variant', title: 'case' },
    { field: 'cell', title: 'at' },
    { field: 'loss', title: 'what' },
    { field: 'told', title: 'share of crashes' },
    { field: 'crashes', title: 'crashes' },
  ];
  const [seen, none] = [only('isValid(datum.share)'), only('isValid(datum.none)')];
  const muted = { type: 'text', align: 'left', dx: 6, fontSize: 10, color: colour('muted', look.theme) };
  return [
    {
      ...seen,
      mark: { type: 'rule', strokeWidth: 2, tooltip: false },
      encoding: { ...place, x: { ...x, field: 'low' }, x2: { field: 'high' }, color },
    },
    {
      ...seen,
      mark: { type: 'point', filled: true, size: 60, opacity: 1 },
      encoding: { ...place, x, color, shape: styledBy(({ shape }) => shape), tooltip },
    },
    {
      ...none,
      mark: { type: 'rule', strokeWidth: 1.5, strokeDash: [3, 2], tooltip: false },
      encoding: { ...place, x: { ...x, field: 'from' }, x2: { field: 'none' }, color },
    },
    {
      ...none,
      mark: { type: 'point', shape: 'triangle-left', filled: true, size: 45, opacity: 1, xOffset: 3 },
      encoding: { ...place, x: { ...x, field: 'from' }, color, tooltip },
    },
    {
      ...none,
      mark: { ...muted, tooltip: false },
      encoding: { ...place, x: { ...x, field: 'none' }, text: { field: 'text' } },
    },
    ...(narrow ? [namesAbove(y, inner, text)] : []),
  ];
}

/** On a narrow screen a row's name stands above it; once, not for each loss, since text drawn over itself looks bold. */
const namesAbove = (y: Layer, inner: number, color: string): Layer => ({
  transform: [{ aggregate: [{ op: 'count', as: 'losses' }], groupby: ['cell'] }],
  mark: {
    type: 'text',
    align: 'left',
    baseline: 'bottom',
    fontSize: 12,
    color,
    tooltip: false,
    dy: (-NARROW_ROW * (1 - inner)) / 2 - 1,
  },
  encoding: { y, x: { value: 0 }, text: { field: 'cell' } },
});
