/** The layers of a plot: bands, lines, points and labels for a curve; bars, intervals and labels for variants. */
import { axisTitle, standaloneText } from './chart-caption.js';
import { columnInfo, numberText, valueText } from './chart-columns.js';
import { MEASURED_FIELDS } from './chart-fields.js';
import type { ChartFrame } from './chart-frame.js';
import { type Axis, measuredTicks, type ScaleKind, spreadLabels } from './chart-scale.js';
import { colour, type SeriesStyle } from './palette.js';

export type Layer = Record<string, unknown>;

const LABEL_GAP = 15;
/** More labels than this at the lines' ends read worse than a legend. */
const LABELS_MAX = 7;
/** Characters of a label that fit beside the plot. */
const LABEL_LENGTH_MAX = { wide: 26, narrow: 14 } as const;

/** One scale for colour, shape or dash over all series, in their order; a lone line has its first style throughout. */
export function styled(frame: ChartFrame, of: (style: SeriesStyle) => unknown): Layer {
  const { request, data, styles, fields } = frame;
  if (request.series === undefined) return { value: of(styles[0]!) };
  return {
    field: fields.series,
    type: 'nominal',
    scale: { domain: data.series.map((value) => standaloneText(request.series!, value)), range: styles.map(of) },
    legend: legend(frame),
  };
}

function legend(frame: ChartFrame): Layer | null {
  if (frame.look.place === 'page' || labelsFit(frame)) return null;
  const room = frame.width * frame.columns;
  // A letter, and a symbol with its padding, in pixels.
  const widths = frame.data.series.map((value) => standaloneText(frame.request.series!, value).length * 6.4 + 38);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const columns = total <= room ? widths.length : Math.max(1, Math.floor(room / Math.max(...widths)));
  return { orient: 'top', title: null, symbolOpacity: 1, columns };
}

/** Lines are labelled at their ends when there is one plot, they are few, and their names are short. */
function labelsFit({ request, data, look }: ChartFrame): boolean {
  if (request.series === undefined || data.facets.length > 1 || data.series.length > LABELS_MAX) return false;
  if (columnInfo(request.x).quantity === 'category') return false;
  const longest = Math.max(...data.series.map((value) => standaloneText(request.series!, value).length));
  return longest <= LABEL_LENGTH_MAX[look.layout];
}

/** 12,000 and 0.25, never 1.2e+4. Without the 6, D3 rounds a tick of 25 to 30 where its step has one digit. */
export const AXIS_FORMAT = ',.6~r';

function xEncoding(frame: ChartFrame, kind: ScaleKind): Layer {
  const { request, data, fields, width } = frame;
  const title = axisTitle(request.x, fields.xUnit);
  if (kind === 'ordinal') {
    const sort = data.xs.map((x) => (typeof x === 'number' ? x / fields.xUnit.divisor : valueText(request.x, x)));
    return {
      field: fields.x,
      type: 'ordinal',
      sort,
      scale: { type: 'point', padding: 0.3 },
      axis: { title, labelAngle: 0, labelOverlap: 'greedy' },
    };
  }
  const values = data.xs.map((x) => Number(x) / fields.xUnit.divisor);
  const longest = Math.max(...values.map((value) => numberText(value).length));
  return {
    field: fields.x,
    type: 'quantitative',
    scale: { ...scaleOf(kind, [values[0]!, values.at(-1)!]), padding: 8 },
    axis: { title, values: measuredTicks(values, kind, width - 16, longest * 6 + 4), format: AXIS_FORMAT },
  };
}

/** Vega-Lite warns of `zero` on a log scale. */
export function scaleOf(kind: 'linear' | 'log', domain: readonly [number, number]): Layer {
  return { type: kind, domain, nice: false, ...(kind === 'linear' ? { zero: false } : {}) };
}

export function tooltip({ request, fields }: ChartFrame): Layer[] {
  const shown: Layer[] = [];
  if (request.series !== undefined) shown.push({ field: fields.series, title: columnInfo(request.series).noun });
  if (request.facet !== undefined) shown.push({ field: fields.facet, title: columnInfo(request.facet).noun });
  shown.push({ field: fields.x, title: axisTitle(request.x, fields.xUnit) });
  shown.push({ field: fields.y, title: axisTitle(request.y, fields.yUnit), format: ',.4~r' });
  if (columnInfo(request.y).interval !== undefined) shown.push({ field: 'interval', title: '95 % interval' });
  return shown;
}

/** By conditions, not by a scale: a legend would draw the outlines of its symbols dashed too, into rags. */
function dashes({ request, data, styles, fields }: ChartFrame): Layer {
  const condition = data.series.flatMap((value, index) => {
    const { dash } = styles[index]!;
    if (dash.length === 0 || request.series === undefined) return [];
    const label = JSON.stringify(standaloneText(request.series, value));
    return [{ test: `datum[${JSON.stringify(fields.series)}] === ${label}`, value: dash }];
  });
  return condition.length === 0 ? { value: styles[0]!.dash } : { condition, value: [] };
}

