/**
 * One commit's life as a picture: time from left to right, a lane for each stage and thread. Between a dump reader's lane
 * and its replica's, what is on its way runs slantwise, as in any space-time diagram.
 */
import { numberText } from '../../../analysis/chart-columns.js';
import { linearAxis } from '../../../analysis/chart-scale.js';
import { isWait, laneOf, threadText } from '../../../analysis/commit-steps.js';
import { PHASES } from '../../../engine/measure/phases.js';
import type { Settings } from '../../../engine/protocol/parameters.js';
import type {
  CommitTrace,
  Flight,
  HoldSpan,
  ReplicaPart,
  TracedLock,
} from '../../../engine/runtimes/virtual/commit-trace.js';
import { drawn } from './element.js';

/** Names of lanes stand in front of them from this width on, else above them. */
const NAMES_BESIDE_FROM = 620;
const NAMES_ROOM = 216;
const BAR = 20;
const NETWORK = 52;
const MOST_REPLICAS = 3;

interface Lane {
  readonly name: string;
  readonly top: number;
  readonly height: number;
}

interface Layout {
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly x: (at: number) => number;
}

const STAGES: readonly (readonly [string, string, readonly TracedLock[]])[] = [
  ['client', 'Client', []],
  ['flush', 'Flush stage, LOCK_log', ['LOCK_log']],
  ['sync', 'Sync stage, LOCK_sync', ['LOCK_sync', 'LOCK_after_binlog_sync']],
  ['commit', 'Commit stage, LOCK_commit', ['LOCK_commit']],
  ['semisync', 'Semi-sync, LOCK_binlog_', ['LOCK_binlog_']],
];

/** Replicas whose ACK the commit may have needed, those first that had it first. */
function shownReplicas({ replicas }: CommitTrace): number[] {
  const order = [...replicas].sort((a, b) => (a.written ?? Infinity) - (b.written ?? Infinity));
  return order
    .slice(0, MOST_REPLICAS)
    .map(({ replica }) => replica)
    .sort((a, b) => a - b);
}

function layoutOf(trace: CommitTrace, settings: Settings, width: number): Layout {
  const beside = width >= NAMES_BESIDE_FROM;
  const [left, right] = [beside ? NAMES_ROOM : 4, width - 8];
  const above = beside ? 8 : 20;
  const lanes = new Map<string, Lane>();
  let top = 4;
  const add = (key: string, name: string, height: number): void => {
    top += above;
    lanes.set(key, { name, top, height });
    top += height;
  };
  for (const [key, name] of STAGES) {
    if (key === 'semisync' && settings.wait_point === 'ASYNC') continue;
    const fixed = settings.stage_queues === 'fixed';
    add(key, key === 'sync' && fixed ? 'Sync, LOCK_after_binlog_sync' : name, key === 'semisync' ? BAR / 2 : BAR);
  }
  if (settings.ack_collector === 'receiver-thread' && settings.wait_point !== 'ASYNC')
    add('ACKs', 'ACK receiver', BAR / 2);
  for (const replica of shownReplicas(trace)) {
    add(`reader ${replica}`, `Dump reader ${replica + 1}`, BAR);
    const reader = lanes.get(`reader ${replica}`)!;
    top = reader.top + reader.height;
    lanes.set(`network ${replica}`, { name: 'Network', top, height: NETWORK });
    top += NETWORK;
    lanes.set(`replica ${replica}`, { name: `Replica ${replica + 1}, I/O thread`, top, height: BAR });
    // Above it the network ends, so its name stands below where it cannot stand beside.
    top += beside ? BAR : BAR + 14;
  }
  const scale = (right - left) / trace.latency;
  return { left, right, height: top + 48, lanes, x: (at) => left + Math.min(Math.max(at, 0), trace.latency) * scale };
}

function bar(layout: Layout, lane: Lane, span: { from: number; to: number }, kind: string, title: string): SVGElement {
  const from = layout.x(span.from);
  const width = Math.max(1.5, layout.x(span.to) - from);
  return drawn(
    'rect',
    { x: from, y: lane.top, width, height: lane.height, rx: Math.min(2, width / 3), class: `bar ${kind}` },
    drawn('title', {}, title),
  );
}

/** A bar's name, where it has room. */
function barText(
  layout: Layout,
  lane: Lane,
  span: { from: number; to: number },
  text: string,
  kind: string,
): SVGElement[] {
  const room = layout.x(span.to) - layout.x(span.from);
  if (room < 12 + 6.6 * text.length) return [];
  return [drawn('text', { x: layout.x(span.from) + 6, y: lane.top + 14.5, class: `bar-text ${kind}` }, text)];
}

