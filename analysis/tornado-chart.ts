/** A tornado chart: what each change does, the largest effect on top, with intervals from paired seeds. */
import type { TopLevelSpec } from 'vega-lite';
import type { ChartRequest } from '../workloads/workload.js';
import { standaloneText, wrapped } from './chart-caption.js';
import { type Cell, capital, columnInfo, sentenceNoun, signedPercentText, valueText } from './chart-columns.js';
import type { ChartLook } from './chart-frame.js';
import { AXIS_FORMAT, type Layer, scaleOf } from './chart-layers.js';
import { linearAxis } from './chart-scale.js';
import { CHART_WIDTH, chartSheet, DEFAULT_LOOK } from './chart-sheet.js';
import { type Effect, type Effects, isGain } from './effects.js';
import { colour, fixedStyle, type SeriesStyle, slotStyle } from './palette.js';

const BAR = 18;
const ROW_GAP = 16;
const NAME_WIDTH = 136;

export const effectStyles = ({ series }: Effects): readonly SeriesStyle[] =>
  series.map((one, index) => fixedStyle(String(one)) ?? slotStyle(index));

export const changeInterval = ({ low, high }: Effect): string =>
  `${signedPercentText(low)} to ${signedPercentText(high)}`;

export function effectConditions({ base, effects }: Effects): string[] {
  const pairs = [...new Set(effects.map((one) => one.pairs))].sort((a, b) => a - b);
  return [
    `against “${base}”`,
    `95 % intervals from ${pairs.join(' to ')} pairs of equal seeds`,
    'pale: no effect shown',
  ];
}

/** `Throughput rises most with 10 % less round trip in MySQL 5.6 (+9.8 %) and in MySQL 5.7 (+8.1 %), with … in …`. */
export function tornadoFinding(request: ChartRequest, { series, effects }: Effects): string {
  const { y } = request;
  const gains = new Map<string, string[]>();
  const without: string[] = [];
  for (const one of series) {
    const own = effects.filter((effect) => effect.series === one && effect.supported && isGain(y, effect));
    const best = own.sort((a, b) => Math.abs(Math.log1p(b.change)) - Math.abs(Math.log1p(a.change)))[0];
    const name = request.series === undefined ? '' : `in ${valueText(request.series, one)} `;
    if (best === undefined) without.push(name.trim());
    else gains.set(best.variant, [...(gains.get(best.variant) ?? []), `${name}(${signedPercentText(best.change)})`]);
  }
  if (gains.size === 0) return `None of these changes is shown to better ${sentenceNoun(y)}.`;
  const clauses = [...gains].map(([variant, where]) => `with ${variant} ${where.join(' and ')}`);
  const verb = columnInfo(y).better === 'less' ? 'falls' : 'rises';
  const nothing = without.length === 0 ? '' : `; with none of them ${without.join(' and ')}`;
  return `${capital(sentenceNoun(y))} ${verb} most ${clauses.join(', ')}${nothing}.`;
}

const short = (value: number): number => Number(value.toPrecision(5));

function values(request: ChartRequest, { effects }: Effects): object[] {
  return effects.map((one) => ({
    variant: one.variant,
    series: seriesText(request, one.series),
    change: short(100 * one.change),
    low: short(100 * one.low),
    high: short(100 * one.high),
    label: signedPercentText(one.change),
    interval: changeInterval(one),
    // Beyond the bar and its interval, on the side to which the bar points.
    label_at: short(100 * (one.change < 0 ? Math.min(one.low, 0) : Math.max(one.high, 0))),
    side: one.change < 0 ? 'left' : 'right',
    supported: one.supported ? 1 : 0,
  }));
}

const seriesText = (request: ChartRequest, value: Cell): string =>
  request.series === undefined ? '' : standaloneText(request.series, value);

/** Room for the labels beyond the longest bars, as a share of the axis. */
const LABEL_ROOM = { wide: 0.16, narrow: 0.65 } as const;

/** What fits below the plot. */
const TITLE_LETTERS = { wide: 80, narrow: 26 } as const;

