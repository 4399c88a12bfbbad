/** What a worker of the page runs: one task after the other, looking up from each now and then. */
import { traceCommit } from '../../../engine/runtimes/virtual/commit-trace.js';
import { Simulation } from '../../../engine/runtimes/virtual/simulate.js';
import type { Answer, PointTask, Request, TraceTask } from '../task.js';

/** Commits between two looks: some ten milliseconds of work. */
const SLICE = 400;

let cancelled = false;

const answer = (message: Answer): void => postMessage(message);

/** Lets messages in: they are events like this one, and their turn comes before it. */
const { port1, port2 } = new MessageChannel();
const lookUp = (): Promise<void> =>
  new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });

async function runPoint({ settings, options }: PointTask): Promise<Answer> {
  const simulation = new Simulation(settings, options);
  while (!simulation.advance(SLICE)) {
    await lookUp();
    if (cancelled) return { kind: 'cancelled' };
  }
  return { kind: 'point', result: simulation.result() };
}

async function run(task: PointTask | TraceTask): Promise<void> {
  cancelled = false;
  try {
    if (task.kind === 'point') answer(await runPoint(task));
    else answer({ kind: 'trace', trace: traceCommit(task.settings, task.quantile) });
  } catch (error) {
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'cancel') cancelled = true;
  else run(data.task);
});
