/** How well a share is known that was counted: exact intervals, which hold where few events or none were seen. */

/** Something seen in `seen` of `of` independent trials, with its 95 % interval. */
export interface Proportion {
  readonly seen: number;
  readonly of: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** What either end of a two-sided 95 % interval may miss by. */
const TAIL = 0.025;

/**
 * The exact interval of C. J. Clopper and E. S. Pearson ("The use of confidence or fiducial limits illustrated in the case
 * of the binomial", Biometrika 26, 1934): its ends are the shares under which as many or more, or as few or less, are seen
 * once in 40 times. It never covers less than 95 %. Over trials of different shares together it covers their mean: a sum of
 * such trials strays less than a binomial one (W. Hoeffding, Annals of Mathematical Statistics 27, 1956, theorem 4).
 */
export function proportion(seen: number, of: number): Proportion {
  if (!(Number.isInteger(seen) && Number.isInteger(of) && seen >= 0 && seen <= of && of > 0)) {
    throw new RangeError(`${seen} of ${of} is no proportion`);
  }
  const low = seen === 0 ? 0 : betaQuantile(TAIL, seen, of - seen + 1);
  const high = seen === of ? 1 : betaQuantile(1 - TAIL, seen + 1, of - seen);
  return { seen, of, share: seen / of, low, high };
}

/** The share that 95 % confidence excludes when nothing was seen in `of` trials: (1 - p)^n = 0.05, or nearly 3/n. */
export const ruleOfThree = (of: number): number => -Math.expm1(Math.log(0.05) / of);

/** By bisection of the distribution function, down to neighbouring numbers. */
function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (incompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
}

/** The regularized incomplete beta function, by its continued fraction (DLMF 8.17.22), on the side where it converges fast. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  return front / continuedFraction((m) => fractionTerm(m, x, a, b));
}

/** d(m) of DLMF 8.17.23. */
function fractionTerm(m: number, x: number, a: number, b: number): number {
  const half = m >> 1;
  if (m % 2 === 0) return (half * (b - half) * x) / ((a + m - 1) * (a + m));
  return (-(a + half) * (a + b + half) * x) / ((a + m - 1) * (a + m));
}

/** 1 + t(1)/(1 + t(2)/(1 + …)), by the method of W. J. Lentz (Applied Optics 15, 1976). */
function continuedFraction(term: (m: number) => number): number {
  let [value, c, d] = [1, 1, 0];
  // Some √max(a, b) terms are enough (DLMF 8.17(v)): this many are for a million trials.
  for (let m = 1; m < 10_000; m++) {
    d = 1 / (1 + term(m) * d);
    c = 1 + term(m) / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return value;
  }
  throw new Error('the continued fraction of the incomplete beta function does not converge');
}

/** ln B(a, b) of whole numbers, to 1e-13 or so: factorials by Stirling's series (DLMF 5.11.1), small ones multiplied out. */
const logBeta = (a: number, b: number): number => logFactorial(a - 1) + logFactorial(b - 1) - logFactorial(a + b - 1);

function logFactorial(n: number): number {
  if (n < 20) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  const z = n + 1;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * z * z)) / (z * z)) / (z * z)) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}