const PHASE_NAMES: Readonly<Record<string, string>> = { 'ACK: collecting': 'waits for the ACK', waking: 'woken' };
const phaseName = (phase: number): string => PHASE_NAMES[PHASES[phase]!] ?? PHASES[phase]!;

function phaseBars(trace: CommitTrace, settings: Settings, layout: Layout): SVGElement[] {
  return trace.phases.flatMap((span) => {
    const lane = layout.lanes.get(laneOf(span.phase, settings))!;
    const kind = isWait(span.phase) ? 'waits' : 'ours';
    const name = phaseName(span.phase);
    const text = name.startsWith('LOCK') ? `waits for ${name}` : name;
    return [bar(layout, lane, span, kind, text), ...barText(layout, lane, span, text, kind)];
  });
}

function holdBars(trace: CommitTrace, layout: Layout): SVGElement[] {
  return trace.holds.flatMap((hold) => {
    const stage = STAGES.find(([, , locks]) => locks.includes(hold.lock));
    const lane = layout.lanes.get(stage?.[0] ?? '');
    if (lane === undefined || (hold.ours && hold.lock !== 'LOCK_binlog_')) return [];
    const from = Math.max(0, hold.from);
    return [bar(layout, lane, { from, to: hold.to }, holdKind(hold), `${threadText(hold.holder)} holds ${hold.lock}`)];
  });
}

const holdKind = ({ holder }: HoldSpan): string => (holder.startsWith('client') ? 'others' : 'others reader');

/** From its arrival until its reader takes it; the one that completes the quorum, until that is known. */
function ackBars(trace: CommitTrace, { ack_collector }: Settings, layout: Layout): SVGElement[] {
  const own = trace.flights.filter(({ kind, ours, to }) => kind === 'ACK' && ours && to <= trace.latency);
  const inTime = own.map(({ taken }) => taken).filter((taken) => taken <= (trace.acknowledged ?? 0));
  return own.flatMap(({ replica, to, taken }) => {
    const lane = layout.lanes.get(ack_collector === 'receiver-thread' ? 'ACKs' : `reader ${replica}`);
    const end = taken === Math.max(...inTime) ? trace.acknowledged! : taken;
    return lane ? [bar(layout, lane, { from: to, to: end }, 'ours', `the ACK of replica ${replica + 1} is read`)] : [];
  });
}

/** What a replica's I/O thread does: its packet may wait for it, and have others' events behind these. */
function relayBars(trace: CommitTrace, layout: Layout, lane: Lane, part: ReplicaPart): SVGElement[] {
  const own = trace.flights.filter(({ ours, replica }) => ours && replica === part.replica);
  const packet = own.find(({ kind }) => kind === 'events');
  if (packet === undefined || packet.to > trace.latency) return [];
  const { to: arrived, taken } = packet;
  const done = Math.max(part.written ?? taken, ...part.fsyncs.map(({ to }) => to));
  const sent = own.find(({ kind }) => kind === 'ACK')?.from ?? done;
  return [
    bar(layout, lane, { from: arrived, to: taken }, 'waits', 'its I/O thread is busy'),
    bar(layout, lane, { from: taken, to: done }, 'ours', 'written to the relay log'),
    ...part.fsyncs.map((fsync) => bar(layout, lane, fsync, 'ours fsync', 'relay log fsync')),
    ...(sent - done > NOTICED ? [bar(layout, lane, { from: done, to: sent }, 'others', 'the rest of the packet')] : []),
  ];
}

/** Less than an ACK's own cost is no gap, µs. */
const NOTICED = 20;

function replicaBars(trace: CommitTrace, layout: Layout): SVGElement[] {
  return trace.replicas.flatMap((part) => {
    const [readerLane, lane] = ['reader', 'replica'].map((name) => layout.lanes.get(`${name} ${part.replica}`));
    if (readerLane === undefined || lane === undefined) return [];
    const { read } = part;
    const isRead = read !== undefined && read.from <= trace.latency;
    return [
      ...(isRead ? [bar(layout, readerLane, read, 'ours', 'the dump reader reads and sends it')] : []),
      ...relayBars(trace, layout, lane, part),
    ];
  });
}

