/** What binds, in words: over a part's points, and along each of its curves. */
import { type Binding, type Bottleneck, bindingOf, placeName, type Use } from './binding.js';
import { type Cell, cell, columnInfo, numberText, rangeText, valueText } from './chart-columns.js';
import { loadSeries } from './load-series.js';
import type { SweepRow } from './row.js';

/** A point of a curve, and what binds there. */
export interface BoundPoint {
  readonly row: SweepRow;
  readonly x: Cell;
  readonly binding: Binding;
}

export interface BoundCurve {
  readonly name: string;
  readonly points: readonly BoundPoint[];
}

/**
 * Along the column `x`; points of which nobody knows how busy anything was are left out. `by`: what alone tells curves
 * apart, where everything else may change along them.
 */
export function boundCurves(rows: readonly SweepRow[], x: string, by?: string): BoundCurve[] {
  const bound = new Map<number, Binding>();
  const known = rows.flatMap((row) => {
    const binding = bindingOf(row);
    const at = cell(row, x);
    if (binding === null || at === null) return [];
    bound.set(row.point, binding);
    // The order along the curve: by number, or as the rows come.
    const order = typeof at === 'number' ? at : row.point;
    return [{ clients: order, tps: row.tps, tps_low: null, tps_high: null, latency_mean_us: null, cells: { ...row } }];
  });
  return loadSeries(known, x, by).map(({ name, rows: members }) => ({
    name,
    points: members.map(({ cells }) => {
      const row = cells as unknown as SweepRow;
      return { row, x: cell(row, x)!, binding: bound.get(row.point)! };
    }),
  }));
}

/** `CPU`, or `nothing` where nobody queues for long. */
const binderName = ({ binds, full }: Binding): string => (full ? placeName(binds.place) : 'nothing');

/** `ACK round trip 1 to 64, CPU 128`: what binds from where to where. */
export function stretchesText({ points }: BoundCurve, x: string): string {
  const stretches: { binder: string; from: Cell; to: Cell }[] = [];
  for (const { x: at, binding } of points) {
    const binder = binderName(binding);
    const last = stretches.at(-1);
    if (last?.binder === binder) stretches[stretches.length - 1] = { ...last, to: at };
    else stretches.push({ binder, from: at, to: at });
  }
  const [only] = stretches;
  if (stretches.length === 1 && only !== undefined && points.length > 1) return `${only.binder} everywhere`;
  return stretches
    .map(({ binder, from, to }) => {
      if (typeof from !== 'number' || from === to) return `${binder} at ${valueText(x, from)}`;
      return `${binder} from ${rangeText(x, from, to).replace(` ${columnInfo(x).noun}`, '')}`;
    })
    .join(', ');
}

/** `ACK round trip 94 % (inside LOCK_commit 97 %)`. */
export function bottleneckText({ binds, through }: Bottleneck): string {
  const share = ({ busy }: Use): string => `${numberText(100 * busy, 2)} %`;
  const around = through.map((one) => `${placeName(one.place)} ${share(one)}`).join(', ');
  return `${placeName(binds.place)} ${share(binds)}${around === '' ? '' : ` (inside ${around})`}`;
}

/** `The ACK round trip binds at 47 of 72 points, CPU at 13; at 12 nothing is full.` */
export function bindingFinding(curves: readonly BoundCurve[]): string {
  const all = curves.flatMap(({ points }) => points.map(({ binding }) => binding));
  const counts = new Map<string, number>();
  for (const binding of all.filter(({ full }) => full)) {
    counts.set(binderName(binding), (counts.get(binderName(binding)) ?? 0) + 1);
  }
  const [first, ...rest] = [...counts].sort((a, b) => b[1] - a[1]);
  const idle = all.filter(({ full }) => !full).length;
  if (first === undefined)
    return 'Nothing is full at any of these points: commits wait for distance, not for each other.';
  const others = rest.map(([binder, count]) => `, ${binder} at ${count}`).join('');
  const nothing = idle === 0 ? '' : `; at ${idle} nothing is full`;
  return `${first[0]} binds at ${first[1]} of ${all.length} points${others}${nothing}.`;
}
