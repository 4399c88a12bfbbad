/**
 * A timeline as a picture: throughput, latency, waiting sessions and lag below each other on one time axis, shaded where
 * semi-sync was OFF, with a vertical rule and its name for each event.
 */
import type { TopLevelSpec } from 'vega-lite';
import { PROFILES } from '../engine/protocol/profiles.js';
import { wrapped } from './chart-caption.js';
import { axisUnit, timeText } from './chart-columns.js';
import type { ChartLook } from './chart-frame.js';
import { AXIS_FORMAT, type Layer, scaleOf } from './chart-layers.js';
import { linearAxis, logAxis } from './chart-scale.js';
import { CHART_WIDTH, chartSheet, DEFAULT_LOOK, Y_AXIS_WIDTH } from './chart-sheet.js';
import { colour, type SeriesStyle, slotStyle } from './palette.js';
import { type EventLabel, eventLabels, offSpans, type TimelineRun } from './timeline.js';
import { timelineFinding } from './timeline-findings.js';

const SECOND = 1e6;
const LINE_HEIGHT = 13;
const LETTER_WIDTH = 6;
/** Strong enough to be seen behind lines, weak enough to see the grid through it. */
const SHADE = 0.28;
const PANEL_HEIGHT = { wide: 92, narrow: 84 } as const;

/** What all panels of a chart share. */
interface Frame {
  readonly run: TimelineRun;
  readonly look: ChartLook;
  readonly width: number;
  readonly rows: readonly object[];
  readonly spans: readonly object[];
  readonly events: readonly object[];
}

/** Under which conditions it ran: `MySQL 5.7`, `AFTER_SYNC`, `timeout 2s`, … */
export function timelineConditions({ settings, variant }: TimelineRun): string[] {
  const load =
    settings.arrival_rate > 0 ? `${settings.arrival_rate} tx/s arriving` : `${settings.clients} clients, closed loop`;
  const replicas = settings.replicas === 1 ? '1 replica' : `${settings.replicas} replicas`;
  return [
    ...(variant === '' ? [] : [variant]),
    PROFILES[settings.profile].title,
    settings.wait_point,
    ...(variant.includes('timeout=') ? [] : [`timeout ${timeText(settings.timeout)}`]),
    replicas,
    `round trip ${[...new Set(settings.rtt.map(({ mean }) => timeText(mean)))].join(' / ')}`,
    load,
  ];
}

/** One row per interval, as the panels want it: times in seconds, lags in fields of their own. */
function intervalRows({ result }: TimelineRun): object[] {
  const { divisor } = latencyUnit(result.intervals);
  return result.intervals.map((row) => ({
    from: row.from_us / SECOND,
    to: row.to_us / SECOND,
    middle: (row.from_us + row.to_us) / 2 / SECOND,
    protected: Number((row.tps * (row.commits === 0 ? 0 : row.acknowledged / row.commits)).toPrecision(6)),
    tps: Number(row.tps.toPrecision(6)),
    /** Where blocks begin: Vega-Lite takes no constant beside a field. */
    zero: 0,
    commits: row.commits,
    unprotected: row.unprotected,
    latency: row.latency_p99_us === null ? null : Number((row.latency_p99_us / divisor).toPrecision(6)),
    longest: row.latency_max_us === null ? null : Number((row.latency_max_us / divisor).toPrecision(6)),
    as_latency: row.latency_p99_us === null ? 'nobody was answered' : timeText(row.latency_p99_us),
    on: `${Math.round(row.semisync_on * 100)} %`,
    waiting: row.committing_sessions,
    ...Object.fromEntries(row.lag_tx.map((lag, replica) => [`lag_${replica + 1}`, lag])),
  }));
}

const latencies = (intervals: TimelineRun['result']['intervals']): number[] =>
  intervals.flatMap(({ latency_p99_us: p99, latency_max_us: max }) => (p99 === null || max === null ? [] : [p99, max]));

function latencyUnit(intervals: TimelineRun['result']['intervals']) {
  const known = latencies(intervals);
  return axisUnit('latency_p99_us', Math.min(...known), Math.max(...known));
}

const BEHIND: Layer = { type: 'quantitative', title: null };

function timeScale({ run }: Frame): Layer {
  return { domain: [0, run.experiment.duration / SECOND], nice: false, zero: true };
}

