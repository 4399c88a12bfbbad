import { OBSERVATION_COLUMNS, type Observation } from '../engine/measure/observation.js';
import type { Point } from '../workloads/workload.js';

/** A row of a sweep's `observations.csv`: an observation and where in the workload it stands. */
export interface SweepRow extends Observation {
  point: number;
  part: string;
  variant: string;
}

export const SWEEP_COLUMNS = [...OBSERVATION_COLUMNS, 'point', 'part', 'variant'] as const;

type Place = Pick<Point, 'index' | 'part' | 'variant' | 'repetition'>;

export const sweepRow = ({ index, part, variant, repetition }: Place, observation: Observation): SweepRow => ({
  ...observation,
  repetition,
  point: index,
  part,
  variant,
});
