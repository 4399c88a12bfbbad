/**
 * Runs independent tasks on worker threads, one per thread at a time. The first failure ends all of them; an abort
 * terminates the workers in the middle of their tasks and leaves nothing running.
 */
import { Piscina } from 'piscina';

export interface RunTasksOptions<Item, Task, Result> {
  /** Compiled file of the worker, and the function that it exports: a worker cannot load TypeScript. */
  readonly workerFile: string;
  readonly workerFunction: string;
  readonly threads: number;
  readonly signal?: AbortSignal;
  /** What is sent to the worker; it is copied. */
  readonly taskOf: (item: Item) => Task;
  /** Called as tasks complete, in whatever order they do. What it throws ends the run and is thrown to the caller. */
  readonly onResult: (item: Item, result: Result) => void;
  /** What to throw when the worker threw `error`. */
  readonly failureOf: (item: Item, error: unknown) => Error;
}

/** Resolves with `interrupted` when the signal ended the run, with `complete` when every item has been reported. */
export async function runTasks<Item, Task, Result>(
  items: readonly Item[],
  options: RunTasksOptions<Item, Task, Result>,
): Promise<'complete' | 'interrupted'> {
  const { signal, onResult } = options;
  if (signal?.aborted) return 'interrupted';
  if (items.length === 0) return 'complete';
  const threads = Math.min(options.threads, items.length);
  const pool = new Piscina<Task, Result>({
    filename: options.workerFile,
    name: options.workerFunction,
    minThreads: threads,
    maxThreads: threads,
    // Piscina's `sync` waiting would block a worker's promises between tasks; measured, it gains nothing here.
    atomics: 'disabled',
    // Without it every second task goes to the end of the queue, and an interrupted run is full of holes.
    stricterFIFO: true,
  });
  // Once only: a second destroy() returns at once, and makes piscina replace the workers that the first is ending.
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= pool.destroy();
  };
  signal?.addEventListener('abort', end, { once: true });
  let reported = 0;
  const run = async (item: Item) => {
    const result = await pool.run(options.taskOf(item)).catch((error: unknown) => {
      throw options.failureOf(item, error);
    });
    if (ended !== undefined) return;
    onResult(item, result);
    reported++;
  };
  try {
    await Promise.race([Promise.all(items.map(run)), poolFailure(pool, () => ended !== undefined)]);
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener('abort', end);
    end();
    await ended;
  }
  return reported === items.length ? 'complete' : 'interrupted';
}

/** Rejects when a worker breaks outside every task. A result that was on its way when the pool ended is no failure. */
function poolFailure(pool: Piscina, isEnded: () => boolean): Promise<never> {
  return new Promise((_, reject) => {
    pool.on('error', (error) => {
      if (!isEnded()) reject(error);
    });
  });
}
