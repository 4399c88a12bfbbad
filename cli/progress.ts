/** Points done, rate and time left: a bar on a terminal, a plain line now and then otherwise. */
import { SingleBar } from 'cli-progress';
import { startTimer } from './clock.js';
import { type Io, isInteractive } from './io.js';

export interface Progress {
  step(): void;
  /** Removes the bar, so that what is printed next starts on a clean line. */
  stop(): void;
}

export function startProgress(io: Io, total: number, quiet: boolean): Progress {
  if (quiet || total === 0) return { step() {}, stop() {} };
  return isInteractive(io.stderr, io.env) ? bar(io, total) : lines(io, total);
}

const rate = (done: number, seconds: number): string => `${(done / Math.max(seconds, 0.001)).toFixed(0)} points/s`;

function left(done: number, total: number, seconds: number): string {
  const remaining = (seconds / done) * (total - done);
  if (remaining < 1) return 'almost done';
  return remaining < 100 ? `${Math.ceil(remaining)} s left` : `${Math.ceil(remaining / 60)} min left`;
}

function bar(io: Io, total: number): Progress {
  const elapsed = startTimer();
  const view = new SingleBar({
    format: '{bar} {value}/{total} points · {rate} · {left}',
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
      view.update(done, { rate: rate(done, elapsed()), left: left(done, total, elapsed()) });
    },
    stop: () => view.stop(),
  };
}

/** For logs: at most one line per 5 s, so that a long run shows life and a short one stays short. */
const SECONDS_BETWEEN_LINES = 5;

function lines(io: Io, total: number): Progress {
  const elapsed = startTimer();
  let done = 0;
  let printedAt = 0;
  return {
    step() {
      done++;
      const seconds = elapsed();
      if (done < total && seconds - printedAt < SECONDS_BETWEEN_LINES) return;
      printedAt = seconds;
      const rest = done < total ? `, ${left(done, total, seconds)}` : '';
      io.stderr.write(`${done}/${total} points, ${rate(done, seconds)}${rest}\n`);
    },
    stop() {},
  };
}
