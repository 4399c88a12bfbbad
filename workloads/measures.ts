/** What is measured at a real server, and held against the model. */

export const MEASURES = ['tps', 'latency_mean_us', 'latency_p95_us'] as const;
export type Measure = (typeof MEASURES)[number];
/** `null` was not measured. */
export type Measures = Readonly<Record<Measure, number | null>>;

/** Over the repeated runs whose median a row tells. */
export interface MeasuredRange {
  readonly low: number;
  readonly high: number;
}
