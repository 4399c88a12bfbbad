/** What a benchmark found. */
export interface Rate {
  readonly name: string;
  readonly unit: string;
  /** Operations per second: median over the runs, and the range from the first quartile to the best. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Against the reference loop of the same run. */
  readonly ratio: number;
  /** Against another way to do the same, run by run in turn: the median of those ratios, and their quartiles. */
  readonly rival?: Rival;
}

export interface Rival {
  readonly name: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export interface Latency {
  readonly name: string;
  readonly samples: number;
  readonly p50_us: number;
  readonly p99_us: number;
}

/** The sample below which that share of them lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (found === undefined) throw new Error('a quantile of nothing');
  return found;
}
