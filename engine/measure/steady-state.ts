/** When the warm-up is over, and how sure the mean is. */
import { studentT975 } from './student-t.js';

/** Observations per batch in MSER-5. */
const MSER_BATCH = 5;

/**
 * MSER-5: how many of the first `length` observations to drop as warm-up. The truncation is the one that minimises the
 * estimated squared standard error of the mean of what is left, over batches of five.
 *
 * `undefined`: the minimum lies in the second half, so the series is too short to tell (White's rule).
 *
 * K. P. White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69 (1997);
 * K. P. White, M. J. Cobb, S. C. Spratt, "A comparison of five steady-state truncation heuristics for simulation",
 * Proc. 2000 Winter Simulation Conference.
 */
export function mser5(series: Float64Array, length: number): number | undefined {
  const batches = Math.floor(length / MSER_BATCH);
  let sum = 0;
  let sumOfSquares = 0;
  let best = Number.POSITIVE_INFINITY;
  let bestAt = 0;
  // The mean is taken out first: squares of large, nearly equal numbers would cancel.
  const shift = batches > 0 ? batchMean(series, batches - 1) : 0;
  // From the back: the statistic for truncation at d needs the batches d … n-1.
  for (let d = batches - 1; d >= 0; d--) {
    const value = batchMean(series, d) - shift;
    sum += value;
    sumOfSquares += value * value;
    const left = batches - d;
    // The last few batches say nothing: their error would be small by chance.
    if (left < MSER_BATCH) continue;
    const statistic = (sumOfSquares - (sum * sum) / left) / (left * left);
    if (statistic <= best) {
      best = statistic;
      bestAt = d;
    }
  }
  return bestAt > batches / 2 ? undefined : bestAt * MSER_BATCH;
}

function batchMean(series: Float64Array, batch: number): number {
  let sum = 0;
  for (let i = 0; i < MSER_BATCH; i++) sum += series[batch * MSER_BATCH + i] as number;
  return sum / MSER_BATCH;
}

/** How many batches are kept; when twice as many are full, neighbours are merged and each becomes twice as long. */
const BATCHES = 40;

/**
 * Batch means: the run is cut into batches of equally many observations, long enough to be nearly independent, and the
 * interval of the mean is Student's over the batches. A. M. Law, "Simulation Modeling and Analysis", section 9.5.3; the
 * doubling keeps memory constant however long the run is.
 */
export class BatchMeans {
  readonly #means = new Float64Array(2 * BATCHES);
  #full = 0;
  #perBatch: number;
  #sum = 0;
  #inBatch = 0;

  constructor(perBatch: number) {
    this.#perBatch = Math.max(1, Math.floor(perBatch));
  }

  /** Adds one observation. `true` when a batch has been filled by it. */
  add(value: number): boolean {
    this.#sum += value;
    if (++this.#inBatch < this.#perBatch) return false;
    this.#means[this.#full++] = this.#sum / this.#inBatch;
    this.#sum = 0;
    this.#inBatch = 0;
    if (this.#full === 2 * BATCHES) this.#mergeNeighbours();
    return true;
  }

  #mergeNeighbours(): void {
    for (let i = 0; i < BATCHES; i++) {
      this.#means[i] = ((this.#means[2 * i] as number) + (this.#means[2 * i + 1] as number)) / 2;
    }
    this.#full = BATCHES;
    this.#perBatch *= 2;
  }

  get batches(): number {
    return this.#full;
  }

  get mean(): number {
    let sum = 0;
    for (let i = 0; i < this.#full; i++) sum += this.#means[i] as number;
    return sum / this.#full;
  }

  /**
   * Half of the 95 % interval of the mean; Infinity while there are too few batches to tell. Where neighbouring batches
   * still depend on each other, the interval is widened to the effective number of independent ones, n(1 − r)/(1 + r)
   * for a lag-1 autocorrelation r (first-order autoregression; Law, section 4.4).
   */
  halfWidth(): number {
    const n = this.#full;
    if (n < BATCHES) return Number.POSITIVE_INFINITY;
    const r = Math.min(0.9, Math.max(0, this.autocorrelation()));
    const effective = (n * (1 - r)) / (1 + r);
    const freedom = Math.max(1, Math.floor(effective) - 1);
    return studentT975(freedom) * Math.sqrt(this.#variance() / effective);
  }

  #variance(): number {
    const mean = this.mean;
    let sum = 0;
    for (let i = 0; i < this.#full; i++) sum += ((this.#means[i] as number) - mean) ** 2;
    return sum / (this.#full - 1);
  }

  /** Lag-1 autocorrelation of the batch means: near 0 when the batches are long enough. */
  autocorrelation(): number {
    const mean = this.mean;
    let products = 0;
    let squares = 0;
    for (let i = 0; i < this.#full; i++) {
      const deviation = (this.#means[i] as number) - mean;
      squares += deviation * deviation;
      if (i > 0) products += deviation * ((this.#means[i - 1] as number) - mean);
    }
    return squares === 0 ? 0 : products / squares;
  }
}
