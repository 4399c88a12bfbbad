/** Plays scenarios until one breaks an invariant, shrinks that one, and says how to play it again. */
import fc from 'fast-check';
import { startTimer } from '../../cli/clock.js';
import { createVirtualCluster } from '../../engine/runtimes/virtual/cluster.js';
import { sabotage } from '../../engine/runtimes/virtual/faults.js';
import { INVARIANTS } from './invariants.js';
import type { FuzzOptions } from './options.js';
import { type Engine, play } from './play.js';
import { anyScenario, describeScenario, type Scenario } from './scenario.js';
import type { Violation } from './world.js';

export interface Found {
  readonly scenario: Scenario;
  readonly violation: Violation;
  /** Number of the run that failed first, before shrinking. */
  readonly run: number;
}

export interface Outcome {
  readonly found: Found | undefined;
  readonly runs: number;
  readonly events: number;
  readonly answers: number;
}

/** Simpler scenarios that are tried; what is simplest by then must do. */
const SHRINK_ATTEMPTS = 2000;

/** How often to let others have a turn: signals among them. */
const BREATH_SECONDS = 0.1;

export interface Search {
  readonly seed: number;
  readonly runs: number;
  readonly path?: string | undefined;
  /** Of a failing scenario, look for a simpler one that fails too? */
  readonly shrinks?: boolean;
  /** Called now and then; `false` ends the search. */
  goesOn?(runs: number): boolean;
}

export async function search(engine: Engine, options: Search): Promise<Outcome> {
  const { seed, path, shrinks = true } = options;
  let violation: Violation | undefined;
  let [runs, events, answers] = [0, 0, 0];
  const elapsed = startTimer();
  let breath = 0;
  let attempts = 0;
  const property = fc.asyncProperty(anyScenario, async (scenario) => {
    if (elapsed() >= breath) {
      await new Promise(setImmediate);
      breath = elapsed() + BREATH_SECONDS;
      if (violation === undefined && options.goesOn?.(runs) === false) throw new Interrupted();
    }
    if (violation !== undefined && ++attempts > SHRINK_ATTEMPTS) return;
    const played = play(scenario, engine);
    if (violation === undefined) {
      runs++;
      events += played.events;
      answers += played.answers;
    }
    if (!played.violation) return;
    violation = played.violation;
    throw new Error(violation.invariant);
  });
  const { failed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, {
    seed,
    numRuns: options.runs,
    endOnFailure: !shrinks,
    ...(path === undefined ? {} : { path }),
  });
  if (failed && !violation && !(errorInstance instanceof Interrupted)) throw errorInstance;
  if (!failed || !counterexample || !violation) return { found: undefined, runs, events, answers };
  const [scenario] = counterexample;
  const again = play(scenario, engine).violation;
  if (!again)
    throw new Error(`run ${counterexamplePath} of seed ${seed} fails once and not again: it is not deterministic`);
  const found = { scenario, violation: again, run: Number(counterexamplePath?.split(':')[0]) };
  return { found, runs, events, answers };
}

class Interrupted extends Error {}

const PROGRESS_SECONDS = 5;

export async function fuzz(options: FuzzOptions): Promise<number> {
  const { seed, only, minutes, quiet } = options;
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
  });
  const elapsed = startTimer();
  let printed = 0;
  const goesOn = (runs: number): boolean => {
    const seconds = elapsed();
    if (!quiet && seconds >= printed + PROGRESS_SECONDS) {
      printed = seconds;
      process.stderr.write(`${progress(options, runs, seconds)}\n`);
    }
    return !interrupted && !(minutes > 0 && seconds >= 60 * minutes);
  };
  const began = process.cpuUsage();
  const outcome = await search(
    { createVirtualCluster, sabotage },
    { seed, runs: only === undefined ? options.runs : 1, path: only, goesOn },
  );
  const { user, system } = process.cpuUsage(began);
  console.log(
    `seed ${seed}: ${outcome.runs} runs, ${outcome.events} events, ${outcome.answers} transactions in ${((user + system) / 1e6).toFixed(1)} s of processor time`,
  );
  if (outcome.found) {
    for (const line of failure(seed, outcome.found)) console.log(line);
    return 1;
  }
  console.log(`${Object.keys(INVARIANTS).length} invariants held after each event`);
  if (interrupted) console.log('interrupted before the end');
  return interrupted ? 130 : 0;
}

function progress({ runs, minutes }: FuzzOptions, done: number, seconds: number): string {
  const perSecond = done / seconds;
  const left = minutes > 0 ? 60 * minutes - seconds : (runs - done) / perSecond;
  const total = minutes > 0 ? '' : `/${runs}`;
  return `${done}${total} runs, ${perSecond.toFixed(0)} runs/s, ${left < 100 ? `${Math.ceil(left)} s` : `${Math.ceil(left / 60)} min`} left`;
}

function failure(seed: number, { scenario, violation, run }: Found): string[] {
  const { invariant, at, event, fiber, detail } = violation;
  return [
    `run ${run} breaks an invariant; in its simplest form:`,
    ...describeScenario(scenario).map((line) => `  ${line}`),
    `at ${at} µs, event ${event}${fiber === '' ? '' : `, ${fiber}`}: ${invariant}: ${detail}`,
    `  ${INVARIANTS[invariant]}`,
    `again: npm run fuzz -- --seed ${seed} --only ${run}`,
  ];
}
