/** Everything that a curve of throughput over load tells of capacity: law, knee, bounds, Little's law. */
import { type Demands, demandsOfLaw } from './bounds.js';
import { type MeasuredDemands, measuredDemands } from './demands.js';
import { findKnee, type Knee } from './knee.js';
import { checkLittlesLaw, type LittleAnswer } from './littles-law.js';
import type { LoadSeries } from './load-series.js';
import { fitScalability, type ScalabilityLaw } from './scalability.js';

export interface Capacity extends LoadSeries {
  readonly law: ScalabilityLaw;
  /** `null`: no knee, or too few points for one. */
  readonly knee: Knee | null;
  /** As the law sees them. */
  readonly demands: Demands;
  /** As the rows tell them; `null` where they do not. */
  readonly measured: MeasuredDemands | null;
  /** Undefined where no latency was measured. */
  readonly littles_law: LittleAnswer | undefined;
}

/** Throws `ScalabilityError` where the curve has too few loads. */
export function capacityOf(series: LoadSeries): Capacity {
  const { rows } = series;
  const law = fitScalability(rows);
  const timed = rows.flatMap(({ clients, tps, latency_mean_us }) =>
    latency_mean_us === null ? [] : [{ clients, tps, latency_mean_us }],
  );
  return {
    ...series,
    law,
    knee: findKnee(rows),
    demands: demandsOfLaw(law),
    measured: measuredDemands(rows),
    littles_law: checkLittlesLaw(timed),
  };
}

/** What bounds throughput from above: places that are busy all the time where that is known, else the law's asymptotes. */
export const upperDemands = ({ measured, demands }: Capacity): Demands => measured ?? demands;