/** The time axis carries its numbers below the last panel only. */
function timeAxis(frame: Frame, isLast: boolean): Layer {
  const axis = isLast
    ? { title: 'time (s)', grid: true, tickCount: 8, format: AXIS_FORMAT, labelOverlap: 'greedy' }
    : { title: null, grid: true, tickCount: 8, labels: false, ticks: false };
  return { ...BEHIND, scale: timeScale(frame), axis };
}

/** Where protection was off, and what happened when: behind the data of every panel. */
function backdrop(frame: Frame, x: Layer): Layer[] {
  const { look, spans, events } = frame;
  return [
    {
      data: { values: spans },
      mark: { type: 'rect', color: colour('vermillion', look.theme), opacity: SHADE, tooltip: false },
      encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' } },
    },
    {
      data: { values: events },
      mark: { type: 'rule', color: colour('text', look.theme), strokeDash: [3, 3], strokeWidth: 1, tooltip: false },
      encoding: { x: { ...x, field: 'at' } },
    },
  ];
}

/** An entry of a key: words beside a square of a colour. */
interface KeyEntry {
  readonly words: string;
  readonly fill: string;
  readonly opacity?: number;
}

const ABOVE = -9;
const SQUARE = 10;

/** What stands above a panel: its measure, and a key to its colours. */
function heading({ look }: Frame, title: string, key: readonly KeyEntry[]): Layer[] {
  const ink = colour('text', look.theme);
  const text = (words: string, at: number, weight: string): Layer => ({
    data: { values: [{}] },
    mark: { type: 'text', align: 'left', fontSize: 11, fontWeight: weight, color: ink, tooltip: false },
    encoding: { text: { value: words }, x: { value: at }, y: { value: ABOVE } },
  });
  let at = title.length * (LETTER_WIDTH + 0.5) + 14;
  const entries = key.flatMap(({ words, fill, opacity = 1 }) => {
    const start = at;
    at += SQUARE + 4 + words.length * LETTER_WIDTH + 10;
    const square: Layer = {
      data: { values: [{}] },
      mark: { type: 'point', shape: 'square', filled: true, size: SQUARE ** 2, color: fill, opacity, tooltip: false },
      encoding: { x: { value: start + SQUARE / 2 }, y: { value: ABOVE } },
    };
    return [square, text(words, start + SQUARE + 4, 'normal')];
  });
  return [text(title, 0, 'bold'), ...entries];
}

const TOOLTIP: readonly Layer[] = [
  { field: 'from', title: 'from (s)' },
  { field: 'to', title: 'to (s)' },
  { field: 'commits', title: 'commits' },
  { field: 'unprotected', title: 'of these unprotected' },
  { field: 'as_latency', title: '99th percentile' },
  { field: 'waiting', title: 'sessions waiting' },
  { field: 'on', title: 'semi-sync ON' },
];

const countAxis: Layer = { title: null, tickCount: 3, format: AXIS_FORMAT, grid: true };

/** The extent of an interval, from 0 or another field up to one. */
const block = (fill: string, x: Layer, y: Layer): Layer => ({
  mark: { type: 'rect', color: fill, stroke: fill, strokeWidth: 0.5 },
  encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' }, ...y, tooltip: TOOLTIP },
});

function panel(frame: Frame, layers: readonly Layer[]): Layer {
  return { width: frame.width, height: PANEL_HEIGHT[frame.look.layout], layer: layers };
}

function throughputPanel(frame: Frame): Layer {
  const x = timeAxis(frame, false);
  const { theme } = frame.look;
  const [safe, unsafe] = [colour('teal', theme), colour('vermillion', theme)];
  const narrow = frame.look.layout === 'narrow';
  const most = Math.max(1, ...frame.run.result.intervals.map(({ tps }) => tps));
  const { ticks } = linearAxis([most], 3);
  // Room above the blocks for the words on the shading.
  const y: Layer = { ...BEHIND, scale: scaleOf('linear', [0, most * 1.3]), axis: { ...countAxis, values: ticks } };
  return panel(frame, [
    ...backdrop(frame, x),
    block(safe, x, { y: { ...y, field: 'zero' }, y2: { field: 'protected' } }),
    {
      ...block(unsafe, x, { y: { ...y, field: 'protected' }, y2: { field: 'tps' } }),
      transform: [{ filter: 'datum.unprotected > 0' }],
    },
    ...heading(frame, narrow ? 'tx/s' : 'Throughput (tx/s)', [
      { words: narrow ? 'acked' : 'acknowledged', fill: safe },
      ...(frame.run.result.unprotected === 0 ? [] : [{ words: 'unprotected', fill: unsafe }]),
      ...(frame.spans.length === 0 ? [] : [{ words: 'semi-sync OFF', fill: unsafe, opacity: SHADE }]),
    ]),
    ...offLabels(frame, x),
  ]);
}

