/** One chart of the page: curves with their bands, drawn anew in a few milliseconds. */
import { axisTitle, conditionTexts, unbroken } from '../../../analysis/chart-caption.js';
import { type Cell, columnInfo, numberText, quantityText, valueText } from '../../../analysis/chart-columns.js';
import { type ChartFields, chartFields } from '../../../analysis/chart-fields.js';
import { type ChartData, type ChartMark, chartData } from '../../../analysis/chart-marks.js';
import {
  type Axis,
  linearAxis,
  logAxis,
  measuredTicks,
  spreadLabels,
  xScaleKind,
  yScaleKind,
} from '../../../analysis/chart-scale.js';
import { findingFrom } from '../../../analysis/findings.js';
import { fixedStyle, type SeriesStyle, SHAPE_PATHS } from '../../../analysis/palette.js';
import type { ChartRequest } from '../../../workloads/workload.js';
import { drawn, path } from './element.js';
import type { View } from './study.js';

/** From this width on names stand at the ends of their lines. */
const LABELS_FROM = 520;
const LINE_GAP = 17;

interface Plot {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly x: (value: Cell) => number;
  readonly y: (value: number) => number;
}

/** A version keeps its colour whatever else is drawn; where one has several wait points, these give shape and dash. */
function curveStyles(data: ChartData): SeriesStyle[] {
  const rows = data.series.map((series) => data.marks.find((mark) => mark.series === series)!.row);
  const profiles = new Set(rows.map(({ profile }) => profile));
  return rows.map(({ profile, wait_point }) => {
    const [ofProfile, ofWaitPoint] = [fixedStyle(profile)!, fixedStyle(wait_point)!];
    if (profiles.size === rows.length) return ofProfile;
    return profiles.size === 1 ? ofWaitPoint : { ...ofWaitPoint, colour: ofProfile.colour };
  });
}

/** A chart as the view has it, worked out once for all that is made of it. */
export interface Chart {
  readonly request: ChartRequest;
  readonly view: View;
  readonly data: ChartData;
  readonly styles: readonly SeriesStyle[];
}

export function chartOf(request: ChartRequest, view: View): Chart {
  const data = chartData(request, view.rows);
  return { request, view, data, styles: curveStyles(data) };
}

/** What a picture shows, in words: its finding once all is settled, and what all of its points share. */
export interface ChartText {
  readonly title: string;
  readonly conditions: string;
}

export function chartText({ request, view, data }: Chart): ChartText {
  const conditions = unbroken(conditionTexts(request, data).join('\u00a0· '));
  const missing = view.rows.length - view.settled.size;
  // No claim is made from a sketch.
  const title = missing > 0 ? `${request.subject}: a sketch, being measured …` : findingFrom(request, data);
  return { title, conditions };
}

function position(axis: readonly [number, number], log: boolean, from: number, to: number) {
  const at = log ? Math.log : (value: number) => value;
  const [low, high] = axis.map(at) as [number, number];
  return (value: number): number => from + ((at(value) - low) / (high - low || 1)) * (to - from);
}

function yAxisOf(data: ChartData, divisor: number): { axis: Axis; log: boolean } {
  const values = data.marks.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y].map((one) => one / divisor));
  const log =
    yScaleKind(
      data.marks.map(({ y }) => y),
      undefined,
    ) === 'log';
  return { axis: log ? logAxis(values.filter((value) => value > 0)) : linearAxis(values, 4), log };
}

/** Numbers where they lie, anything else side by side. */
function xPositions(request: ChartRequest, xs: readonly Cell[], left: number, right: number) {
  const kind = xScaleKind(xs, request.x_scale, columnInfo(request.x).ordinal === true);
  if (kind === 'ordinal') {
    const step = (right - left) / Math.max(1, xs.length);
    return { kind, at: (value: Cell) => left + step * (xs.indexOf(value) + 0.5) };
  }
  const numbers = xs as readonly number[];
  const domain = [Math.min(...numbers), Math.max(...numbers)] as const;
  const place = position(domain, kind === 'log', left + 6, right - 6);
  return { kind, at: (value: Cell) => place(value as number) };
}