/** Band, line, points, and labels at the lines' ends. */
export function lineLayers(frame: ChartFrame, xKind: ScaleKind, yKind: 'linear' | 'log', yAxis: Axis): Layer[] {
  const { request, data, fields } = frame;
  const x = xEncoding(frame, xKind);
  const y: Layer = {
    field: fields.y,
    type: 'quantitative',
    scale: scaleOf(yKind, yAxis.domain),
    axis: { title: axisTitle(request.y, fields.yUnit), values: yAxis.ticks, format: AXIS_FORMAT },
  };
  const color = styled(frame, (style) => colour(style.colour, frame.look.theme));
  const layers: Layer[] = [];
  // Measured marks share the data, so that small multiples take their share of them; a curve must not break at them.
  const simulated =
    data.measured.length === 0 ? {} : { transform: [{ filter: `!isValid(datum.${MEASURED_FIELDS.y})` }] };
  if (data.marks.some(({ low, high }) => low !== null && high !== null)) {
    layers.push({
      ...simulated,
      mark: { type: 'area', opacity: 0.2, tooltip: false },
      encoding: { x, y: { ...y, field: fields.low }, y2: { field: fields.high }, color },
    });
  }
  layers.push(
    {
      ...simulated,
      mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round' },
      encoding: { x, y, color, strokeDash: dashes(frame) },
    },
    {
      ...simulated,
      mark: { type: 'point', filled: true, size: 55, opacity: 1 },
      encoding: { x, y, color, shape: styled(frame, ({ shape }) => shape), tooltip: tooltip(frame) },
    },
  );
  if (data.measured.length > 0) layers.push(...measuredLayers(frame, x, y, color));
  if (labelsFit(frame)) {
    const labels = labelLayer(frame, x, y, color, yKind, yAxis);
    if (labels !== undefined) layers.push(labels);
  }
  return layers;
}

/** Hollow points, larger than a curve's own so that both are seen, with a bar from the lowest run to the highest. */
function measuredLayers(frame: ChartFrame, x: Layer, y: Layer, color: Layer): Layer[] {
  const { request, fields } = frame;
  const valid = (field: string) => ({ transform: [{ filter: `isValid(datum.${field})` }] });
  const shown = tooltip(frame).filter(({ field }) => field !== fields.y && field !== 'interval');
  const title = `measured ${axisTitle(request.y, fields.yUnit)}`;
  return [
    {
      ...valid(MEASURED_FIELDS.low),
      mark: { type: 'rule', strokeWidth: 1.2, tooltip: false },
      encoding: { x, y: { ...y, field: MEASURED_FIELDS.low }, y2: { field: MEASURED_FIELDS.high }, color },
    },
    {
      ...valid(MEASURED_FIELDS.y),
      mark: { type: 'point', filled: false, size: 130, strokeWidth: 1.5, opacity: 1 },
      encoding: {
        x,
        y: { ...y, field: MEASURED_FIELDS.y },
        color,
        shape: styled(frame, ({ shape }) => shape),
        tooltip: [
          ...shown,
          { field: MEASURED_FIELDS.y, title, format: ',.4~r' },
          frame.data.onThreads
            ? { field: 'interval', title: '95 % interval' }
            : { field: 'runs', title: 'lowest and highest run' },
        ],
      },
    },
  ];
}

/** Where a value stands in the plot, in pixels from its top, and back. */
function vertical(height: number, [low, high]: readonly [number, number], kind: 'linear' | 'log') {
  const to = kind === 'log' ? Math.log : (value: number) => value;
  const from = kind === 'log' ? Math.exp : (value: number) => value;
  const span = to(high) - to(low);
  return {
    pixel: (value: number): number => height * (1 - (to(value) - to(low)) / span),
    value: (pixel: number): number => from(to(low) + (1 - pixel / height) * span),
  };
}

function labelLayer(
  frame: ChartFrame,
  x: Layer,
  y: Layer,
  color: Layer,
  kind: 'linear' | 'log',
  axis: Axis,
): Layer | undefined {
  const { request, data, fields, height } = frame;
  const ends = data.series.map((series) => data.marks.findLast((mark) => mark.series === series)!);
  const scale = vertical(height, axis.domain, kind);
  const wishes = ends.map((mark) => scale.pixel(mark.y / fields.yUnit.divisor));
  const places = spreadLabels(wishes, LABEL_GAP, height);
  if (places === undefined) return undefined;
  const values = ends.map((mark, index) => ({
    [fields.series]: standaloneText(request.series!, mark.series),
    [fields.x]: typeof mark.x === 'number' ? mark.x / fields.xUnit.divisor : valueText(request.x, mark.x),
    [fields.y]: Number(scale.value(places[index]!).toPrecision(6)),
  }));
  const hiding =
    frame.look.place === 'page'
      ? { transform: [{ filter: `indexof(hidden, datum[${JSON.stringify(fields.series)}]) < 0` }] }
      : {};
  return {
    data: { values },
    ...hiding,
    mark: { type: 'text', align: 'left', baseline: 'middle', dx: 10, fontSize: 12, fontWeight: 600, tooltip: false },
    encoding: { x, y, color, text: { field: fields.series } },
  };
}