/** Says what the shading is, in the spans that have room for it. */
function offLabels(frame: Frame, x: Layer): Layer[] {
  const { look, run, width } = frame;
  const perSecond = width / (run.experiment.duration / SECOND);
  const labels = offSpans(run.result).flatMap(({ from, to }) => {
    const room = ((to - from) / SECOND) * perSecond;
    const texts = [`semi-sync OFF for ${timeText(to - from)}`, 'semi-sync OFF', 'OFF'];
    const text = texts.find((words) => words.length * LETTER_WIDTH + 6 < room);
    return text === undefined ? [] : [{ at: (from + to) / 2 / SECOND, text }];
  });
  return [
    {
      data: { values: labels },
      mark: {
        type: 'text',
        baseline: 'top',
        fontSize: 11,
        fontWeight: 'bold',
        color: colour('text', look.theme),
        stroke: null,
        tooltip: false,
      },
      encoding: { x: { ...x, field: 'at' }, y: { value: 3 }, text: { field: 'text' } },
    },
  ];
}

function latencyPanel(frame: Frame): Layer {
  const x = timeAxis(frame, false);
  const unit = latencyUnit(frame.run.result.intervals);
  const known = latencies(frame.run.result.intervals).map((latency) => latency / unit.divisor);
  const { ticks, domain } = logAxis(known);
  const axis = { title: null, values: ticks, format: AXIS_FORMAT, grid: true, labelOverlap: 'greedy' };
  const ink = colour('violet', frame.look.theme);
  const y: Layer = { ...BEHIND, field: 'latency', scale: scaleOf('log', domain), axis };
  const most = colour('muted', frame.look.theme);
  const middle = { ...x, field: 'middle' };
  return panel(frame, [
    ...backdrop(frame, x),
    {
      mark: { type: 'point', filled: true, size: 22, opacity: 1, color: most },
      encoding: { x: middle, y: { ...y, field: 'longest' }, tooltip: TOOLTIP },
    },
    {
      mark: { type: 'line', color: ink, strokeWidth: 1.5, point: { filled: true, size: 14, color: ink } },
      encoding: { x: middle, y, tooltip: TOOLTIP },
    },
    ...heading(frame, `Latency (${unit.name}, log)`, [
      { words: frame.look.layout === 'narrow' ? '99th' : '99th percentile', fill: ink },
      { words: 'longest', fill: most },
    ]),
  ]);
}

function waitingPanel(frame: Frame): Layer {
  const x = timeAxis(frame, false);
  const ink = colour('ochre', frame.look.theme);
  const y: Layer = { ...BEHIND, scale: { zero: true }, axis: { ...countAxis, tickMinStep: 1 } };
  return panel(frame, [
    ...backdrop(frame, x),
    block(ink, x, { y: { ...y, field: 'zero' }, y2: { field: 'waiting' } }),
    ...heading(frame, 'Sessions waiting for their commit', []),
  ]);
}

function lagPanel(frame: Frame): Layer {
  const x = timeAxis(frame, true);
  const { run, look } = frame;
  const count = run.settings.replicas;
  const styles = Array.from({ length: count }, (_, replica): SeriesStyle => slotStyle(replica));
  const ink = ({ colour: name }: SeriesStyle): string => colour(name, look.theme);
  const y: Layer = { ...BEHIND, scale: { zero: true }, axis: { ...countAxis, tickMinStep: 1 } };
  const lines = styles.map((style, replica): Layer => {
    const field = `lag_${replica + 1}`;
    return {
      mark: { type: 'line', color: ink(style), strokeWidth: 2, strokeDash: style.dash },
      encoding: {
        x: { ...x, field: 'to' },
        y: { ...y, field },
        tooltip: [
          { field: 'to', title: 'at (s)' },
          { field, title: `lag of replica ${replica + 1} (tx)` },
        ],
      },
    };
  });
  const key =
    count === 1 ? [] : styles.map((style, replica) => ({ words: `replica ${replica + 1}`, fill: ink(style) }));
  return panel(frame, [...backdrop(frame, x), ...lines, ...heading(frame, 'Lag (transactions)', key)]);
}

