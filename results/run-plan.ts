/** Looks for the cheapest sets of changes that meet targets, simulating on the pool. */
import { changesToLoseNothing } from '../analysis/crash-claims.js';
import { type Assessed, type FrontierCurve, type Plan, type PlanQuestion, recommended } from '../analysis/plan.js';
import { isOutOfReach } from '../analysis/plan-bounds.js';
import {
  type Candidate,
  candidateOf,
  candidatesWith,
  compareCost,
  isPossible,
  settingsText,
} from '../analysis/plan-space.js';
import { compareMargin, judge } from '../analysis/plan-verdict.js';
import type { Observation } from '../engine/measure/observation.js';
import { type Settings, semiSyncReplicas, WAIT_POINTS } from '../engine/protocol/parameters.js';
import { openPointPool, type PointPool, type PointPoolOptions } from '../engine/runtimes/pool/run-points.js';
import { InputError } from '../workloads/input-error.js';
import { simulateOutage } from './plan-outage.js';

export interface RunPlanOptions extends PointPoolOptions {
  /** How many points there will be at most: the search ends as soon as it has its answers. */
  readonly onTotal?: (points: number) => void;
  /** After each point that has been looked at, if only to see that it need not be simulated. */
  readonly onPoint?: () => void;
}

/** The first look: a fifth of the commits or so, which leaves throughput and percentiles within 5 % of what they are. */
const FIRST_PRECISION = 0.05;
/** What the first look sees out of reach by this factor is not looked at again. */
const SLACK = 1.15;
/** No commit of a healthy cluster waits so long. Whether one would reach a shorter time-out is judged from the longest. */
const SIMULATED_TIMEOUT_US = 10_000_000;

export class Interrupted extends Error {}

export async function runPlan(question: PlanQuestion, options: RunPlanOptions): Promise<Plan | 'interrupted'> {
  const pool = openPointPool(options);
  try {
    return await new Search(question, pool, options).run();
  } catch (error) {
    if (error instanceof Interrupted) return 'interrupted';
    throw error;
  } finally {
    await pool.close();
  }
}

/** A configuration at one number of clients. */
interface Place {
  readonly candidate: Candidate;
  /** With this many clients. */
  readonly settings: Settings;
}

class Search {
  readonly #question: PlanQuestion;
  readonly #pool: PointPool;
  readonly #options: RunPlanOptions;
  /** What was simulated, by precision and settings. */
  readonly #observations = new Map<string, Observation>();

  constructor(question: PlanQuestion, pool: PointPool, options: RunPlanOptions) {
    this.#question = question;
    this.#pool = pool;
    this.#options = options;
  }