function flightLines(trace: CommitTrace, layout: Layout): SVGElement[] {
  return trace.flights.flatMap((flight) => {
    const ends = clipped(flight, trace, layout);
    if (ends === undefined) return [];
    const title = `${flight.kind === 'ACK' ? 'ACK' : 'events'}${flight.ours ? ' of this commit' : ''}`;
    const kind = `flight ${flight.kind}${flight.ours ? ' ours' : ''}`;
    return [drawn('line', { ...ends, class: kind }, drawn('title', {}, title))];
  });
}

/** A flight that began before, or ends after, is cut where the picture ends. */
function clipped(flight: Flight, { latency }: CommitTrace, layout: Layout) {
  const [from, to] = [Math.max(0, flight.from), Math.min(latency, flight.to)];
  if (!layout.lanes.has(`network ${flight.replica}`) || from >= to) return undefined;
  return { x1: layout.x(from), x2: layout.x(to), y1: heightAt(flight, layout, from), y2: heightAt(flight, layout, to) };
}

/** Events go down to the replica, ACKs up from it. */
function heightAt({ kind, replica, from, to }: Flight, { lanes }: Layout, at: number): number {
  const { top, height } = lanes.get(`network ${replica}`)!;
  const share = (at - from) / (to - from || 1);
  return top + (kind === 'events' ? share : 1 - share) * height;
}

function frame(trace: CommitTrace, layout: Layout, width: number): SVGElement[] {
  const beside = width >= NAMES_BESIDE_FROM;
  const inMs = trace.latency >= 2000;
  const divisor = inMs ? 1000 : 1;
  const names = [...layout.lanes.values()].map(({ name, top, height }) => {
    if (name === 'Network' && !beside) return drawn('g');
    return beside
      ? drawn('text', { x: 0, y: top + height / 2 + 4, class: 'lane-name' }, name)
      : drawn(
          'text',
          { x: layout.left + 4, y: name.startsWith('Replica') ? top + height + 13 : top - 5, class: 'lane-name' },
          name,
        );
  });
  const tracks = [...layout.lanes.values()].map(({ name, top, height }) =>
    drawn('rect', {
      x: layout.left,
      y: top,
      width: layout.right - layout.left,
      height,
      class: name === 'Network' ? 'network' : 'track',
    }),
  );
  const bottom = layout.height - 40;
  const ticks = linearAxis([trace.latency / divisor], beside ? 8 : 4).ticks.filter(
    (tick) => tick * divisor <= trace.latency,
  );
  const marks = ticks.flatMap((tick) => [
    drawn('line', { x1: layout.x(tick * divisor), x2: layout.x(tick * divisor), y1: 4, y2: bottom, class: 'grid' }),
    drawn('text', { x: layout.x(tick * divisor), y: bottom + 14, class: 'tick middle' }, numberText(tick)),
  ]);
  const unit = inMs ? 'ms' : 'µs';
  const title = drawn('text', { x: layout.right, y: bottom + 30, class: 'axis end' }, `${unit} since it began`);
  return [...tracks, ...marks, ...names, title];
}

export interface LifePicture {
  /** Moves the cursor, and what is on its way. */
  showAt(at: number): void;
}

export function drawLife(picture: HTMLElement, trace: CommitTrace, settings: Settings): LifePicture {
  const width = picture.clientWidth;
  const layout = layoutOf(trace, settings, width);
  const cursor = drawn('line', { y1: 0, y2: layout.height - 40, class: 'cursor' });
  const dots = drawn('g');
  picture.replaceChildren(
    drawn(
      'svg',
      { width, height: layout.height, viewBox: `0 0 ${width} ${layout.height}` },
      ...frame(trace, layout, width),
      ...holdBars(trace, layout),
      ...phaseBars(trace, settings, layout),
      ...replicaBars(trace, layout),
      ...ackBars(trace, settings, layout),
      ...flightLines(trace, layout),
      dots,
      cursor,
    ),
  );
  return {
    showAt(at) {
      const x = layout.x(at);
      cursor.setAttribute('x1', String(x));
      cursor.setAttribute('x2', String(x));
      dots.replaceChildren(...flightDots(trace, layout, at));
    },
  };
}

function flightDots({ flights }: CommitTrace, layout: Layout, at: number): SVGElement[] {
  const flying = flights.filter(
    ({ replica, from, to }) => layout.lanes.has(`network ${replica}`) && from <= at && at <= to,
  );
  return flying.map((flight) => {
    const dot = { cx: layout.x(at), cy: heightAt(flight, layout, at), r: flight.ours ? 6 : 4 };
    return drawn('circle', { ...dot, class: `dot ${flight.kind}${flight.ours ? ' ours' : ''}` });
  });
}
