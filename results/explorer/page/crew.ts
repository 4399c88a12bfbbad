/** The page's workers, and what waits for them. */
import type { PointResult } from '../../../engine/measure/result.js';
import type { CommitTrace } from '../../../engine/runtimes/virtual/commit-trace.js';
import type { Answer, PointTask, Request, TraceTask } from '../task.js';

interface Job {
  readonly task: PointTask | TraceTask;
  /** `undefined`: it was cancelled, or the worker failed. */
  readonly done: (answer: Answer | undefined) => void;
  /** Jobs of one purpose are dropped together. */
  readonly purpose: string;
}

interface Worked {
  readonly worker: Worker;
  job: Job | undefined;
}

/** More gain nothing: sixteen points are soon done, and the page wants a core for itself. */
const MOST_WORKERS = 6;

export class Crew {
  readonly #workers: Worked[];
  #queue: Job[] = [];

  constructor(script: string, cores: number) {
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    this.#workers = Array.from({ length: Math.max(1, Math.min(MOST_WORKERS, cores)) }, () => {
      const worked: Worked = { worker: new Worker(url), job: undefined };
      worked.worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#answered(worked, data));
      worked.worker.addEventListener('error', (event) => {
        this.#answered(worked, { kind: 'failed', message: event.message });
      });
      return worked;
    });
  }

  /** The results in the order of the tasks; `undefined` when they were dropped before they were all there. */
  async points(
    tasks: readonly PointTask[],
    purpose: string,
    onPoint?: (index: number, result: PointResult) => void,
  ): Promise<PointResult[] | undefined> {
    const answers = await Promise.all(
      tasks.map(async (task, index) => {
        const answer = await this.#ask(task, purpose);
        if (answer?.kind !== 'point') return undefined;
        onPoint?.(index, answer.result);
        return answer.result;
      }),
    );
    return answers.every((one) => one !== undefined) ? answers : undefined;
  }

  /** `undefined`: it was dropped. A trace of `undefined`: no commit is ever answered. */
  async trace(task: TraceTask, purpose: string): Promise<{ trace: CommitTrace | undefined } | undefined> {
    const answer = await this.#ask(task, purpose);
    return answer?.kind === 'trace' ? answer : undefined;
  }

  async #ask(task: PointTask | TraceTask, purpose: string): Promise<Answer | undefined> {
    const answer = await new Promise<Answer | undefined>((done) => {
      this.#queue.push({ task, done, purpose });
      this.#deal();
    });
    if (answer?.kind === 'failed') throw new Error(answer.message);
    return answer;
  }

  /** What waits is forgotten; what is under way ends when its worker next looks up. */
  drop(purpose: string): void {
    const dropped = this.#queue.filter((job) => job.purpose === purpose);
    this.#queue = this.#queue.filter((job) => job.purpose !== purpose);
    for (const { done } of dropped) done(undefined);
    for (const { worker, job } of this.#workers) {
      if (job?.purpose === purpose) worker.postMessage({ kind: 'cancel' } satisfies Request);
    }
  }

  #deal(): void {
    for (const worked of this.#workers) {
      if (worked.job !== undefined) continue;
      const job = this.#queue.shift();
      if (job === undefined) return;
      worked.job = job;
      worked.worker.postMessage({ kind: 'task', task: job.task } satisfies Request);
    }
  }

  #answered(worked: Worked, answer: Answer): void {
    const { job } = worked;
    worked.job = undefined;
    job?.done(answer);
    this.#deal();
  }
}
