/**
 * Charts over variants: a row for each. Bars from zero on a linear axis; on a logarithmic one, which has no zero, a
 * stem from where the variant it is measured against stands to where this one does: equal lengths are then equal
 * factors, and with each measured against the one before they are a waterfall.
 */
import { axisTitle, standaloneText } from './chart-caption.js';
import { valueText } from './chart-columns.js';
import type { ChartFrame } from './chart-frame.js';
import { AXIS_FORMAT, type Layer, scaleOf, styled, tooltip } from './chart-layers.js';
import type { Axis } from './chart-scale.js';
import { colour } from './palette.js';

const ROW = 28;
const ROW_PER_SERIES = 17;
const ROW_GAP = 14;
/** On a narrow screen a row's name stands above it, not beside it. */
const NAME = 18;

/** A row's height in pixels, all its series and the gap to the next one included. */
export function rowHeight({ data, look }: ChartFrame): number {
  const marks = data.series.length > 1 ? data.series.length * ROW_PER_SERIES + ROW_GAP : ROW;
  return look.layout === 'narrow' ? marks + NAME : marks;
}

export function barLayers(frame: ChartFrame, kind: 'linear' | 'log', axis: Axis): Layer[] {
  const { request, data, fields, look } = frame;
  const narrow = look.layout === 'narrow';
  const row = rowHeight(frame);
  const inner = (narrow ? NAME + 8 : ROW_GAP * (data.series.length > 1 ? 0.8 : 0.6)) / row;
  const y: Layer = {
    field: fields.x,
    type: 'nominal',
    sort: data.xs.map((value) => valueText(request.x, value)),
    axis: narrow ? null : { title: null, labelLimit: 300, labelFontSize: 12, labelColor: colour('text', look.theme) },
    scale: { paddingInner: inner, paddingOuter: narrow ? inner : inner / 2 },
  };
  const x: Layer = {
    field: fields.y,
    type: 'quantitative',
    scale: scaleOf(kind, axis.domain),
    axis: {
      title: axisTitle(request.y, fields.yUnit),
      values: axis.ticks,
      format: AXIS_FORMAT,
      grid: true,
      labelOverlap: 'greedy',
    },
  };
  const series = data.series.map((value) => standaloneText(request.series ?? '', value));
  const place = { y, ...(request.series === undefined ? {} : { yOffset: { field: fields.series, sort: series } }) };
  const layers = kind === 'log' ? stems(frame, place, x) : bars(frame, place, x);
  layers.push({
    mark: { type: 'text', align: 'left', dx: 8, fontSize: 11, color: colour('muted', look.theme), tooltip: false },
    encoding: { ...place, x: { ...x, field: 'label_at' }, text: { field: narrow ? 'brief' : 'label' } },
  });
  if (narrow) layers.push(nameLabels(frame, y, row * (1 - inner)));
  return layers;
}

function bars(frame: ChartFrame, place: object, x: Layer): Layer[] {
  const { data, fields, look } = frame;
  const color = styled(frame, (style) => colour(style.colour, look.theme));
  const bar = { mark: { type: 'bar', cornerRadiusEnd: 2 }, encoding: { ...place, x, color, tooltip: tooltip(frame) } };
  if (data.marks.some(({ low, high }) => low === null || high === null)) return [bar];
  const interval = {
    mark: { type: 'rule', strokeWidth: 1.5, color: colour('text', look.theme), tooltip: false },
    encoding: { ...place, x: { ...x, field: fields.low }, x2: { field: fields.high } },
  };
  return [bar, interval];
}

function stems(frame: ChartFrame, place: object, x: Layer): Layer[] {
  const { data, fields, look } = frame;
  const color = styled(frame, (style) => colour(style.colour, look.theme));
  const layers: Layer[] = [
    {
      mark: { type: 'tick', orient: 'vertical', thickness: 1.5, bandSize: ROW_PER_SERIES - 2, tooltip: false },
      encoding: { ...place, x: { ...x, field: 'start' }, color },
    },
    {
      mark: { type: 'rule', strokeWidth: 3, opacity: 0.45, tooltip: false },
      encoding: { ...place, x: { ...x, field: 'start' }, x2: { field: fields.y }, color },
    },
  ];
  if (data.marks.every(({ low, high }) => low !== null && high !== null)) {
    layers.push({
      mark: { type: 'rule', strokeWidth: 1.5, tooltip: false },
      encoding: { ...place, x: { ...x, field: fields.low }, x2: { field: fields.high }, color },
    });
  }
  layers.push({
    mark: { type: 'point', filled: true, size: 70, opacity: 1 },
    encoding: { ...place, x, color, shape: styled(frame, ({ shape }) => shape), tooltip: tooltip(frame) },
  });
  return layers;
}

/** Above the rows, from the plot's left edge; a row's centre is where Vega-Lite puts text. */
function nameLabels({ fields, look }: ChartFrame, y: Layer, band: number): Layer {
  const color = colour('text', look.theme);
  return {
    // Once for each row, not for each series in it: text drawn over itself looks bold.
    transform: [{ aggregate: [{ op: 'count', as: 'series' }], groupby: [fields.x] }],
    mark: { type: 'text', align: 'left', baseline: 'bottom', dy: -band / 2 - 2, fontSize: 12, color, tooltip: false },
    encoding: { y, x: { value: 0 }, text: { field: fields.x } },
  };
}
