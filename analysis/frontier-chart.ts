/** Throughput against latency for each wait point and quorum, over the numbers of clients, with the target's corner. */
import type { TopLevelSpec } from 'vega-lite';
import { axisTitle } from './chart-caption.js';
import { axisUnit, quantityText } from './chart-columns.js';
import type { ChartLook } from './chart-frame.js';
import type { Layer } from './chart-layers.js';
import { linearAxis, logAxis, spreadLabels } from './chart-scale.js';
import { CHART_WIDTH, chartSheet, DEFAULT_LOOK, Y_AXIS_WIDTH } from './chart-sheet.js';
import type { Quantity } from './model-error.js';
import { colour, fixedStyle, type SeriesStyle, slotStyle } from './palette.js';
import type { AssessedRecord, CurveRecord, PlanRecord } from './plan-record.js';
import { percentText, predictionText, QUANTITY_NAMES, targetText, VERDICT_TEXTS } from './plan-text.js';
import type { Prediction } from './plan-verdict.js';

/** The latency that the targets are about; the 95th percentile where they are about none. */
export const frontierLatency = ({ targets }: Pick<PlanRecord, 'targets'>): Quantity =>
  targets.find(({ quantity }) => quantity !== 'tps')?.quantity ?? 'latency_p95_us';

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3]];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'] as const;

/** A wait point has its colour everywhere; quorums differ in point and dash. */
export function curveStyle({ wait_point, wait_for_slave_count: count }: CurveRecord): SeriesStyle {
  const { colour } = fixedStyle(wait_point) ?? slotStyle(0);
  const at = wait_point === 'ASYNC' ? 4 : count - 1;
  return { colour, shape: SHAPES[at % SHAPES.length]!, dash: DASHES[at % DASHES.length]! };
}

export const FRONTIER_CONDITIONS = [
  "bars: the model's error",
  'hollow: outside of what was measured',
  'each point a number of clients',
];

/** Which curves keep the targets, and by how much. */
export function frontierFinding({ frontier, targets }: PlanRecord): string {
  const best = frontier.map(({ name, points }) => {
    const kept = points.filter(({ verdict }) => verdict === 'meets').map(({ margin }) => margin.least!);
    return { name, margin: kept.length > 0 ? Math.max(...kept) : null };
  });
  const kept = best.filter((one): one is { name: string; margin: number } => one.margin !== null);
  const wanted = targets.map(targetText).join(' with ');
  if (kept.length === 0) return `No wait point and quorum surely meets ${wanted}.`;
  const told = kept.sort((a, b) => b.margin - a.margin).map(({ name, margin }) => `${name} (${percentText(margin)})`);
  const others = best.length - kept.length;
  const rest = others === 0 ? '' : others === 1 ? '; the other does not' : '; the others do not';
  return `Surely meeting ${wanted}: ${told.join(', ')}${rest}.`;
}

const short = (value: number): number => Number(value.toPrecision(5));

interface Units {
  readonly latency: Quantity;
  readonly perX: number;
}

function pointValue(curve: CurveRecord, point: AssessedRecord, { latency, perX }: Units): object {
  const [tps, us] = [point.predicted.tps, point.predicted[latency]];
  const ends = ({ low, high }: Prediction, per: number, names: readonly [string, string]): object =>
    low === null || high === null ? {} : { [names[0]]: short(low / per), [names[1]]: short(high / per) };
  return {
    series: curve.name,
    clients: point.clients,
    x: short(us.value / perX),
    y: short(tps.value),
    ...ends(us, perX, ['x_low', 'x_high']),
    ...ends(tps, 1, ['y_low', 'y_high']),
    known: tps.low === null ? 0 : 1,
    throughput: predictionText('tps', tps),
    latency: predictionText(latency, us),
    meets: VERDICT_TEXTS[point.verdict],
  };
}

const valid = (field: string, shown: readonly string[]): Layer => ({
  transform: [{ filter: [...shown, `isValid(datum.${field})`].join(' && ') }],
});