function layers(request: ChartRequest, found: Effects, look: ChartLook): Layer[] {
  const ends = found.effects.flatMap(({ low, high }) => [100 * low, 100 * high]);
  const span = Math.max(0, ...ends) - Math.min(0, ...ends);
  const room = LABEL_ROOM[look.layout];
  const axis = linearAxis(ends, look.layout === 'narrow' ? 4 : 8);
  const [from, to] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const domain = [from < 0 ? from - room * span : 0, to > 0 ? to + room * span : 0] as const;
  const styles = effectStyles(found);
  const x: Layer = {
    field: 'change',
    type: 'quantitative',
    scale: scaleOf('linear', domain),
    axis: {
      title: wrapped(`change of ${columnInfo(request.y).noun} (%)`, TITLE_LETTERS[look.layout]),
      values: axis.ticks.filter((tick) => tick >= domain[0] && tick <= domain[1]),
      format: AXIS_FORMAT,
      grid: true,
    },
  };
  const y: Layer = {
    field: 'variant',
    type: 'nominal',
    sort: found.variants,
    axis: { title: null, labelLimit: NAME_WIDTH, labelFontSize: 12, labelColor: colour('text', look.theme) },
    scale: { paddingInner: ROW_GAP / (ROW_GAP + BAR * found.series.length), paddingOuter: 0.15 },
  };
  const order = found.series.map((one) => seriesText(request, one));
  const place = { y, yOffset: { field: 'series', sort: order } };
  const color: Layer = {
    field: 'series',
    type: 'nominal',
    scale: { domain: order, range: styles.map((style) => colour(style.colour, look.theme)) },
    legend: look.place === 'page' || request.series === undefined ? null : { orient: 'top', title: null },
  };
  const [text, muted] = [colour('text', look.theme), colour('muted', look.theme)];
  const tooltip = [
    { field: 'variant', title: 'change' },
    { field: 'series', title: columnInfo(request.series ?? 'variant').noun },
    { field: 'label', title: `effect on ${columnInfo(request.y).noun}` },
    { field: 'interval', title: '95 % interval' },
  ];
  const opacity = { condition: { test: 'datum.supported === 1', value: 1 }, value: 0.35 };
  const label = (side: 'left' | 'right') => ({
    transform: [{ filter: `datum.side === '${side}'` }],
    mark: {
      type: 'text',
      align: side === 'left' ? 'right' : 'left',
      dx: side === 'left' ? -6 : 6,
      fontSize: 11,
      color: muted,
      tooltip: false,
    },
    encoding: { ...place, x: { ...x, field: 'label_at' }, text: { field: 'label' } },
  });
  return [
    { mark: { type: 'bar' }, encoding: { ...place, x, x2: { datum: 0 }, color, opacity, tooltip } },
    {
      mark: { type: 'rule', strokeWidth: 1.5, color: text, tooltip: false },
      encoding: { ...place, x: { ...x, field: 'low' }, x2: { field: 'high' } },
    },
    ...(['left', 'right'] as const)
      .filter((side) => found.effects.some(({ change }) => (change < 0 ? 'left' : 'right') === side))
      .map(label),
    {
      data: { values: [{}] },
      mark: { type: 'rule', strokeWidth: 1, color: text, tooltip: false },
      encoding: { x: { ...x, field: undefined, datum: 0 } },
    },
  ];
}

export function tornadoSpec(request: ChartRequest, found: Effects, options: Partial<ChartLook> = {}): TopLevelSpec {
  const look = { ...DEFAULT_LOOK, ...options };
  const caption = () => ({
    finding: tornadoFinding(request, found),
    subject: request.subject,
    conditions: effectConditions(found),
  });
  return chartSheet(look, caption, {
    data: { values: values(request, found) },
    ...(look.place === 'page' && request.series !== undefined
      ? { transform: [{ filter: 'indexof(hidden, datum.series) < 0' }] }
      : {}),
    width: CHART_WIDTH[look.layout] - NAME_WIDTH,
    height: { step: BAR * found.series.length + ROW_GAP, for: 'position' },
    layer: layers(request, found, look),
  });
}