const TICK_GAP = 44;

function xTicks(xs: readonly Cell[], kind: 'linear' | 'log' | 'ordinal', room: number): readonly Cell[] {
  if (kind !== 'ordinal') return measuredTicks(xs as readonly number[], kind, room, TICK_GAP);
  const every = Math.ceil((xs.length * TICK_GAP) / Math.max(room, 1));
  return xs.filter((_, index) => index % every === 0);
}

function axes(
  request: ChartRequest,
  { data, fields: { xUnit, yUnit } }: { readonly data: ChartData; readonly fields: ChartFields },
  plot: Plot,
  y: Axis,
  kind: 'linear' | 'log' | 'ordinal',
) {
  const grid = y.ticks.map((tick) => {
    const at = plot.y(tick);
    return drawn(
      'g',
      {},
      drawn('line', { x1: plot.left, x2: plot.right, y1: at, y2: at, class: 'grid' }),
      drawn('text', { x: plot.left - 8, y: at + 4, class: 'tick end' }, numberText(tick)),
    );
  });
  const ticks = xTicks(data.xs, kind, plot.right - plot.left).map((value) => {
    const text = typeof value === 'number' ? numberText(value / xUnit.divisor) : valueText(request.x, value);
    return drawn('text', { x: plot.x(value), y: plot.bottom + 18, class: 'tick middle' }, text);
  });
  return drawn(
    'g',
    {},
    ...grid,
    ...ticks,
    drawn('line', { x1: plot.left, x2: plot.right, y1: plot.bottom, y2: plot.bottom, class: 'rule' }),
    drawn(
      'text',
      { x: (plot.left + plot.right) / 2, y: plot.bottom + 36, class: 'axis middle' },
      axisTitle(request.x, xUnit),
    ),
    drawn('text', { x: 0, y: 12, class: 'axis' }, axisTitle(request.y, yUnit)),
  );
}

function band(line: readonly ChartMark[], plot: Plot, divisor: number, style: SeriesStyle): SVGElement[] {
  const known = line.filter(({ low, high }) => low !== null && high !== null);
  if (known.length < 2) return [];
  const upper = known.map(({ x, high }) => [plot.x(x), plot.y(high! / divisor)] as const);
  const lower = known.map(({ x, low }) => [plot.x(x), plot.y(low! / divisor)] as const).reverse();
  return [drawn('path', { d: `${path([...upper, ...lower])}Z`, fill: `var(--${style.colour})`, class: 'band' })];
}

function pointTitle(request: ChartRequest, mark: ChartMark, isSettled: boolean): string {
  const interval =
    mark.low === null || mark.high === null
      ? ''
      : ` (95 % interval ${quantityText(request.y, mark.low)} to ${quantityText(request.y, mark.high)})`;
  const how = isSettled ? '' : ', a sketch';
  return `${mark.series}, ${valueText(request.x, mark.x)}: ${quantityText(request.y, mark.y)}${interval}${how}`;
}

function curve(
  request: ChartRequest,
  view: View,
  line: readonly ChartMark[],
  plot: Plot,
  divisor: number,
  style: SeriesStyle,
) {
  const colour = `var(--${style.colour})`;
  const isSettled = ({ row }: ChartMark): boolean => view.settled.has(row.point);
  const exact = line.every(isSettled);
  const points = line.map((mark) => {
    const place = `translate(${plot.x(mark.x).toFixed(1)} ${plot.y(mark.y / divisor).toFixed(1)})`;
    const fill = isSettled(mark) ? colour : 'var(--background)';
    return drawn(
      'path',
      {
        d: SHAPE_PATHS[style.shape],
        transform: place,
        fill,
        stroke: colour,
        'stroke-width': 1.5,
        class: 'point',
        'data-point': mark.row.point,
      },
      drawn('title', {}, pointTitle(request, mark, isSettled(mark))),
    );
  });
  const d = path(line.map(({ x, y }) => [plot.x(x), plot.y(y / divisor)] as const));
  return drawn(
    'g',
    {},
    // A sketch has no intervals worth drawing.
    ...(exact ? band(line, plot, divisor, style) : []),
    drawn('path', { d, stroke: colour, 'stroke-dasharray': style.dash.join(' '), class: 'curve' }),
    ...points,
  );
}

