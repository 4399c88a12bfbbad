/**
 * A log-linear histogram: every power of two is divided into 64 equal buckets, so that a percentile is off by at most
 * 1/128 (0.8 %) of itself, whatever the scale. Values are µs; resolution below 1 µs is 1/64 µs. The maximum is exact.
 */
const SUB_BUCKETS = 64;
/** Values up to 2^43 µs, a hundred days. */
const EXPONENTS = 43;
/** 2^-e, exact. Index: e. Computing the power would cost as much as all the rest of recording a value. */
const RECIPROCALS = Float64Array.from({ length: EXPONENTS }, (_, exponent) => 2 ** -exponent);

export interface HistogramState {
  readonly counts: Float64Array;
  readonly count: number;
  readonly sum: number;
  readonly max: number;
}

export class LatencyHistogram {
  readonly #counts = new Float64Array((EXPONENTS + 1) * SUB_BUCKETS);
  count = 0;
  sum = 0;
  max = 0;

  record(value: number): void {
    this.count++;
    this.sum += value;
    if (value > this.max) this.max = value;
    const index = bucket(value);
    this.#counts[index] = (this.#counts[index] as number) + 1;
  }

  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
  }

  /** The value at or below which the fraction `q` of all values lie; the middle of its bucket, never above the maximum. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(q * this.count));
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      seen += this.#counts[index] as number;
      if (seen >= rank) return Math.min(this.max, middle(index));
    }
    return this.max;
  }

  /** What another thread needs to add these values to its own. */
  state(): HistogramState {
    return { counts: this.#counts, count: this.count, sum: this.sum, max: this.max };
  }

  addState({ counts, count, sum, max }: HistogramState): void {
    for (let index = 0; index < counts.length; index++) {
      this.#counts[index] = (this.#counts[index] as number) + (counts[index] as number);
    }
    this.count += count;
    this.sum += sum;
    this.max = Math.max(this.max, max);
  }

  /** Adds another histogram's values to this one's. */
  add(other: LatencyHistogram): void {
    this.addState(other.state());
  }
}

/** [0,1) µs takes the first 64 buckets; [2^e, 2^(e+1)) the 64 after 64·(e+1). */
function bucket(value: number): number {
  if (value < 1) return value > 0 ? Math.floor(value * SUB_BUCKETS) : 0;
  // Integer arithmetic up to 2^31 µs (36 minutes), which is everything but absurd waits.
  const exponent = value < 2147483648 ? 31 - Math.clz32(value) : Math.min(EXPONENTS - 1, Math.floor(Math.log2(value)));
  const fraction = value * (RECIPROCALS[exponent] as number) - 1;
  return (exponent + 1) * SUB_BUCKETS + Math.min(SUB_BUCKETS - 1, Math.floor(fraction * SUB_BUCKETS));
}

function middle(index: number): number {
  const exponent = Math.floor(index / SUB_BUCKETS) - 1;
  const step = index % SUB_BUCKETS;
  if (exponent < 0) return (step + 0.5) / SUB_BUCKETS;
  return 2 ** exponent * (1 + (step + 0.5) / SUB_BUCKETS);
}