/** Everything in the units of the axes. */
interface Frame {
  readonly plan: PlanRecord;
  readonly look: ChartLook;
  readonly units: Units;
  readonly width: number;
  readonly height: number;
  readonly x: Layer;
  readonly y: Layer;
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
}

const HEIGHT = 380;
/** Room for the names at the curves' ends. */
const NAMES_WIDTH = 140;

function frameOf(plan: PlanRecord, look: ChartLook): Frame {
  const latency = frontierLatency(plan);
  const points = plan.frontier.flatMap((curve) => curve.points);
  const bound = (quantity: Quantity): number[] =>
    plan.targets.filter((target) => target.quantity === quantity).map((target) => target.bound);
  const ends = (one: Prediction): number[] => [one.low ?? one.value, one.high ?? one.value];
  const us = [...points.flatMap(({ predicted }) => ends(predicted[latency])), ...bound(latency)];
  const unit = axisUnit(latency, Math.min(...us), Math.max(...us));
  const xAxis = logAxis(us.map((value) => value / unit.divisor));
  const yAxis = linearAxis([...points.flatMap(({ predicted }) => ends(predicted.tps)), ...bound('tps')]);
  const narrow = look.layout === 'narrow';
  return {
    plan,
    look,
    units: { latency, perX: unit.divisor },
    width: CHART_WIDTH[look.layout] - Y_AXIS_WIDTH - (narrow ? 0 : NAMES_WIDTH),
    height: narrow ? 300 : HEIGHT,
    x: {
      field: 'x',
      type: 'quantitative',
      scale: { type: 'log', domain: [...xAxis.domain], nice: false },
      axis: { title: axisTitle(latency, unit), values: [...xAxis.ticks], format: '~r' },
    },
    y: {
      field: 'y',
      type: 'quantitative',
      scale: { domain: [...yAxis.domain], nice: false },
      axis: { title: axisTitle('tps', axisUnit('tps', 1, 1)), values: [...yAxis.ticks], format: ',~r' },
    },
    xDomain: xAxis.domain,
    yDomain: yAxis.domain,
  };
}

/** The corner in which the targets are met, and its edges. */
function targetLayers({ plan, look, units, x, y, xDomain, yDomain }: Frame): Layer[] {
  const bound = (quantity: Quantity): number | undefined =>
    plan.targets.find((target) => target.quantity === quantity)?.bound;
  const [tps, us] = [bound('tps'), bound(units.latency)];
  const corner = {
    from: xDomain[0],
    to: us === undefined ? xDomain[1] : short(us / units.perX),
    low: tps ?? yDomain[0],
    high: yDomain[1],
  };
  const data = { values: [corner] };
  const ink = colour('muted', look.theme);
  const at = (layer: Layer, field: string): Layer => ({ ...layer, field });
  const edge = { type: 'rule', strokeWidth: 1.2, strokeDash: [5, 4], color: ink, tooltip: false };
  return [
    {
      data,
      mark: { type: 'rect', color: colour('green', look.theme), opacity: 0.09, tooltip: false },
      encoding: { x: at(x, 'from'), x2: { field: 'to' }, y: at(y, 'low'), y2: { field: 'high' } },
    },
    ...(tps === undefined ? [] : [{ data, mark: edge, encoding: { y: at(y, 'low') } }]),
    ...(us === undefined ? [] : [{ data, mark: edge, encoding: { x: at(x, 'to') } }]),
  ];
}

