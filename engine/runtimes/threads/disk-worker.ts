/** The thread of one real file: does an fdatasync whenever a fiber asks, and wakes it. */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { Arena } from '../../sync/arena.js';
import { WakeSender } from '../../sync/wake-ring.js';
import { COMMAND, GO_ON } from './control.layout.js';
import { COUNT, FIBER } from './disk.js';
import type { Job } from './job.js';
import { LogFileError } from './log-file.js';
import { planFibers } from './placement.js';
import { takeShared, takeSignals } from './shared.js';

export interface DiskJob {
  readonly job: Job;
  /** Which file: 0 is the binlog, 1 the first relay log. */
  readonly file: number;
}

function serve({ job, file }: DiskJob): void {
  const { settings, placement } = job;
  const plan = planFibers(settings, placement);
  const size = { settings, workers: placement.length, fibers: plan.names.length, lives: false };
  const arena = new Arena(job.memory);
  const { control, wakes } = takeSignals(arena, size);
  const senders = wakes.map((memory) => new WakeSender(memory));
  const { syncs } = takeShared(arena, size, { wake: () => undefined });
  const request = syncs[file] as Int32Array;
  const path = job.files?.[file] as string;
  const fd = openSync(path, 'r+');
  let served = 0;
  while (Atomics.load(control, COMMAND) === GO_ON) {
    // Whoever stops the run rings here as well.
    Atomics.wait(request, COUNT, served);
    if (Atomics.load(control, COMMAND) !== GO_ON) break;
    served = Atomics.load(request, COUNT);
    try {
      fdatasyncSync(fd);
    } catch (error) {
      throw new LogFileError(path, error);
    }
    const fiber = request[FIBER] as number;
    (senders[plan.owners[fiber] as number] as WakeSender).wake(fiber);
  }
  closeSync(fd);
}

serve(workerData as DiskJob);