interface PlacedLabel extends EventLabel {
  readonly lines: readonly string[];
  readonly align: 'left' | 'right';
  readonly row: number;
}

/** Gives each label the highest rows where it meets no other. */
export function placeLabels(labels: readonly EventLabel[], duration: number, width: number): PlacedLabel[] {
  const boxes: { left: number; right: number; top: number; bottom: number }[] = [];
  return labels.map(({ at, text }) => {
    const x = (at / duration) * width;
    const wrappedIn = (room: number) => wrapped(text, Math.max(12, Math.floor(room / LETTER_WIDTH)));
    const lengthOf = (lines: readonly string[]) => Math.max(...lines.map((line) => line.length)) * LETTER_WIDTH + 6;
    // To the right it crosses no rule of an event before it.
    const toTheRight = wrappedIn(width - x);
    const align = lengthOf(toTheRight) <= width - x || x < width / 2 ? 'left' : 'right';
    const lines = align === 'left' ? toTheRight : wrappedIn(x);
    const length = lengthOf(lines);
    const [left, right] = align === 'left' ? [x, x + length] : [x - length, x];
    const meets = (top: number): boolean =>
      boxes.some((box) => box.left < right && left < box.right && box.top < top + lines.length && top < box.bottom);
    let row = 0;
    while (meets(row)) row++;
    boxes.push({ left, right, top: row, bottom: row + lines.length });
    return { at, text, lines, align, row };
  });
}

/** The names of the events, above all panels, each at its rule. */
function eventStrip(frame: Frame, placed: readonly PlacedLabel[]): Layer {
  const x = { ...BEHIND, scale: timeScale(frame), axis: null };
  const height = Math.max(1, ...placed.map(({ row, lines }) => row + lines.length)) * LINE_HEIGHT;
  const values = placed.flatMap(({ at, lines, align, row }) =>
    lines.map((line, index) => ({ at: at / SECOND, line, align, y: (row + index) * LINE_HEIGHT })),
  );
  const rules = placed.map(({ at, row }) => ({ at: at / SECOND, y: row * LINE_HEIGHT, end: height }));
  const y = { type: 'quantitative', scale: { domain: [height, 0], nice: false }, axis: null };
  const text = (align: 'left' | 'right'): Layer => ({
    data: { values: values.filter((value) => value.align === align) },
    mark: {
      type: 'text',
      align,
      baseline: 'top',
      dx: align === 'left' ? 4 : -4,
      fontSize: 11,
      color: colour('text', frame.look.theme),
      tooltip: false,
    },
    encoding: { x: { ...x, field: 'at' }, y: { ...y, field: 'y' }, text: { field: 'line' } },
  });
  return {
    width: frame.width,
    height,
    view: { stroke: null },
    layer: [
      {
        data: { values: rules },
        mark: { type: 'rule', color: colour('text', frame.look.theme), strokeDash: [3, 3], tooltip: false },
        encoding: { x: { ...x, field: 'at' }, y: { ...y, field: 'y' }, y2: { field: 'end' } },
      },
      text('left'),
      text('right'),
    ],
  };
}

/** Golden-tested; `rows` of its data are the intervals. */
export function timelineSpec(run: TimelineRun, options: Partial<ChartLook> = {}): TopLevelSpec {
  const look = { ...DEFAULT_LOOK, ...options };
  const width = CHART_WIDTH[look.layout] - Y_AXIS_WIDTH;
  const { duration } = run.experiment;
  const placed = placeLabels(eventLabels(run), duration, width);
  const frame: Frame = {
    run,
    look,
    width,
    rows: intervalRows(run),
    spans: offSpans(run.result).map(({ from, to }) => ({ from: from / SECOND, to: to / SECOND })),
    events: placed.map(({ at }) => ({ at: at / SECOND })),
  };
  const caption = () => ({ finding: timelineFinding(run), conditions: timelineConditions(run) });
  const plots = {
    data: { values: frame.rows },
    spacing: 26,
    vconcat: [
      eventStrip(frame, placed),
      throughputPanel(frame),
      latencyPanel(frame),
      waitingPanel(frame),
      lagPanel(frame),
    ],
  };
  // Nothing here is hidden.
  return chartSheet(look, caption, plots, {});
}
