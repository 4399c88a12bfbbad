/** Three zones: what a wait costs, what a crash loses, and what happens interval by interval when zones are cut off. */
import { type Proportion, proportion } from '../analysis/proportion.js';
import type { Row } from './rows.js';

export interface CrashShare extends Proportion {
  readonly wait_point: string;
  readonly loss: 'acknowledged_lost' | 'phantom';
}

/** In which share of crashes something was lost that a client had been told, or that others had seen. */
export function crashShares(rows: readonly Row[]): CrashShare[] {
  const points = [...new Set(rows.map(({ wait_point }) => String(wait_point)))];
  return points.flatMap((wait_point) => {
    const own = rows.filter((row) => row.wait_point === wait_point);
    return (['acknowledged_lost', 'phantom'] as const).map((loss) => ({
      wait_point,
      loss,
      ...proportion(own.filter((row) => Number(row[loss]) > 0).length, own.length),
    }));
  });
}

/** What an interval was to clients and to their data. */
export type State = 'protected' | 'one zone' | 'stalled' | 'unprotected';

export interface Stretch {
  readonly state: State;
  readonly from_us: number;
  readonly to_us: number;
}

export interface Outage {
  readonly outage: string;
  readonly wait_for_slave_count: number;
  readonly timeout: string;
  /** The longest that a client waited for the answer to a commit. */
  readonly longest_wait_us: number;
  readonly commits: number;
  readonly unprotected: number;
  readonly off_us: number;
  /** The most transactions at a time of which no other zone had a copy, though the source had gone on. */
  readonly one_zone_most: number;
  readonly stretches: readonly Stretch[];
}

/** More than are under way in any ordinary interval. */
const BEHIND = 20;

/** Transactions that neither of the other zones has. Replica 1 is in the source's zone. */
const lacking = ({ lag_tx }: Row): number => Math.min(...String(lag_tx).split('/').slice(1).map(Number));

function stateOf(row: Row): State {
  if (row.commits === 0 && Number(row.committing_sessions) > 0) return 'stalled';
  if (Number(row.unprotected) > 0 || Number(row.semisync_on) < 0.5) return 'unprotected';
  return lacking(row) > BEHIND ? 'one zone' : 'protected';
}

function stretchesOf(rows: readonly Row[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const row of rows) {
    const [state, from_us, to_us] = [stateOf(row), Number(row.from_us), Number(row.to_us)];
    const before = stretches.at(-1);
    if (before?.state === state) stretches[stretches.length - 1] = { ...before, to_us };
    else stretches.push({ state, from_us, to_us });
  }
  return stretches;
}

const VARIANT = /^(?<outage>.*), wait_for_slave_count=(?<count>\d+), timeout=(?<timeout>\w+)$/;

/** The runs of a timeline.csv, in its order. */
export function outages(rows: readonly Row[]): Outage[] {
  const variants = [...new Set(rows.map(({ variant }) => String(variant)))];
  return variants.map((variant) => {
    const said = VARIANT.exec(variant)?.groups;
    if (said === undefined) throw new Error(`"${variant}" names no wait_for_slave_count and timeout`);
    const own = rows.filter((row) => row.variant === variant);
    const sum = (of: (row: Row) => number): number => own.reduce((total, row) => total + of(row), 0);
    const most = (of: (row: Row) => number): number => Math.max(...own.map(of));
    return {
      outage: said.outage!,
      wait_for_slave_count: Number(said.count),
      timeout: said.timeout!,
      longest_wait_us: most((row) => Number(row.latency_max_us ?? 0)),
      commits: sum((row) => Number(row.commits)),
      unprotected: sum((row) => Number(row.unprotected)),
      off_us: sum((row) => (1 - Number(row.semisync_on)) * (Number(row.to_us) - Number(row.from_us))),
      one_zone_most: most((row) => (stateOf(row) === 'one zone' ? lacking(row) : 0)),
      stretches: stretchesOf(own),
    };
  });
}

/** Did somebody wait as people notice: far longer than for any round trip of these zones? */
export const isStall = ({ longest_wait_us }: Outage): boolean => longest_wait_us > 100_000;
