/**
 * Runs independent tasks on worker threads, one per thread at a time. The first failure ends all of them; an abort
 * terminates the workers in the middle of their tasks and leaves nothing running.
 */
import { Piscina } from 'piscina';

export interface TaskPoolOptions<Item, Task> {
  /** Compiled file of the worker, and the function that it exports: a worker cannot load TypeScript. */
  readonly workerFile: string;
  readonly workerFunction: string;
  readonly threads: number;
  /**
   * Gives each worker its next task before it has ended one, so that it need not wait for a busy main thread. For many
   * short tasks: behind a long one the next would wait, though another worker has nothing to do.
   */
  readonly oneAhead?: boolean;
  /** What each worker is started with; piscina gives it as `workerData`. */
  readonly workerData?: object;
  readonly signal?: AbortSignal;
  /** What is sent to the worker; it is copied. */
  readonly taskOf: (item: Item) => Task;
  /** What to throw when the worker threw `error`. */
  readonly failureOf: (item: Item, error: unknown) => Error;
}

/**
 * Workers that stay for several batches: starting one and warming up its code costs as much as some thousand simulated
 * commits.
 */
export interface TaskPool<Item, Result> {
  /**
   * Resolves with `interrupted` when the signal ended the run, with `complete` when every item has been reported.
   * `onResult` is called as tasks complete, in whatever order they do; what it throws ends the run, and the pool.
   */
  run(items: readonly Item[], onResult: (item: Item, result: Result) => void): Promise<'complete' | 'interrupted'>;
  /** Ends the workers, in the middle of their tasks if need be. */
  close(): Promise<void>;
}

export function openTaskPool<Item, Task, Result>(options: TaskPoolOptions<Item, Task>): TaskPool<Item, Result> {
  const { signal, threads } = options;
  const pool = new Piscina<Task, Result>({
    filename: options.workerFile,
    name: options.workerFunction,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: options.oneAhead ? 2 : 1,
    ...(options.workerData === undefined ? {} : { workerData: options.workerData }),
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

  return {
    async run(items, onResult) {
      if (signal?.aborted) return 'interrupted';
      let reported = 0;
      const runOne = async (item: Item) => {
        const result = await pool.run(options.taskOf(item)).catch((error: unknown) => {
          throw options.failureOf(item, error);
        });
        if (ended !== undefined) return;
        onResult(item, result);
        reported++;
      };
      try {
        await Promise.race([Promise.all(items.map(runOne)), poolFailure(pool, () => ended !== undefined)]);
      } catch (error) {
        end();
        await ended;
        if (!signal?.aborted) throw error;
      }
      return reported === items.length ? 'complete' : 'interrupted';
    },
    async close() {
      signal?.removeEventListener('abort', end);
      end();
      await ended;
    },
  };
}

export interface RunTasksOptions<Item, Task, Result> extends TaskPoolOptions<Item, Task> {
  readonly onResult: (item: Item, result: Result) => void;
}

/** One batch, on workers of its own. */
export async function runTasks<Item, Task, Result>(
  items: readonly Item[],
  options: RunTasksOptions<Item, Task, Result>,
): Promise<'complete' | 'interrupted'> {
  if (options.signal?.aborted) return 'interrupted';
  if (items.length === 0) return 'complete';
  const pool = openTaskPool<Item, Task, Result>({ ...options, threads: Math.min(options.threads, items.length) });
  try {
    return await pool.run(items, options.onResult);
  } finally {
    await pool.close();
  }
}

/** Rejects when a worker breaks outside every task. A result that was on its way when the pool ended is no failure. */
function poolFailure(pool: Piscina, isEnded: () => boolean): Promise<never> {
  pool.removeAllListeners('error');
  return new Promise((_, reject) => {
    pool.on('error', (error) => {
      if (!isEnded()) reject(error);
    });
  });
}
