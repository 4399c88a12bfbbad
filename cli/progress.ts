/** Points done, rate and time left: a bar on a terminal, a plain line now and then otherwise. */
import { SingleBar } from 'cli-progress';
import { startTimer } from './clock.js';
import { type Io, isInteractive } from './io.js';

export interface Progress {
  step(): void;
  /** Removes the bar, so that what is printed next starts on a clean line. */
  stop(): void;
}

/** What there is to do: the points that are measured come last, and take as long as they are told to. */
export interface Work {
  readonly total: number;
  readonly measured: number;
  /** Of each measured point. */
  readonly milliseconds: number;
  /** What is counted; points where it is absent. */
  readonly unit?: string;
}

export function startProgress(io: Io, work: Work, quiet: boolean): Progress {
  if (quiet || work.total === 0) return { step() {}, stop() {} };
  return isInteractive(io.stderr, io.env) ? bar(io, work) : lines(io, work);
}

const rate = (done: number, seconds: number, unit: string): string =>
  `${(done / Math.max(seconds, 0.001)).toFixed(0)} ${unit}/s`;

/** Starting and ending a measured point, ms. */
const AROUND_MEASURED_MS = 15;

function left(done: number, { total, measured, milliseconds }: Work, seconds: number): string {
  const simulated = total - measured;
  const secondsEach = (milliseconds + AROUND_MEASURED_MS) / 1000;
  const simulating = done < simulated ? (seconds / done) * (simulated - done) : 0;
  const remaining = simulating + secondsEach * Math.min(measured, total - done);
  if (remaining < 1) return 'almost done';
  return remaining < 100 ? `${Math.ceil(remaining)} s left` : `${Math.ceil(remaining / 60)} min left`;
}

function bar(io: Io, work: Work): Progress {
  const { total, unit = 'points' } = work;
  const elapsed = startTimer();
  const view = new SingleBar({
    format: `{bar} {value}/{total} ${unit} · {rate} · {left}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stream: io.stderr,
  });
  let done = 0;
  view.start(total, 0, { rate: '…', left: '' });
  return {
    step() {
      done++;
      view.update(done, { rate: rate(done, elapsed(), unit), left: left(done, work, elapsed()) });
    },
    stop: () => view.stop(),
  };
}

/** For logs: at most one line per 5 s, so that a long run shows life and a short one stays short. */
const SECONDS_BETWEEN_LINES = 5;

function lines(io: Io, work: Work): Progress {
  const { total, unit = 'points' } = work;
  const elapsed = startTimer();
  let done = 0;
  let printedAt = 0;
  return {
    step() {
      done++;
      const seconds = elapsed();
      if (done < total && seconds - printedAt < SECONDS_BETWEEN_LINES) return;
      printedAt = seconds;
      const rest = done < total ? `, ${left(done, work, seconds)}` : '';
      io.stderr.write(`${done}/${total} ${unit}, ${rate(done, seconds, unit)}${rest}\n`);
    },
    stop() {},
  };
}
