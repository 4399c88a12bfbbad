/**
 * How far the model may be off, as an interval around what it says: from how far off it was on measured rows of the same
 * version, wait point and load.
 */
import type { Observation } from '../engine/measure/observation.js';
import type { ErrorTable } from '../workloads/calibration.js';
import type { Measure } from '../workloads/measures.js';
import type { ValidatedRow } from './validation.js';

/** What a target can be about. */
export type Quantity = Measure | 'latency_p99_us';

/** Share of new rows that the interval is to hold. */
export const COVERAGE = 0.9;

/** With fewer rows not even the worst of them bounds nine tenths of what is to come. */
const LEAST_ROWS = 9;

/**
 * Few clients mostly wait, many mostly compete, and the model is about twice as far off with many. Between 4 and 16, the
 * numbers that were measured.
 */
const FEW_CLIENTS = 8;

export interface ErrorBand {
  /** What was measured lay between the prediction divided and multiplied by this. */
  readonly factor: number;
  /** How many rows say so, and which: `MySQL 5.7 …`. */
  readonly rows: number;
  readonly region: string;
}

type Place = Pick<Observation, 'profile' | 'wait_point' | 'clients'>;

/** The 99th percentile was not measured; the model's error in it is taken to be that in the 95th. */
const measureOf = (quantity: Quantity): Measure => (quantity === 'latency_p99_us' ? 'latency_p95_us' : quantity);

export class ModelError {
  readonly #rows: readonly ValidatedRow[];
  readonly #crossValidated: ReadonlyMap<string, ErrorTable>;

  /**
   * `crossValidated`: errors on rows left out of the fit, by version; where they are known and larger than those of
   * `rows`, to which the costs were fitted, the band is as much wider.
   */
  constructor(rows: readonly ValidatedRow[], crossValidated: ReadonlyMap<string, ErrorTable> = new Map()) {
    this.#rows = rows;
    this.#crossValidated = crossValidated;
  }

  /** `null` where too little was measured to tell. */
  band(place: Place, quantity: Quantity): ErrorBand | null {
    const measure = measureOf(quantity);
    for (const { name, holds } of regions(place)) {
      const errors = this.#rows
        .filter(({ observation }) => holds(observation))
        .flatMap((row) => logError(row, measure));
      if (errors.length < LEAST_ROWS) continue;
      const factor = Math.exp(conformal(errors) * this.#widening(place.profile, measure));
      return { factor, rows: errors.length, region: name };
    }
    return null;
  }

  #widening(profile: string, measure: Measure): number {
    const unseen = this.#crossValidated.get(profile)?.[measure];
    if (unseen === null || unseen === undefined) return 1;
    const fitted = this.#rows.filter(({ observation }) => observation.profile === profile);
    const errors = fitted.flatMap(({ error_pct }) => (error_pct[measure] === null ? [] : Math.abs(error_pct[measure])));
    return Math.max(1, unseen.p90 / rank(errors, errors.length * COVERAGE));
  }
}

/** From the narrowest that says most about a point, to all rows of its version. */
function regions({ profile, wait_point, clients }: Place) {
  const isFew = clients <= FEW_CLIENTS;
  const load = `${isFew ? 'up to' : 'more than'} ${FEW_CLIENTS} clients`;
  const sameLoad = (row: Place): boolean => row.profile === profile && row.clients <= FEW_CLIENTS === isFew;
  return [
    {
      name: `${profile} ${wait_point}, ${load}`,
      holds: (row: Place) => sameLoad(row) && row.wait_point === wait_point,
    },
    { name: `${profile}, ${load}`, holds: sameLoad },
    { name: profile, holds: (row: Place) => row.profile === profile },
  ];
}

const logError = ({ error_pct }: ValidatedRow, measure: Measure): number[] => {
  const error = error_pct[measure];
  return error === null ? [] : [Math.abs(Math.log(Math.max(1 + error / 100, Number.MIN_VALUE)))];
};

/**
 * The ⌈(n + 1) · coverage⌉-th smallest of n absolute errors holds the next one with that chance, whatever their
 * distribution, if it is one of their kind (split conformal prediction: J. Lei et al., "Distribution-free predictive
 * inference for regression", JASA 113 (2018), section 2.2).
 */
const conformal = (errors: readonly number[]): number => rank(errors, Math.ceil((errors.length + 1) * COVERAGE));

function rank(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length, Math.max(1, Math.ceil(at))) - 1] as number;
}
