/**
 * What bounds throughput from above, from how busy places were: the utilisation law, U = X·D (P. J. Denning, J. P. Buzen,
 * "The Operational Analysis of Queueing Network Models", Computing Surveys 10(3), 1978). Demands change with the load, down
 * while groups share fsyncs and ACKs, up again where a herd costs CPU; so the busiest place is taken as it is where its
 * demand is least. Nothing is bounded from below: a lone client's demands are smaller than those in a herd.
 */
import type { LoadRow } from '../workloads/load-rows.js';
import { bindingOf, type Place } from './binding.js';
import type { Demands } from './bounds.js';
import type { SweepRow } from './row.js';

export interface MeasuredDemands extends Demands {
  /** What is busiest where its demand is least, for what share of the time, and with how many clients that is. */
  readonly busiest: Place;
  readonly busy: number;
  readonly clients: number;
}

/** `null` where rows do not tell how busy anything was, or none is of a lone client. */
export function measuredDemands(rows: readonly LoadRow[]): MeasuredDemands | null {
  const alone = rows.find(({ clients }) => clients === 1);
  if (alone === undefined) return null;
  const used = rows.flatMap(({ clients, tps, cells }) => {
    const binding = bindingOf(cells as unknown as SweepRow);
    if (binding === null) return [];
    const { place, busy } = binding.through.at(-1) ?? binding.binds;
    return busy > 0 ? [{ clients, busiest: place, busy, largest_us: (1e6 * busy) / tps }] : [];
  });
  const [least] = used.sort((a, b) => a.largest_us - b.largest_us);
  return least === undefined ? null : { ...least, total_us: 1e6 / alone.tps, delay_us: 0, places: null };
}