function endLabels(
  request: ChartRequest,
  data: ChartData,
  plot: Plot,
  divisor: number,
  styles: readonly SeriesStyle[],
) {
  const ends = data.series.flatMap((series, index) => {
    const last = data.marks.filter((mark) => mark.series === series).at(-1);
    return last
      ? [{ text: valueText(request.series!, series), style: styles[index]!, y: plot.y(last.y / divisor) }]
      : [];
  });
  const height = plot.bottom - plot.top;
  const places = spreadLabels(
    ends.map(({ y }) => y - plot.top),
    LINE_GAP,
    height,
  );
  return ends.map(({ text, style, y }, index) =>
    drawn(
      'text',
      {
        x: plot.right + 12,
        y: (places?.[index] ?? y - plot.top) + plot.top + 4,
        fill: `var(--${style.colour})`,
        class: 'label',
      },
      text,
    ),
  );
}

/** Room for the longest name in bold letters, of which capitals are the widest. */
function labelRoom(data: ChartData): number {
  const widths = data.series.map((name) => {
    const capitals = String(name).match(/[A-Z_]/g)?.length ?? 0;
    return 7.8 * String(name).length + 2 * capitals;
  });
  return 18 + Math.max(...widths);
}

export function drawCurves(picture: HTMLElement, { request, view, data, styles }: Chart): void {
  const width = picture.clientWidth;
  const height = picture.clientHeight;
  if (width === 0) return;
  const fields = chartFields(request, data);
  const { divisor } = fields.yUnit;
  const labelled = width >= LABELS_FROM;
  const { axis, log } = yAxisOf(data, divisor);
  const widest = Math.max(...axis.ticks.map((tick) => numberText(tick).length));
  const [left, top, bottom] = [14 + 7.5 * widest, 26, height - 42];
  const right = width - (labelled ? labelRoom(data) : 10);
  const { kind, at } = xPositions(request, data.xs, left, right);
  const y = position(axis.domain, log, bottom, top);
  const plot: Plot = { left, top, right, bottom, x: at, y };
  const lines = data.series.map((series, index) =>
    curve(
      request,
      view,
      data.marks.filter((mark) => mark.series === series),
      plot,
      divisor,
      styles[index]!,
    ),
  );
  picture.replaceChildren(
    drawn(
      'svg',
      { width, height, viewBox: `0 0 ${width} ${height}` },
      axes(request, { data, fields }, plot, axis, kind),
      ...lines,
      ...(labelled ? endLabels(request, data, plot, divisor, styles) : []),
    ),
  );
}

/** The curves' names with their looks. */
export function legendItems({ data, styles }: Chart): HTMLElement[] {
  return data.series.map((series, index) => {
    const { colour, shape, dash } = styles[index]!;
    const item = document.createElement('li');
    item.append(
      drawn(
        'svg',
        { width: 34, height: 14, viewBox: '-17 -7 34 14', 'aria-hidden': 'true' },
        drawn('path', {
          d: 'M-16 0H16',
          stroke: `var(--${colour})`,
          'stroke-dasharray': dash.join(' '),
          class: 'curve',
        }),
        drawn('path', { d: SHAPE_PATHS[shape], fill: `var(--${colour})` }),
      ),
      String(series),
    );
    return item;
  });
}
