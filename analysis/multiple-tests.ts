/** Many tests at once: what each may claim when all are looked at. */

/**
 * p-values raised so that all of them together give a false alarm no more often than one would (Holm, "A simple
 * sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979). Asks nothing of how the
 * tests hang together: points of one sweep share a machine.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ascending(ps);
  const adjusted = new Array<number>(ps.length);
  let most = 0;
  for (const [place, index] of order.entries()) {
    most = Math.max(most, Math.min(1, (ps.length - place) * ps[index]!));
    adjusted[index] = most;
  }
  return adjusted;
}

/**
 * Which hypotheses to reject so that of those rejected a share of `rate` is false on average (Benjamini and Hochberg,
 * "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57(1), 1995).
 */
export function falseDiscoveryRejects(ps: readonly number[], rate: number): boolean[] {
  const order = ascending(ps);
  const last = order.findLastIndex((index, place) => ps[index]! <= (rate * (place + 1)) / ps.length);
  const rejected = new Array<boolean>(ps.length).fill(false);
  for (const index of order.slice(0, last + 1)) rejected[index] = true;
  return rejected;
}

const ascending = (ps: readonly number[]): number[] => ps.map((_, index) => index).sort((i, j) => ps[i]! - ps[j]!);