function layers(frame: Frame): Layer[] {
  const { plan, look, x, y } = frame;
  const styles = plan.frontier.map(curveStyle);
  const styledBy = (of: (style: SeriesStyle) => unknown): Layer => ({
    field: 'series',
    type: 'nominal',
    scale: { domain: plan.frontier.map(({ name }) => name), range: styles.map(of) },
    // Names stand at the curves' ends, or on the buttons of the page.
    legend: null,
  });
  const color = styledBy((style) => colour(style.colour, look.theme));
  const shown = look.place === 'page' ? ['indexof(hidden, datum.series) < 0'] : [];
  const tooltip = ['series', 'clients', 'throughput', 'latency', 'meets'].map((field) => ({
    field,
    title: field === 'series' ? 'wait point' : field === 'latency' ? QUANTITY_NAMES[frame.units.latency] : field,
  }));
  const bar = { type: 'rule', strokeWidth: 1.2, opacity: 0.45, tooltip: false };
  const shape = styledBy((style) => style.shape);
  const point = { type: 'point', size: 62, opacity: 1 };
  return [
    ...targetLayers(frame),
    {
      ...valid('y_low', shown),
      mark: bar,
      encoding: { x, y: { ...y, field: 'y_low' }, y2: { field: 'y_high' }, color },
    },
    {
      ...valid('x_low', shown),
      mark: bar,
      encoding: { y, x: { ...x, field: 'x_low' }, x2: { field: 'x_high' }, color },
    },
    {
      ...valid('y', shown),
      mark: { type: 'line', strokeWidth: 1.8, tooltip: false },
      encoding: {
        x,
        y,
        color,
        order: { field: 'clients', type: 'quantitative' },
        strokeDash: styledBy((style) => style.dash),
      },
    },
    {
      transform: [{ filter: [...shown, 'datum.known === 1'].join(' && ') }],
      mark: { ...point, filled: true },
      encoding: { x, y, color, shape, tooltip },
    },
    {
      transform: [{ filter: [...shown, 'datum.known === 0'].join(' && ') }],
      mark: {
        ...point,
        filled: false,
        strokeWidth: 1.6,
        fill: look.place === 'page' ? 'transparent' : colour('background', look.theme),
      },
      encoding: { x, y, color, shape, tooltip },
    },
    ...(look.layout === 'narrow' ? [] : [nameLayer(frame, color, shown)]),
  ];
}

const NAME_GAP = 15;

/** Each curve's name at its right end, moved apart where they would overlap. */
function nameLayer({ plan, height, yDomain }: Frame, color: Layer, shown: readonly string[]): Layer {
  const ends = plan.frontier.map((curve) => curve.points.at(-1)!.predicted.tps.value);
  const wishes = ends.map((tps) => height * (1 - (tps - yDomain[0]) / (yDomain[1] - yDomain[0])));
  const places = spreadLabels(wishes, NAME_GAP, height) ?? wishes;
  return {
    data: { values: plan.frontier.map(({ name }, index) => ({ series: name, at: short(places[index]!) })) },
    ...(shown.length > 0 ? { transform: [{ filter: shown.join(' && ') }] } : {}),
    mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: 12, fontWeight: 600, tooltip: false, dx: 10 },
    encoding: {
      x: { value: 'width' },
      y: { field: 'at', type: 'quantitative', scale: null, axis: null },
      color,
      text: { field: 'series' },
    },
  };
}

export function frontierSpec(plan: PlanRecord, options: Partial<ChartLook> = {}): TopLevelSpec {
  const look = { ...DEFAULT_LOOK, ...options };
  const frame = frameOf(plan, look);
  const caption = () => ({
    finding: frontierFinding(plan),
    subject: frontierSubject(plan),
    conditions: FRONTIER_CONDITIONS,
  });
  return chartSheet(look, caption, {
    data: {
      values: plan.frontier.flatMap((curve) => curve.points.map((point) => pointValue(curve, point, frame.units))),
    },
    width: frame.width,
    height: frame.height,
    layer: layers(frame),
    resolve: { scale: { y: 'shared' } },
  });
}

export const frontierSubject = (plan: PlanRecord): string =>
  `Throughput against ${QUANTITY_NAMES[frontierLatency(plan)]} latency, by wait point and quorum; the shaded corner meets ${plan.targets
    .map(({ quantity, bound }) => (quantity === 'tps' ? quantityText('tps', bound) : targetText({ quantity, bound })))
    .join(' and ')}`;
