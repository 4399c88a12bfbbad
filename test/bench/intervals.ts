/**
 * `npm run intervals`: how often the 95 % intervals of a sweep hold what they should. Every eighth point of the default
 * sweep is run with many seeds; the truth is what they say together.
 */
import Table from 'cli-table3';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { DEFAULT_PRECISION } from '../../results/store-manifest.js';
import { loadWorkload } from '../../workloads/load.js';
import type { Point } from '../../workloads/workload.js';

export interface Coverage {
  readonly point: string;
  /** How many of the seeds' intervals of throughput hold the truth. */
  readonly held: number;
  readonly seeds: number;
  /** Standard deviation of throughput between seeds, and the mean half-width of the intervals, of the truth. */
  readonly spread: number;
  readonly halfWidth: number;
}

const EVERY = 8;
const SEEDS = 24;
/** What is put into the table: fewer than 1 of 1000 points would hold so seldom by chance if each interval held in 95 %. */
const SELDOM = 0.8;

/** Points under virtual time, each kind of settings once. */
export function sampledPoints(every: number): Point[] {
  const points = new Map<string, Point>();
  for (const point of loadWorkload('default').parts.flatMap((part) => part.points)) {
    if (point.runtime === 'virtual' && point.experiment === undefined)
      points.set(JSON.stringify(point.settings), point);
  }
  return [...points.values()].filter((_, index) => index % every === 0);
}

export function coverageOf({ part, settings }: Point, seeds: number): Coverage {
  const runs = Array.from({ length: seeds }, (_, seed) => {
    const { observation, simulated_commits } = simulate(
      { ...settings, seed: seed + 1 },
      { precision: DEFAULT_PRECISION },
    );
    return { ...observation, commits: simulated_commits };
  });
  const commits = runs.reduce((sum, run) => sum + run.commits, 0);
  const truth = commits / runs.reduce((sum, run) => sum + run.commits / run.tps, 0);
  const mean = (of: (run: (typeof runs)[number]) => number): number =>
    runs.reduce((sum, run) => sum + of(run), 0) / seeds;
  // Where nothing is random all are the same number, to the last bits.
  const slack = 1e-9 * truth;
  const holds = ({ tps_ci95_low, tps_ci95_high }: (typeof runs)[number]): boolean =>
    (tps_ci95_low ?? 0) - slack <= truth && truth <= (tps_ci95_high ?? Number.POSITIVE_INFINITY) + slack;
  const { profile, wait_point, clients, rtt, arrival_rate } = settings;
  const load = arrival_rate > 0 ? `${arrival_rate} tx/s offered` : `${clients} clients`;
  return {
    point: `${part}: ${profile} ${wait_point}, ${load}, rtt ${rtt[0]?.mean} us`,
    held: runs.filter(holds).length,
    seeds,
    spread: Math.sqrt(mean(({ tps }) => (tps / truth - 1) ** 2)),
    halfWidth: mean((run) => ((run.tps_ci95_high ?? 0) - (run.tps_ci95_low ?? 0)) / 2 / truth),
  };
}

function main(): void {
  const found = sampledPoints(EVERY).map((point) => coverageOf(point, SEEDS));
  const held = found.reduce((sum, each) => sum + each.held, 0) / (SEEDS * found.length);
  const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
  const seldom = found.filter((each) => each.held < SELDOM * SEEDS);
  const often = found.filter((each) => each.held >= SELDOM * SEEDS);
  console.log(`${found.length} points, ${SEEDS} seeds each: ${percent(held)} of the 95 % intervals hold the truth`);
  const rest = often.reduce((sum, each) => sum + each.held, 0) / (SEEDS * often.length);
  console.log(`${often.length} of the points: ${percent(rest)}; the others:`);
  const table = new Table({
    head: ['point', 'intervals that hold', 'spread between seeds', 'half-width'],
    style: { head: [], border: [] },
  });
  for (const each of seldom) {
    table.push([each.point, `${each.held} of ${SEEDS}`, percent(each.spread), percent(each.halfWidth)]);
  }
  console.log(table.toString());
}

if (process.argv[1] === import.meta.filename) main();