  async run(): Promise<Plan> {
    const { present, lose, required, dimensions, mostChanges, clients } = this.#question;
    const withRequired = { ...present, given: [...present.given, ...required] };
    const unchanged = candidateOf(present, []);
    const start = candidateOf(withRequired, []);
    if (unchanged === null || start === null) throw new InputError('the present configuration contradicts itself');
    const levels = Array.from({ length: mostChanges }, (_, index) =>
      candidatesWith(withRequired, dimensions, index + 1).filter(
        ({ settings }) => lose === null || changesToLoseNothing(settings, lose).length === 0,
      ),
    );
    const told = required.length === 0 ? 1 : 2;
    this.#options.onTotal?.((told + levels.flat().length) * clients.length);

    const [base] = (await this.#assess([start], 'all')) as [Assessed];
    const [now] = required.length === 0 ? [base] : ((await this.#assess([unchanged], 'all')) as [Assessed]);
    const alone = await this.#assess(levels[0] ?? [], 'all');
    let found: Assessed[] = [base, ...alone];
    let changes = Math.min(1, mostChanges);
    let configurations = found.length;
    let answers = cheapest([base], 'meets');
    if (answers.length === 0) answers = cheapest(alone, 'meets');
    while (answers.length === 0 && changes < mostChanges) {
      const level = levels[changes++] as Candidate[];
      configurations += level.length;
      const assessed = await this.#assess(level, 'promising');
      answers = cheapest(assessed, 'meets');
      found = [...found, ...assessed];
    }
    const open = answers.length > 0 ? [] : cheapest(found, 'open');
    const nearest = nearestOf(found);
    const best = recommended({ answers, open, nearest });
    return {
      now,
      base,
      alone: [...alone].sort((a, b) => compareCost(a.changes, b.changes)),
      answers,
      open,
      nearest,
      searched: { configurations, changes, simulated: this.#observations.size },
      frontier: await this.#frontier((answers[0] ?? open[0] ?? base).settings),
      outage: simulateOutage({ ...best.settings, clients: best.observation.clients }, best.timeout),
    };
  }

  /**
   * Every candidate at its best number of clients. `promising`: candidates that miss the targets clearly are left out,
   * and so are those outside of what was measured, since nothing can be promised of them.
   */
  async #assess(candidates: readonly Candidate[], which: 'all' | 'promising'): Promise<Assessed[]> {
    const { clients, targets } = this.#question;
    const places = candidates.map((candidate) =>
      clients.map((count): Place => ({ candidate, settings: { ...candidate.settings, clients: count } })),
    );
    const tried = places.map((own) =>
      which === 'all'
        ? own
        : own.filter(({ settings }) => !isOutOfReach(settings, targets, 1) && this.#outside(settings).length === 0),
    );
    for (const [index, own] of places.entries()) {
      for (let skipped = own.length - tried[index]!.length; skipped > 0; skipped--) this.#options.onPoint?.();
    }
    await this.#simulate(tried.flat(), FIRST_PRECISION, true);
    const again = tried.map((own) => this.#worthAgain(own, which));
    await this.#simulate(again.flat(), this.#question.precision, false);
    return again.flatMap((own) => {
      const judged = own.map((place) => this.#judge(place, this.#question.precision));
      return judged.sort(compareMargin).slice(0, 1);
    });
  }

  /** What may meet the targets; and where every candidate is to be told of, at least the best of each. */
  #worthAgain(places: readonly Place[], which: 'all' | 'promising'): Place[] {
    const judged = places.map((place) => ({ place, ...this.#judge(place, FIRST_PRECISION) })).sort(compareMargin);
    const worth = judged.filter(({ margin }) => (margin.most ?? margin.expected) * SLACK >= 1);
    return (worth.length === 0 && which === 'all' ? judged.slice(0, 1) : worth).map(({ place }) => place);
  }

  #judge({ candidate, settings }: Place, precision: number): Assessed {
    const { targets, error, stall } = this.#question;
    const observation = this.#observations.get(keyOf(settings, precision)) as Observation;
    const outside = this.#outside(settings);
    const judged = judge(observation, targets, error, outside.length === 0);
    const timeout = settings.wait_point === 'ASYNC' ? null : timeoutFor(settings, observation, stall);
    const fallsBack = timeout !== null && timeout <= (observation.latency_max_us ?? 0);
    return {
      ...candidate,
      ...judged,
      verdict: fallsBack ? 'misses' : judged.verdict,
      observation,
      outside,
      timeout,
      fallsBack,
    };
  }

  #outside(settings: Settings): string[] {
    return this.#question.measured.outsideOf(settings);
  }

  async #simulate(places: readonly Place[], precision: number, count: boolean): Promise<void> {
    const points = places.map(({ settings }, index) => ({ index, part: 'plan', settings: simulated(settings) }));
    const missing = points.filter(({ settings }) => !this.#observations.has(keyOf(settings, precision)));
    if (count) for (let known = points.length - missing.length; known > 0; known--) this.#options.onPoint?.();
    const ending = await this.#pool.run(missing, { precision }, ({ settings }, observation) => {
      this.#observations.set(keyOf(settings, precision), observation);
      if (count) this.#options.onPoint?.();
    });
    if (ending === 'interrupted') throw new Interrupted();
  }

  async #frontier(settings: Settings): Promise<FrontierCurve[]> {
    const { clients, precision } = this.#question;
    const curves = waitModes(settings);
    const places = curves.map(({ candidate }) =>
      clients.map((count): Place => ({ candidate, settings: { ...candidate.settings, clients: count } })),
    );
    await this.#simulate(places.flat(), precision, false);
    return curves.map(({ name, candidate }, index) => ({
      name,
      settings: candidate.settings,
      points: places[index]!.map((place) => this.#judge(place, precision)),
    }));
  }
}

/** Nothing that is simulated depends on a time-out that no commit reaches. */
const simulated = (settings: Settings): Settings => ({ ...settings, timeout: SIMULATED_TIMEOUT_US });

const keyOf = (settings: Settings, precision: number): string => `${precision} ${settingsText(simulated(settings))}`;

const MS = 1000;

/**
 * The longest time-out with which commits stand still no longer than `stall`: the first who waits in vain began when the
 * last answers came, and every commit begins as long before its wait as a commit takes at most.
 */
function timeoutFor(settings: Settings, { latency_max_us }: Observation, stall: number | null): number {
  if (stall === null) return settings.timeout;
  return Math.min(settings.timeout, Math.floor((stall - (latency_max_us ?? 0)) / MS) * MS);
}

/** What comes nearest of what can be promised; where nothing can, the first, which is as it is. */
function nearestOf(found: readonly Assessed[]): Assessed {
  const calibrated = found.filter(({ verdict }) => verdict !== 'uncalibrated');
  return (calibrated.length > 0 ? calibrated.sort(compareMargin) : found)[0] as Assessed;
}

/** Those with that verdict and fewest changes, the smallest first; of equal ones that with the larger margin. */
function cheapest(assessed: readonly Assessed[], verdict: Assessed['verdict']): Assessed[] {
  const found = assessed.filter((one) => one.verdict === verdict);
  const fewest = Math.min(...found.map(({ changes }) => changes.length));
  return found
    .filter(({ changes }) => changes.length === fewest)
    .sort((a, b) => compareCost(a.changes, b.changes) || compareMargin(a, b));
}

/** Every wait point and quorum that the version knows, with everything else as in `settings`. */
function waitModes(settings: Settings): { name: string; candidate: Candidate }[] {
  const quorums = semiSyncReplicas(settings).map((_, index) => index + 1);
  return WAIT_POINTS.flatMap((wait_point) =>
    (wait_point === 'ASYNC' ? [settings.wait_for_slave_count] : quorums).flatMap((wait_for_slave_count) => {
      const changed = { ...settings, wait_point, wait_for_slave_count };
      const name = wait_point === 'ASYNC' ? wait_point : `${wait_point} ${wait_for_slave_count} of ${quorums.length}`;
      return isPossible(changed) ? [{ name, candidate: { changes: [], settings: changed } }] : [];
    }),
  );
}
